import { returningTitle } from "../../../domain/dashboard/salesTitles.ts";
import { categoryAxis, legend, plot, tip, valueAxis } from "../charts/axes.ts";
import { type Chart, chartCard, type Drawing } from "../charts/chart.ts";
import { clusterColour } from "../charts/palette.ts";
import { choice } from "../dom.ts";
import { filter, format, inMoney, isOpenMonth, ofMoney, openMonthNote, sales } from "../state.ts";

/** New against returning customers, month by month. */
export function returningCard(): HTMLElement {
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
    data: values.map((value, i) => ({
      value,
      ...(isOpenMonth(months[i]?.month ?? "") ? { itemStyle: { opacity: 0.45 } } : {}),
    })),
    color,
    barMaxWidth: 46,
  });
  return {
    title: returningTitle(months, format, filter()),
    subtitle: `${isMoney ? inMoney("Revenue") : "Customers"} by month; new: first purchase in that month${openMonthNote(months)}`,
    table: {
      columns: [
        { name: "month", word: format.month },
        { name: "new customers", show: format.count },
        { name: "returning customers", show: format.count },
        { name: ofMoney("new revenue"), show: format.money },
        { name: ofMoney("returning revenue"), show: format.money },
      ],
      rows: months.map((month) => [
        month.month,
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
            xAxis: categoryAxis(months.map(({ month }) => format.month(month))),
            yAxis: valueAxis(isMoney ? format.shortMoney : format.shortCount),
            series: [bar("Returning", returning, clusterColour(0)), bar("New", fresh, clusterColour(4))],
          },
  };
}
