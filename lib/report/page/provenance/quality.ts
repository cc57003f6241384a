import { keptMoney, ledgerTitle, reasonText } from "../../../domain/dashboard/analysisTitles.ts";
import { plural } from "../../../domain/dashboard/format.ts";
import { categoryAxis, columnLabels, plot, tip, valueAxis } from "../charts/axes.ts";
import { type Chart, chartCard, type Drawing } from "../charts/chart.ts";
import { better, theme, worse } from "../charts/palette.ts";
import { commandBox } from "../commands.ts";
import { type Child, choice, h } from "../dom.ts";
import type { Section } from "../shell.ts";
import { data, format, inMoney, isNarrow, ofMoney } from "../state.ts";
import { ingestsCard } from "./ingests.ts";

type Measure = "rows" | "amount";

/** Every row in, kept or dropped, and why. */
export function qualitySection(): Section {
  let measure: Measure = "rows";
  const control = choice(
    "Measure",
    [
      ["rows", "Rows"],
      ["amount", "Money"],
    ],
    measure as Measure,
    (value) => {
      measure = value;
      chart.refresh();
    },
  );
  const chart: Chart = chartCard({ name: "ledger", span: 12, filtered: false, controls: [control] }, () =>
    drawLedger(measure),
  );
  return {
    id: "quality",
    name: "Data quality",
    lead: "Rows in are rows kept plus rows dropped, to the row and to the penny; a run that does not balance fails.",
    content: [chart.element, findings(), data.ingests.length > 1 ? ingestsCard() : null],
  };
}

function drawLedger(measure: Measure): Drawing {
  const { ledger, rowsIn } = data.summary.history;
  const all = ledger.reduce((sum, line) => sum + line[measure], 0);
  const dropped = ledger.filter(({ reason }) => reason !== "kept").sort((a, b) => b.rows - a.rows);
  const show = measure === "rows" ? format.count : format.money;
  const short = measure === "rows" ? format.shortCount : format.shortMoney;
  const isPhone = isNarrow();
  const kept = keptMoney(data.summary, format);
  let left = all;
  const steps = dropped.map((line) => {
    left -= line[measure];
    // Money taken off by a negative amount makes the rest larger.
    return {
      name: reasonText(line.reason),
      from: Math.min(left, left + line[measure]),
      size: Math.abs(line[measure]),
      value: line[measure],
      colour: line[measure] < 0 ? better() : worse(),
    };
  });
  const bars = [
    { name: "in", from: 0, size: all, value: all, colour: theme().muted },
    ...steps,
    { name: "kept", from: 0, size: left, value: left, colour: theme().accent },
  ];
  return {
    title: ledgerTitle(data.summary, format),
    subtitle: [
      `${measure === "rows" ? "Rows" : inMoney("Money")}, from what came in to what counts`,
      ...(kept === null ? [] : [kept]),
    ].join(". "),
    table: {
      columns: [
        { name: "outcome" },
        { name: "rows", show: format.count },
        { name: "share of rows", show: format.share },
        { name: ofMoney("money"), show: format.money },
      ],
      rows: ledger.map(({ reason, rows, amount }) => [reasonText(reason), rows, rows / Math.max(1, rowsIn), amount]),
    },
    height: isPhone ? 360 : 300,
    option: {
      grid: plot({ top: 28 }),
      tooltip: {
        formatter: (point: { dataIndex: number }) =>
          tip(bars[point.dataIndex]?.name ?? "", [
            [measure === "rows" ? "Rows" : "Money", show(bars[point.dataIndex]?.value ?? 0)],
          ]),
      },
      xAxis: categoryAxis(
        bars.map(({ name }) => name),
        {
          axisLabel: columnLabels(bars.length),
        },
      ),
      yAxis: valueAxis(short),
      series: [
        {
          type: "bar",
          stack: "all",
          silent: true,
          itemStyle: { color: "transparent" },
          data: bars.map(({ from }) => from),
        },
        {
          type: "bar",
          stack: "all",
          barMaxWidth: 64,
          data: bars.map(({ size, colour }) => ({
            value: size,
            itemStyle: { color: colour, borderRadius: 3 },
          })),
          label: {
            show: true,
            position: "top",
            color: theme().ink,
            fontSize: isPhone ? 10 : 12,
            formatter: (point: { dataIndex: number }) => (isPhone ? short : show)(bars[point.dataIndex]?.value ?? 0),
          },
        },
      ],
    },
  };
}

function findings(): HTMLElement {
  const { drop } = data.summary;
  const list: Child[] = (drop?.findings ?? []).map(({ level, message }) =>
    h("li", { class: `finding ${level}` }, h("b", {}, level === "info" ? "Note" : "Warning"), ` ${message}`),
  );
  const sources =
    drop === null
      ? "No file was dropped; the history was segmented as it is."
      : `Dropped now: ${drop.sources.map(({ source, rows }) => `${source} (${format.count(rows)} rows)`).join(", ")}.`;
  return h(
    "figure",
    { class: `card span-${data.ingests.length > 1 ? 6 : 12}` },
    h(
      "h3",
      {},
      list.length === 0
        ? "Nothing unusual was found in the drop"
        : `${plural(format, list.length, "finding")} in the drop`,
    ),
    h("p", { class: "prose" }, sources),
    list.length > 0 && h("ul", { class: "findings" }, ...list),
    h(
      "p",
      { class: "hint" },
      data.commandLine === undefined
        ? "rfm rejects lists the dropped rows with their line numbers."
        : "The dropped rows with their line numbers:",
    ),
    data.commandLine === undefined ? null : commandBox("rejects"),
  );
}
