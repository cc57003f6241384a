/** A Task state of the machine that runs code of ours, and what its function gets on AWS. */
interface Step {
  readonly description: string;
  /** A whole core comes with every 1,769. */
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
}

const SHORT_SECONDS = 120;
const MIDDLE_SECONDS = 300;
/** As long as a function may run. */
const LONG_SECONDS = 900;

const step = (description: string, memoryMegabytes: number, timeoutSeconds: number): Step => ({
  description,
  memoryMegabytes,
  timeoutSeconds,
});

/** Every step by its state. */
export const STEPS = {
  // What every account allows, nearly two cores: DuckDB parses CSV with all of them.
  Ingest: step("Reads dropped files into raw Parquet with DuckDB", 3_008, LONG_SECONDS),
  // Reads a few Parquet files of some kilobytes.
  CheckQuality: step("Balances the ledger and judges the drop", 512, SHORT_SECONDS),
  PlanRun: step("Decides the snapshot date and renders the statements", 512, SHORT_SECONDS),
  // One core; up to a million cells, a hundred thousand customers of the check, and simulated shops one at a time.
  FitForecast: step("Fits the forecast and checks it on the past", 1_769, LONG_SECONDS),
  // Reads the ids of all customers where there are several files and shards, a row group at a time.
  PlanClustering: step("Fixes the feature space and deals the shards", 2_048, LONG_SECONDS),
  // One core: a shard is one thread's work. 250,000 customers are under 200 MB as columns and grids.
  FitShard: step("Mini-batch K-Means over one shard, and its sketch", 1_769, LONG_SECONDS),
  // One thread with a whole core; the merged grid has up to a few million cells.
  SelectModel: step("Merges the shards, refines every k, writes the model card", 3_008, LONG_SECONDS),
  // One core; the shard's rows, their CSV and their Parquet at once.
  ScoreShard: step("Segment, cluster and distance for every customer of a shard", 1_769, LONG_SECONDS),
  // One core; the marts and a part of segments.csv at once, which is put together on disk.
  PublishReport: step("Writes segments.csv, summary.json and dashboard.html", 1_769, LONG_SECONDS),
  // PostgreSQL fetches the rows itself; this cuts parts that are too large for one statement.
  LoadSegments: step("Stages the segments in PostgreSQL", 512, LONG_SECONDS),
  PublishRun: step("Makes the run the current one", 512, MIDDLE_SECONDS),
  RecordFailure: step("Keeps why an attempt failed", 256, SHORT_SECONDS),
} as const;

export type StepName = keyof typeof STEPS;
