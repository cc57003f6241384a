import { choiceTitle, criteriaTitle } from "../../../domain/dashboard/titles.ts";
import { clustersInWords } from "../../../domain/dashboard/words.ts";
import { categoryAxis, legend, plot, tip, valueAxis } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { clusterColour, theme } from "../charts/palette.ts";
import { h, technical } from "../dom.ts";
import type { Section } from "../shell.ts";
import { data, format } from "../state.ts";
import { renderTable, type Table } from "../table.ts";
import { dominanceCard } from "./dominance.ts";

/** How good the division is, in plain words; how that was measured, in a fold; and who would bend the picture. */
export function certaintySection(): Section {
  return {
    id: "certainty",
    name: "How sure are we",
    lead: "Grouping always returns groups. This is how good they are.",
    content: [verdictCard(), dominanceCard()],
  };
}

function verdictCard(): HTMLElement {
  const { choice } = data.summary;
  const title = choiceTitle(data.summary, data.model.choice.naturalClusters, format);
  return h(
    "figure",
    { class: "card span-12", id: "choice" },
    h("div", { class: "titles" }, h("h3", {}, title), h("p", { class: "subtitle" }, stabilityText())),
    technical(
      `How the number of clusters was chosen`,
      h("p", { class: "prose" }, format.retold(choice.explanation)),
      choice.criteria.length < 2 ? null : h("div", { class: "grid" }, ...criteriaCards()),
    ),
  );
}

/** Agreement is the adjusted Rand index: 0 by chance, 1 the same groups. */
function stabilityText(): string {
  const chosen = data.summary.choice.criteria.find(({ k }) => k === data.summary.choice.k);
  if (chosen?.stability === undefined) return "How stable the groups are was not measured.";
  return `Made again from other samples of the customers, the groups agree with themselves to ${format.decimal(chosen.stability, 2)}, where ${format.count(1)} is the same groups and ${format.count(0)} is chance.`;
}

const criteriaCards = (): HTMLElement[] => [
  chartCard({ name: "elbow", span: 6, filtered: false }, drawElbow).element,
  chartCard({ name: "criteria", span: 6, filtered: false }, drawCriteria).element,
  criteriaCard(),
];

function criteriaTable(): Table {
  const fixed = (digits: number) => (value: number) => format.fixed(value, digits);
  const isMixture = data.summary.choice.criteria.some(({ bic }) => bic !== undefined);
  return {
    columns: [
      { name: "k", show: format.count },
      { name: "inertia", show: fixed(1) },
      { name: "silhouette", show: fixed(3) },
      { name: "Calinski-Harabasz", show: fixed(0) },
      { name: "Davies-Bouldin", show: fixed(3) },
      { name: "stability (ARI)", show: fixed(2) },
      ...(isMixture ? [{ name: "BIC (less is better)", show: fixed(0) }] : []),
    ],
    rows: data.summary.choice.criteria.map((row) => [
      row.k,
      row.inertia,
      row.silhouette,
      row.calinskiHarabasz,
      row.daviesBouldin,
      row.stability ?? null,
      ...(isMixture ? [row.bic ?? null] : []),
    ]),
  };
}

const clusterCounts = () =>
  categoryAxis(
    data.summary.choice.criteria.map((row) => format.count(row.k)),
    { name: "clusters (k)", nameLocation: "middle", nameGap: 26, nameTextStyle: { color: theme().muted } },
  );

function drawElbow(): Drawing {
  const { criteria, k } = data.summary.choice;
  return {
    title: `Spread within ${clustersInWords(k, format.count)}: ${format.decimal(criteria.find((row) => row.k === k)?.inertia ?? 0, 1)}`,
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
            label: { formatter: `chosen: ${format.count(k)}`, color: theme().accent },
            lineStyle: { color: theme().accent },
            data: [{ xAxis: format.count(k) }],
          },
        },
      ],
    },
  };
}

function criteriaTip(index: number): HTMLElement {
  const row = data.summary.choice.criteria[index];
  if (row === undefined) return tip("", []);
  return tip(`k = ${format.count(row.k)}`, [
    ["Inertia", format.decimal(row.inertia, 1)],
    ["Silhouette", format.decimal(row.silhouette, 3)],
    ["Calinski-Harabasz", format.decimal(row.calinskiHarabasz, 0)],
    ["Davies-Bouldin", format.decimal(row.daviesBouldin, 3)],
    ["Stability", row.stability === undefined ? "–" : format.decimal(row.stability, 2)],
  ]);
}

function drawCriteria(): Drawing {
  const { criteria } = data.summary.choice;
  const lines = [
    { name: "Silhouette", values: criteria.map((row) => row.silhouette), colour: clusterColour(0) },
    { name: "Stability", values: criteria.map((row) => row.stability ?? null), colour: clusterColour(2) },
    { name: "Davies-Bouldin", values: criteria.map((row) => row.daviesBouldin), colour: clusterColour(1) },
  ];
  return {
    title: criteriaTitle(data.summary.choice, format),
    subtitle: "By k. Silhouette and stability: higher is better. Davies-Bouldin: lower is better",
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

function criteriaCard(): HTMLElement {
  const table = renderTable(criteriaTable(), "Criteria by number of clusters");
  const chosen = data.summary.choice.criteria.findIndex(({ k }) => k === data.summary.choice.k);
  table.querySelectorAll("tbody tr")[chosen]?.classList.add("selected");
  return h("figure", { class: "card span-12" }, h("h3", {}, "Every criterion for every k"), table);
}
