import { resolve } from "node:path";
import type { Instance, Prediction } from "../api/schemas.ts";
import type { AudienceRow } from "../domain/audience/audience.ts";
import type { Forecast } from "../domain/forecast/forecast.ts";
import type { Backtest } from "../domain/run/backtest.ts";
import type { QueryResult } from "../local/bi/biViews.ts";
import type { DuckDbEngine } from "../local/duckdb/index.ts";
import type { ErasureReport } from "../local/erasure/eraseCustomer.ts";
import type { CompactReport } from "../local/lake/compactLake.ts";
import type { ForecastRequest } from "../local/lake/forecastLake.ts";
import { type LedgerEntry, openCatalogOf, readLedger, removeSource } from "../local/lake/lakeLedger.ts";
import type { RejectsRequest } from "../local/lake/lakeQueries.ts";
import type { PublishedRun } from "../ports.ts";
import type { AudienceOptions } from "./audience.ts";
import type { Delivery } from "./delivery.ts";
import { type LakeModels, modelsOf } from "./models.ts";
import { readResults } from "./results.ts";
import { publishAgain, readRuns } from "./runs.ts";
import { type ScoreOptions, score } from "./score.ts";
import { type SegmentOptions, segment } from "./segment.ts";
import type { Segmentation } from "./segmentation.ts";

export interface LakeOptions {
  /** A PostgreSQL server that the lake's runs are loaded into; without it the embedded one. */
  readonly databaseUrl?: string;
  /** How long to wait for another process that works on the lake, in seconds. Default 10. */
  readonly waitSeconds?: number;
}

