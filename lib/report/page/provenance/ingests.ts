import { type Axis, categoryAxis, plot, tip, valueAxis } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { better, theme, worse } from "../charts/palette.ts";
import { data, format } from "../state.ts";

type Ingest = (typeof data.ingests)[number];

/** Whether what is dropped gets better or worse: rows, the share that counts, and findings, ingest by ingest. */
export function ingestsCard(): HTMLElement {
  return chartCard({ name: "ingests", span: 6, filtered: false }, drawIngests).element;
}

const keptShare = ({ rowsIn, rowsKept }: Ingest): number => (rowsIn > 0 ? rowsKept / rowsIn : 0);
const timeOf = ({ committedAt }: Ingest): string => format.moment(committedAt);

function drawIngests(): Drawing {
  const { ingests } = data;
  return {
    title: titleOf(ingests),
    subtitle: `The latest ${format.count(ingests.length)} ingests. Above: rows, blue kept, grey dropped. Below: share kept; orange: with a warning`,
    table: {
      columns: [
        { name: "committed", word: format.moment },
        { name: "rows in", show: format.count },
        { name: "kept", show: format.count },
        { name: "share kept", show: format.share },
        { name: "without customer", show: format.count },
        { name: "warnings", show: format.count },
        { name: "notes", show: format.count },
        { name: "ingest" },
      ],
      rows: ingests.map((ingest) => [
        ingest.committedAt,
        ingest.rowsIn,
        ingest.rowsKept,
        keptShare(ingest),
        ingest.missingCustomer,
        ingest.warnings,
        ingest.notes,
        ingest.ingestId,
      ]),
    },
    height: 270,
    option: optionOf(ingests),
  };
}

function titleOf(ingests: readonly Ingest[]): string {
  const last = ingests.at(-1);
  if (last === undefined) return "No ingest yet";
  const earlier = ingests.slice(0, -1);
  const rows = earlier.reduce((sum, { rowsIn }) => sum + rowsIn, 0);
  const kept = earlier.reduce((sum, { rowsKept }) => sum + rowsKept, 0);
  const before =
    rows > 0
      ? `, the ${earlier.length === 1 ? "one" : format.count(earlier.length)} before ${format.share(kept / rows)}`
      : "";
  return `The latest ingest kept ${format.share(keptShare(last))} of its rows${before}`;
}

function optionOf(ingests: readonly Ingest[]) {
  const days = ingests.map(({ committedAt }) => format.date(committedAt));
  // The hour tells ingests of one day apart.
  const names = new Set(days).size === days.length ? days : ingests.map(timeOf);
  const rows = (values: readonly number[], colour: string) => ({
    type: "bar",
    stack: "rows",
    barMaxWidth: 28,
    color: colour,
    data: values,
  });
  const below: Axis = { gridIndex: 1 };
  return {
    grid: [plot({ top: 8, bottom: 112, left: 8, right: 16 }), plot({ top: 176, bottom: 8 })],
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    tooltip: {
      trigger: "axis",
      formatter: (points: { dataIndex: number }[]) => ingestTip(ingests[points[0]?.dataIndex ?? 0] as Ingest),
    },
    xAxis: [categoryAxis(names, { axisLabel: { show: false } }), categoryAxis(names, below)],
    yAxis: [
      valueAxis(format.shortCount, { splitNumber: 3 }),
      valueAxis(format.share, { ...below, min: 0, max: 1, interval: 0.5 }),
    ],
    series: [
      rows(
        ingests.map(({ rowsKept }) => rowsKept),
        better(),
      ),
      rows(
        ingests.map(({ rowsIn, rowsKept }) => rowsIn - rowsKept),
        theme().line,
      ),
      {
        type: "line",
        xAxisIndex: 1,
        yAxisIndex: 1,
        color: better(),
        lineStyle: { width: 2 },
        symbol: "circle",
        symbolSize: 8,
        data: ingests.map((ingest) => ({
          value: keptShare(ingest),
          itemStyle: { color: ingest.warnings > 0 ? worse() : better() },
        })),
      },
    ],
  };
}

function ingestTip(ingest: Ingest): HTMLElement {
  return tip(timeOf(ingest), [
    ["Rows in", format.count(ingest.rowsIn)],
    ["Kept", `${format.count(ingest.rowsKept)} (${format.share(keptShare(ingest))})`],
    ["Without customer", format.count(ingest.missingCustomer)],
    ["Warnings", format.count(ingest.warnings)],
    ["Notes", format.count(ingest.notes)],
  ]);
}
