import type { RunRecord } from "../../lib/ports.ts";
import { SEGMENT_FORECAST, type SegmentFigure } from "../../lib/tables/forecasts.ts";
import { MIXTURE_SEGMENT_COLUMNS, SEGMENT_COLUMNS, type SegmentColumn } from "../../lib/tables/segments.ts";

type Always = Exclude<SegmentColumn, "cluster_probability" | SegmentFigure>;
type Figures = Record<SegmentFigure, string | number | boolean | null>;
export type SegmentRow = Record<Always, string | number> & Figures & { readonly cluster_probability?: number };

/** Of a run that could not be forecast. */
export const NO_FIGURES = Object.fromEntries(
  Object.keys(SEGMENT_FORECAST).map((name) => [name, null]),
) as unknown as Figures;

/** A valid row of a run. */
export function makeRow(runId: string, customerId: string, overrides: Partial<SegmentRow> = {}): SegmentRow {
  return {
    customer_id: customerId,
    recency_days: 12,
    frequency: 3,
    monetary: "123.4500",
    r_score: 5,
    f_score: 4,
    m_score: 3,
    rfm_segment: "Champions",
    cluster_id: 2,
    cluster_label: "VIP",
    distance: 0.123456,
    first_purchase: "2010-12-01",
    last_purchase: "2011-12-09",
    snapshot_date: "2011-12-10",
    run_id: runId,
    model_version: "m1",
    p_alive: 0.875,
    expected_orders_30d: 0.25,
    expected_orders_90d: 0.75,
    expected_orders_365d: 2.5,
    expected_value_30d: "12.5000",
    expected_value_90d: "37.5000",
    expected_value_365d: "125.0000",
    value_90d_low: "0.0000",
    value_90d_high: "99.9900",
    next_order_date: "2012-03-01",
    is_late: false,
    ...overrides,
  };
}

export function makeRows(runId: string, count: number, first = 0): SegmentRow[] {
  return Array.from({ length: count }, (_, index) => makeRow(runId, String(10_000 + first + index)));
}

const field = (value: string | number | boolean) => {
  const text = String(value);
  return /[",\r\n\\]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** A part with its header line; of a mixture where the rows have probabilities. */
export function toPart(rows: readonly SegmentRow[], given?: readonly SegmentColumn[]): string {
  const isMixture = rows.some((row) => row.cluster_probability !== undefined);
  const columns = given ?? (isMixture ? MIXTURE_SEGMENT_COLUMNS : SEGMENT_COLUMNS);
  const lines = rows.map((row) => columns.map((name) => field(row[name] ?? "")).join(","));
  return [columns.join(","), ...lines, ""].join("\n");
}

export function makeRun(runId: string, customers: number, overrides: Partial<RunRecord> = {}): RunRecord {
  return {
    runId,
    modelVersion: "m1",
    snapshotDate: "2011-12-10",
    createdAt: "2026-01-02T03:04:05.678Z",
    customers,
    summary: '{"rows": 7}',
    ...overrides,
  };
}
