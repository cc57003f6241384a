import type { Config } from "./domain/config/config.ts";
import type { RowSettings } from "./domain/config/rowSettings.ts";
import type { DashboardData } from "./domain/dashboard/types.ts";
import type { CurrencyConversion } from "./domain/quality/exchangeRates.ts";
import type { Finding } from "./domain/quality/quality.ts";
import type { FileColumn } from "./domain/roles.ts";

/** What the steps need from the outside. Adapters live in `lib/local` (laptop) and `lib/aws` (cloud). */

export interface ObjectInfo {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
}

export interface WriteOptions {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  /** Write only if no object has this key yet; else `ObjectExistsError`. */
  readonly ifAbsent?: boolean;
  /** Write only if the object still has this etag; else `ObjectChangedError`. */
  readonly ifMatch?: string;
}

/** A bucket, or a folder that behaves like one: keys use `/`, writes are atomic, readers never see half an object. */
export interface ObjectStore {
  /** Objects whose key starts with `prefix`, in UTF-8 byte order of their keys. */
  list(prefix: string): Promise<ObjectInfo[]>;
  /** The object's facts, or undefined when there is none. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /**
   * The object's bytes, or those of [start, end) of it.
   * @throws ObjectNotFoundError.
   */
  read(key: string, range?: { readonly start: number; readonly end: number }): Promise<Uint8Array>;
  write(key: string, body: Uint8Array | string, options?: WriteOptions): Promise<ObjectInfo>;
  /** Copies within the store without moving bytes through the caller. */
  copy(fromKey: string, toKey: string): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
  /** Brings an object to a local file for engines that need one (no copy where it already is one). */
  toLocalFile(key: string, scratchDirectory: string): Promise<string>;
  /** Stores a local file under a key, moving it where that is cheaper. */
  fromLocalFile(path: string, key: string, options?: WriteOptions): Promise<ObjectInfo>;
  /** Root of the store as SQL sees it, without a trailing slash: `s3://bucket` or `s3://bucket/prefix`. */
  readonly uri: string;
}

export interface StatementResult {
  /** Bytes that the engine read from storage for this statement. */
  readonly bytesScanned: number;
  readonly elapsedMs: number;
}

/** Runs one statement in Trino's dialect (Athena engine version 3, or DuckDB with our macros). */
export interface SqlEngine {
  run(statement: string): Promise<StatementResult>;
}

/** A dropped file: where it lies now and the name under which its rows are known. */
export interface DroppedFile {
  readonly path: string;
  readonly source: string;
}

export interface ReadRequest {
  readonly files: readonly DroppedFile[];
  /** Columns set by hand: role → header name or 1-based position. */
  readonly mapping: Readonly<Record<string, string | number>>;
  /** What has been decided of rows and money by hand. */
  readonly rowSettings?: RowSettings;
  /** Columns that are read beside those with a role, by names of the settings' own. */
  readonly fileColumns?: Readonly<Record<string, FileColumn>>;
  readonly dateLayout?: "ymd" | "dmy" | "mdy" | "swapped";
  readonly decimalMark?: "point" | "comma";
  /** A character encoding by its usual name; else detected in the bytes. */
  readonly encoding?: string;
  /** One ASCII character; else detected in the text. */
  readonly delimiter?: string;
  /** Whether the first line names the columns; else detected in it. */
  readonly header?: boolean;
  /** The sheet of workbooks; else detected from their columns. */
  readonly sheet?: string;
  /** The zone whose days count; else the day in the text. */
  readonly timeZone?: string;
  /** Amounts of several currencies are refused without. */
  readonly currency?: CurrencyConversion;
  /** What will become of statuses and of lines that are no products, for the findings to say. */
  readonly policy?: Pick<Config, "statuses" | "nonProducts"> &
    Partial<Pick<Config, "cancellationPattern">> & { readonly unreadLimit: number };
  /** Customers whose rows are left out: they were erased. */
  readonly erased?: { readonly salt: string; readonly digests: readonly string[] };
  /** The Parquet file to write: the raw rows, every column text. */
  readonly outputPath: string;
  readonly scratchDirectory: string;
}

