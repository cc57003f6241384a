import { SegmentationError } from "../domain/errors.ts";

/** A run that the database does not hold (any more). */
export class UnknownRunError extends SegmentationError {}
/** A part was sent, or a publication asked for, without `stageRun`. */
export class RunNotStagedError extends SegmentationError {}
/** The staged rows are not as many as the run has customers. */
export class RowCountError extends SegmentationError {}
/** A customer appears twice in a staged run. */
export class DuplicateCustomerError extends SegmentationError {}
/** A part has other content than when it was loaded before. */
export class PartChangedError extends SegmentationError {}
/** A part that the database cannot take: wrong header, a value of the wrong type, rows of another run. */
export class SegmentPartError extends SegmentationError {}
/** No connection, or the connection was lost. */
export class DatabaseConnectionError extends SegmentationError {}
/** The user may not do what is needed. */
export class DatabaseRightsError extends SegmentationError {}
/** The server, or the schema in it, has a version that this release does not work with. */
export class DatabaseVersionError extends SegmentationError {}
/** An embedded database that another process has open. */
export class DatabaseBusyError extends SegmentationError {}
/** An embedded database that cannot be opened. */
export class DatabaseDamagedError extends SegmentationError {}
/** Any other answer of the database. */
export class DatabaseError extends SegmentationError {}

/** What both drivers put on their errors (PostgreSQL's error fields). */
export interface PgErrorFields {
  readonly code?: string;
  readonly where?: string;
  readonly constraint?: string;
}

const SQLSTATE_OF_RUN_ERRORS: Readonly<Record<string, [typeof SegmentationError, string, string]>> = {
  RF001: [UnknownRunError, "UNKNOWN_RUN", "List the runs that can be published again with `rfm runs`."],
  RF002: [RowCountError, "SEGMENT_ROW_COUNT", "Nothing was published."],
  RF003: [DuplicateCustomerError, "DUPLICATE_CUSTOMER", "Nothing was published."],
  RF004: [PartChangedError, "SEGMENT_PART_CHANGED", "Stage the run again to load it anew."],
  RF005: [RunNotStagedError, "RUN_NOT_STAGED", "Stage it first."],
};

function messageOf(error: unknown): string {
  // Node reports a refused connection to several addresses as an AggregateError with an empty message.
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

function isConnectionLoss(code: string): boolean {
  return /^(08|57P0)/.test(code) || /^E[A-Z]+$/.test(code);
}

/**
 * Names what a driver threw. Errors that already have a name pass unchanged.
 *
 * @param task what was being done, as in "loading part x"
 */
export function namedError(error: unknown, task: string, context: Record<string, unknown> = {}): SegmentationError {
  if (error instanceof SegmentationError) return error;
  const fields = error as PgErrorFields | null;
  const code = fields?.code ?? "";
  const message = messageOf(error);
  const facts = { ...context, sqlState: code };
  const options = { cause: error };
  const run = SQLSTATE_OF_RUN_ERRORS[code];
  if (run !== undefined) return new run[0](run[1], `${message}. ${run[2]}`, facts, options);
  if (code === "42501" || code === "25006") {
    const text = `The database refused ${task}: ${message}. The user needs the right to create and fill the schema "rfm".`;
    return new DatabaseRightsError("DATABASE_RIGHTS", text, facts, options);
  }
  if (isConnectionLoss(code) || /Connection terminated|timeout exceeded when trying to connect/.test(message)) {
    const text = `The connection to the database was lost or not made while ${task}: ${message}.`;
    return new DatabaseConnectionError("DATABASE_CONNECTION", text, facts, options);
  }
  return new DatabaseError("DATABASE", `The database failed ${task}: ${message}.`, facts, options);
}

/** Names the reason why a part was refused by `COPY`, with its line, never with its values. */
export function partError(error: unknown, key: string, runId: string): SegmentationError {
  const { code = "", where = "", constraint = "" } = (error ?? {}) as PgErrorFields;
  // Classes 22 (data exception) and 23 (integrity) are the content's fault; the rest is the database's.
  if (error instanceof SegmentationError || !/^2[23]/.test(code)) {
    return namedError(error, `while loading part ${key}`, { runId, key });
  }
  const place = /line (\d+)(?:, column (\w+))?/.exec(where);
  const line = place === null ? "" : ` in line ${place[1]}${place[2] === undefined ? "" : `, column ${place[2]}`}`;
  const reason = constraint.endsWith("run_id_check") ? "its rows belong to another run" : messageOf(error);
  const facts = { runId, key, sqlState: code, line: place?.[1], column: place?.[2] };
  const text = `Part ${key} of run '${runId}' cannot be loaded${line}: ${reason}.`;
  return new SegmentPartError("SEGMENT_PART", text, facts, { cause: error });
}
