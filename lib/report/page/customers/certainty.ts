import { choiceTitle } from "../../../domain/dashboard/titles.ts";
import { categoryAxis, legend, plot, tip, valueAxis } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { clusterColour, theme } from "../charts/palette.ts";
import { h } from "../dom.ts";
import type { Section } from "../shell.ts";
import { data, format } from "../state.ts";
import { renderTable, type Table } from "../table.ts";
import { dominanceCard } from "./dominance.ts";

/** Why this k, how stable it is, and which customers would bend the picture. */
export function certaintySection(): Section {
  const { criteria } = data.summary.choice;
  const title = choiceTitle(data.summary, data.model.choice.naturalClusters);
  const cards =
    criteria.length < 2
      ? [
          h(
            "figure",
            { class: "card span-12" },
            h("h3", {}, title),
            h("p", { class: "prose" }, data.summary.choice.explanation),
          ),
        ]
      : [
          chartCard({ name: "elbow", span: 4, filtered: false }, () => drawElbow(title)).element,
          chartCard({ name: "criteria", span: 4, filtered: false }, drawCriteria).element,
          whyCard(),
          criteriaCard(),
        ];
  return {
    id: "certainty",
    name: "How sure are we",
    lead: "Grouping always returns groups. This is how good they are, for every number of clusters that was tried.",
    content: [...cards, dominanceCard()],
  };
}

function criteriaTable(): Table {
  const fixed = (digits: number) => (value: number) => format.fixed(value, digits);
  return {
    columns: [
      { name: "k", show: format.count },
      { name: "inertia", show: fixed(1) },
      { name: "silhouette", show: fixed(3) },
      { name: "Calinski-Harabasz", show: fixed(0) },
      { name: "Davies-Bouldin", show: fixed(3) },
      { name: "stability (ARI)", show: fixed(2) },
    ],
    rows: data.summary.choice.criteria.map((row) => [
      row.k,
      row.inertia,
      row.silhouette,
      row.calinskiHarabasz,
      row.daviesBouldin,
      row.stability ?? null,
    ]),
  };
}

const clusterCounts = () =>
  categoryAxis(
    data.summary.choice.criteria.map((row) => `${row.k}`),
    { name: "clusters (k)", nameLocation: "middle", nameGap: 26, nameTextStyle: { color: theme().muted } },
  );

function drawElbow(title: string): Drawing {
  const { criteria, k } = data.summary.choice;
  return {
    title,
    subtitle: "Inertia by number of clusters k: squared distance to the own centroid, lower is tighter",
    table: criteriaTable(),
    height: 260,
    option: {
      grid: plot({ top: 24 }),
      tooltip: {
        trigger: "axis",
        formatter: (points: { dataIndex: number }[]) => criteriaTip(points[0]?.dataIndex ?? 0),
      },
      xAxis: clusterCounts(),
      yAxis: valueAxis((value) => format.shortCount(value)),
      series: [
        {
          type: "line",
          data: criteria.map((row) => ({
            value: row.inertia,
            symbolSize: row.k === k ? 14 : 7,
            itemStyle: row.k === k ? { color: theme().accent, borderColor: theme().card, borderWidth: 2 } : {},
          })),
          symbol: "circle",
          color: theme().muted,
          lineStyle: { width: 2 },
          markLine: {
            silent: true,
            symbol: "none",
            label: { formatter: `chosen: ${k}`, color: theme().accent },
            lineStyle: { color: theme().accent },
            data: [{ xAxis: `${k}` }],
          },
        },
      ],
    },
  };
}

function criteriaTip(index: number): HTMLElement {
  const row = data.summary.choice.criteria[index];
  if (row === undefined) return tip("", []);
  return tip(`k = ${row.k}`, [
    ["Inertia", format.decimal(row.inertia, 1)],
    ["Silhouette", format.decimal(row.silhouette, 3)],
    ["Calinski-Harabasz", format.decimal(row.calinskiHarabasz, 0)],
    ["Davies-Bouldin", format.decimal(row.daviesBouldin, 3)],
    ["Stability", row.stability === undefined ? "–" : format.decimal(row.stability, 2)],
  ]);
}

function drawCriteria(): Drawing {
  const { criteria, k } = data.summary.choice;
  const best = [...criteria].sort((a, b) => b.silhouette - a.silhouette)[0];
  const chosen = criteria.find((row) => row.k === k);
  const stability =
    chosen?.stability === undefined
      ? ""
      : `; the chosen clusters come back with ${format.decimal(chosen.stability, 2)} agreement`;
  const lines = [
    { name: "Silhouette", values: criteria.map((row) => row.silhouette), colour: clusterColour(0) },
    { name: "Stability", values: criteria.map((row) => row.stability ?? null), colour: clusterColour(2) },
    { name: "Davies-Bouldin", values: criteria.map((row) => row.daviesBouldin), colour: clusterColour(1) },
  ];
  return {
    title: `Silhouette is highest at k = ${best?.k}${stability}`,
    subtitle: "By k. Silhouette and stability: 1 is best. Davies-Bouldin: lower is better",
    table: criteriaTable(),
    height: 260,
    option: {
      legend: legend(),
      grid: plot({ top: 40 }),
      tooltip: {
        trigger: "axis",
        formatter: (points: { dataIndex: number }[]) => criteriaTip(points[0]?.dataIndex ?? 0),
      },
      xAxis: clusterCounts(),
      yAxis: valueAxis((value) => format.decimal(value, 1)),
      series: lines.map(({ name, values, colour }) => ({
        type: "line" as const,
        name,
        data: values,
        color: colour,
        symbolSize: 6,
        lineStyle: { width: 2 },
      })),
    },
  };
}

function whyCard(): HTMLElement {
  const { choice } = data.summary;
  const dropped = data.model.choice.dropped.map(({ k, why }) => h("li", {}, `k = ${k} was left out: ${why}.`));
  return h(
    "figure",
    { class: "card span-4" },
    h(
      "div",
      { class: "titles" },
      h("h3", {}, `Why ${choice.k} clusters`),
      h("p", { class: "subtitle" }, "In the words of the selection itself"),
    ),
    h("p", { class: "prose" }, choice.explanation),
    dropped.length > 0 && h("ul", { class: "prose" }, ...dropped),
  );
}

function criteriaCard(): HTMLElement {
  const table = renderTable(criteriaTable(), "Criteria by number of clusters");
  const chosen = data.summary.choice.criteria.findIndex(({ k }) => k === data.summary.choice.k);
  table.querySelectorAll("tbody tr")[chosen]?.classList.add("selected");
  return h("figure", { class: "card span-12" }, h("h3", {}, "Every criterion for every k"), table);
}
