import { matrixTitle } from "../../../domain/dashboard/segment/movementTitles.ts";
import { categoryAxis, columnLabels, plot, shorten, tip } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { heat, inkOnHeat, theme } from "../charts/palette.ts";
import { data, filter, format, isFaded, isOtherwise } from "../state.ts";

/** The matrix of moves: rows where customers were, columns where they are. */
export function migrationMatrix(movement: Movement): HTMLElement {
  return chartCard({ name: "migration-matrix", span: 12, wideOnly: true }, () => drawMatrix(movement)).element;
}

function drawMatrix(movement: Movement): Drawing {
  const { cells } = movement;
  const order = Object.keys(data.model.segmentTable);
  const byOrder = (a: string, b: string): number => ((order.indexOf(a) + 100) % 100) - ((order.indexOf(b) + 100) % 100);
  const rows = [...new Set(cells.map(({ segmentFrom }) => segmentFrom ?? "New"))].sort(byOrder);
  const columns = [...new Set(cells.map(({ segmentTo }) => segmentTo ?? "Gone"))].sort(byOrder);
  const sizeOf = new Map<string, number>();
  for (const { segmentFrom, customers } of cells)
    sizeOf.set(segmentFrom ?? "New", (sizeOf.get(segmentFrom ?? "New") ?? 0) + customers);
  const points = cells.map((cell) => {
    const [from, to] = [cell.segmentFrom ?? "New", cell.segmentTo ?? "Gone"];
    const share = cell.customers / (sizeOf.get(from) ?? 1);
    return {
      value: [columns.indexOf(to), rows.indexOf(from), share],
      label: { color: inkOnHeat(share) },
      itemStyle: { opacity: isFaded(from) && isFaded(to) ? 0.25 : 1 },
      customers: cell.customers,
      from,
      to,
    };
  });
  return {
    title: matrixTitle(movement, format, filter(), isOtherwise),
    subtitle: "Rows: segment before, columns: segment now. Numbers: customers, colour: share of the row",
    table: {
      columns: [{ name: "from" }, ...columns.map((name) => ({ name, show: format.count }))],
      rows: rows.map((from) => [
        from,
        ...columns.map((to) => points.find((point) => point.from === from && point.to === to)?.customers ?? 0),
      ]),
    },
    height: 60 + rows.length * 32,
    option: {
      grid: plot({ top: 8 }),
      tooltip: {
        formatter: (point: { data: (typeof points)[number] }) =>
          tip(`${point.data.from} → ${point.data.to}`, [
            ["Customers", format.count(point.data.customers)],
            ["Share of the row", format.share(point.data.value[2] ?? 0)],
          ]),
      },
      visualMap: { show: false, min: 0, max: 1, inRange: { color: heat() } },
      xAxis: categoryAxis(
        columns.map((name) => shorten(name, 30)),
        { axisLabel: columnLabels(columns.length) },
      ),
      yAxis: categoryAxis(
        rows.map((name) => shorten(name, 22)),
        { inverse: true },
      ),
      series: [
        {
          type: "heatmap",
          data: points,
          label: {
            show: true,
            formatter: (point: { data: { customers: number } }) => format.count(point.data.customers),
          },
          itemStyle: { borderColor: theme().card, borderWidth: 2, borderRadius: 3 },
        },
      ],
    },
  };
}

export type Movement = NonNullable<typeof data.summary.movement>;
