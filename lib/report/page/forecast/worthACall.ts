import { plural } from "../../../domain/dashboard/format.ts";
import type { MartRow } from "../../../tables/marts.ts";
import { categoryAxis, plot, tip } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { heat, inkOnHeat, theme } from "../charts/palette.ts";
import { h } from "../dom.ts";
import { data, filter, format, ofMoney, ofMoneyAhead, onChange, tellsWhoLeft } from "../state.ts";
import { renderTable, type Table } from "../table.ts";

/** Customers of much value who are late, or more likely gone than not; net of all that came back. */
export function worthACallCard(): HTMLElement {
  const card = h("figure", { class: "card span-12", id: "worth-a-call" });
  onChange(() => card.replaceChildren(...contentOf(data.marts.worth_a_call.filter(isShown))));
  return card;
}

const isShown = ({ rfm_segment }: MartRow<"worth_a_call">): boolean => filter() === null || filter() === rfm_segment;

function contentOf(rows: readonly MartRow<"worth_a_call">[]): HTMLElement[] {
  const worth = rows.reduce((sum, row) => sum + row.net_monetary, 0);
  const where = filter() === null ? "" : ` in ${filter()}`;
  const title =
    rows.length === 0
      ? `None of the most valuable customers who are late or likely gone is${where === "" ? " known" : where}`
      : `${plural(format, rows.length, "customer")}${where} ${rows.length === 1 ? "is" : "are"} worth a call: ${format.money(worth)} brought so far`;
  const orLeft = tellsWhoLeft() ? " or have more likely left than not" : "";
  const subtitle = `The most valuable of those who are late (away for longer than nine in ten of their own waits)${orLeft}; spent net of returns`;
  const titles = h("div", { class: "titles" }, h("h3", {}, title), h("p", { class: "subtitle" }, subtitle));
  return [
    h("header", {}, titles),
    ...(rows.length === 0 ? [] : [renderTable(tableOf(rows), "Customers worth a call")]),
  ];
}

const tableOf = (rows: readonly MartRow<"worth_a_call">[]): Table => ({
  columns: [
    { name: "customer" },
    { name: "segment" },
    { name: "days away", show: format.count },
    { name: "orders", show: format.count },
    { name: ofMoney("spent, net of returns"), show: format.money },
    ...(tellsWhoLeft() ? [{ name: "likely still a customer", show: format.share }] : []),
    { name: "late by own rhythm" },
    { name: ofMoneyAhead(`expected in ${format.count(90)} days`), show: format.money },
  ],
  rows: rows.map((row) => [
    ...[row.customer_id, row.rfm_segment, row.recency_days, row.frequency, row.net_monetary],
    ...(tellsWhoLeft() ? [row.p_alive] : []),
    ...[row.is_late === true ? "yes" : "no", row.expected_value_90d],
  ]),
});

/** P(alive) against money spent. */
export const aliveMapCard = (): HTMLElement =>
  chartCard({ name: "alive-map", span: 12, filtered: false }, drawMap).element;

/** From which amount on a cell of the axis is. */
const fromMoney = (cell: number): number => (cell >= 0 ? Math.expm1(cell / 2) : -Math.expm1((-1 - cell) / 2));
const tenths = (cell: number): string => `${format.share(cell / 10)} to ${format.share((cell + 1) / 10)}`;

function drawMap(): Drawing {
  const rows = data.marts.alive_map;
  const cells = rows.map(({ monetary_cell }) => monetary_cell);
  const columns = Array.from(
    { length: Math.max(...cells, 0) - Math.min(...cells, 0) + 1 },
    (_, i) => Math.min(...cells, 0) + i,
  );
  const most = Math.max(1, ...rows.map(({ customers }) => customers));
  const all = rows.reduce((sum, { customers }) => sum + customers, 0);
  const gone = rows.filter(({ alive_cell }) => alive_cell < 5);
  const goneCustomers = gone.reduce((sum, { customers }) => sum + customers, 0);
  const brought = gone.reduce((sum, { revenue }) => sum + revenue, 0);
  return {
    title:
      all === 0
        ? "No customer is forecast"
        : `${format.count(goneCustomers)} of ${format.count(all)} customers have more likely left than not; they had brought ${format.money(brought)}`,
    subtitle: "Customers by how likely they still are customers (up: more likely) and money spent (right: more)",
    table: {
      columns: [
        { name: "likely still a customer" },
        { name: ofMoney("spent from"), show: format.money },
        { name: "customers", show: format.count },
        { name: "late", show: format.count },
        { name: ofMoney("spent"), show: format.money },
        { name: ofMoneyAhead(`expected in ${format.count(90)} days`), show: format.money },
      ],
      rows: rows.map((row) => [
        ...[tenths(row.alive_cell), fromMoney(row.monetary_cell), row.customers, row.late_customers],
        ...[row.revenue, row.expected_value_90d],
      ]),
    },
    height: 380,
    option:
      rows.length === 0
        ? null
        : {
            grid: plot({ top: 8 }),
            tooltip: { formatter: (point: { dataIndex: number }) => cellTip(rows[point.dataIndex]) },
            visualMap: { show: false, min: 0, max: most, inRange: { color: heat() } },
            xAxis: categoryAxis(columns.map((cell) => format.shortMoney(fromMoney(cell)))),
            yAxis: categoryAxis(Array.from({ length: 10 }, (_, cell) => format.share(cell / 10))),
            series: [
              {
                type: "heatmap",
                data: rows.map((row) => ({
                  value: [columns.indexOf(row.monetary_cell), row.alive_cell, row.customers],
                  label: { color: inkOnHeat(row.customers / most) },
                })),
                label: {
                  show: columns.length <= 16,
                  formatter: (point: { data: { value: number[] } }) => format.shortCount(point.data.value[2] ?? 0),
                },
                itemStyle: { borderColor: theme().card, borderWidth: 2, borderRadius: 3 },
              },
            ],
          },
  };
}

const cellTip = (row: MartRow<"alive_map"> | undefined): HTMLElement =>
  row === undefined
    ? tip("", [])
    : tip(`Likely still a customer: ${tenths(row.alive_cell)}`, [
        ["Customers", format.count(row.customers)],
        ["Late", format.count(row.late_customers)],
        [ofMoney("Spent"), format.money(row.revenue)],
        [ofMoneyAhead(`Expected in ${format.count(90)} days`), format.money(row.expected_value_90d)],
      ]);
