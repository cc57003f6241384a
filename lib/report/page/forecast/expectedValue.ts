import type { MartRow } from "../../../tables/marts.ts";
import { categoryAxis, plot, tip, valueAxis } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { segmentColour, theme } from "../charts/palette.ts";
import { data, filter, format, isFaded, ofMoney, ofMoneyAhead } from "../state.ts";

type Row = MartRow<"segment_forecast">;

const DAYS = 90;

/** What the next 90 days should bring, by segment. */
export function expectedValueCard(): HTMLElement {
  return chartCard({ name: "forecast-segments", span: 6 }, draw).element;
}

function title(rows: readonly Row[]): string {
  const own = rows.find(({ rfm_segment }) => rfm_segment === filter());
  if (own !== undefined)
    return `${own.rfm_segment} should bring ${format.money(own.expected_value_90d)} in the next ${format.count(DAYS)} days`;
  const value = data.summary.forecast?.totals?.value;
  const [first] = rows;
  if (value == null || first === undefined) return "No amounts are forecast";
  const total = rows.reduce((sum, row) => sum + row.expected_value_90d, 0);
  const share = total > 0 ? `; ${format.share(first.expected_value_90d / total)} of it from ${first.rfm_segment}` : "";
  return `The next ${format.count(DAYS)} days should bring ${format.money(value.expected)} (${format.share(0.9)} interval: ${format.money(value.low)} to ${format.money(value.high)})${share}`;
}

function draw(): Drawing {
  const rows = [...data.marts.segment_forecast].sort((a, b) => b.expected_value_90d - a.expected_value_90d);
  return {
    title: title(rows),
    subtitle: `Expected revenue of the next ${format.count(DAYS)} days from today's customers, by segment. Late: away for longer than nine in ten of the customer's own waits${discounted()}${triedOn()}`,
    table: {
      columns: [
        { name: "segment" },
        { name: "customers", show: format.count },
        { name: "still customers, expected", show: format.count },
        { name: "late", show: format.count },
        { name: "expected orders", show: format.count },
        { name: ofMoneyAhead("expected revenue"), show: format.money },
        { name: ofMoney("of that, from late ones"), show: format.money },
        { name: `${ofMoney("if one in ten of those gone came back")} (${format.share(0.9)} interval)` },
      ],
      rows: rows.map((row) => [
        row.rfm_segment,
        row.customers,
        row.alive_customers,
        row.late_customers,
        row.expected_orders_90d,
        row.expected_value_90d,
        row.late_expected_value_90d,
        wonBack(row),
      ]),
    },
    height: 60 + rows.length * 30,
    option:
      rows.length === 0
        ? null
        : {
            grid: plot({ right: 80 }),
            tooltip: { formatter: (point: { dataIndex: number }) => rowTip(rows[point.dataIndex] as Row) },
            xAxis: valueAxis((value) => format.shortMoney(value)),
            yAxis: categoryAxis(
              rows.map((row) => row.rfm_segment),
              { inverse: true, axisLine: { show: false } },
            ),
            series: [
              {
                type: "bar",
                barMaxWidth: 18,
                data: rows.map((row) => ({
                  value: row.expected_value_90d,
                  itemStyle: {
                    color: segmentColour(row.rfm_segment),
                    borderRadius: [0, 3, 3, 0],
                    opacity: isFaded(row.rfm_segment) ? 0.3 : 1,
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
  };
}

/**
 * What the same model was worth on the past, where the sum is read: its interval holds chance and parameters, and takes
 * it that the shop goes on as it did.
 */
function triedOn(): string {
  const check = data.summary.forecast?.check;
  const model = check?.value.model;
  if (check == null || model == null) return "";
  return `. The interval takes it that the shop goes on as it did: tried on the ${format.count(check.days)} days before, ${format.money(model.expected)} was expected and ${format.money(check.value.actual)} came`;
}

/** Said beside every amount ahead that is a present value. */
export function discounted(): string {
  const rate = data.summary.forecast?.discountRate;
  return rate === undefined
    ? ""
    : `. Amounts ahead are discounted at ${format.share(rate)} a year, to what they are worth today`;
}

/** What a tenth of those expected to have left would bring in 90 days; with its interval where they are enough. */
function wonBack({ rfm_segment }: Row): string {
  const found = data.summary.forecast?.winBack?.find(({ segment }) => segment === rfm_segment);
  if (found === undefined) return "–";
  const { value, valueLow, valueHigh } = found;
  if (valueLow === null || valueHigh === null) return format.money(value);
  return `${format.money(value)} (${format.money(valueLow)} to ${format.money(valueHigh)})`;
}

const rowTip = (row: Row): HTMLElement =>
  tip(row.rfm_segment, [
    [ofMoneyAhead("Expected revenue"), format.money(row.expected_value_90d)],
    ["Expected orders", format.count(row.expected_orders_90d)],
    ["Still customers, expected", `${format.count(row.alive_customers)} of ${format.count(row.customers)}`],
    ["Late", format.count(row.late_customers)],
    ["If one in ten of those gone came back", wonBack(row)],
  ]);
