import { featureName } from "../../../domain/dashboard/analysisTitles.ts";
import { separationTitle } from "../../../domain/dashboard/titles.ts";
import { categoryAxis, plot, tip, valueAxis } from "../charts/axes.ts";
import { type Chart, chartCard, type Drawing } from "../charts/chart.ts";
import { theme } from "../charts/palette.ts";
import { h } from "../dom.ts";
import { clusterName, data, format } from "../state.ts";

type Separation = NonNullable<typeof data.model.separation>;

/** How much each feature keeps the clusters apart, with the centroids and what should be known of the features. */
export function separationCard(separation: Separation): Chart {
  const { notes = [] } = data.summary.choice;
  const note = notes.length === 0 ? {} : { note: h("p", { class: "prose" }, format.retold(notes.join(" "))) };
  return chartCard({ name: "cluster-separation", span: 12, filtered: false, ...note }, () =>
    drawSeparation(separation),
  );
}

function drawSeparation(separation: Separation): Drawing {
  const { features, clusters } = data.model;
  const shown = [...separation].sort((a, b) => b.silhouetteLoss - a.silhouetteLoss);
  const centroid = (cluster: (typeof clusters)[number], feature: string): number =>
    cluster.centroidScaled[features.findIndex(({ name }) => name === feature)] ?? 0;
  return {
    title: separationTitle(shown),
    subtitle:
      "By how much the clusters would run into each other without each measure: the longer, the more it tells them apart. Below zero it blurs them",
    table: {
      columns: [
        { name: "feature" },
        { name: "silhouette lost without it", show: (value) => format.fixed(value, 3) },
        ...clusters.map((cluster) => ({
          name: clusterName(cluster),
          show: (value: number) => format.decimal(value, 2),
        })),
      ],
      rows: shown.map(({ feature, silhouetteLoss }) => [
        featureName(feature),
        silhouetteLoss,
        ...clusters.map((cluster) => centroid(cluster, feature)),
      ]),
    },
    height: 80 + shown.length * 34,
    option: {
      grid: plot({ right: 40 }),
      tooltip: {
        formatter: (point: { dataIndex: number }) => {
          const one = shown[point.dataIndex];
          if (one === undefined) return tip("", []);
          return tip(featureName(one.feature), [["Silhouette lost", format.fixed(one.silhouetteLoss, 3)]]);
        },
      },
      xAxis: valueAxis((value) => format.decimal(value, 2)),
      yAxis: categoryAxis(
        shown.map(({ feature }) => featureName(feature)),
        { inverse: true, axisLine: { show: false } },
      ),
      series: [
        {
          type: "bar",
          barMaxWidth: 16,
          color: theme().accent,
          data: shown.map(({ silhouetteLoss }) => silhouetteLoss),
        },
      ],
    },
  };
}
