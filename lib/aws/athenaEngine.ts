import { createHash, randomUUID } from "node:crypto";
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { SegmentationError } from "../domain/errors.ts";
import type { ObjectStore, SqlEngine, StatementResult } from "../ports.ts";
import { emptyTarget, isPassingReason, MAX_REPEATS, waitBefore } from "../workflow/sql/passingFaults.ts";
import { statementName, unloadTarget } from "../workflow/sql/statementText.ts";
import { sleep as realSleep } from "./transientError.ts";

/** A statement that Athena refused or that failed, with Athena's own words. */
export class AthenaStatementError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown>, options?: ErrorOptions) {
    super("ATHENA_STATEMENT", message, context, options);
  }
}

export interface AthenaEngineOptions {
  readonly client: AthenaClient;
  /** Its settings say where results go and how much a statement may scan. */
  readonly workGroup: string;
  readonly database: string;
  /** The lake, for tools that unload: what a failed UNLOAD has left is removed before it is run again. */
  readonly store?: ObjectStore;
  /** Milliseconds after which a statement is stopped; default 30 minutes, Athena's own limit. */
  readonly timeoutMs?: number;
  /** Waits; replaced in tests. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Makes the token of a call; replaced in tests. */
  readonly newToken?: () => string;
}

const FIRST_POLL_MS = 250;
const MAX_POLL_MS = 5_000;
const THIRTY_MINUTES_MS = 1_800_000;

/**
 * Athena as the SQL engine, for tools outside of the state machine (which calls Athena by itself). A statement that met
 * a fault which passes is run again.
 */
export function openAthenaEngine(options: AthenaEngineOptions): SqlEngine {
  return { run: (statement) => runRepeatedly(options, statement) };
}

async function runRepeatedly(options: AthenaEngineOptions, statement: string): Promise<StatementResult> {
  const { client, store, sleep = realSleep } = options;
  const canRepeat = store !== undefined || unloadTarget(statement) === undefined;
  for (let repeat = 1; ; repeat++) {
    try {
      return await runStatement(options, statement);
    } catch (error) {
      const isPassing = error instanceof AthenaStatementError && error.context.isPassing === true;
      if (!isPassing || !canRepeat || repeat > MAX_REPEATS) throw error;
      await sleep(waitBefore(statement, repeat));
      // Athena may have queued it again by itself.
      await stopQuery(client, error.context.queryExecutionId as string);
      if (store !== undefined) await emptyTarget(store, statement);
    }
  }
}

async function runStatement(options: AthenaEngineOptions, statement: string): Promise<StatementResult> {
  const { client, workGroup, database } = options;
  const { QueryExecutionId } = await client.send(
    new StartQueryExecutionCommand({
      QueryString: statement,
      WorkGroup: workGroup,
      QueryExecutionContext: { Database: database },
      // The SDK's retries of this call carry the same token, so a lost answer starts no second query.
      ClientRequestToken: tokenOf(statement, options.newToken ?? randomUUID),
    }),
  );
  const execution = await waitForEnd(options, QueryExecutionId as string, statement);
  const { State, StateChangeReason, AthenaError } = execution.Status ?? {};
  if (State !== "SUCCEEDED") {
    const reason = StateChangeReason ?? AthenaError?.ErrorMessage ?? "no reason given";
    throw new AthenaStatementError(
      `Athena ${State === "CANCELLED" ? "stopped" : "failed"} ${nameOf(statement)}: ${reason}`,
      {
        queryExecutionId: QueryExecutionId,
        errorCategory: AthenaError?.ErrorCategory,
        isPassing: State === "FAILED" && (AthenaError?.Retryable === true || isPassingReason(reason)),
      },
    );
  }
  const { DataScannedInBytes, TotalExecutionTimeInMillis } = execution.Statistics ?? {};
  return { bytesScanned: DataScannedInBytes ?? 0, elapsedMs: TotalExecutionTimeInMillis ?? 0 };
}

/** Stops a query; nothing happens to one that has ended. */
export async function stopQuery(client: AthenaClient, id: string): Promise<void> {
  await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
}

async function waitForEnd(options: AthenaEngineOptions, id: string, statement: string): Promise<QueryExecution> {
  const { client, timeoutMs = THIRTY_MINUTES_MS, sleep = realSleep } = options;
  let waitedMs = 0;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(MAX_POLL_MS, pollMs * 1.5)) {
    const { QueryExecution: execution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
    const state = execution?.Status?.State;
    if (execution !== undefined && state !== "QUEUED" && state !== "RUNNING") return execution;
    if (waitedMs >= timeoutMs) {
      await stopQuery(client, id);
      throw new AthenaStatementError(
        `Athena did not end ${nameOf(statement)} within ${timeoutMs / 1_000} s; it was stopped.`,
        {
          queryExecutionId: id,
        },
      );
    }
    await sleep(pollMs);
    waitedMs += pollMs;
  }
}

/** 32 to 128 characters that no other call has. */
function tokenOf(statement: string, newToken: () => string): string {
  return createHash("sha256").update(newToken()).update("\0").update(statement).digest("hex");
}

const nameOf = (statement: string): string => {
  const name = statementName(statement);
  return name === "(unnamed)" ? "a statement" : name;
};
