import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  type Field,
  type RDSDataClient,
  RollbackTransactionCommand,
  type SqlParameter,
} from "@aws-sdk/client-rds-data";
import { sleep as realSleep, retrying } from "../transientError.ts";

/** A value of a named parameter. Dates and decimals go as text and are cast by the statement. */
export type DataApiValue = string | number | boolean | null;
export type DataApiParameters = Readonly<Record<string, DataApiValue>>;

export interface DataApiOptions {
  readonly client: RDSDataClient;
  readonly clusterArn: string;
  readonly secretArn: string;
  readonly databaseName: string;
  /** How long to wait for a database that starts again from zero capacity; default 3 minutes, it takes 15 to 60 s. */
  readonly resumeTimeoutMs?: number;
  /** Waits; replaced in tests. */
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface StatementOptions {
  readonly transactionId?: string;
  /** Lets a statement go on in the database after the Data API has given up on it (45 s). */
  readonly continueAfterTimeout?: boolean;
}

/** PostgreSQL through HTTPS calls: no connections, so nothing here has to be in the database's network. */
export interface DataApi {
  /** One statement with parameters `:name`; rows by column name. */
  query<Row extends object>(sql: string, parameters?: DataApiParameters, options?: StatementOptions): Promise<Row[]>;
  /** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
  transaction<Result>(work: (transactionId: string) => Promise<Result>): Promise<Result>;
}

const RESUME_POLL_MS = 2_000;
const MAX_RESUME_POLL_MS = 10_000;
const RESUME_TIMEOUT_MS = 180_000;

/** The Data API of one database; a database that is resuming is waited for. */
export function openDataApi(options: DataApiOptions): DataApi {
  const { client, clusterArn, secretArn, databaseName } = options;
  const place = { resourceArn: clusterArn, secretArn };
  const call = <Result>(send: () => Promise<Result>): Promise<Result> => whenResumed(options, send);
  return {
    async query<Row extends object>(sql: string, parameters: DataApiParameters = {}, statement: StatementOptions = {}) {
      const command = new ExecuteStatementCommand({
        ...place,
        ...statement,
        database: databaseName,
        sql,
        parameters: Object.entries(parameters).map(toParameter),
        formatRecordsAs: "JSON",
      });
      const { formattedRecords } = await call(() => client.send(command));
      return JSON.parse(formattedRecords ?? "[]") as Row[];
    },
    async transaction(work) {
      const begin = new BeginTransactionCommand({ ...place, database: databaseName });
      const { transactionId } = (await call(() => client.send(begin))) as { transactionId: string };
      try {
        const result = await work(transactionId);
        await client.send(new CommitTransactionCommand({ ...place, transactionId }));
        return result;
      } catch (error) {
        // The first error is the one to report; a transaction that cannot be rolled back ends by itself in three
        // minutes.
        await Promise.allSettled([client.send(new RollbackTransactionCommand({ ...place, transactionId }))]);
        throw error;
      }
    },
  };
}

/** The answer "resuming" means that nothing was run, so any call may be repeated. */
function whenResumed<Result>(options: DataApiOptions, send: () => Promise<Result>): Promise<Result> {
  const { sleep = realSleep, resumeTimeoutMs = RESUME_TIMEOUT_MS } = options;
  let waitedMs = 0;
  return retrying(send, {
    attempts: Number.POSITIVE_INFINITY,
    firstDelayMs: RESUME_POLL_MS,
    maxDelayMs: MAX_RESUME_POLL_MS,
    isRetryable: (error) => isResuming(error) && waitedMs < resumeTimeoutMs,
    sleep: (ms) => {
      waitedMs += ms;
      return sleep(ms);
    },
  });
}

/** Whether the database is starting again from zero capacity. */
export function isResuming(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === "DatabaseResumingException" || /is resuming after being auto-paused/i.test(message);
}

function toParameter([name, value]: [string, DataApiValue]): SqlParameter {
  return { name, value: toField(value) };
}

function toField(value: DataApiValue): Field {
  if (value === null) return { isNull: true };
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { booleanValue: value };
  return Number.isSafeInteger(value) ? { longValue: value } : { doubleValue: value };
}