/** What a reader found in one file; more facts than these are kept for the report. */
export interface FileReadingFacts {
  readonly source: string;
  /** The dropped file of which the source is a part: an archive's member, a workbook's sheet. */
  readonly container?: string;
  readonly rows: number;
  readonly contentHash: string;
  /** Rows of erased customers that are not among the rows; only where there are any. */
  readonly erasedRows?: number;
  /** Ids of their erasures, in order; with `erasedRows`. */
  readonly erasureIds?: readonly string[];
  readonly notes: readonly string[];
}

/** Turns dropped files, whatever their dialect, into raw rows. */
export interface TransactionReader {
  read(request: ReadRequest): Promise<{
    readonly rows: number;
    readonly files: readonly FileReadingFacts[];
    /** What somebody should know of the drop as a whole. */
    readonly findings: readonly Finding[];
  }>;
}

/** Draws a run's dashboard: one HTML file that needs nothing else. */
export type ReportRenderer = (data: DashboardData) => string;

export interface Clock {
  /** Now, in UTC. */
  now(): Date;
}

/** The function that a step runs in, on AWS: for what a run costs. */
export interface FunctionHost {
  readonly memoryMegabytes: number;
  /** What the start of this container took, to the first that asks; later calls get 0. */
  startUpMilliseconds(): number;
}

/** What a run publishes beside its segments. */
export interface RunRecord {
  readonly runId: string;
  readonly modelVersion: string;
  /** ISO date. */
  readonly snapshotDate: string;
  /** ISO timestamp of the publication's preparation. */
  readonly createdAt: string;
  readonly customers: number;
  /** The whole run summary as JSON text. */
  readonly summary: string;
}

/** What a CSV part for the database holds; default segments. */
export type PartContent = "segments" | "movements";

/** A PostgreSQL database with the current and earlier segments. */
export interface SegmentDatabase {
  /** Creates or upgrades the schema; safe to call at each start. */
  migrate(): Promise<void>;
  /** Starts (or restarts) the staging of a run: earlier staged rows of this run id are gone afterwards. */
  stageRun(run: RunRecord): Promise<void>;
  /**
   * Loads one CSV part (header line; columns of SEGMENT_COLUMNS, or of MOVEMENT_COLUMNS) from the store into the staged
   * run; idempotent per part. @returns its rows.
   */
  loadPart(runId: string, store: ObjectStore, key: string, content?: PartContent): Promise<number>;
  /** Checks the staged rows against `expectedRows`, then in one transaction makes this run the current one. */
  publish(runId: string, expectedRows: number): Promise<void>;
  /**
   * Makes an earlier, still present run the current one again.
   * @throws UnknownRunError.
   */
  republish(runId: string): Promise<void>;
  runs(): Promise<PublishedRun[]>;
  close(): Promise<void>;
}

/** A part of a score job's predictions, as it lies in the store. */
export interface PredictionPart {
  readonly store: ObjectStore;
  /** A CSV object whose header line names `columns`. */
  readonly key: string;
  readonly columns: readonly string[];
  readonly rows: number;
}

/** A table of a PostgreSQL database that score jobs load their predictions into. */
export interface PredictionTable {
  /** Announces a job; jobs of more than 90 days ago go. */
  begin(job: { readonly jobId: string; readonly modelVersion: string; readonly createdAt: string }): Promise<void>;
  /** Loads a part in one transaction; idempotent per part. */
  loadPart(jobId: string, part: PredictionPart): Promise<void>;
  /** Checks the rows against `customers`, and shows the job to readers. */
  finish(jobId: string, customers: number): Promise<void>;
}

export interface PublishedRun extends RunRecord {
  readonly isCurrent: boolean;
  readonly publishedAt: string | null;
}
