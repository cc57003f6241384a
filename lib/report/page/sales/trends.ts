import { trendTitle } from "../../../domain/dashboard/salesTitles.ts";
import type { PeriodSales, Sales } from "../../../domain/dashboard/types.ts";
import { categoryAxis, plot, salesLines, tip, valueAxis } from "../charts/axes.ts";
import { type Chart, chartCard, type Drawing } from "../charts/chart.ts";
import { theme } from "../charts/palette.ts";
import { choice } from "../dom.ts";
import type { Section } from "../shell.ts";
import { data, filter, format, inMoney, isOpenMonth, ofMoney, openMonthNote, sales } from "../state.ts";
import { cohortsCard } from "./cohorts.ts";
import { hoursCard } from "./hours.ts";
import { orderGapsCard } from "./orderGaps.ts";
import { returningCard } from "./returning.ts";

type Period = "day" | "week" | "month";
type Measure = keyof Sales;

/** Sales over time, new against returning customers, the hours of the week, and who comes back. */
export function trendsSection(): Section {
  return {
    id: "trends",
    name: "Trends",
    lead: "How sales develop, when customers buy, and whether they buy again.",
    content: [salesCard(), returningCard(), orderGapsCard(), hoursCard(), cohortsCard()],
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
  const name = (start: string): string => (unit === "month" ? format.month(start) : format.date(start));
  const replaced = wanted === "day" && unit === "week" ? " (of a segment by week)" : "";
  return {
    title: trendTitle(periods, unit, format, filter()),
    subtitle: `${measure === "revenue" ? inMoney("Revenue") : measure === "orders" ? "Orders" : "Customers who bought"} by ${unit}${replaced}${unit === "month" ? openMonthNote(sales().months) : ""}`,
    table: {
      columns: [
        { name: unit === "week" ? "week from" : unit, word: name },
        { name: ofMoney("revenue"), show: format.money },
        { name: "orders", show: format.count },
        { name: "customers", show: format.count },
      ],
      rows: periods.map(({ start, revenue, orders, customers }) => [start, revenue, orders, customers]),
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
                periods.map((item) => ({
                  value: item[measure],
                  ...(unit === "month" && isOpenMonth(item.start) ? { itemStyle: { opacity: 0.45 } } : {}),
                })),
              ),
            ],
          },
  };
}

function seriesOf(unit: Period, values: readonly { readonly value: number }[]) {
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
