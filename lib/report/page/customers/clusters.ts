import { featureName } from "../../../domain/dashboard/analysisTitles.ts";
import { clustersTitle, scatterTitle } from "../../../domain/dashboard/titles.ts";
import type { MapCell } from "../../../domain/dashboard/types.ts";
import { listed } from "../../../domain/dashboard/words.ts";
import { categoryAxis, legendOver, plot, tip, valueAxis } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { clusterColour, theme } from "../charts/palette.ts";
import type { Section } from "../shell.ts";
import { clusterLabel, clusterName, data, filter, format, inMoney, ofMoney } from "../state.ts";
import { crossTab } from "./crossTab.ts";
import { segmentTable } from "./segments.ts";
import { separationCard } from "./separation.ts";

/** Clusters as K-Means found them: profiles, where they lie, and how they meet the named segments. */
export function clustersSection(): Section {
  return {
    id: "clusters",
    name: "Clusters",
    lead: `Customers who are alike in ${listed(data.model.features.map(({ name }) => featureName(name).toLowerCase()))}, found without any threshold.`,
    content: [
      chartCard({ name: "cluster-profiles", span: 6, filtered: false }, drawProfiles).element,
      chartCard({ name: "cluster-scatter", span: 6 }, drawScatter).element,
      // Models of older releases do not know it, and one cluster is not apart from any.
      ...(data.model.separation === undefined ? [] : [separationCard(data.model.separation).element]),
      crossTab(),
    ],
  };
}

function drawProfiles(width: number): Drawing {
  const { features, clusters } = data.model;
  const named = clusters.map((cluster) => ({ ...cluster, name: clusterName(cluster) }));
  const groups = data.summary.clusters.map((cluster) => ({ ...cluster, name: clusterName(cluster) }));
  const { legend, height } = legendOver(
    named.map(({ name }) => name),
    width,
  );
  return {
    title: clustersTitle(data.summary.clusters, data.summary.totals.revenue, format),
    subtitle:
      "How far each cluster's average is from that of all customers, in standard deviations. Recency is turned round, so that up is more recent",
    table: segmentTable(groups),
    height: 300 + height,
    option:
      features.length === 0
        ? null
        : {
            legend,
            grid: plot({ top: height + 20 }),
            tooltip: {
              trigger: "item",
              formatter: (point: { seriesIndex: number }) => profileTip(point.seriesIndex),
            },
            xAxis: categoryAxis(
              features.map(({ name }) => (name === RECENCY ? "More recent" : featureName(name))),
              { boundaryGap: features.length === 1, axisLabel: { margin: 14 } },
            ),
            yAxis: valueAxis((value) => format.decimal(value, 1)),
            series: named.map((cluster) => ({
              type: "line" as const,
              name: cluster.name,
              data: cluster.centroidScaled.map((value, at) => (features[at]?.name === RECENCY ? -value : value)),
              symbolSize: 9,
              lineStyle: { width: 2.5 },
              color: clusterColour(cluster.id),
            })),
          },
  };
}

function profileTip(index: number): HTMLElement {
  const cluster = data.model.clusters[index];
  const group = data.summary.clusters.find(({ id }) => id === cluster?.id);
  if (cluster === undefined || group === undefined) return tip("", []);
  return tip(clusterName(cluster), [
    ["Customers", `${format.count(group.customers)} (${format.share(group.customerShare)})`],
    ["Revenue", `${format.money(group.revenue)} (${format.share(group.revenueShare)})`],
    ["Median recency", `${format.decimal(group.medianRecencyDays, 1)} days`],
    ["Median orders", format.decimal(group.medianFrequency, 1)],
    ["Median spent", format.money(group.medianMonetary)],
  ]);
}

/** Few days are good: the one measure that is drawn upside down. */
const RECENCY = "recency_days";

const shownCells = (): MapCell[] => data.map.filter(({ segment }) => filter() === null || segment === filter());

function drawScatter(width: number): Drawing {
  const cells = shownCells();
  const clusters = [...new Set(cells.map(({ cluster }) => cluster))].sort((a, b) => a - b);
  const hasNegative = cells.some(({ revenue }) => revenue <= 0);
  const place = (cell: MapCell) => [
    Math.max(1, cell.recencyDays / cell.customers),
    hasNegative ? cell.revenue / cell.customers : Math.max(0.01, cell.revenue / cell.customers),
    cell.customers,
    cell.orders / cell.customers,
  ];
  const nameOf = (id: number): string => clusterName({ id, label: clusterLabel(id) });
  const { legend, height } = legendOver(clusters.map(nameOf), width);
  const [size, note] = [sizeOf, "Dot size: orders per customer"];
  return {
    title: scatterTitle(
      cells.reduce((sum, cell) => sum + cell.customers, 0),
      clusters.length,
      format,
      filter(),
    ),
    subtitle: `Right: days since the last purchase. Up: ${inMoney("money spent")}, both in steps of ten times. ${note}; each dot is a group of like customers`,
    table: {
      columns: [
        { name: "cluster" },
        { name: "segment" },
        { name: "customers", show: format.count },
        { name: "mean recency (days)", show: (value) => format.decimal(value, 1) },
        { name: ofMoney("mean spent"), show: format.money },
        { name: "mean orders", show: (value) => format.decimal(value, 1) },
      ],
      rows: cells.map((cell) => [
        nameOf(cell.cluster),
        cell.segment,
        cell.customers,
        cell.recencyDays / cell.customers,
        cell.revenue / cell.customers,
        cell.orders / cell.customers,
      ]),
    },
    height: 300 + height,
    option: {
      legend,
      grid: plot({ top: height + 20, bottom: 14 }),
      tooltip: { formatter: (point: { seriesName: string; data: number[] }) => scatterTip(point) },
      xAxis: valueAxis((value) => format.count(value), {
        type: "log",
        min: 1,
        name: "days since last purchase",
        nameLocation: "middle",
        nameGap: 26,
        nameTextStyle: { color: theme().muted },
      }),
      yAxis: valueAxis((value) => format.shortMoney(value), {
        type: hasNegative ? "value" : "log",
        offset: 14,
        axisLine: { show: false },
        axisTick: { show: false },
      }),
      series: clusters.map((cluster) => ({
        type: "scatter" as const,
        name: nameOf(cluster),
        color: clusterColour(cluster),
        symbolSize: (value: number[]) => size(value),
        itemStyle: { opacity: 0.62 },
        data: cells.filter((cell) => cell.cluster === cluster).map(place),
      })),
    },
  };
}

/** Area, not width, grows with the orders per customer. */
const sizeOf = (value: readonly number[]): number => Math.min(34, 4 + 2.6 * Math.sqrt(value[3] ?? 1));

function scatterTip({
  seriesName,
  data: [days = 0, spent = 0, customers = 0, orders = 0],
}: {
  seriesName: string;
  data: number[];
}): HTMLElement {
  return tip(seriesName, [
    ["Customers here", format.count(customers)],
    ["Days since last purchase", format.decimal(days, 1)],
    ["Spent each", format.money(spent)],
    ["Orders each", format.decimal(orders, 1)],
  ]);
}
