import { writeJson } from "../lake/json.ts";
import { failureKey } from "../lake/layout.ts";
import { failedShards } from "../report/failedShards.ts";
import type { StepPorts } from "./state.ts";

export interface FailureInput {
  readonly attempt: string;
  readonly state: {
    readonly error?: { readonly Error?: string; readonly Cause?: string };
    readonly configKey?: string | null;
    readonly run?: { readonly runId?: string };
    /** There once the model is chosen, so a Map that fails is the second. */
    readonly model?: unknown;
    /** There once the segments are staged, so the next step is the publication. */
    readonly load?: unknown;
  };
}

export interface FailureRecord {
  readonly attempt: string;
  readonly error: string;
  readonly cause: string;
  /** What the notification says. */
  readonly message: string;
}

const MAX_CAUSE_CHARACTERS = 8_000;
/** What Step Functions makes of the failure of a distributed Map's child, whatever the child says. */
const MAP_FAILED = "States.ExceedToleratedFailureThreshold";

/** Keeps why an attempt failed, and words the notification: what readers see, and whether the drop counts already. */
export async function recordFailure(ports: StepPorts, input: FailureInput): Promise<FailureRecord> {
  const { error, cause } = await reasonOf(ports, input);
  const run = input.state.run?.runId === undefined ? "" : ` (run ${input.state.run.runId})`;
  const paragraphs = [
    `Customer segmentation ${input.attempt}${run} failed. ${consequence(input.state)}`,
    `${error}: ${cause}`,
    ...(ports.host === undefined ? [] : [againOnAws(input.state)]),
  ];
  const message = paragraphs.join("\n\n");
  const record: FailureRecord = { attempt: input.attempt, error, cause, message };
  await writeJson(ports.store, failureKey(input.attempt), { ...record, failedAt: ports.clock.now().toISOString() });
  return record;
}

/** A redrive would enter the Fail state again: the failure was caught, so the state that failed counts as left. */
function againOnAws({ run, configKey }: FailureInput["state"]): string {
  const refresh = JSON.stringify({ configKey: configKey ?? null, drop: { objects: [] } });
  const without = run === undefined ? "" : ` (or with ${refresh}, without the file)`;
  return `To run again, do not redrive: start a new execution with the same input${without}, or drop the file again. It costs a run, and nothing is counted twice.`;
}

async function reasonOf(ports: StepPorts, { attempt, state }: FailureInput): Promise<{ error: string; cause: string }> {
  const error = state.error?.Error ?? "UnknownError";
  // A timeout comes with an empty cause.
  const given = state.error?.Cause ?? "";
  const cause = readableCause(given === "" ? "No cause was given." : given).slice(0, MAX_CAUSE_CHARACTERS);
  if (error !== MAP_FAILED) return { error, cause };
  const step = state.model === undefined ? "FitShard" : "ScoreShard";
  const { first, count } = await failedShards(ports.store, attempt, step);
  if (first === undefined)
    return { error, cause: `${cause} No shard left a reason: ${step} ran out of memory or time, or could not write.` };
  const others = count > 1 ? ` (${count - 1} other ${count === 2 ? "shard" : "shards"} failed, too)` : "";
  const code = first.code === undefined ? "" : `${first.code}: `;
  return { error: first.error, cause: `${step} of shard ${first.shard}: ${code}${first.message}${others}` };
}

function consequence({ run, load }: FailureInput["state"]): string {
  if (load !== undefined)
    return "It failed while publishing: readers see one whole run, the earlier or this one. Running again completes it.";
  if (run !== undefined)
    return "Nothing that is published has changed. The dropped rows are in the history; running again, without the file, segments it.";
  return "Nothing that is published has changed.";
}

/** Lambda wraps an error as JSON; the sentence inside is what a person wants. */
function readableCause(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (parsed !== null && typeof parsed === "object" && "errorMessage" in parsed) return String(parsed.errorMessage);
  } catch {
    // Not JSON, so it is the sentence already.
  }
  return cause;
}
