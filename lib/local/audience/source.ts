import type { AudienceFilter, AudienceRow, ClusterName } from "../../domain/audience/audience.ts";
import { SegmentationError } from "../../domain/errors.ts";

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

/** Nothing was published yet. */
export class NoRunError extends SegmentationError {
  constructor(where: string) {
    super("NO_RUN", `No run is published in ${where} yet; \`rfm run FILE\` makes one.`, { where });
  }
}
