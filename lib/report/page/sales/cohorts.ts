import { plural } from "../../../domain/dashboard/format.ts";
import { cohortsTitle } from "../../../domain/dashboard/salesTitles.ts";
import type { CohortSales } from "../../../domain/dashboard/types.ts";
import { categoryAxis, plot, tip } from "../charts/axes.ts";
import { type Chart, chartCard, type Drawing } from "../charts/chart.ts";
import { heat, inkOnHeat, theme } from "../charts/palette.ts";
import { choice } from "../dom.ts";
import { data, filter, format, inMoney, isNarrow, ofMoney, sales } from "../state.ts";

type Measure = "share" | "customers" | "revenue";
const MOST_LABELLED_COLUMNS = 16;
/** Months after the first that fit a phone with their numbers. */
const MONTHS_ON_PHONE = 6;

/** Which customers come back: a row per month of first purchase, a column per month since. */
export function cohortsCard(): HTMLElement {
  let measure: Measure = "share";
  const control = choice(
    "Measure",
    [
      ["share", "Share"],
      ["customers", "Customers"],
      ["revenue", "Revenue"],
    ],
    measure,
    (value) => {
      measure = value;
      chart.refresh();
    },
  );
  const chart: Chart = chartCard({ name: "cohorts", span: 12, controls: [control] }, () => drawCohorts(measure));
  return chart.element;
}

function drawCohorts(measure: Measure): Drawing {
  const { cohorts: known } = sales();
  const cohorts = isNarrow() ? known.filter(({ monthsSinceFirst }) => monthsSinceFirst <= MONTHS_ON_PHONE) : known;
  const names = [...new Set(cohorts.map(({ cohort }) => cohort))].sort();
  const sizes = new Map(cohorts.filter((c) => c.monthsSinceFirst === 0).map((c) => [c.cohort, c.customers]));
  const lastMonth = Math.max(0, ...cohorts.map(({ monthsSinceFirst }) => monthsSinceFirst));
  const valueFor = (item: CohortSales): number =>
    measure === "share" ? item.customers / (sizes.get(item.cohort) || item.customers) : item[measure];
  // The first month is 100% by definition: it would wash out the rest.
  const later = cohorts.filter((item) => item.monthsSinceFirst > 0);
  const most = Math.max(...(later.length > 0 ? later : cohorts).map(valueFor), measure === "share" ? 0.01 : 1);
  const isLabelled = lastMonth < MOST_LABELLED_COLUMNS;
  const show =
    measure === "share"
      ? (value: number) => format.share(Math.round(value * 100) / 100)
      : measure === "customers"
        ? format.count
        : format.shortMoney;
  return {
    title: cohortsTitle(
      known,
      { firstMonth: data.firstMonth, snapshotDate: data.summary.snapshotDate },
      format,
      filter(),
    ),
    subtitle: `${measure === "share" ? "Share of the cohort that bought" : measure === "customers" ? "Customers who bought" : inMoney("Revenue")}; rows: month of first purchase, columns: months since${isNarrow() ? `, the first ${format.count(MONTHS_ON_PHONE)}` : ""}. A month that is not over counts as far as it goes`,
    table: {
      columns: [
        { name: "first purchase", word: format.month },
        { name: "months since", show: format.count },
        { name: "customers", show: format.count },
        { name: "share of cohort", show: format.share },
        { name: ofMoney("revenue"), show: format.money },
      ],
      rows: known.map((item) => [
        item.cohort,
        item.monthsSinceFirst,
        item.customers,
        item.customers / (sizes.get(item.cohort) || item.customers),
        item.revenue,
      ]),
    },
    height: 80 + names.length * 26,
    option:
      names.length === 0
        ? null
        : {
            grid: plot({ top: 8 }),
            tooltip: {
              formatter: (point: { data: { item: CohortSales } }) =>
                cohortTip(point.data.item, sizes.get(point.data.item.cohort) ?? 0),
            },
            visualMap: { show: false, min: 0, max: most, inRange: { color: heat() } },
            xAxis: categoryAxis(
              Array.from({ length: lastMonth + 1 }, (_, i) => (i === 0 ? "first" : `+${format.count(i)}`)),
            ),
            yAxis: categoryAxis(
              names.map((name) => `${format.month(name)}  (${format.count(sizes.get(name) ?? 0)})`),
              { inverse: true },
            ),
            series: [
              {
                type: "heatmap",
                data: cohorts.map((item) => cell(item, names.indexOf(item.cohort), valueFor(item), most)),
                label: {
                  show: isLabelled,
                  fontSize: 11,
                  formatter: (point: { data: { value: number[] } }) => show(point.data.value[2] ?? 0),
                },
                itemStyle: { borderColor: theme().card, borderWidth: 2, borderRadius: 3 },
              },
            ],
          },
  };
}

function cell(item: CohortSales, row: number, value: number, most: number) {
  return { value: [item.monthsSinceFirst, row, value], item, label: { color: inkOnHeat(value / most) } };
}

function cohortTip(item: CohortSales, size: number): HTMLElement {
  const when =
    item.monthsSinceFirst === 0
      ? "in that month"
      : plural(format, item.monthsSinceFirst, "month later", "months later");
  return tip(`First purchase ${format.month(item.cohort)}, ${when}`, [
    ["Customers who bought", `${format.count(item.customers)} of ${format.count(size)}`],
    ["Share of the cohort", size > 0 ? format.share(item.customers / size) : "–"],
    ["Revenue", format.money(item.revenue)],
  ]);
}
