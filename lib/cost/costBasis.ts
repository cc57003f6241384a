/**
 * Sizes of the Parquet and CSV that a run writes, in bytes; measured on Online Retail (541,909 lines, 4,338 customers).
 */
export const BYTES = {
  /** The file as dropped. */
  originalPerLine: 83,
  rawPerLine: 11.4,
  /** DuckDB's own table; Iceberg's Parquet is no larger. */
  transactionPerLine: 21.8,
  featuresPerCustomer: 36,
  segmentsPerCustomer: 71,
  forecastsPerCustomer: 72,
  csvPerCustomer: 234,
} as const;

/** What a run keeps of a customer: Parquet, and segments.csv in parts and as a whole. */
export const CURATED_BYTES_PER_CUSTOMER =
  BYTES.featuresPerCustomer + BYTES.segmentsPerCustomer + BYTES.forecastsPerCustomer + 2 * BYTES.csvPerCustomer;

/**
 * How often the statements of a run read a table in full. A test counts them. Columns that a statement leaves out are
 * counted, too.
 */
export const SCANS = { newRawRows: 2, newTransactions: 6, history: 9, features: 5, segments: 12 } as const;
/** Statements of a run but DDL, which is free, with a few to spare; Athena charges 10 MB for a smaller one. */
export const STATEMENTS_PER_RUN = 20;

/** CloudWatch's share, with the scoring API; every account has ten alarms and three dashboards for nothing. */
export const MONITORING = { alarms: 14, freeAlarms: 10, dashboards: 2 } as const;

/** Assumed, not measured on AWS: round figures on the high side of what a laptop core takes. */
export const ASSUMED = {
  ingestGigabytes: 5.2,
  ingestSecondsPerLine: 6e-6,
  workerGigabytes: 1.73,
  /** Fit and score together. */
  workerSecondsPerCustomer: 1e-5,
  selectGigabytes: 3.46,
  selectSeconds: 15,
  otherGigabyteSeconds: 40,
  customersPerShard: 250_000,
  transitionsPerRun: 90,
  /** Two Maps, and two transitions for each of their children. */
  transitionsPerShard: 4,
  s3WritesPerRun: 300,
  s3ReadsPerRun: 3_000,
  databaseRowsPerSecond: 30_000,
  databaseLoadUnits: 4,
  databaseIdleUnits: 1,
  /** Minutes until it pauses, and a minute to resume. */
  databaseIdleMinutes: 11,
  databaseBytesPerCustomer: 500,
  databaseRunsKept: 12,
  /** Months that a run's results stay. */
  curatedMonths: 13,
  logBytesPerRun: 2e6,
  /** Length of a transient EMR cluster's life for a run, its start included. */
  emrHoursPerRun: 1,
} as const;