/** Dropped rows, and how many there are for each reason. */
export interface Rejects {
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export interface CompactOptions {
  /** Leftovers and run artifacts are kept for so many days. Default 90. */
  readonly keepDays?: number;
  /** Also lets go of replaced and removed files: earlier states of the history end with that. Default false. */
  readonly dropReplaced?: boolean;
}

/**
 * A lake as its commands see it. It holds nothing open: what writes takes the lake's lock while it does, and no longer.
 */
export interface Lake {
  /** Absolute path. */
  readonly directory: string;
  /** As {@link segment}, in this lake. */
  segment(delivery: Delivery, options?: Omit<SegmentOptions, "lake" | "databaseUrl">): Promise<Segmentation>;
  /** As {@link score}, with this lake's models. */
  score(
    customers: string | Iterable<Instance> | AsyncIterable<Instance>,
    options?: Omit<ScoreOptions, "lake">,
  ): AsyncIterable<Prediction>;
  /** A run that is kept, the current one without an id. @throws NoLakeError, UnknownNameError. */
  results(runId?: string): Promise<Segmentation>;
  /** The runs that the database holds. @throws NoLakeError, LakeBusyError. */
  runs(): Promise<readonly PublishedRun[]>;
  /** Makes an earlier run the current one again. @throws UnknownRunError. */
  publish(runId: string): Promise<void>;
  /** The ledger: what was delivered and removed, the latest first. */
  ingests(): Promise<readonly LedgerEntry[]>;
  /** Rows that were dropped, with their reasons and line numbers. */
  rejects(request?: Partial<RejectsRequest>): Promise<Rejects>;
  /** Takes a source out of the history from the next run on. @throws UnknownSourceError. */
  forget(source: string): Promise<LedgerEntry>;
  /** Erases a person from everything, for good, and proves it. @throws UnknownCustomerError, ErasureFailedError. */
  eraseCustomer(customerId: string): Promise<ErasureReport>;
  /** One select over the published tables. @throws QueryError, NoTablesError. */
  query(sql: string): Promise<QueryResult>;
  /** Customers of a run for a campaign, each with `is_holdout`. @throws NoRunError, UnknownNameError. */
  audience(options?: AudienceOptions): AsyncIterable<AudienceRow>;
  /** What customers are expected to do, from what was known on a day. @throws ForecastDateError. */
  forecast(request?: Partial<ForecastRequest>): Promise<Forecast>;
  /** What segments and clusters of some days ago said about the money spent since. @throws ShortHistoryError. */
  backtest(holdoutDays?: number): Promise<Backtest>;
  /** Keeps the number of files and the cost of reading bounded. */
  compact(options?: CompactOptions): Promise<CompactReport>;
  readonly models: LakeModels;
}

const WAIT_SECONDS = 10;
const HOLDOUT_DAYS = 90;
const KEEP_DAYS = 90;
const REJECTED_ROWS = 1_000;

/** A lake by its folder; the first `segment` makes it where there is none. */
export function openLake(folder: string, { databaseUrl, waitSeconds = WAIT_SECONDS }: LakeOptions = {}): Lake {
  const directory = resolve(folder);
  const waitMs = waitSeconds * 1000;
  const server = databaseUrl === undefined ? {} : { databaseUrl };
  const place = { lake: directory, waitMs, ...server };
  const clock = { now: () => new Date() };
  const locked = async <T>(use: (engine: DuckDbEngine) => Promise<T>): Promise<T> => {
    const engine = await openCatalogOf(directory, waitMs);
    try {
      return await use(engine);
    } finally {
      engine.close();
    }
  };
  return {
    directory,
    segment: (delivery, options = {}) => segment(delivery, { waitSeconds, ...options, lake: directory, ...server }),
    score: (customers, options = {}) => score(customers, { ...options, lake: directory }),
    results: (runId) => readResults(directory, runId),
    runs: () => readRuns(place),
    publish: async (runId) => void (await publishAgain(place, runId)),
    ingests: () => locked((engine) => readLedger(engine, directory)),
    rejects: (request) => rejectsOf(directory, request),
    forget: (source) => locked((engine) => removeSource(engine, directory, source, clock)),
    eraseCustomer: async (customerId) => {
      const { eraseCustomer } = await import("../local/erasure/eraseCustomer.ts");
      return eraseCustomer({ lakeDirectory: directory, customerId, waitMs, clock, ...server });
    },
    query: (sql) => queryOf(directory, sql),
    audience: (options) => audienceRowsOf(directory, options),
    forecast: async (request = {}) => {
      const { forecastLake } = await import("../local/lake/forecastLake.ts");
      return forecastLake(directory, { model: "bg-nbd", timeUnit: "day", ...request });
    },
    backtest: async (holdoutDays = HOLDOUT_DAYS) => {
      const { backtestLake } = await import("../local/lake/backtestLake.ts");
      return backtestLake(directory, holdoutDays);
    },
    compact: ({ keepDays = KEEP_DAYS, dropReplaced = false } = {}) =>
      locked(async (engine) => {
        const { compactLake } = await import("../local/lake/compactLake.ts");
        return compactLake(engine, {
          lakeDirectory: directory,
          keepDays,
          dropsReplaced: dropReplaced,
          now: clock.now(),
        });
      }),
    models: modelsOf(directory),
  };
}

async function rejectsOf(directory: string, request: Partial<RejectsRequest> = {}): Promise<Rejects> {
  const { openLakeQueries } = await import("../local/lake/lakeQueries.ts");
  const queries = await openLakeQueries(directory);
  try {
    return await queries.rejects({ limit: REJECTED_ROWS, ...request });
  } finally {
    queries.close();
  }
}

async function* audienceRowsOf(directory: string, options?: AudienceOptions): AsyncGenerator<AudienceRow> {
  const { audienceOf } = await import("./audience.ts");
  yield* audienceOf(directory, options);
}

async function queryOf(directory: string, sql: string): Promise<QueryResult> {
  const { openBiViews } = await import("../local/bi/biViews.ts");
  const views = await openBiViews(directory);
  try {
    return await views.query(sql);
  } finally {
    views.close();
  }
}
