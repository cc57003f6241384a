import type { AudienceFilter, AudienceRow, ClusterName } from "../../domain/audience/audience.ts";
import { SegmentationError } from "../../domain/errors.ts";
import type { Summary } from "../../domain/run/summary.ts";
import { SEGMENT_FORECAST } from "../../tables/forecasts.ts";

/** A customer as published, before the campaign's flag. */
export type SegmentedCustomer = Omit<AudienceRow, "is_holdout"> & { readonly customer_id: string };

/** The segments of one published run. */
export interface AudienceSource {
  readonly runId: string;
  readonly snapshotDate: string;
  /** Segments that the run's table has, some of them perhaps without a customer. */
  readonly segments: readonly string[];
  readonly clusters: readonly ClusterName[];
  /** Customers in the order of their ids' UTF-8 bytes, some thousand at a time. */
  rows(filter: AudienceFilter): AsyncIterable<readonly SegmentedCustomer[]>;
  close(): Promise<void>;
}

/** An audience by what customers are expected to do, where that is not known. */
export class NoForecastError extends SegmentationError {
  constructor(reason: string) {
    super("NO_FORECAST", `Customers cannot be chosen by their forecast. ${reason}`, {});
  }
}

/**
 * Whether customers can be asked for by what they are expected to do.
 * @param hasFigures whether any customer of the run has a forecast. @throws NoForecastError
 */
export async function requireForecast(
  { forecast, order }: AudienceFilter,
  { forecast: told }: Pick<Summary, "forecast">,
  hasFigures: () => Promise<boolean>,
): Promise<void> {
  const isAskedFor = forecast !== undefined || (order !== undefined && Object.hasOwn(SEGMENT_FORECAST, order.by));
  if (!isAskedFor) return;
  if (told == null) throw new NoForecastError("The run was made without one: run again.");
  if (told.reason !== null) throw new NoForecastError(told.reason);
  if (!(await hasFigures()))
    throw new NoForecastError("The run is of a release whose segments have no forecast: run again.");
}

/** Nothing was published yet. */
export class NoRunError extends SegmentationError {
  constructor(where: string) {
    super("NO_RUN", `No run is published in ${where} yet; \`rfm run FILE\` makes one.`, { where });
  }
}
