import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { loadMachine, runMachine } from "../../../lib/local/run/machine.ts";
import { writeJson } from "../../../lib/workflow/lake/json.ts";
import { readAliases } from "../../../lib/workflow/models/aliases.ts";
import { type ScoreJobRecord, scoreJobKey } from "../../../lib/workflow/scoring/scoringJob.ts";
import { type ScoreJobInput, scoreJobStep } from "../../../lib/workflow/steps/scoreJob.ts";
import { openBridge } from "./bridge.ts";
import { type Ending, interpret, split } from "./engines.ts";

const MACHINE_FILE = new URL("../../../lib/workflow/batch-scoring.asl.json", import.meta.url);
const STATES = ["PlanScoring", "ScoreInputShard", "FinishScoring", "RecordScoringFailure"];

/** A step's first calls with each input fail with this error. */
export interface StepFault {
  readonly error: string;
  readonly times: number;
}

export interface ScoringScenario {
  /** Tells the jobs of a lake apart; 12 hexadecimal digits. */
  readonly job: string;
  readonly input: string;
  readonly faults?: Partial<Record<ScoreJobInput["step"], StepFault>>;
  /** Maps made INLINE: moto lets a Distributed Map succeed whose child fails. */
  readonly isInline?: boolean;
}

export interface ScoringOutcome {
  readonly ending: Ending;
  readonly path: readonly string[];
  readonly children: readonly string[];
  /** Steps that were called, sorted: shards run side by side. */
  readonly steps: readonly string[];
  readonly waits: readonly number[];
  /** Everything under scoring/. */
  readonly lake: Readonly<Record<string, string>>;
}

function definitionOf({ isInline }: ScoringScenario): ReturnType<typeof loadMachine> {
  const text = JSON.stringify(loadMachine(MACHINE_FILE));
  const distributed = '{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}';
  return JSON.parse(isInline === true ? text.replaceAll(distributed, '{"Mode":"INLINE"}') : text);
}

/** Writes the job down and gives its steps, which note their calls and fail as they are told to. */
async function prepare(lakeDirectory: string, { job, input, faults = {} }: ScoringScenario) {
  const store = openFolderStore(lakeDirectory);
  const clock = { now: () => new Date("2026-01-01T00:00:00Z") };
  const jobId = `20260101T000000Z-${job}`;
  const modelVersion = (await readAliases(store)).champion as string;
  const createdAt = clock.now().toISOString();
  const record: ScoreJobRecord = { id: jobId, input, output: `scoring/output/${job}/`, modelVersion, createdAt };
  await writeJson(store, scoreJobKey(jobId), record);
  const calls: ScoreJobInput[] = [];
  const step = async (task: ScoreJobInput): Promise<unknown> => {
    calls.push(structuredClone(task));
    const fault = faults[task.step];
    if (fault !== undefined && calls.filter((earlier) => isDeepStrictEqual(earlier, task)).length <= fault.times)
      throw Object.assign(new Error(`${fault.error} was injected`), { name: fault.error });
    return scoreJobStep({ store, clock, mapConcurrency: 2 }, task);
  };
  return { jobId, step: step as (input: never) => Promise<unknown>, calls };
}

const stepsOf = (calls: readonly ScoreJobInput[]): string[] => calls.map(({ step }) => step).sort();

/** Plays a job in the local engine. */
export async function scoreLocally(lakeDirectory: string, scenario: ScoringScenario): Promise<ScoringOutcome> {
  const definition = definitionOf(scenario);
  const { jobId, step, calls } = await prepare(lakeDirectory, scenario);
  const entered: string[] = [];
  const ending = await runMachine(
    definition,
    Object.fromEntries(STATES.map((name) => [name, step])),
    { jobId },
    {
      executionName: jobId,
      retryIntervalMs: 0,
      onEvent: ({ type, state }) => type === "entered" && entered.push(state),
    },
  ).then(
    (): Ending => ({ status: "SUCCEEDED" }),
    (thrown: Error): Ending => {
      const { name, message } = (thrown.cause ?? thrown) as Error;
      return { status: "FAILED", error: name, cause: message };
    },
  );
  return { ending, ...split(definition, entered), steps: stepsOf(calls), waits: [], lake: textsOf(lakeDirectory) };
}

/** Plays a job in moto's interpreter, run by this Python. */
export async function scoreInMoto(
  python: string,
  lakeDirectory: string,
  scenario: ScoringScenario,
): Promise<ScoringOutcome> {
  const definition = definitionOf(scenario);
  const { jobId, step, calls } = await prepare(lakeDirectory, scenario);
  // One function stands behind every state; the bridge asks by state.
  const bridge = await openBridge(Object.fromEntries(STATES.map((name) => [name, step])));
  try {
    const request = { definition: JSON.stringify(definition), name: jobId, input: { jobId }, bridge: bridge.url };
    const { entered, waits, status, error, cause } = await interpret(python, request);
    const ending: Ending = status === "SUCCEEDED" ? { status } : { status, error: error ?? "", cause: plain(cause) };
    return { ending, ...split(definition, entered), steps: stepsOf(calls), waits, lake: textsOf(lakeDirectory) };
  } finally {
    await bridge.close();
  }
}

/** Step Functions keeps an error of a Lambda's code as JSON. */
const plain = (cause = ""): string =>
  cause.startsWith("{") ? (JSON.parse(cause) as { errorMessage: string }).errorMessage : cause;

function textsOf(lakeDirectory: string): Record<string, string> {
  const folder = join(lakeDirectory, "scoring");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(json|csv)$/.test(name));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** A second lake like the first. */
export const copyLake = (from: string, to: string): void => cpSync(from, to, { recursive: true });
