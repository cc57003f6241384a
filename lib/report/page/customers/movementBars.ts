import {
  cellsOf,
  isMove,
  movementTitle,
  otherReason,
  reasonTitle,
  valueTitle,
} from "../../../domain/dashboard/segment/movementTitles.ts";
import { categoryAxis, plot, tip, valueAxis } from "../charts/axes.ts";
import type { Drawing } from "../charts/chart.ts";
import { better, theme, worse } from "../charts/palette.ts";
import { data, filter, format, inMoney, isOtherwise, ofMoney } from "../state.ts";
import type { Table } from "../table.ts";

type Movement = NonNullable<typeof data.summary.movement>;

/** Whether customers or thresholds moved. */
export function drawReasons(movement: Movement): Drawing {
  const moves = cellsOf(movement.cells, filter()).filter(isMove);
  const thresholds = moves.reduce((sum, cell) => sum + cell.thresholdOnly, 0);
  const customers = moves.reduce((sum, cell) => sum + cell.customers, 0) - thresholds;
  const bars = [
    { name: otherReason(isOtherwise), value: customers, colour: better() },
    { name: "Only thresholds moved", value: thresholds, colour: theme().muted },
  ];
  return {
    title: reasonTitle(movement, format, filter(), isOtherwise),
    subtitle: "Customers in another segment than before; with the earlier thresholds the second bar would have stayed",
    table: {
      columns: [{ name: "reason" }, { name: "customers", show: format.count }],
      rows: bars.map(({ name, value }) => [name, value]),
    },
    height: 150,
    option: {
      grid: plot({ right: 64 }),
      tooltip: {
        formatter: (point: { name: string; value: number }) =>
          tip(point.name, [["Customers", format.count(point.value)]]),
      },
      xAxis: valueAxis(format.count, { show: false }),
      yAxis: categoryAxis(
        bars.map(({ name }) => name),
        { inverse: true, axisLine: { show: false } },
      ),
      series: [
        {
          type: "bar",
          barMaxWidth: 26,
          data: bars.map(({ value, colour }) => ({
            value,
            itemStyle: { color: colour, borderRadius: [0, 3, 3, 0] },
          })),
          label: {
            show: true,
            position: "right",
            color: theme().ink,
            formatter: (point: { value: number }) => format.count(point.value),
          },
        },
      ],
    },
  };
}

/** What customers spent in all, beside the run before. */
export function drawValue(movement: Movement): Drawing {
  const changes = new Map<string, number>();
  for (const cell of filter() === null
    ? movement.cells
    : movement.cells.filter(({ segmentTo }) => segmentTo === filter())) {
    const name = cell.segmentTo ?? "Gone";
    changes.set(name, (changes.get(name) ?? 0) + cell.monetaryAfter - cell.monetaryBefore);
  }
  const bars = [...changes]
    .map(([name, value]) => ({ name, value }))
    .filter(({ value }) => Math.round(value) !== 0)
    .sort((a, b) => b.value - a.value);
  return {
    title: valueTitle(movement, format, filter(), isOtherwise),
    subtitle: `${inMoney("Difference")} by the segment that customers are in now${
      data.summary.policy.windowMonths === null ? ". Whole histories only grow: this is not how sales go" : ""
    }`,
    table: {
      columns: [{ name: "segment now" }, { name: ofMoney("difference"), show: format.money }],
      rows: bars.map(({ name, value }) => [name, Math.round(value * 100) / 100]),
    },
    height: 70 + bars.length * 26,
    option:
      bars.length === 0
        ? null
        : {
            grid: plot({ right: 72 }),
            tooltip: {
              formatter: (point: { name: string; value: number }) =>
                tip(point.name, [["Difference", format.money(point.value)]]),
            },
            xAxis: valueAxis(format.shortMoney, { show: false }),
            yAxis: categoryAxis(
              bars.map(({ name }) => name),
              { inverse: true, axisLine: { show: false } },
            ),
            series: [
              {
                type: "bar",
                barMaxWidth: 18,
                data: bars.map(({ value }) => ({
                  value,
                  itemStyle: { color: value > 0 ? better() : worse(), borderRadius: 3 },
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

const MOST_MOVES = 12;

/** The largest moves as bars, where a flow from left to right finds no room. */
export function drawMoves(movement: Movement, table: Table): Drawing {
  const moves = cellsOf(movement.cells, filter())
    .filter(({ segmentFrom, segmentTo }) => segmentFrom !== segmentTo)
    .sort((a, b) => b.customers - a.customers)
    .slice(0, MOST_MOVES);
  return {
    title: movementTitle(movement, format, filter(), isOtherwise),
    subtitle: "Customers by the segments before and now, the most first",
    table,
    height: 40 + moves.length * 44,
    option:
      moves.length === 0
        ? null
        : {
            grid: plot({ right: 48, left: 0 }),
            xAxis: valueAxis(format.count, { show: false }),
            yAxis: categoryAxis(
              moves.map(({ segmentFrom, segmentTo }) => `${segmentFrom ?? "New"} →\n${segmentTo ?? "Gone"}`),
              { inverse: true, axisLine: { show: false }, axisLabel: { lineHeight: 15 } },
            ),
            series: [
              {
                type: "bar",
                barMaxWidth: 22,
                color: better(),
                data: moves.map(({ customers }) => customers),
                label: {
                  show: true,
                  position: "right",
                  color: theme().ink,
                  formatter: (point: { value: number }) => format.count(point.value),
                },
              },
            ],
          },
  };
}
