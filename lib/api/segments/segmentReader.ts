import type { z } from "@hono/zod-openapi";
import type { Summary } from "../../domain/run/summary.ts";
import { columnNames } from "../../tables/contract.ts";
import type { CustomerOrder } from "../../tables/customerOrders.ts";
import { rowOf } from "../../tables/rows.ts";
import { SEGMENT_ROWS, type SegmentColumn } from "../../tables/segments.ts";
import type { customerSchema, orderSchema } from "./lakeSchemas.ts";

export type Customer = z.infer<typeof customerSchema>;

export interface RunFacts {
  readonly run_id: string;
  readonly model_version: string;
  readonly snapshot_date: string;
  readonly created_at: string;
  readonly customers: number;
}

export interface PageRequest {
  readonly runId: string;
  readonly segment: string;
  /** The last customer id of the page before; null for the first page. */
  readonly after: string | null;
  readonly limit: number;
}

/** Customers of a run, the first of them by an order. */
export interface ListRequest {
  readonly runId: string;
  /** null: of all segments. */
  readonly segment: string | null;
  /** A part of the id, its letters from A to Z in either case; null for any. */
  readonly search: string | null;
  readonly order: CustomerOrder;
  readonly limit: number;
}

/** The customers asked for, and how many there are of them in all. */
export interface CustomerListing {
  readonly total: number;
  readonly customers: readonly Customer[];
}

/** An order, or the returns of a day, as the run counted it. */
export type CustomerOrderRow = z.infer<typeof orderSchema>;

/** Published segments, wherever they lie. Customers are in the order of their ids' UTF-8 bytes. */
export interface SegmentReader {
  currentRun(): Promise<RunFacts | undefined>;
  runs(): Promise<(RunFacts & { readonly is_current: boolean })[]>;
  /** Summary of a run; undefined when it is not kept any more. */
  summary(runId: string): Promise<Summary | undefined>;
  customers(runId: string, ids: readonly string[]): Promise<Customer[]>;
  /** A customer in all kept runs, the latest snapshot first. */
  history(id: string): Promise<Customer[]>;
  /** Undefined when the run is not kept any more. */
  list(request: ListRequest): Promise<CustomerListing | undefined>;
  /**
   * A customer's orders in a run, the latest first; undefined when those of the run are not kept. Absent where the
   * reader has customers alone: a run's orders are in no order that would let a store without an engine find a few.
   */
  orders?(runId: string, id: string): Promise<readonly CustomerOrderRow[] | undefined>;
  /** A page; undefined when the run is not kept any more. */
  page(request: PageRequest): Promise<Customer[] | undefined>;
  close(): Promise<void>;
}

/** A row of the segments as any engine hands it out, by the names of the table's columns. */
export type CustomerRow = Readonly<Record<SegmentColumn, unknown>>;

/** As segments.csv and so PostgreSQL have real numbers: every engine says the same. */
const REAL_DECIMALS = 6;
const REALS = columnNames(SEGMENT_ROWS).filter((name) => SEGMENT_ROWS.columns[name].holds === "real");

/** A customer as the service tells it. */
export function customerOf(row: CustomerRow): Customer {
  const known = rowOf(SEGMENT_ROWS, rounded(row));
  const { customer_id, recency_days: recency, frequency, monetary, r_score, f_score, m_score, ...more } = known;
  const { rfm_segment: segment, cluster_id: cluster, cluster_label: label, distance, ...others } = more;
  const { cluster_probability: likely, ...rest } = others;
  const probability = likely === null ? {} : { probability: likely };
  const scores = { r_score, f_score, m_score };
  return {
    customer_id,
    recency,
    frequency,
    monetary,
    ...scores,
    segment,
    cluster,
    label,
    distance,
    ...rest,
    ...probability,
  };
}

function rounded(row: CustomerRow): CustomerRow {
  const given = REALS.filter((name) => typeof row[name] === "number");
  return {
    ...row,
    ...Object.fromEntries(given.map((name) => [name, Number((row[name] as number).toFixed(REAL_DECIMALS))])),
  };
}

const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** As SQL and by hand, the same whatever an engine takes for a letter. */
export const withoutCase = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
export const withoutCaseInSql = (expression: string): string =>
  `translate(${expression}, '${CAPITALS}', '${CAPITALS.toLowerCase()}')`;
