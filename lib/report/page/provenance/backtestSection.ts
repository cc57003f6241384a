import { backtestTitle } from "../../../domain/dashboard/analysisTitles.ts";
import { plural } from "../../../domain/dashboard/format.ts";
import { categoryAxis, plot, tip, valueAxis } from "../charts/axes.ts";
import { type Chart, chartCard, type Drawing } from "../charts/chart.ts";
import { segmentColour, theme } from "../charts/palette.ts";
import { choice, h } from "../dom.ts";
import { data, filter, format, inMoney, isFaded, ofMoney } from "../state.ts";

type Backtest = NonNullable<typeof data.summary.backtest>;
type Kind = Backtest["groups"][number]["kind"];

/** What each group as of the cut really spent afterwards, with its interval, and the verdict. */
export function backtestCard(backtest: Backtest): HTMLElement {
  let kind: Kind = "segment";
  const kinds: readonly [Kind, string][] = [
    ["segment", "Segments"],
    ["cluster", "Clusters"],
    ["spend-decile", "Spending tenths"],
  ];
  const control = choice(
    "Groups",
    // Clusters by features that are not known as of the cut are not among the groups.
    kinds.filter(([one]) => one === "segment" || backtest.groups.some((group) => group.kind === one)),
    kind as Kind,
    (value) => {
      kind = value;
      chart.refresh();
    },
  );
  const note = h("p", { class: "prose" }, format.retold(backtest.verdict));
  const chart: Chart = chartCard({ name: "back-test", span: 12, controls: [control], note }, () =>
    drawBacktest(backtest, kind),
  );
  return chart.element;
}

/** Segments as everywhere on the page; clusters and tenths as they come. */
function inOrder(groups: readonly Backtest["groups"][number][]): readonly Backtest["groups"][number][] {
  const names = Object.keys(data.model.segmentTable);
  return groups[0]?.kind === "segment"
    ? [...groups].sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
    : groups;
}

function drawBacktest({ groups, holdoutDays, cutDate }: Backtest, kind: Kind): Drawing {
  const shown = inOrder(groups.filter((group) => group.kind === kind));
  const colourOf = (name: string): string => (kind === "segment" ? segmentColour(name) : theme().accent);
  return {
    title: backtestTitle(shown, holdoutDays, format, filter()),
    subtitle: `${inMoney("Average spent per customer")} in the ${plural(format, holdoutDays, "day")} from ${format.date(cutDate)} on, by group as of that day; line: ${format.share(0.95)} interval`,
    table: {
      columns: [
        { name: "group" },
        { name: "customers", show: format.count },
        { name: ofMoney("average spent"), show: format.money },
        { name: "low", show: format.money },
        { name: "high", show: format.money },
        { name: "bought", show: format.share },
      ],
      rows: shown.map((group) => [
        group.name,
        group.customers,
        group.averageSpend,
        group.low,
        group.high,
        group.repeatShare,
      ]),
    },
    height: 70 + shown.length * 28,
    option:
      shown.length === 0
        ? null
        : {
            grid: plot({ right: 40 }),
            tooltip: {
              formatter: (point: { dataIndex: number }) => groupTip(shown[point.dataIndex] as (typeof shown)[number]),
            },
            xAxis: valueAxis(format.shortMoney),
            yAxis: categoryAxis(
              shown.map(({ name }) => name),
              { inverse: true, axisLine: { show: false } },
            ),
            series: [
              {
                type: "bar",
                barMaxWidth: 16,
                data: shown.map(({ name, averageSpend }) => ({
                  value: averageSpend,
                  itemStyle: {
                    color: colourOf(name),
                    borderRadius: [0, 3, 3, 0],
                    opacity: kind === "segment" && isFaded(name) ? 0.3 : 1,
                  },
                })),
              },
              {
                type: "custom",
                silent: true,
                renderItem: interval,
                data: shown.map(({ low, high }, i) => [low, high, i]),
                encode: { x: [0, 1], y: 2 },
                z: 3,
              },
            ],
          },
  };
}

/** A line from low to high with its ends. */
function interval(_parameters: unknown, api: { value(i: number): number; coord(point: number[]): number[] }) {
  const [[x1 = 0, y = 0], [x2 = 0]] = [
    api.coord([api.value(0), api.value(2)]),
    api.coord([api.value(1), api.value(2)]),
  ] as [number[], number[]];
  const style = { stroke: theme().ink, lineWidth: 1.4, fill: "none" };
  const line = (shape: { x1: number; y1: number; x2: number; y2: number }) => ({ type: "line", shape, style });
  return {
    type: "group",
    children: [
      line({ x1, y1: y, x2, y2: y }),
      line({ x1, y1: y - 4, x2: x1, y2: y + 4 }),
      line({ x1: x2, y1: y - 4, x2, y2: y + 4 }),
    ],
  };
}

function groupTip(group: Backtest["groups"][number]): HTMLElement {
  return tip(group.name, [
    ["Customers", format.count(group.customers)],
    ["Spent each", format.money(group.averageSpend)],
    [`${format.share(0.95)} interval`, `${format.money(group.low)} to ${format.money(group.high)}`],
    ["Bought in these days", format.share(group.repeatShare)],
  ]);
}
