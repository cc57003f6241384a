import type { Config } from "../../domain/config/config.ts";
import { featureNotes } from "../../domain/model/featureNotes.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import { decimalTextToUnits, unitsToNumber } from "../../domain/money.ts";
import type { ReturnedTotals } from "../../domain/run/returnsEffect.ts";
import type { SegmentGroup, Summary } from "../../domain/run/summary.ts";
import { percentText } from "../../domain/text/percent.ts";
import type { MartRow } from "../../tables/marts.ts";
import type { ClusteringPlan } from "../shards/clusteringPlan.ts";

/** Money of a cell that holds exact decimal text. */
export const moneyOf = (cell: string | null | undefined): number => unitsToNumber(decimalTextToUnits(cell ?? "0"));

/** Customers that alone bring at least this share of the revenue, or are among the first three, are shown. */
const DOMINANT_SHARE = 0.01;
const ALWAYS_SHOWN = 3;

/** A share of a total; 0 where the total is not positive (returns outweigh purchases), for shares of it say nothing. */
const shareOf = (part: number, total: number): number => (total > 0 ? part / total : 0);

export interface GroupTotals {
  readonly customers: number;
  readonly revenue: number;
}

type GroupRow = Omit<MartRow<"cluster_summary">, "cluster_id">;

/** Sizes, shares and medians of a row of segment_summary or cluster_summary. */
export function groupOf(row: GroupRow, totals: GroupTotals): SegmentGroup {
  const { customers } = row;
  const revenue = moneyOf(row.revenue);
  return {
    customers,
    customerShare: customers / totals.customers,
    revenue,
    revenueShare: shareOf(revenue, totals.revenue),
    medianRecencyDays: row.median_recency_days,
    medianFrequency: row.median_frequency,
    medianMonetary: row.median_monetary,
    averageMonetary: Math.round((revenue / customers) * 10_000) / 10_000,
  };
}

/** In the order of the segment table. */
export function segmentsOf(
  { segmentTable }: Pick<ClusteringPlan, "segmentTable">,
  rows: readonly MartRow<"segment_summary">[],
  totals: GroupTotals,
): Summary["segments"] {
  return Object.keys(segmentTable).flatMap((name) =>
    rows
      .filter((row) => row.rfm_segment === name)
      .map((row) => ({ name, ...groupOf(row, totals), ...grossAndNet(row) })),
  );
}

/** What a segment's customers spent before and after what came back. */
function grossAndNet(
  row: MartRow<"segment_summary">,
): Pick<Summary["segments"][number], "grossRevenue" | "netRevenue" | "emptyCustomers"> {
  const units = (cell: string): bigint => decimalTextToUnits(cell);
  const gross = units(row.revenue) + units(row.returns_taken_off);
  return {
    grossRevenue: unitsToNumber(gross),
    netRevenue: unitsToNumber(gross - units(row.returns_amount)),
    emptyCustomers: row.empty_customers,
  };
}

/** What came back by all lines of the history. */
export function returnedOf(rows: readonly MartRow<"history_ledger">[]): ReturnedTotals {
  const sum = (of: (row: MartRow<"history_ledger">) => string): number =>
    unitsToNumber(rows.reduce((total, row) => total + decimalTextToUnits(of(row)), 0n));
  return {
    lines: rows.reduce((total, row) => total + row.return_lines, 0),
    amount: sum((row) => row.return_value),
    matchedAmount: sum((row) => row.returned_worth),
  };
}

/**
 * The customers that an average hides, with what was done about them in plain words. Where the configuration keeps ids
 * out of reports, they have their rank and their money, not their id.
 */
export function dominanceOf(
  rows: readonly MartRow<"dominant_customers">[],
  model: ModelCard,
  { clusters, display }: Pick<Config, "clusters" | "display">,
): Summary["dominance"] {
  const totalRevenue = moneyOf(rows[0]?.total_monetary);
  const customers = rows
    .filter((row) => row.monetary_rank <= 10)
    .map((row, rank) => ({
      customerId: display.customerIds ? row.customer_id : `Customer #${rank + 1}`,
      monetary: moneyOf(row.monetary),
      revenueShare: shareOf(moneyOf(row.monetary), totalRevenue),
      distance: row.distance,
      segment: row.rfm_segment,
      cluster: row.cluster_label,
    }));
  const shown = customers.filter((customer, rank) => rank < ALWAYS_SHOWN || customer.revenueShare >= DOMINANT_SHARE);
  const share = customers.reduce((sum, customer) => sum + customer.revenueShare, 0);
  return {
    customers: shown,
    revenueShare: share,
    note: dominanceNote(customers.length, totalRevenue > 0 ? share : undefined, model, clusters.winsorise.enabled),
  };
}

function dominanceNote(count: number, share: number | undefined, model: ModelCard, winsorised: boolean): string {
  const transforms = [...new Set(model.features.map((feature) => feature.transform))];
  const scaling: Record<string, string> = {
    log1p:
      "The clusters compare logarithms (log1p), so ten times the money is one step, not ten times the distance, and such customers do not bend the clusters.",
    asinh: "Money can be negative here, so the clusters compare asinh of it: like a logarithm on both sides of zero.",
    identity:
      "The clusters compare untransformed values, so a few such customers can take a cluster for themselves; log1p avoids that.",
  };
  const limits = winsorised
    ? "Winsorising is on: for the clustering alone, values beyond the set quantiles count as the quantile; money reported is never changed."
    : "Winsorising is off (clusters.winsorise).";
  const clamped = model.training.clampedRows;
  const beyond =
    clamped > 0
      ? ` ${clamped} customers lie beyond 8 standard deviations and were counted at that edge while fitting.`
      : "";
  const top =
    share === undefined
      ? "The total is not positive, so nobody has a share of it."
      : `The top ${count} customers bring ${percentText(share)} of the revenue.`;
  const scalings = transforms.map((transform) => scaling[transform]);
  return [top, ...scalings, `${limits}${beyond}`, "Nobody was dropped as an outlier."].join(" ");
}

/** How k was chosen, with what should be known of the features. */
export function choiceOf(card: ModelCard): Summary["choice"] {
  const { k, choice, criteria } = card;
  const notes = featureNotes(card);
  return {
    ...{ k, reason: choice.reason, explanation: choice.explanation, criteria: criteria.map(criterionOf) },
    ...(notes.length === 0 ? {} : { notes }),
  };
}

function criterionOf(criteria: ModelCard["criteria"][number]): Summary["choice"]["criteria"][number] {
  const { k, inertia, silhouette, calinskiHarabasz, daviesBouldin, stability, mixture } = criteria;
  return {
    ...{ k, inertia, silhouette, calinskiHarabasz, daviesBouldin },
    ...(stability === undefined ? {} : { stability }),
    ...(mixture === undefined ? {} : { bic: mixture.bic }),
  };
}
