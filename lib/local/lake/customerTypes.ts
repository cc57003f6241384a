import type { ScoreEdges, ScoreMeasures } from "../../domain/rfm/scoring.ts";
import type { CustomerOrder } from "../../tables/customerOrders.ts";

/** A customer of a run; money as exact decimal text. */
export interface ListedCustomer {
  readonly customerId: string;
  readonly recencyDays: number;
  readonly frequency: number;
  readonly monetary: string;
  readonly scores: string;
  readonly segment: string;
  readonly cluster: string;
  readonly firstPurchase: string;
  readonly lastPurchase: string;
}

export interface CustomerQuery {
  readonly runId?: string | undefined;
  readonly segments: readonly string[];
  /** Part of an id, in any case. */
  readonly search?: string | undefined;
  readonly order: CustomerOrder;
  readonly limit: number;
}

/** The customers asked for, and how many there are of them in all. */
export interface CustomerList {
  readonly runId: string;
  readonly snapshotDate: string;
  readonly total: number;
  readonly customers: readonly ListedCustomer[];
}

/** An order as the run counted it. */
export interface CountedOrder {
  /** Missing on returns, and where the file has no order ids: there all purchases of a day are one order. */
  readonly orderId: string | null;
  readonly kind: "purchase" | "return";
  readonly day: string;
  readonly lines: number;
  readonly revenue: string;
}

/** Where the customer stood in an earlier run. */
export interface EarlierStanding {
  readonly runId: string;
  readonly snapshotDate: string;
  readonly customer: ListedCustomer | null;
}

export interface CustomerDetails {
  readonly runId: string;
  readonly snapshotDate: string;
  readonly customer: ListedCustomer;
  readonly scoreEdges: ScoreEdges;
  /** What the scores are of, where it is not the usual. */
  readonly scoreMeasures?: ScoreMeasures;
  /** The newest first. */
  readonly orders: readonly CountedOrder[];
  /** The newest run first, this one included. */
  readonly history: readonly EarlierStanding[];
}
