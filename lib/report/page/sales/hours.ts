import { hoursTitle, weekdayName } from "../../../domain/dashboard/salesTitles.ts";
import type { HourSales } from "../../../domain/dashboard/types.ts";
import { categoryAxis, plot, salesLines, tip } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { heat, theme } from "../charts/palette.ts";
import { filter, format, ofMoney, sales } from "../state.ts";

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** When customers buy: a heat map of the week. */
export function hoursCard(): HTMLElement {
  return chartCard({ name: "weekday-and-hour", span: 12 }, drawHours).element;
}

function drawHours(): Drawing {
  const { hours } = sales();
  const used = hours.map(({ hour }) => hour);
  const [first, last] = [Math.min(...used, 23), Math.max(...used, 0)];
  const columns = Array.from({ length: Math.max(1, last - first + 1) }, (_, i) => first + i);
  const most = Math.max(1, ...hours.map(({ orders }) => orders));
  return {
    title: hoursTitle(hours, format, filter()),
    subtitle: "Orders by weekday and hour of the day, in the file's own time",
    table: {
      columns: [
        { name: "weekday" },
        { name: "hour" },
        { name: "orders", show: format.count },
        { name: ofMoney("revenue"), show: format.money },
        { name: "customers", show: format.count },
      ],
      rows: hours.map((item) => [
        weekdayName(item.weekday),
        format.clock(item.hour),
        item.orders,
        item.revenue,
        item.customers,
      ]),
    },
    height: 290,
    option:
      hours.length === 0
        ? null
        : {
            grid: plot({ top: 8, bottom: 44 }),
            tooltip: { formatter: (point: { data: { item: HourSales } }) => hourTip(point.data.item) },
            visualMap: {
              min: 0,
              max: most,
              orient: "horizontal",
              left: "center",
              bottom: 0,
              itemHeight: 120,
              itemWidth: 12,
              inRange: { color: heat() },
              textStyle: { color: theme().muted },
              text: [`${format.count(most)} orders`, format.count(0)],
              calculable: false,
            },
            xAxis: categoryAxis(columns.map((hour) => format.clock(hour))),
            yAxis: categoryAxis(
              WEEKDAYS.map((day) => weekdayName(day).slice(0, 3)),
              { inverse: true },
            ),
            series: [
              {
                type: "heatmap",
                data: hours.map((item) => ({
                  value: [item.hour - first, item.weekday - 1, item.orders],
                  item,
                })),
                itemStyle: { borderColor: theme().card, borderWidth: 2, borderRadius: 3 },
              },
            ],
          },
  };
}

const hourTip = (item: HourSales): HTMLElement =>
  tip(`${weekdayName(item.weekday)}, ${format.clock(item.hour)} to ${format.clock(item.hour + 1)}`, salesLines(item));
