import type { ForecastResult } from "../../domain/forecast/makeForecast.ts";
import type { LineageEntry } from "../documents.ts";

/** `forecast.json`: the forecast of a run with its own lineage, and what single customers are forecast from. */
export interface ForecastDocument extends ForecastResult {
  /** Digest of what the forecast says. */
  readonly version: string;
  readonly codeVersion: string;
  readonly configHash: string;
  readonly lineage: readonly LineageEntry[];
}
