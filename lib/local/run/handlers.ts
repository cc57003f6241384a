import { setTimeout as sleep } from "node:timers/promises";
import { SegmentationError } from "../../domain/errors.ts";
import type { ReportRenderer, SegmentDatabase, SqlEngine, TransactionReader } from "../../ports.ts";
import { statementName } from "../../workflow/sql/statementText.ts";
import { checkQuality } from "../../workflow/steps/checkQuality.ts";
import { fitForecast } from "../../workflow/steps/fitForecast.ts";
import { ingest } from "../../workflow/steps/ingest.ts";
import { loadSegments } from "../../workflow/steps/loadSegments.ts";
import { planClustering } from "../../workflow/steps/planClustering.ts";
import { planRun } from "../../workflow/steps/planRun.ts";
import { publishReport } from "../../workflow/steps/publishReport.ts";
import { publishRun } from "../../workflow/steps/publishRun.ts";
import { recordedStep } from "../../workflow/steps/recordedStep.ts";
import { recordFailure } from "../../workflow/steps/recordFailure.ts";
import { type RepeatInput, repeatStatement } from "../../workflow/steps/repeatStatement.ts";
import { selectModel } from "../../workflow/steps/selectModel.ts";
import type { ShardInput, StepPorts } from "../../workflow/steps/state.ts";
import { loadMachine, type MachineState, statesOf, type TaskHandler, type TaskHandlers } from "./machine.ts";

/** Runs one shard of a Map somewhere else: in a worker thread. */
export type ShardRunner = (task: "fit" | "score", input: ShardInput) => Promise<unknown>;

export interface LocalPorts extends StepPorts {
  readonly reader: TransactionReader;
  readonly sql: SqlEngine;
  readonly database: SegmentDatabase;
  readonly mapConcurrency: number;
  readonly runShard: ShardRunner;
  readonly renderReport: ReportRenderer;
  /** Waits before a statement is run again. Default: by the clock. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** The segmentation machine, as it is deployed. */
export const MACHINE_FILE = new URL("../../workflow/segmentation.asl.json", import.meta.url);

/** A handler for every Task of the segmentation machine, over local ports. */
export function segmentationHandlers(ports: LocalPorts): TaskHandlers {
  const query = (input: { readonly QueryString: string }) => runQuery(ports.sql, input.QueryString);
  // On a laptop the person is at the terminal.
  const announce = async (): Promise<unknown> => ({});
  const { store } = ports;
  // What has ended here has ended.
  const repeatPorts = { store, sleep: ports.sleep ?? sleep, stopQuery: async () => undefined };
  const repeat = (input: RepeatInput) => repeatStatement(repeatPorts, input);
  const all = statesOf(loadMachine(MACHINE_FILE));
  const each = (calls: MachineState["calls"], handler: TaskHandler): TaskHandlers =>
    Object.fromEntries(all.filter((state) => state.calls === calls).map(({ name }) => [name, handler]));
  const step = <Input>(run: (input: Input) => Promise<unknown>): TaskHandler => run as TaskHandler;
  return {
    ...each("query", step(query)),
    ...each("repeat", step(repeat)),
    ...each("announcement", announce),
    // The lake is locked while it is open.
    TakeTurn: async () => ({ isMine: true, waitSeconds: 0 }),
    Ingest: step(recordedStep("Ingest", ports, ingest)),
    CheckQuality: step(recordedStep("CheckQuality", ports, checkQuality)),
    PlanRun: step(recordedStep("PlanRun", ports, planRun)),
    FitForecast: step(recordedStep("FitForecast", ports, fitForecast)),
    PlanClustering: step(recordedStep("PlanClustering", ports, planClustering)),
    FitShard: step((input: ShardInput) => ports.runShard("fit", input)),
    SelectModel: step(recordedStep("SelectModel", ports, selectModel)),
    ScoreShard: step((input: ShardInput) => ports.runShard("score", input)),
    LoadSegments: step((input: Parameters<typeof loadSegments>[1]) => loadSegments(ports, input)),
    PublishReport: step((input: Parameters<typeof publishReport>[1]) => publishReport(ports, input)),
    PublishRun: step((input: Parameters<typeof publishRun>[1]) => publishRun(ports, input)),
    RecordFailure: step((input: Parameters<typeof recordFailure>[1]) => recordFailure(ports, input)),
  };
}

/** The shape of `athena:startQueryExecution.sync`'s result, as far as the machine reads it. */
async function runQuery(sql: SqlEngine, statement: string): Promise<unknown> {
  const { bytesScanned, elapsedMs } = await sql.run(statement);
  const Statistics = { DataScannedInBytes: bytesScanned, TotalExecutionTimeInMillis: Math.round(elapsedMs) };
  const StatementType = statementName(statement).startsWith("ddl/") ? "DDL" : "DML";
  return { QueryExecution: { QueryExecutionId: "local", StatementType, Statistics } };
}

/** The drop was refused by the quality gate; nothing was changed. */
export class DropRefusedError extends SegmentationError {
  constructor(reason: string) {
    super("DROP_REFUSED", `The drop was refused, and nothing was changed. ${reason}`);
  }
}
