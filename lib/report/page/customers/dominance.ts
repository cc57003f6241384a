import { categoryAxis, plot, tip, valueAxis } from "../charts/axes.ts";
import { chartCard } from "../charts/chart.ts";
import { segmentColour, theme } from "../charts/palette.ts";
import { h } from "../dom.ts";
import { data, format, ofMoney } from "../state.ts";
import type { Table } from "../table.ts";

/** The customers that alone decide an average, and what was done about them. */
export function dominanceCard(): HTMLElement {
  const { customers, note, revenueShare } = data.summary.dominance;
  const table: Table = {
    columns: [
      { name: "customer" },
      { name: ofMoney("spent"), show: format.money },
      { name: "share of revenue", show: format.share },
      { name: "distance to centroid (sd)", show: (value) => format.decimal(value, 2) },
      { name: "segment" },
      { name: "cluster" },
    ],
    rows: customers.map((customer) => [
      customer.customerId,
      customer.monetary,
      customer.revenueShare,
      customer.distance,
      customer.segment,
      customer.cluster,
    ]),
  };
  const most = Math.max(...customers.map(({ monetary }) => monetary), 0);
  return chartCard(
    { name: "dominant-customers", span: 12, filtered: false, note: h("p", { class: "prose" }, note) },
    () => ({
      title:
        customers.length === 0
          ? "No single customer dominates"
          : `The ${customers.length} customers shown bring ${format.share(customers.reduce((sum, customer) => sum + customer.revenueShare, 0))} of revenue`,
      subtitle: `Largest customers by money spent; colour: segment. The top 10 bring ${format.share(revenueShare)}`,
      table,
      height: 40 + customers.length * 30,
      option:
        customers.length === 0
          ? null
          : {
              grid: plot({ right: 90 }),
              tooltip: { formatter: (point: { dataIndex: number }) => dominantTip(point.dataIndex) },
              xAxis: valueAxis((value) => format.shortMoney(value), { show: false, max: most * 1.02 }),
              yAxis: categoryAxis(
                customers.map(({ customerId }) => customerId),
                { inverse: true, axisLine: { show: false } },
              ),
              series: [
                {
                  type: "bar",
                  barMaxWidth: 18,
                  data: customers.map(({ monetary, segment }) => ({
                    value: monetary,
                    itemStyle: { color: segmentColour(segment), borderRadius: [0, 3, 3, 0] },
                  })),
                  label: {
                    show: true,
                    position: "right",
                    color: theme().ink,
                    formatter: (point: { value: number }) => format.shortMoney(point.value),
                  },
                },
              ],
            },
    }),
  ).element;
}

function dominantTip(index: number): HTMLElement {
  const customer = data.summary.dominance.customers[index];
  if (customer === undefined) return tip("", []);
  return tip(customer.customerId, [
    ["Spent", format.money(customer.monetary)],
    ["Share of revenue", format.share(customer.revenueShare)],
    ["Segment", customer.segment],
    ["Cluster", customer.cluster],
  ]);
}
