import { categoryAxis, legend, plot, tip, valueAxis } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { theme } from "../charts/palette.ts";
import { data, format } from "../state.ts";

type Point = NonNullable<NonNullable<typeof data.summary.forecast>["tracking"]>[number];

/** Repeat orders that came, beside those that the model expected from the cut on. */
export function trackingCard(): HTMLElement {
  return chartCard({ name: "forecast-tracking", span: 6, filtered: false }, draw).element;
}

function title(points: readonly Point[]): string {
  const check = data.summary.forecast?.check;
  const last = points.at(-1);
  if (check == null || last === undefined) return "Too short a history to try the forecast on the past";
  const { actual, model } = check.orders;
  const off = actual === 0 ? 0 : model.expected / actual - 1;
  const size = format.share(Math.abs(off));
  return `Tried on the last ${format.count(check.days)} days, the forecast was ${size} too ${off < 0 ? "low" : "high"}`;
}

function draw(): Drawing {
  const points = data.summary.forecast?.tracking ?? [];
  const line = (name: string, values: readonly (number | null)[], color: string, type: "solid" | "dashed") => ({
    ...{ name, type: "line", showSymbol: false, data: values, color },
    lineStyle: { width: 2, type },
  });
  return {
    title: title(points),
    subtitle:
      "Repeat orders since the first day, in all, of the customers known at the cut; fitted on what was known then",
    table: {
      columns: [
        { name: "before", word: format.date },
        { name: "came", show: format.count },
        { name: "expected", show: format.count },
      ],
      rows: points.map(({ date, actual, expected }) => [date, actual ?? 0, expected]),
    },
    height: 300,
    option:
      points.length === 0
        ? null
        : {
            grid: plot({ top: 36 }),
            legend: legend(),
            tooltip: {
              trigger: "axis",
              formatter: (at: { dataIndex: number }[]) => pointTip(points[at[0]?.dataIndex ?? 0] as Point),
            },
            xAxis: categoryAxis(
              points.map(({ date }) => format.date(date)),
              { axisLabel: { showMinLabel: true, alignMinLabel: "left", showMaxLabel: true, alignMaxLabel: "right" } },
            ),
            yAxis: valueAxis(format.shortCount),
            series: [
              line(
                "came",
                points.map(({ actual }) => actual),
                theme().accent,
                "solid",
              ),
              line(
                "expected",
                points.map(({ expected }) => expected),
                theme().ink,
                "dashed",
              ),
            ],
          },
  };
}

const pointTip = ({ date, actual, expected }: Point): HTMLElement =>
  tip(`Before ${format.date(date)}`, [
    ["Came", format.count(actual ?? 0)],
    ["Expected", format.count(expected)],
  ]);
