import { changedSettings } from "../../../domain/dashboard/salesSentences.ts";
import { movementTitle } from "../../../domain/dashboard/segment/movementTitles.ts";
import { tip } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { segmentColour, theme } from "../charts/palette.ts";
import { type Child, h } from "../dom.ts";
import type { Section } from "../shell.ts";
import { data, filter, format, isFaded, isNarrow, isOtherwise, ofMoney, select } from "../state.ts";
import { drawMoves, drawReasons, drawValue } from "./movementBars.ts";
import { type Movement, migrationMatrix } from "./movementMatrix.ts";

type Cell = Movement["cells"][number];

/** Customers between segments since the run before. */
export function movementSection(): Section {
  const { movement } = data.summary;
  return {
    id: "movement",
    name: "Movement",
    lead: "Who moved between segments since the run before, and whether customers or only thresholds moved.",
    content:
      movement === null || movement === undefined
        ? [fromTheSecondRunOn("Movement compares two runs")]
        : [...otherRules(), ...cardsOf(movement)],
  };
}

/** That settings changed since the run before, where they did: then this is not what customers did. */
function otherRules(): HTMLElement[] {
  return changedSettings(data.summary, format).map((sentence) =>
    h("p", { class: "card span-12 prose", role: "note" }, h("b", {}, "Look twice: "), sentence),
  );
}

/** What stands in for a part that needs an earlier run. */
export function fromTheSecondRunOn(what: string): HTMLElement {
  return h("p", { class: "card span-12 later" }, `${what}: it shows from the second run on.`);
}

function cardsOf(movement: Movement): Child[] {
  return [
    chartCard({ name: "movement", span: 12, onClick: ({ name }) => selectEnd(name) }, () =>
      isNarrow() ? drawMoves(movement, movementTable(movement)) : drawSankey(movement),
    ).element,
    migrationMatrix(movement),
    chartCard({ name: "movement-reasons", span: 6 }, () => drawReasons(movement)).element,
    chartCard({ name: "movement-value", span: 6 }, () => drawValue(movement)).element,
  ];
}

const fromName = ({ segmentFrom }: Cell): string => segmentFrom ?? "New";
const toName = ({ segmentTo }: Cell): string => segmentTo ?? "Gone";

function selectEnd(name: string): void {
  const [, segment] = /^(?:from|to): (.*)$/.exec(name) ?? [];
  if (segment !== undefined && segment in data.bySegment) select(segment);
}

export const movementTable = ({ cells }: Movement) => ({
  columns: [
    { name: "from" },
    { name: "to" },
    { name: "customers", show: format.count },
    { name: "only thresholds moved", show: format.count },
    { name: ofMoney("value before"), show: format.money },
    { name: ofMoney("value now"), show: format.money },
  ],
  rows: cells.map((cell) => [
    fromName(cell),
    toName(cell),
    cell.customers,
    cell.thresholdOnly,
    cell.monetaryBefore,
    cell.monetaryAfter,
  ]),
});

const colourOf = (name: string): string => (name === "New" || name === "Gone" ? theme().muted : segmentColour(name));

/** The date of the run before, or its id where it is not at hand. */
const fromWhen = ({ runFrom }: Movement): string =>
  data.earlier?.runId === runFrom ? `as of ${format.date(data.earlier.snapshotDate)}` : `in the run ${runFrom}`;

function drawSankey(movement: Movement): Drawing {
  const { cells } = movement;
  const order = [...Object.keys(data.model.segmentTable), "New", "Gone"];
  const names = (of: (cell: Cell) => string, side: string) =>
    [...new Set(cells.map(of))]
      .sort((a, b) => order.indexOf(a) - order.indexOf(b))
      .map((name) => ({ name: `${side}: ${name}`, itemStyle: { color: colourOf(name) } }));
  const plain = (name: string): string => name.replace(/^(from|to): /, "");
  return {
    title: movementTitle(movement, format, filter(), isOtherwise),
    subtitle: `Customers: left ${fromWhen(movement)}, right as of ${format.date(data.summary.snapshotDate)}`,
    table: movementTable(movement),
    height: 520,
    option: {
      tooltip: {
        formatter: (point: { dataType: string; name: string; value: number; data: { cell?: Cell } }) =>
          sankeyTip(point.data.cell, plain(point.name), point.value),
      },
      series: [
        {
          type: "sankey",
          left: 4,
          right: 140,
          top: 8,
          bottom: 8,
          nodeGap: 10,
          nodeWidth: 14,
          layoutIterations: 0,
          draggable: false,
          emphasis: { focus: "adjacency" },
          label: {
            color: theme().ink,
            fontSize: 12,
            // Links run under the names on the left.
            textBorderColor: theme().card,
            textBorderWidth: 3,
            formatter: (point: { name: string }) => plain(point.name),
          },
          lineStyle: { color: "source", curveness: 0.5 },
          data: [...names(fromName, "from"), ...names(toName, "to")],
          links: cells.map((cell) => ({
            source: `from: ${fromName(cell)}`,
            target: `to: ${toName(cell)}`,
            value: cell.customers,
            cell,
            lineStyle: { opacity: isFaded(cell.segmentFrom) && isFaded(cell.segmentTo) ? 0.06 : 0.28 },
          })),
        },
      ],
    },
  };
}

function sankeyTip(cell: Cell | undefined, name: string, value: number): HTMLElement {
  if (cell === undefined) return tip(name, [["Customers", format.count(value)]]);
  return tip(`${fromName(cell)} → ${toName(cell)}`, [
    ["Customers", format.count(cell.customers)],
    ["Only thresholds moved", format.count(cell.thresholdOnly)],
    ["Value before", format.money(cell.monetaryBefore)],
    ["Value now", format.money(cell.monetaryAfter)],
  ]);
}
