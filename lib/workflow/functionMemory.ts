/** Memory of the functions of the state machine in megabytes, by the state that calls them; a whole core comes with every 1,769. */
export const FUNCTION_MEMORY_MEGABYTES = {
  // Three cores: DuckDB parses CSV with all of them.
  Ingest: 5_308,
  // Reads a few Parquet files of some kilobytes.
  CheckQuality: 512,
  PlanRun: 512,
  // Reads the footers of up to thousands of Parquet files.
  PlanClustering: 1_024,
  // One core: a shard is one thread's work. 250,000 customers are under 200 MB as columns and grids.
  FitShard: 1_769,
  // One thread with a whole core; the merged grid has up to a few million cells.
  SelectModel: 3_538,
  // One core; the shard's rows, their CSV and their Parquet at once.
  ScoreShard: 1_769,
  // One core; the marts and a part of segments.csv at once, which is put together on disk.
  PublishReport: 1_769,
  // PostgreSQL fetches the rows itself; this cuts parts that are too large for one statement.
  LoadSegments: 512,
  PublishRun: 512,
  RecordFailure: 256,
} as const;

/** A Task state of the machine that runs code of ours. */
export type StepName = keyof typeof FUNCTION_MEMORY_MEGABYTES;
