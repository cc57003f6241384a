import { SegmentationError } from "../../domain/errors.ts";
import type { ObjectStore } from "../../ports.ts";
import { emptyTarget, isPassingReason, MAX_REPEATS, waitBefore } from "../sql/passingFaults.ts";
import { statementName } from "../sql/statementText.ts";

/** A statement that failed for good, in Athena's own words. */
export class StatementFailedError extends SegmentationError {
  constructor(statement: string, reason: string, repeats: number) {
    const times = repeats === 0 ? "" : ` (after ${repeats} ${repeats === 1 ? "repeat" : "repeats"})`;
    super("STATEMENT_FAILED", `The SQL statement ${statement} failed${times}: ${reason}`, { statement, repeats });
  }
}

export interface RepeatPorts {
  readonly store: ObjectStore;
  /** Milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Ends a query of the engine, if it has not ended. */
  readonly stopQuery: (queryExecutionId: string) => Promise<void>;
}

export interface RepeatInput {
  readonly statement: string;
  /** What the state machine caught. */
  readonly fault: { readonly Error: string; readonly Cause: string };
  /** How often statements have been run again, by their names. */
  readonly repeats: Readonly<Record<string, number>>;
}

/** What Step Functions gives as the cause of a statement that ended badly, as far as it is read. */
interface FailedQuery {
  readonly QueryExecution?: {
    readonly QueryExecutionId?: string;
    readonly Status?: {
      readonly State?: string;
      readonly StateChangeReason?: string;
      readonly AthenaError?: { readonly Retryable?: boolean; readonly ErrorMessage?: string };
    };
  };
}

/**
 * Makes ready that a statement is run again, where its fault is one that passes: waits, stops the failed query (Athena
 * may have queued it again by itself) and empties the target of an UNLOAD. An INSERT looks for its own rows first, so a
 * commit that was reported as failed but took place is not made twice. Any other fault, and a statement that goes on
 * failing, is thrown.
 * @returns `repeats` with this one.
 * @throws StatementFailedError; an error of the fault's own name where no engine's cause is given.
 */
export async function repeatStatement(ports: RepeatPorts, input: RepeatInput): Promise<RepeatInput["repeats"]> {
  const { statement, fault, repeats } = input;
  const name = statementName(statement);
  const done = repeats[name] ?? 0;
  const query = failedQuery(fault.Cause);
  const reason = query?.Status?.StateChangeReason ?? query?.Status?.AthenaError?.ErrorMessage ?? fault.Cause;
  if (!isPassing(fault, query) || done >= MAX_REPEATS) {
    if (query !== undefined) throw new StatementFailedError(name, reason, done);
    throw Object.assign(new Error(fault.Cause), { name: fault.Error });
  }
  await ports.sleep(waitBefore(statement, done + 1));
  if (query?.QueryExecutionId !== undefined) await ports.stopQuery(query.QueryExecutionId);
  await emptyTarget(ports.store, statement);
  return { ...repeats, [name]: done + 1 };
}

/** A query that failed has ended; of a call that was throttled, nothing has begun. How any other ended is not known. */
function isPassing({ Error: error }: RepeatInput["fault"], query: FailedQuery["QueryExecution"]): boolean {
  if (error === "Athena.TooManyRequestsException") return true;
  const { State, StateChangeReason = "", AthenaError } = query?.Status ?? {};
  if (error !== "States.TaskFailed" || State !== "FAILED") return false;
  return (
    AthenaError?.Retryable === true ||
    isPassingReason(StateChangeReason) ||
    isPassingReason(AthenaError?.ErrorMessage ?? "")
  );
}

function failedQuery(cause: string): FailedQuery["QueryExecution"] {
  try {
    return (JSON.parse(cause) as FailedQuery | null)?.QueryExecution;
  } catch {
    // A sentence: the call failed, not a query.
    return undefined;
  }
}
