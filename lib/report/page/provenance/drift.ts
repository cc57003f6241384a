import { driftTitle, featureName, sharesTitle } from "../../../domain/dashboard/analysisTitles.ts";
import { categoryAxis, legendOver, plot, tip, valueAxis } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { better, segmentColour, theme, worse } from "../charts/palette.ts";
import { fromTheSecondRunOn } from "../customers/movementSection.ts";
import type { Section } from "../shell.ts";
import { data, filter, format, isFaded, isOtherwise } from "../state.ts";
import { backtestCard } from "./backtestSection.ts";

type Drift = NonNullable<typeof data.summary.drift>;

/** Whether the population is still the one the model was made for, and whether the segments told the future. */
export function driftSection(): Section {
  const { drift, backtest } = data.summary;
  const cards =
    drift === null || drift === undefined
      ? [fromTheSecondRunOn("Drift compares this run with the model before")]
      : [
          chartCard({ name: "drift", span: 5, filtered: false }, () => drawIndexes(drift)).element,
          chartCard({ name: "segment-shares", span: 7 }, (width) => drawShares(drift, width)).element,
        ];
  return {
    id: "drift",
    name: "Drift and back-test",
    lead: "Whether customers are still those the model was made for, and whether earlier segments foretold what was spent.",
    content: [...cards, backtest === null || backtest === undefined ? null : backtestCard(backtest)],
  };
}

const levelColour = (level: string): string => (level === "ok" ? better() : level === "warn" ? "#c79300" : worse());
const levelText: Readonly<Record<string, string>> = { ok: "as in training", warn: "moved", alarm: "has drifted" };

function drawIndexes(drift: Drift): Drawing {
  const { features, thresholds } = drift;
  const line = (at: number, name: string) => ({
    xAxis: at,
    label: { formatter: name, position: "start", color: theme().muted },
    lineStyle: { color: theme().muted },
  });
  const most = Math.max(thresholds.alarm * 1.2, ...features.map(({ psi }) => psi));
  return {
    title: driftTitle(drift),
    subtitle: `How far each measure is from the model before; over ${format.decimal(thresholds.warn, 2)} look, over ${format.decimal(thresholds.alarm, 2)} train anew (population stability index)`,
    table: {
      columns: [
        { name: "feature" },
        { name: "index", show: (value) => format.decimal(value, 4) },
        { name: "by chance up to", show: (value) => format.decimal(value, 4) },
        { name: "level" },
      ],
      rows: features.map(({ feature, psi, noise, level }) => [featureName(feature), psi, noise, level]),
    },
    height: 300,
    option: {
      grid: plot({ right: 56, top: 28 }),
      tooltip: {
        formatter: (point: { dataIndex: number }) => {
          const feature = features[point.dataIndex];
          return tip(featureName(feature?.feature ?? ""), [
            ["Index", format.decimal(feature?.psi ?? 0, 4)],
            ["By chance up to", format.decimal(feature?.noise ?? 0, 4)],
            ["Verdict", levelText[feature?.level ?? "ok"] ?? ""],
          ]);
        },
      },
      xAxis: valueAxis((value) => format.decimal(value, 2), { max: most }),
      yAxis: categoryAxis(
        features.map(({ feature }) => featureName(feature)),
        { inverse: true },
      ),
      series: [
        {
          type: "bar",
          barMaxWidth: 26,
          data: features.map(({ psi, level }) => ({
            value: psi,
            itemStyle: { color: levelColour(level), borderRadius: [0, 3, 3, 0] },
          })),
          label: {
            show: true,
            position: "right",
            color: theme().ink,
            backgroundColor: theme().card,
            padding: [2, 3],
            formatter: (point: { value: number }) => format.decimal(point.value, 3),
          },
          markLine: {
            silent: true,
            symbol: "none",
            lineStyle: { type: "dashed" },
            data: [line(thresholds.warn, "warn"), line(thresholds.alarm, "alarm")],
          },
        },
      ],
    },
  };
}

function drawShares({ shares }: Drift, width: number): Drawing {
  const runs = [...new Map(shares.map(({ runId, snapshotDate }) => [runId, snapshotDate]))];
  const known = Object.keys(data.model.segmentTable);
  const segments = [...new Set([...known, ...shares.map(({ segment }) => segment)])].filter((name) =>
    shares.some(({ segment }) => segment === name),
  );
  const shareOf = (runId: string, segment: string): number =>
    shares.find((share) => share.runId === runId && share.segment === segment)?.share ?? 0;
  const { legend, height } = legendOver(segments, width);
  return {
    title: sharesTitle(runs, segments, shareOf, format, { segment: filter(), isOtherwise }),
    subtitle: "Share of customers in each segment, run by run (as of the snapshot date)",
    table: {
      columns: [
        { name: "snapshot date", word: format.date },
        ...segments.map((name) => ({ name, show: format.share })),
      ],
      rows: runs.map(([runId, date]) => [date, ...segments.map((segment) => shareOf(runId, segment))]),
    },
    height: 304 + height,
    option: {
      legend,
      grid: plot({ top: height + 8 }),
      tooltip: {
        trigger: "item",
        formatter: (point: { seriesName: string; dataIndex: number; value: number }) =>
          tip(point.seriesName, [[format.date(runs[point.dataIndex]?.[1] ?? ""), format.share(point.value)]]),
      },
      xAxis: categoryAxis(runs.map(([, date]) => format.date(date))),
      yAxis: valueAxis(format.share),
      series: segments.map((name) => ({
        type: "line" as const,
        name,
        color: segmentColour(name),
        data: runs.map(([runId]) => shareOf(runId, name)),
        symbolSize: 6,
        lineStyle: { width: 2, opacity: isFaded(name) ? 0.2 : 1 },
        itemStyle: { opacity: isFaded(name) ? 0.2 : 1 },
      })),
    },
  };
}
