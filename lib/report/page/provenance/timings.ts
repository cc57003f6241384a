import { categoryAxis, plot, tip, valueAxis } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { better, theme, worse } from "../charts/palette.ts";
import { data, format } from "../state.ts";

/** What the states do, for people; the name of the state stands in the table. */
const NAMES: Readonly<Record<string, string>> = {
  Ingest: "Read the file",
  EnsureTables: "Prepare tables",
  CleanTransactions: "Clean rows",
  ReconcileIngest: "Account for rows",
  CheckQuality: "Check quality",
  CommitIngest: "Add to history",
  DescribeHistory: "Survey history",
  PlanRun: "Plan the run",
  MatchReturns: "Match returns",
  BuildFeatures: "Compute R, F, M",
  DescribeFeatures: "Score edges",
  PlanClustering: "Plan clusters",
  FitShards: "Fit clusters",
  BuildOrders: "List orders",
  BuildMarts: "Sales tables",
  FitForecast: "Fit the forecast",
  SelectModel: "Choose model",
  ScoreShards: "Score customers",
  SummariseSegments: "Sum up segments",
  PublishReport: "Write this page",
};
const ENGINES = { sql: "SQL", code: "function" } as const;

type Timing = (typeof data.timings)[number];
const nameOf = ({ state }: Timing): string => NAMES[state] ?? state;

/** Where the time of the run went, in the order of the flow. */
export function timingsCard(): HTMLElement {
  return chartCard({ name: "timings", span: 7, filtered: false }, drawTimings).element;
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${format.count(milliseconds)} ms` : `${format.decimal(milliseconds / 1000, 1)} s`;
}

function drawTimings(): Drawing {
  const { timings } = data;
  const total = timings.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const [slowest] = [...timings].sort((a, b) => b.milliseconds - a.milliseconds);
  return {
    title:
      slowest === undefined || total === 0
        ? "No time was measured"
        : `“${nameOf(slowest)}” took longest: ${duration(slowest.milliseconds)} of ${duration(total)} of work`,
    subtitle:
      "Seconds by state, in the order of the flow; blue: SQL, orange: functions. What ran side by side is added up; the page counts itself as far as it had come",
    table: {
      columns: [
        { name: "state" },
        { name: "what" },
        { name: "engine" },
        { name: "calls", show: format.count },
        { name: "milliseconds", show: format.count },
        { name: "longest call (ms)", show: format.count },
      ],
      rows: timings.map((timing) => [
        timing.state,
        nameOf(timing),
        ENGINES[timing.engine],
        timing.calls,
        timing.milliseconds,
        timing.longestMilliseconds,
      ]),
    },
    height: 40 + timings.length * 22,
    option: timings.length === 0 ? null : optionOf(timings),
  };
}

function optionOf(timings: readonly Timing[]) {
  return {
    grid: plot({ right: 56, top: 4 }),
    tooltip: { formatter: (point: { dataIndex: number }) => timingTip(timings[point.dataIndex] as Timing) },
    xAxis: valueAxis((value) => format.decimal(value / 1000, 1)),
    yAxis: categoryAxis(timings.map(nameOf), { inverse: true, axisLabel: { interval: 0, hideOverlap: false } }),
    series: [
      {
        type: "bar",
        barMaxWidth: 14,
        data: timings.map(({ milliseconds, engine }) => ({
          value: milliseconds,
          itemStyle: { color: engine === "sql" ? better() : worse(), borderRadius: [0, 3, 3, 0] },
        })),
        label: {
          show: true,
          position: "right",
          color: theme().ink,
          formatter: (point: { value: number }) => duration(point.value),
        },
      },
    ],
  };
}

function timingTip(timing: Timing): HTMLElement {
  return tip(`${nameOf(timing)} (${timing.state})`, [
    ["Time", duration(timing.milliseconds)],
    [timing.engine === "sql" ? "Statements" : "Calls", format.count(timing.calls)],
    ...(timing.calls > 1 ? [["Longest", duration(timing.longestMilliseconds)] as const] : []),
  ]);
}
