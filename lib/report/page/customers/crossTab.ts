import { clusterLetter } from "../../../domain/clustering/identity/profiles.ts";
import { crossTitle } from "../../../domain/dashboard/titles.ts";
import { categoryAxis, columnLabels, plot, shorten, tip } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { heat, inkOnHeat, theme } from "../charts/palette.ts";
import { clusterLabel, clusterName, data, filter, format, isFaded, isNarrow, ofMoney, select } from "../state.ts";

/** How the named segments and the clusters meet. */
export function crossTab(): HTMLElement {
  const onClick = ({ data: cell }: { readonly data: unknown }): void => select((cell as Cell).segment);
  return chartCard({ name: "segments-by-clusters", span: 12, onClick }, drawCross).element;
}

function crossCells(): { segment: string; cluster: number; label: string; customers: number; revenue: number }[] {
  const sums = new Map<
    string,
    { segment: string; cluster: number; label: string; customers: number; revenue: number }
  >();
  for (const { segment, cluster, customers, revenue } of data.map) {
    const key = `${cluster} ${segment}`;
    const sum = sums.get(key) ?? { segment, cluster, label: clusterLabel(cluster), customers: 0, revenue: 0 };
    sums.set(key, { ...sum, customers: sum.customers + customers, revenue: sum.revenue + revenue });
  }
  return [...sums.values()];
}

/** A cell of the chart names its segment itself, however the chart stands. */
interface Cell {
  readonly segment: string;
}

function drawCross(): Drawing {
  const cells = crossCells();
  const segments = data.summary.segments.map(({ name }) => name);
  const clusters = data.summary.clusters.map(({ id, label }) => ({ id, name: clusterName({ id, label }) }));
  const most = Math.max(1, ...cells.map(({ customers }) => customers));
  return {
    title: crossTitle(filter() === null ? cells : cells.filter(({ segment }) => segment === filter()), format),
    subtitle: isNarrow()
      ? `Customers of each segment in each cluster: ${clusters.map(({ name }) => name).join(", ")}`
      : "Customers of each segment (columns) in each cluster (rows)",
    table: {
      columns: [
        { name: "segment" },
        { name: "cluster" },
        { name: "customers", show: format.count },
        { name: ofMoney("revenue"), show: format.money },
      ],
      rows: cells.map(({ segment, cluster, label, customers, revenue }) => [
        segment,
        clusterName({ id: cluster, label }),
        customers,
        revenue,
      ]),
    },
    height: isNarrow() ? 40 + segments.length * 30 : 60 + clusters.length * 34,
    option: isNarrow()
      ? turned(cells, segments, clusters, most)
      : {
          grid: plot({ top: 8 }),
          tooltip: {
            formatter: (point: { data: { value: number[] } }) => crossTip(point.data.value, segments, clusters),
          },
          visualMap: { show: false, min: 0, max: most, inRange: { color: heat() } },
          xAxis: categoryAxis(
            segments.map((name) => shorten(name, 30)),
            {
              axisLabel: columnLabels(segments.length),
            },
          ),
          yAxis: categoryAxis(
            clusters.map(({ name }) => name),
            { inverse: true },
          ),
          series: [
            {
              type: "heatmap",
              data: cells.map(({ segment, cluster, customers }) => ({
                segment,
                value: [segments.indexOf(segment), clusters.findIndex(({ id }) => id === cluster), customers],
                itemStyle: { opacity: isFaded(segment) ? 0.25 : 1 },
                label: {
                  color: inkOnHeat(customers / most),
                },
              })),
              label: {
                show: true,
                formatter: (point: { data: { value: number[] } }) => format.count(point.data.value[2] ?? 0),
              },
              itemStyle: { borderColor: theme().card, borderWidth: 2, borderRadius: 3 },
            },
          ],
        },
  };
}

function crossTip(
  [x = 0, y = 0, customers = 0]: number[],
  segments: readonly string[],
  clusters: readonly { name: string }[],
): HTMLElement {
  return tip(`${segments[x]} in ${clusters[y]?.name}`, [["Customers", format.count(customers)]]);
}

/** Segments below each other and clusters by their letters side by side: as a phone has room. */
function turned(
  cells: ReturnType<typeof crossCells>,
  segments: readonly string[],
  clusters: readonly { readonly id: number; readonly name: string }[],
  most: number,
): Drawing["option"] {
  const isRoomy = clusters.length <= 6;
  return {
    grid: plot({ top: 4, left: 0, right: 2 }),
    visualMap: { show: false, min: 0, max: most, inRange: { color: heat() } },
    xAxis: categoryAxis(clusters.map(({ id }) => clusterLetter(id))),
    yAxis: categoryAxis(segments, { inverse: true, axisLabel: { width: 104, overflow: "truncate", fontSize: 11.5 } }),
    series: [
      {
        type: "heatmap",
        data: cells.map(({ segment, cluster, customers }) => ({
          segment,
          value: [clusters.findIndex(({ id }) => id === cluster), segments.indexOf(segment), customers],
          itemStyle: { opacity: isFaded(segment) ? 0.25 : 1 },
          label: { color: inkOnHeat(customers / most) },
        })),
        label: {
          show: isRoomy,
          fontSize: 11,
          formatter: (point: { data: { value: number[] } }) => format.shortCount(point.data.value[2] ?? 0),
        },
        itemStyle: { borderColor: theme().card, borderWidth: 2, borderRadius: 3 },
      },
    ],
  };
}
