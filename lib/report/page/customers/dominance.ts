import { dominanceTitle } from "../../../domain/dashboard/titles.ts";
import { categoryAxis, plot, tip, valueAxis } from "../charts/axes.ts";
import { chartCard } from "../charts/chart.ts";
import { segmentColour, theme } from "../charts/palette.ts";
import { h, technical } from "../dom.ts";
import { data, filter, format, isFaded, ofMoney } from "../state.ts";
import type { Table } from "../table.ts";

/** The customers that alone decide an average, and what was done about them. */
export function dominanceCard(): HTMLElement {
  const { customers, note } = data.summary.dominance;
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
    {
      name: "dominant-customers",
      span: 12,
      note: technical("Outliers in the clustering", h("p", { class: "prose" }, format.retold(note))),
    },
    () => ({
      title: dominanceTitle(data.summary.dominance, data.summary.totals.revenue, format, filter()),
      subtitle: "Customers by money spent; colour: segment",
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
                    itemStyle: {
                      color: segmentColour(segment),
                      borderRadius: [0, 3, 3, 0],
                      opacity: isFaded(segment) ? 0.3 : 1,
                    },
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
