import type { MartRow } from "../../../tables/marts.ts";
import { categoryAxis, plot, tip, valueAxis } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { theme } from "../charts/palette.ts";
import { data, format, ofMoney } from "../state.ts";

type Gap = MartRow<"order_gaps">;

/** How long customers take to come back: when a reminder is due. */
export function orderGapsCard(): HTMLElement {
  return chartCard({ name: "order-gaps", span: 12 }, drawGaps).element;
}

const weeks = (count: number): string =>
  count === 0 ? "within a week" : count === 52 ? "a year and more" : count === 1 ? "1 week" : `${count} weeks`;

function title(gaps: readonly Gap[]): string {
  const all = gaps.reduce((sum, gap) => sum + gap.purchase_days, 0);
  if (all === 0) return "Nobody has come back yet";
  let seen = 0;
  for (const gap of gaps) {
    seen += gap.purchase_days;
    if (2 * seen >= all) return `Half of those who come back do so within ${weeks(gap.weeks_since_previous + 1)}`;
  }
  return "";
}

function drawGaps(): Drawing {
  const gaps = data.marts.order_gaps;
  return {
    title: title(gaps),
    subtitle: "Days with a purchase, by whole weeks since the customer's previous one; all customers",
    table: {
      columns: [
        { name: "weeks since the previous purchase" },
        { name: "purchase days", show: format.count },
        { name: "customers", show: format.count },
        { name: ofMoney("revenue"), show: format.money },
      ],
      rows: gaps.map((gap) => [gap.weeks_since_previous, gap.purchase_days, gap.customers, gap.revenue]),
    },
    height: 260,
    option:
      gaps.length === 0
        ? null
        : {
            grid: plot(),
            tooltip: {
              trigger: "axis",
              formatter: (points: { dataIndex: number }[]) => gapTip(gaps[points[0]?.dataIndex ?? 0] as Gap),
            },
            xAxis: categoryAxis(
              gaps.map((gap) => (gap.weeks_since_previous === 52 ? "52+" : String(gap.weeks_since_previous))),
            ),
            yAxis: valueAxis(format.shortCount),
            series: [
              { type: "bar", data: gaps.map((gap) => gap.purchase_days), color: theme().accent, barMaxWidth: 46 },
            ],
          },
  };
}

const gapTip = (gap: Gap): HTMLElement =>
  tip(`After ${weeks(gap.weeks_since_previous)}`.replace("After within", "Within"), [
    ["Purchase days", format.count(gap.purchase_days)],
    ["Customers", format.count(gap.customers)],
    [ofMoney("Revenue"), format.money(gap.revenue)],
  ]);
