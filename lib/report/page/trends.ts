import { returningTitle, trendTitle } from "../../domain/dashboard/titles.ts";
import type { PeriodSales, Sales } from "../../domain/dashboard/types.ts";
import { categoryAxis, legend, plot, salesLines, tip, valueAxis } from "./axes.ts";
import { type Chart, chartCard, type Drawing } from "./chart.ts";
import { cohortsCard } from "./cohorts.ts";
import { choice } from "./dom.ts";
import { hoursCard } from "./hours.ts";
import { clusterColour, theme } from "./palette.ts";
import type { Section } from "./shell.ts";
import { data, filter, format, moneyUnit, sales } from "./state.ts";

type Period = "day" | "week" | "month";
type Measure = keyof Sales;

/** Sales over time, new against returning customers, the hours of the week, and who comes back. */
export function trendsSection(): Section {
  return {
    id: "trends",
    name: "Trends",
    lead: "How sales develop, when customers buy, and whether they come back.",
    content: [salesCard(), returningCard(), hoursCard(), cohortsCard()],
  };
}

function salesCard(): HTMLElement {
  let period: Period = data.everybody.months.length < 3 ? "day" : "month";
  let measure: Measure = "revenue";
  const controls = [
    choice(
      "By",
      [
        ["day", "Day"],
        ["week", "Week"],
        ["month", "Month"],
      ],
      period,
      (value) => {
        period = value;
        chart.refresh();
      },
    ),
    choice(
      "Measure",
      [
        ["revenue", "Revenue"],
        ["orders", "Orders"],
        ["customers", "Customers"],
      ],
      measure,
      (value) => {
        measure = value;
        chart.refresh();
      },
    ),
  ];
  const chart: Chart = chartCard({ name: "sales-over-time", span: 12, controls }, () => drawSales(period, measure));
  return chart.element;
}

/** A segment has no days of its own: weeks stand in for them. */
function periodsOf(period: Period): { unit: Period; periods: readonly PeriodSales[] } {
  if (period === "month")
    return { unit: "month", periods: sales().months.map(({ month, ...rest }) => ({ start: month, ...rest })) };
  if (period === "day" && filter() === null) return { unit: "day", periods: data.days };
  return { unit: "week", periods: sales().weeks };
}

const showOf = (measure: Measure): ((value: number) => string) =>
  measure === "revenue" ? format.shortMoney : format.shortCount;

function drawSales(wanted: Period, measure: Measure): Drawing {
  const { unit, periods } = periodsOf(wanted);
  const name = (start: string): string => (unit === "month" ? format.shortMonth(start) : start);
  const replaced = wanted === "day" && unit === "week" ? " (of a segment by week)" : "";
  return {
    title: trendTitle(periods, unit, format),
    subtitle: `${measure === "revenue" ? `Revenue in ${moneyUnit}` : measure === "orders" ? "Orders" : "Customers who bought"} by ${unit}${replaced}`,
    table: {
      columns: [
        { name: unit === "week" ? "week from" : unit },
        { name: `revenue (${moneyUnit})`, show: format.money },
        { name: "orders", show: format.count },
        { name: "customers", show: format.count },
      ],
      rows: periods.map(({ start, revenue, orders, customers }) => [
        unit === "month" ? start.slice(0, 7) : start,
        revenue,
        orders,
        customers,
      ]),
    },
    height: 320,
    option:
      periods.length === 0
        ? null
        : {
            grid: plot(),
            tooltip: {
              trigger: "axis",
              formatter: (points: { dataIndex: number }[]) => {
                const item = periods[points[0]?.dataIndex ?? 0] as PeriodSales;
                return tip(
                  unit === "week"
                    ? `Week from ${format.date(item.start)}`
                    : unit === "month"
                      ? format.month(item.start)
                      : format.date(item.start),
                  salesLines(item),
                );
              },
            },
            xAxis: categoryAxis(
              periods.map(({ start }) => name(start)),
              { boundaryGap: unit === "month" },
            ),
            yAxis: valueAxis(showOf(measure)),
            series: [
              seriesOf(
                unit,
                periods.map((item) => item[measure]),
              ),
            ],
          },
  };
}

function seriesOf(unit: Period, values: readonly number[]) {
  const colour = theme().accent;
  if (unit === "month" || values.length < 3)
    return {
      type: "bar" as const,
      data: [...values],
      color: colour,
      barMaxWidth: 46,
      itemStyle: { borderRadius: [3, 3, 0, 0] as [number, number, number, number] },
    };
  return {
    type: "line" as const,
    data: [...values],
    color: colour,
    showSymbol: false,
    lineStyle: { width: 1.6 },
    areaStyle: { opacity: 0.12 },
  };
}

function returningCard(): HTMLElement {
  let measure: "customers" | "revenue" = "customers";
  const control = choice(
    "Measure",
    [
      ["customers", "Customers"],
      ["revenue", "Revenue"],
    ],
    measure,
    (value) => {
      measure = value;
      chart.refresh();
    },
  );
  const chart: Chart = chartCard({ name: "new-and-returning", span: 12, controls: [control] }, () =>
    drawReturning(measure),
  );
  return chart.element;
}

function drawReturning(measure: "customers" | "revenue"): Drawing {
  const { months } = sales();
  const isMoney = measure === "revenue";
  const fresh = months.map((month) => (isMoney ? month.newRevenue : month.newCustomers));
  const returning = months.map((month, i) => Math.round((month[measure] - (fresh[i] ?? 0)) * 100) / 100);
  const show = isMoney ? format.money : format.count;
  const bar = (name: string, values: number[], color: string) => ({
    type: "bar" as const,
    name,
    stack: "all",
    data: values,
    color,
    barMaxWidth: 46,
  });
  return {
    title: returningTitle(months, format),
    subtitle: `${isMoney ? `Revenue in ${moneyUnit}` : "Customers"} by month; new: first purchase in that month`,
    table: {
      columns: [
        { name: "month" },
        { name: "new customers", show: format.count },
        { name: "returning customers", show: format.count },
        { name: `new revenue (${moneyUnit})`, show: format.money },
        { name: `returning revenue (${moneyUnit})`, show: format.money },
      ],
      rows: months.map((month) => [
        month.month.slice(0, 7),
        month.newCustomers,
        month.customers - month.newCustomers,
        month.newRevenue,
        Math.round((month.revenue - month.newRevenue) * 100) / 100,
      ]),
    },
    height: 280,
    option:
      months.length === 0
        ? null
        : {
            legend: legend(),
            grid: plot({ top: 36 }),
            tooltip: {
              trigger: "axis",
              formatter: (points: { dataIndex: number }[]) => {
                const i = points[0]?.dataIndex ?? 0;
                return tip(format.month(months[i]?.month ?? ""), [
                  ["Returning", show(returning[i] ?? 0)],
                  ["New", show(fresh[i] ?? 0)],
                ]);
              },
            },
            xAxis: categoryAxis(months.map(({ month }) => format.shortMonth(month))),
            yAxis: valueAxis(showOf(measure)),
            series: [bar("Returning", returning, clusterColour(0)), bar("New", fresh, clusterColour(4))],
          },
  };
}
