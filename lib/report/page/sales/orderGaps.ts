import { plural } from "../../../domain/dashboard/format.ts";
import { gapsTitle, LAST_WEEK } from "../../../domain/dashboard/salesTitles.ts";
import type { MartRow } from "../../../tables/marts.ts";
import { categoryAxis, plot, tip, valueAxis } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { theme } from "../charts/palette.ts";
import { data, format, ofMoney } from "../state.ts";

type Gap = MartRow<"order_gaps">;

/** How long customers take to come back: when a reminder is due. */
export function orderGapsCard(): HTMLElement {
  return chartCard({ name: "order-gaps", span: 12, filtered: false }, drawGaps).element;
}

const weeks = (count: number): string =>
  count === 0
    ? "within a week"
    : count === LAST_WEEK
      ? `${plural(format, count, "week")} and more`
      : plural(format, count, "week");

function drawGaps(): Drawing {
  const gaps = data.marts.order_gaps;
  return {
    title: gapsTitle(gaps, format),
    subtitle: "Days with a purchase, by whole weeks since the customer's previous one; all customers",
    table: {
      columns: [
        { name: "weeks since the previous purchase", show: format.count },
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
              gaps.map(
                (gap) =>
                  `${format.count(gap.weeks_since_previous)}${gap.weeks_since_previous === LAST_WEEK ? "+" : ""}`,
              ),
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
