import { clusterTitle } from "../../../lib/domain/clustering/identity/profiles.ts";
import type { Summary } from "../../../lib/domain/run/summary.ts";
import { percentText } from "../../../lib/domain/text/percent.ts";
import { style as pc } from "../../terminal.ts";
import { analysisPart } from "../results/analysisPart.ts";
import { plainTable } from "../table.ts";
import { type StateTiming, seconds } from "./progress.ts";
import { returnsPart } from "./returnsPart.ts";
import { findingsPart, rowsPart } from "./rowsPart.ts";

export interface Places {
  readonly lake: string;
  readonly written: readonly string[];
  readonly databaseUrl: string | undefined;
}

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percent = percentText;
const days = (value: number): string => (Number.isInteger(value) ? whole.format(value) : value.toFixed(1));

/** States whose times are printed. */
const TIMED_STATES = 3;

/** The report that a run prints: short, in the order in which a person asks. */
export function renderRunReport(
  summary: Summary,
  places: Places,
  timings: readonly StateTiming[],
  totalMs: number,
): string {
  const parts = [
    headline(summary),
    findingsPart(summary),
    groupPart(
      "Segments (R recency, F frequency, M money)",
      summary.segments.map((segment) => ({ ...segment, title: segment.name })),
    ),
    analysisPart(summary),
    rowsPart(summary),
    returnsPart(summary),
    clusterPart(summary),
    dominancePart(summary),
    placesPart(summary, places),
    `${timingPart(timings, totalMs)}\n${costPart(summary)}`,
    dashboardPart(summary, places),
  ];
  return `\n${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** What frequency counts, why, and what the other ways of counting would give. */
function frequencyLine({ frequency }: Summary): string[] {
  if (frequency === undefined) return [];
  const { basis, isChosen, orders, activeDays, lines } = frequency;
  const counts = { orders, active_days: activeDays, lines };
  const named = { orders: "orders", active_days: "days with a purchase", lines: "lines" };
  const others = (["orders", "active_days", "lines"] as const)
    .filter((other) => other !== basis)
    .map((other) => `${named[other]} ${whole.format(counts[other])}`);
  const isDays = !isChosen && orders === activeDays;
  const why = isChosen ? "as set" : isDays ? "an order a day, or no order ids" : "by default";
  return [
    `Frequency counts ${named[basis]} (${why}): ${whole.format(counts[basis])} in all; --frequency would give ${others.join(", ")}.`,
  ];
}

function headline(summary: Summary): string {
  const { totals, history, snapshotDate, runId, policy } = summary;
  const lines = [
    pc.bold(
      `${whole.format(totals.customers)} ${totals.customers === 1 ? "customer" : "customers"} segmented as of ${snapshotDate}`,
    ),
    `${whole.format(totals.orders)} orders, ${money.format(totals.revenue)}${history.currency === null ? "" : ` ${history.currency}`} revenue, ${money.format(totals.averageOrderValue)} per order; ` +
      `${percent(totals.repeatRate)} of the customers bought again. History ${history.firstDate} to ${history.lastDate}.`,
    ...frequencyLine(summary),
    pc.dim(
      `run ${runId} · returns: ${policy.returns} · duplicates: ${policy.duplicates}${policy.windowMonths === null ? "" : ` · last ${policy.windowMonths} months`}`,
    ),
  ];
  if (totals.returnsOnlyCustomers > 0)
    lines.push(`${whole.format(totals.returnsOnlyCustomers)} customers with returns alone are listed, not segmented.`);
  return lines.join("\n");
}

type Group = Summary["segments"][number] & { readonly title: string };

function groupPart(title: string, groups: readonly Omit<Group, "name">[]): string {
  const head = ["", "customers", "share", "revenue", "share", "median R", "median F", "median M"];
  const rows = groups.map((group) => [
    group.title,
    whole.format(group.customers),
    percent(group.customerShare),
    whole.format(group.revenue),
    percent(group.revenueShare),
    `${days(group.medianRecencyDays)} d`,
    days(group.medianFrequency),
    money.format(group.medianMonetary),
  ]);
  return `${pc.bold(title)}\n${plainTable(head, rows, ["left", ...new Array<"right">(7).fill("right")])}`;
}

function clusterPart({ clusters, choice }: Summary): string {
  const groups = clusters.map((cluster) => ({ ...cluster, title: clusterTitle(cluster) }));
  const isMixture = choice.criteria.some(({ bic }) => bic !== undefined);
  const title = `Clusters (${isMixture ? "Gaussian mixture" : "mini-batch K-Means"}, k = ${choice.k})`;
  const chosen = [groupPart(title, groups), choice.explanation, ...(choice.notes ?? [])].join("\n");
  if (choice.criteria.length < 2) return chosen;
  const head = ["k", "inertia", "silhouette", "Calinski-H.", "Davies-B.", "stability", ...(isMixture ? ["BIC"] : [])];
  const rows = choice.criteria.map((row) => [
    `${row.k === choice.k ? "→ " : ""}${row.k}`,
    row.inertia.toFixed(1),
    row.silhouette.toFixed(3),
    row.calinskiHarabasz.toFixed(0),
    row.daviesBouldin.toFixed(3),
    row.stability === undefined ? "" : row.stability.toFixed(2),
    ...(row.bic === undefined ? [] : [whole.format(row.bic)]),
  ]);
  return `${chosen}\n${plainTable(head, rows, new Array<"right">(head.length).fill("right"))}`;
}

function dominancePart({ dominance }: Summary): string {
  if (dominance.customers.length === 0) return "";
  const rows = dominance.customers.map((customer) => [
    customer.customerId,
    money.format(customer.monetary),
    percent(customer.revenueShare),
    customer.distance.toFixed(2),
    customer.segment,
    customer.cluster,
  ]);
  const head = ["customer", "monetary", "share", "distance", "segment", "cluster"];
  const table = plainTable(head, rows, ["left", ...new Array<"right">(3).fill("right"), "left", "left"]);
  return `${pc.bold("Customers that dominate")}\n${table}\n${dominance.note}`;
}

function placesPart({ outputs }: Summary, { lake, written, databaseUrl }: Places): string {
  const database = databaseUrl === undefined ? `PGlite in ${lake}/postgres` : "your PostgreSQL";
  const lines = Object.entries(outputs).map(([name, key]) => `  ${name.padEnd(18)}${lake}/${key}`);
  return [
    pc.bold("Written"),
    ...lines,
    `  ${"database".padEnd(18)}view rfm.current_segments, ${database}`,
    ...written.map((path) => `  ${"copy".padEnd(18)}${path}`),
  ].join("\n");
}

function timingPart(timings: readonly StateTiming[], totalMs: number): string {
  const longest = timings.toSorted((a, b) => b.ms - a.ms).slice(0, TIMED_STATES);
  const shown = longest.map(({ state, ms }) => `${state} ${seconds(ms)}`).join(", ");
  return pc.dim(`Done in ${seconds(totalMs)}${shown === "" ? "" : `; longest: ${shown} (all: --json)`}.`);
}

/** One line: what the run costs on AWS, and how that is known. */
function costPart({ metered }: Summary): string {
  const usd = (value: number): string => `$${value.toFixed(4)}`;
  const items = metered.items.map((item) => `${item.name} ${usd(item.usd)}`).join(", ");
  const verb = metered.measuredOn === "aws" ? "This run cost about" : "On AWS this run would have cost about";
  const basis =
    metered.measuredOn === "aws"
      ? "measured, at list prices"
      : "an estimate from what was measured here, at list prices";
  return pc.dim(
    `${verb} ${usd(metered.usd)}: ${items} (${basis} of ${metered.pricesAsOf}, ${metered.region}; without database and storage).`,
  );
}

/** Last, for it is what one looks at next. */
function dashboardPart({ outputs }: Summary, { lake }: Places): string {
  return outputs.dashboard === undefined ? "" : `${pc.bold("Dashboard")} ${lake}/${outputs.dashboard}`;
}
