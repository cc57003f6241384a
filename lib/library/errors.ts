/**
 * The errors that callers meet, by name: each has a stable `code`, a sentence that says what to do, and the facts in
 * `context`.
 */
export { ProblemError } from "../api/problems.ts";
export { UnknownNameError } from "../domain/audience/audience.ts";
export { AudienceOptionError } from "../domain/audience/audienceOptions.ts";
export { ConfigError } from "../domain/config/configFile.ts";
export { SegmentationError } from "../domain/errors.ts";
export { ExchangeRateError } from "../domain/quality/exchangeRates.ts";
export * from "../ingest/errors.ts";
export { OutputError } from "../local/audience/atomicFile.ts";
export { NoForecastError, NoRunError } from "../local/audience/source.ts";
export { NoTablesError, QueryError } from "../local/bi/biViews.ts";
export { LakeBusyError, SqlEngineError } from "../local/duckdb/errors.ts";
export { ShortHistoryError } from "../local/lake/backtestLake.ts";
export { ForecastDateError } from "../local/lake/forecastLake.ts";
export { EmptyHistoryError, NoLakeError } from "../local/lake/lakeQueries.ts";
export { RunAbortedError } from "../local/run/abortable.ts";
export { DropFileError, SameSourceError } from "../local/run/deliveryFiles.ts";
export { NoMatchError } from "../local/run/globPaths.ts";
export { DropRefusedError } from "../local/run/handlers.ts";
export { LakeFolderError } from "../local/run/runLocally.ts";
export {
  DatabaseBusyError,
  DatabaseConnectionError,
  DatabaseDamagedError,
  DatabaseError,
  DatabaseRightsError,
  DatabaseVersionError,
  UnknownRunError,
} from "../postgres/errors.ts";
export { ErasureCutShortError, ErasureFailedError, UnknownCustomerError } from "../workflow/erasure/errors.ts";
export { DamagedObjectError } from "../workflow/lake/json.ts";
export { AsOfError } from "../workflow/ledger/asOf.ts";
export { UnknownSourceError } from "../workflow/ledger/forgetSource.ts";
export { NewerLakeError } from "../workflow/ledger/lakeVersion.ts";
export { LedgerClockError } from "../workflow/ledger/ledgerClock.ts";
export { NoEarlierChampionError, RegistryConflictError, UnknownModelError } from "../workflow/models/modelRegistry.ts";
export { ScoreInputError } from "../workflow/scoring/scoringJob.ts";
export { MonetaryOverflowError } from "../workflow/shards/features.ts";
export { LedgerImbalanceError } from "../workflow/steps/checkQuality.ts";
export { NoCustomersError } from "../workflow/steps/planClustering.ts";
export { NoUsableRowsError } from "../workflow/steps/planRun.ts";
export { NoArrowError } from "./arrowTable.ts";
export { DeliveryError } from "./delivery.ts";
export { NoDashboardError } from "./results.ts";
export { RowValueError } from "./rowText.ts";
