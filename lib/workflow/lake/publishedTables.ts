import type { SegmentGroup, Summary } from "../../domain/run/summary.ts";
import type { ObjectStore } from "../../ports.ts";
import { BI_TABLES, type BiTable } from "../../tables/bi.ts";
import type { RunManifest } from "../documents.ts";
import { readJson } from "./json.ts";
import { curatedPrefix, publishedPrefix, tablePrefix } from "./layout.ts";

type Rows = readonly Readonly<Record<string, string | number>>[];

/**
 * Lets the BI tables show a run: for each table over the run's Parquet a list of its files (`symlink.txt`, which Hive
 * tables follow), for the small ones their rows as JSON lines. Each table changes by one write, after the run was
 * published, and the same run writes the same bytes: safe to repeat. Of a run that is not the current one only the
 * histories are written.
 */
export async function publishTables(
  store: ObjectStore,
  manifest: RunManifest,
  { isCurrent: isShown = true }: { readonly isCurrent?: boolean } = {},
): Promise<void> {
  const prefix = curatedPrefix(manifest.runId, manifest.attempt);
  const [objects, summary] = await Promise.all([store.list(prefix), readJson<Summary>(store, manifest.summaryKey)]);
  const keys = objects.filter(({ bytes }) => bytes > 0).map(({ key }) => key);
  const rows = rowsOf(summary, manifest);
  const write = async ([name, { source }]: [string, BiTable]): Promise<void> => {
    const isOfCurrent = source.kind === "parquet" || name.startsWith("current_");
    if (isOfCurrent && !isShown) return;
    if (source.kind === "parquet") {
      const { folder, within } = source;
      const of = (place: string): string[] => keys.filter((key) => key.startsWith(place));
      const found = of(tablePrefix(prefix, folder, within));
      // A run of a release that had a statement for each table.
      const files = found.length > 0 ? found : of(tablePrefix(prefix, folder));
      await store.write(`${publishedPrefix(name)}symlink.txt`, linesOf(files.map((key) => `${store.uri}/${key}`)));
      return;
    }
    const file = isOfCurrent ? "rows.json" : `${manifest.runId}.json`;
    const lines = linesOf((rows[name] as Rows).map((row) => JSON.stringify(row)));
    await store.write(`${publishedPrefix(name)}${file}`, lines);
  };
  await Promise.all(Object.entries(BI_TABLES).map(write));
}

const linesOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** Rows of the JSON tables by the table's name; keys in the order of the columns. */
function rowsOf(summary: Summary, manifest: RunManifest): Readonly<Record<string, Rows>> {
  const run = { run_id: manifest.runId, snapshot_date: manifest.snapshotDate };
  const { totals, history } = summary;
  const runTotals: Rows = [
    {
      ...run,
      created_at: manifest.createdAt,
      model_version: manifest.modelVersion,
      cluster_count: summary.choice.k,
      customers: totals.customers,
      orders: totals.orders,
      revenue: totals.revenue,
      average_order_value: totals.averageOrderValue,
      repeat_share: totals.repeatRate,
      sources: history.sources,
      rows_in: history.rowsIn,
      rows_kept: history.rowsKept,
      first_date: history.firstDate,
      last_date: history.lastDate,
    },
  ];
  const segments: Rows = summary.segments.map((group) => ({ ...run, rfm_segment: group.name, ...groupRow(group) }));
  const clusters: Rows = summary.clusters.map((group) => ({
    ...run,
    cluster_id: group.id,
    cluster_label: group.label,
    ...groupRow(group),
  }));
  const ledger: Rows = history.ledger.map(({ reason, rows, amount }) => ({
    ...run,
    outcome: reason,
    row_count: rows,
    amount,
  }));
  return {
    current_run: runTotals,
    current_segment_summary: segments,
    current_cluster_summary: clusters,
    run_totals: runTotals,
    segment_history: segments,
    cluster_history: clusters,
    run_ledger: ledger,
  };
}

function groupRow(group: SegmentGroup): Readonly<Record<string, number>> {
  return {
    customers: group.customers,
    customer_share: group.customerShare,
    revenue: group.revenue,
    revenue_share: group.revenueShare,
    median_recency_days: group.medianRecencyDays,
    median_frequency: group.medianFrequency,
    median_monetary: group.medianMonetary,
    average_monetary: group.averageMonetary,
  };
}
