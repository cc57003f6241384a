import type { z } from "@hono/zod-openapi";
import type { Summary } from "../../domain/run/summary.ts";
import type { customerSchema } from "./lakeSchemas.ts";

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

/** Published segments, wherever they lie. Customers are in the order of their ids' UTF-8 bytes. */
export interface SegmentReader {
  currentRun(): Promise<RunFacts | undefined>;
  runs(): Promise<(RunFacts & { readonly is_current: boolean })[]>;
  /** Summary of a run; undefined when it is not kept any more. */
  summary(runId: string): Promise<Summary | undefined>;
  customers(runId: string, ids: readonly string[]): Promise<Customer[]>;
  /** A customer in all kept runs, the latest snapshot first. */
  history(id: string): Promise<Customer[]>;
  /** A page; undefined when the run is not kept any more. */
  page(request: PageRequest): Promise<Customer[] | undefined>;
  close(): Promise<void>;
}

/** A row as SQL gives it; counts and decimals may come as text. */
export type CustomerRow = Readonly<Record<keyof Customer, unknown>>;

const optionalNumber = (value: unknown): number | null => (value === null ? null : Number(value));

/** A customer out of a row of any of the engines. */
export function customerOf(row: CustomerRow): Customer {
  return {
    customer_id: String(row.customer_id),
    recency: Number(row.recency),
    frequency: Number(row.frequency),
    monetary: Number(row.monetary),
    r_score: Number(row.r_score),
    f_score: Number(row.f_score),
    m_score: Number(row.m_score),
    segment: String(row.segment),
    cluster: optionalNumber(row.cluster),
    label: row.label === null ? null : String(row.label),
    // Six decimals, as segments.csv and so PostgreSQL have it: every engine says the same.
    distance: row.distance === null ? null : Number(Number(row.distance).toFixed(6)),
    first_purchase: String(row.first_purchase),
    last_purchase: String(row.last_purchase),
    snapshot_date: String(row.snapshot_date),
    run_id: String(row.run_id),
    model_version: String(row.model_version),
  };
}
