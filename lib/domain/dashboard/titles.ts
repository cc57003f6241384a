import { featureTitle } from "../clustering/space/features.ts";
import { binsOf } from "../rfm/scoring.ts";
import { combinedScore, fifthOf, frequencyMonetaryBins } from "../rfm/segments.ts";
import type { Summary } from "../run/summary.ts";
import { type Format, plural } from "./format.ts";
import { longestDaysOf, type ScoredSegments, scoresOf } from "./segment/facts.ts";
import type { ScoreCell } from "./types.ts";
import { clustersInWords, most, total } from "./words.ts";

/** Titles about segments and clusters: each states what the chart shows, computed from the very numbers in it. */

type Group = Summary["segments"][number];

export function segmentsTitle({ segments, totals }: Summary, format: Format, segment: string | null): string {
  const own = segments.find(({ name }) => name === segment);
  if (own !== undefined) return sharesOf([own], totals.revenue, format);
  const [first, second] = [...segments].sort((a, b) => b.revenue - a.revenue);
  if (first === undefined) return "No customer has a segment";
  if (second === undefined) return `${first.name} is the only segment`;
  return sharesOf([first, second], totals.revenue, format);
}

function sharesOf(groups: readonly Group[], revenue: number, format: Format): string {
  const names = groups.map(({ name }) => name).join(" and ");
  const customers = format.share(total(groups, ({ customerShare }) => customerShare));
  const ofRevenue = format.share(total(groups, ({ revenueShare }) => revenueShare));
  return `${names}: ${customers} of customers${revenue > 0 ? ` and ${ofRevenue} of revenue` : ""}`;
}

/** Fifths from which on a customer counts as one of the best buyers, and up to which as gone quiet. */
const BEST = 4;
const QUIET = 2;

export function gridTitle(
  cells: readonly ScoreCell[],
  scored: ScoredSegments,
  format: Format,
  segment: string | null,
): string {
  const bins = binsOf(scored.scoreEdges);
  const fmOf = ({ f, m }: ScoreCell): number => combinedScore(bins, f, m);
  if (segment !== null) {
    const own = scoresOf(segment, scored).cells;
    const customers = customersOf(cells.filter((cell) => cell.segment === segment));
    const all = bins.recencyDays * frequencyMonetaryBins(bins);
    return `${segment}: ${plural(format, customers, "customer")} in ${format.count(own.size)} of the ${format.count(all)} cells`;
  }
  const least = leastScore(BEST, frequencyMonetaryBins(bins));
  const best = cells.filter((cell) => fmOf(cell) >= least);
  const quiet = leastScore(QUIET + 1, bins.recencyDays);
  const days = longestDaysOf(quiet, scored.scoreEdges.recencyDays);
  const all = customersOf(best);
  const isOfDays = scored.scoreMeasures?.recencyDays === undefined;
  if (all === 0 || days === undefined || !isOfDays)
    return `${plural(format, customersOf(cells), "customer")} by their scores`;
  const gone = customersOf(best.filter(({ r }) => r < quiet));
  return `${format.count(gone)} of the ${format.count(all)} best buyers (score ${format.count(least)} or more) have not bought for more than ${plural(format, days, "day")}`;
}

const customersOf = (cells: readonly ScoreCell[]): number => total(cells, ({ customers }) => customers);

/** The lowest score that is in this fifth or above. */
function leastScore(fifth: number, bins: number): number {
  let score = 1;
  while (score < bins && fifthOf(score, bins) < fifth) score += 1;
  return score;
}

export function clustersTitle(clusters: Summary["clusters"], revenue: number, format: Format): string {
  const best = most(clusters, (cluster) => cluster.revenue);
  if (best === undefined || clusters.length === 1) return "All customers form one cluster";
  const ofRevenue = revenue > 0 ? ` and ${format.share(best.revenueShare)} of revenue` : "";
  return `Cluster ${best.label}: ${format.share(best.customerShare)} of customers${ofRevenue}`;
}

/** @param separation the features that keep the clusters apart the most first */
export function separationTitle(
  separation: readonly { readonly feature: string; readonly silhouetteLoss: number }[],
): string {
  const [first] = separation;
  if (first === undefined) return "All customers form one cluster, so nothing separates any";
  if (separation.length === 1) return `${featureTitle(first.feature)} alone separates the clusters`;
  return `${featureTitle(first.feature)} separates the clusters the most`;
}

/** @param cells all of them, or those of the segment that is shown */
export function crossTitle(
  cells: readonly { readonly segment: string; readonly label: string; readonly customers: number }[],
  format: Format,
): string {
  const largest = most(cells, ({ customers }) => customers);
  if (largest === undefined) return "Segments and clusters have no customer in common";
  const ofSegment = total(
    cells.filter(({ segment }) => segment === largest.segment),
    ({ customers }) => customers,
  );
  return `${format.share(largest.customers / ofSegment)} of ${largest.segment} are in cluster ${largest.label}`;
}

export function scatterTitle(customers: number, clusters: number, format: Format, segment: string | null): string {
  const text = `${plural(format, customers, "customer")} in ${clustersInWords(clusters, format.count)}`;
  return segment === null ? text : `${segment}: ${text}`;
}

/** By why the number of clusters was taken. */
export function choiceTitle({ choice }: Summary, naturalClusters: boolean, format: Format): string {
  const k = clustersInWords(choice.k, format.count);
  if (choice.criteria.length < 2) return `Customers were divided into ${k}; no other number was tried`;
  if (choice.reason === "set by hand") return `Customers were divided into ${k}, as the settings say`;
  if (choice.reason === "clear structure")
    return `Customers fall clearly into ${k}${naturalClusters ? "" : ", though one test prefers a single one"}`;
  if (choice.reason === "least BIC")
    return naturalClusters
      ? `${k} describe the customers best for their number of parameters`
      : `Customers form no natural groups; ${k} are a practical division`;
  if (choice.reason === "least lopsided")
    return `Every division leaves a very small cluster; ${k} leave the largest one`;
  return naturalClusters
    ? `No number of clusters is clearly best; ${k} are a practical division`
    : `Customers form no natural groups; ${k} are a practical division`;
}

export function criteriaTitle({ criteria, k }: Summary["choice"], format: Format): string {
  const best = most(criteria, ({ silhouette }) => silhouette);
  const chosen = criteria.find((row) => row.k === k);
  const stability =
    chosen?.stability === undefined
      ? ""
      : `; drawn again, the chosen clusters agree to ${format.decimal(chosen.stability, 2)}`;
  return `Clusters are furthest apart at k = ${best === undefined ? "–" : format.count(best.k)}${stability}`;
}

export function dominanceTitle(
  { customers }: Pick<Summary["dominance"], "customers">,
  revenue: number,
  format: Format,
  segment: string | null,
): string {
  if (customers.length === 0) return "No single customer dominates";
  if (segment !== null) {
    const own = customers.filter((customer) => customer.segment === segment).length;
    return `${format.count(own)} of the ${plural(format, customers.length, "customer")} who spent most ${own === 1 ? "is" : "are"} in ${segment}`;
  }
  const who =
    customers.length === 1
      ? "The customer who spent most"
      : `The ${format.count(customers.length)} customers who spent most`;
  if (revenue <= 0) return who;
  const share = format.share(total(customers, ({ revenueShare }) => revenueShare));
  return `${who} ${customers.length === 1 ? "brings" : "bring"} ${share} of revenue`;
}
