import { readBytesPerRun } from "../../cost/cost.ts";
import { costOfRun, MIN_BYTES_PER_STATEMENT, type RunQuantities } from "../../cost/runCost.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { ObjectStore } from "../../ports.ts";
import { readJson } from "../lake/json.ts";
import { stepsPrefix } from "../lake/layout.ts";
import { countTransitions, SEGMENTATION_MACHINE } from "../start/transitions.ts";
import type { StepRecord } from "../steps/recordedStep.ts";
import type { RunState } from "../steps/state.ts";
import type { StepUsage } from "./stepMeter.ts";

/** Records read at once. */
const READ_AT_ONCE = 50;

const NOT_INCLUDED =
  "Tries that a retry got over, the dashboard, LoadSegments and PublishRun, start-run, Athena's own requests to S3, KMS, disk of functions, logs, Aurora, storage.";

/** What `athena:startQueryExecution.sync` leaves of a statement in the state. */
interface StatementFacts {
  readonly type: string;
  readonly statistics: { readonly DataScannedInBytes?: number };
}

export interface MeteredRun {
  readonly state: RunState;
  /** Of the steps before this one. */
  readonly records: readonly StepUsage[];
  /** Whether the functions run on AWS, so that times and bytes are those that AWS charges for. */
  readonly isOnAws: boolean;
  /** What PublishReport has used until now. */
  readonly soFar: () => StepUsage;
  /** Of the summary: lines of the history and of the drop, and customers. */
  readonly rows: number;
  readonly newRows: number;
  readonly customers: number;
}

/** Adds up what a run has used so far of what AWS charges for, and what that costs. */
export function meterRun(run: MeteredRun): Summary["metered"] {
  const statements = statementsIn(run.state.queries);
  const charged = statements.filter(({ type }) => type !== "DDL").map(bytesOf);
  const usages: readonly StepUsage[] = [...run.records, run.soFar()];
  const total = (of: (usage: StepUsage) => number): number => usages.reduce((sum, usage) => sum + of(usage), 0);
  const quantities: RunQuantities = {
    chargedStatements: charged.length,
    // The local engine does not count what it reads of its own tables, so there sizes measured on real data stand in,
    // on top of the minimum.
    bytesCharged: run.isOnAws
      ? charged.reduce((sum, bytes) => sum + Math.max(bytes, MIN_BYTES_PER_STATEMENT), 0)
      : charged.length * MIN_BYTES_PER_STATEMENT + Math.round(readBytesPerRun(run)),
    gigabyteSeconds: Math.round(total((usage) => (usage.memoryMegabytes / 1_024) * usage.milliseconds)) / 1_000,
    invocations: usages.length,
    stateTransitions: countTransitions(SEGMENTATION_MACHINE, run.state),
    storeReads: total((usage) => usage.storeReads),
    storeWrites: total((usage) => usage.storeWrites),
  };
  return {
    measuredOn: run.isOnAws ? "aws" : "local",
    statements: statements.length,
    bytesScanned: statements.map(bytesOf).reduce((sum, bytes) => sum + bytes, 0),
    ...quantities,
    ...costOfRun(quantities),
    notIncluded: NOT_INCLUDED,
  };
}

const bytesOf = ({ statistics }: StatementFacts): number => statistics.DataScannedInBytes ?? 0;

/** Every statement whose result lies somewhere in the state. */
function statementsIn(value: unknown): StatementFacts[] {
  if (typeof value !== "object" || value === null) return [];
  if ("statistics" in value) return [value as StatementFacts];
  return Object.values(value).flatMap(statementsIn);
}

/** What the steps of an attempt have used, in the order of their names. */
export async function readStepRecords(store: ObjectStore, attempt: string): Promise<StepRecord[]> {
  const objects = await store.list(stepsPrefix(attempt));
  const records: StepRecord[] = [];
  for (let from = 0; from < objects.length; from += READ_AT_ONCE) {
    const some = objects.slice(from, from + READ_AT_ONCE);
    records.push(...(await Promise.all(some.map(({ key }) => readJson<StepRecord>(store, key)))));
  }
  return records;
}
