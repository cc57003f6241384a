import { readFileSync, writeFileSync } from "node:fs";
import {
  CHILD_PITCH,
  type ChoiceRule,
  childrenOf,
  drawBox,
  drawLegend,
  escapeText,
  type FlowMachine,
  type FlowState,
  type PlacedBox,
  STYLE,
} from "./flowShapes.ts";

/**
 * Draws the state machine as docs/flow.svg: the main path in rows from left to right, Maps with their child, what
 * happens on an error in a panel below. Run `node scripts/flow.ts` after changing lib/workflow/segmentation.asl.json.
 */

const MACHINE_FILE = new URL("../lib/workflow/segmentation.asl.json", import.meta.url);
export const FLOW_FILE = new URL("../docs/flow.svg", import.meta.url);

const WIDTH = 900;
const COLUMNS = 4;
const MARGIN_X = 44;
const GAP_X = 24;
const GAP_Y = 50;
const TOP = 64;
const BOX_WIDTH = (WIDTH - 2 * MARGIN_X - (COLUMNS - 1) * GAP_X) / COLUMNS;

/** The SVG text for a machine; the same machine gives the same bytes. */
export function drawFlow(machine: FlowMachine, failureState = "RecordFailure"): string {
  const rows = chunk(mainPath(machine), COLUMNS);
  const boxes = new Map<string, PlacedBox>();
  let y = TOP;
  for (const row of rows) y = placeRow(machine, row, y, boxes) + GAP_Y;
  const main = rows.map((row) => row.map((name) => boxes.get(name) as PlacedBox));
  const failure = drawFailure(machine, failureState, new Set(boxes.keys()), y - GAP_Y + 34);
  const height = failure.bottom + 18;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    "<title>The segmentation state machine</title>",
    STYLE,
    `<rect class="page" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="14"/>`,
    drawLegend(MARGIN_X, 30),
    ...drawEdges(main),
    ...[...boxes.values()].flatMap((box) => sideEdges(box, boxes, main)),
    ...[...boxes.values()].map(drawBox),
    ...failure.parts,
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

/** The longest way from the start to a Succeed state: the run in which everything happens and nothing fails. */
export function mainPath(machine: FlowMachine): string[] {
  const known = new Map<string, readonly string[] | undefined>();
  const longest = (name: string, trail: ReadonlySet<string>): readonly string[] | undefined => {
    const state = machine.States[name];
    if (state === undefined || trail.has(name)) return undefined;
    if (known.has(name)) return known.get(name);
    if (state.Type === "Succeed") return [name];
    const targets = [state.Next, state.Default, ...(state.Choices ?? []).map((rule) => rule.Next)];
    const ways = targets.flatMap((next) => (next ? [longest(next, new Set([...trail, name]))] : []));
    const best = ways.filter((way) => way !== undefined).sort((a, b) => b.length - a.length)[0];
    const path = best && [name, ...best];
    known.set(name, path);
    return path;
  };
  return [...(longest(machine.StartAt, new Set()) ?? [])];
}

function placeRow(machine: FlowMachine, names: readonly string[], top: number, boxes: Map<string, PlacedBox>): number {
  const states = names.map((name) => machine.States[name] as FlowState);
  const height = Math.max(...states.map(heightOf));
  names.forEach((name, column) => {
    const state = states[column] as FlowState;
    const x = MARGIN_X + column * (BOX_WIDTH + GAP_X);
    boxes.set(name, { name, state, x, y: top + height / 2, width: BOX_WIDTH, height: heightOf(state) });
  });
  return top + height;
}

function heightOf(state: FlowState): number {
  const children = childrenOf(state).length;
  return children === 0 ? 58 : 52 + CHILD_PITCH * children;
}

function drawEdges(rows: readonly (readonly PlacedBox[])[]): string[] {
  return rows.flatMap((row, r) => {
    const inside = row.slice(1).map((box, i) => {
      const from = row[i] as PlacedBox;
      return line("edge", `M${from.x + from.width} ${from.y}H${box.x - 2}`);
    });
    const next = rows[r + 1]?.[0];
    const last = row.at(-1);
    if (next === undefined || last === undefined) return inside;
    const right = last.x + last.width;
    const lane = rowBottom(row) + GAP_Y * 0.6;
    const turn = `M${right} ${last.y}H${right + 14}V${lane}H${next.x - 18}V${next.y}H${next.x - 2}`;
    return [...inside, line("edge", turn)];
  });
}

const rowBottom = (row: readonly PlacedBox[]): number => Math.max(...row.map((box) => box.y + box.height / 2));

/** The other ways out of a Choice: a dashed line to the start of a later row, or a note where it leads elsewhere. */
function sideEdges(
  box: PlacedBox,
  boxes: ReadonlyMap<string, PlacedBox>,
  rows: readonly (readonly PlacedBox[])[],
): string[] {
  if (box.state.Type !== "Choice") return [];
  const row = rows.find((candidate) => candidate.includes(box)) ?? [];
  const main = row[row.indexOf(box) + 1]?.name ?? rows[rows.indexOf(row) + 1]?.[0]?.name;
  const rules = (box.state.Choices ?? []).map((rule) => ({ says: saysOf(rule, true), target: rule.Next }));
  const first = box.state.Choices?.[0];
  const otherwise = { says: first ? saysOf(first, false) : "otherwise", target: box.state.Default ?? "" };
  const middle = box.x + box.width / 2;
  const bottom = box.y + box.height / 2;
  return [...rules, otherwise].flatMap(({ says, target }) => {
    if (target === main || target === "") return [];
    const to = boxes.get(target);
    const label = (text: string, kind: string): string =>
      `<text class="note ${kind}" x="${middle + 8}" y="${bottom + 15}">${escapeText(text)}</text>`;
    if (to === undefined || to.x !== MARGIN_X) {
      const arrow = line(to ? "skip" : "error", `M${middle} ${bottom}V${bottom + 16}`);
      return [arrow, label(`${says} → ${target}`, to ? "" : "failing")];
    }
    const lane = rowBottom(row) + GAP_Y * 0.28;
    const way = `M${middle} ${bottom}V${lane}H${to.x - 30}V${to.y}H${to.x - 2}`;
    return [line("skip", way), label(says, "")];
  });
}

function saysOf(rule: ChoiceRule, holds: boolean): string {
  if (rule.StringEquals !== undefined) return holds ? rule.StringEquals : "otherwise";
  return rule.BooleanEquals === holds ? "yes" : "no";
}

/** The failure path: from the state that every Catch names to its Fail, and its own fall-back below. */
function drawFailure(
  machine: FlowMachine,
  start: string,
  drawn: ReadonlySet<string>,
  top: number,
): { parts: string[]; bottom: number } {
  const entries = Object.keys(machine.States).filter(
    (name) => !drawn.has(name) && machine.States[name]?.Next === start,
  );
  const lines = [follow(machine, start), ...caughtWays(machine, start)];
  const offset = entries.length > 0 ? 1 : 0;
  const boxes: PlacedBox[] = [];
  const place = (name: string, column: number, row: number): void => {
    const x = MARGIN_X + column * (BOX_WIDTH + GAP_X);
    boxes.push({
      name,
      state: machine.States[name] as FlowState,
      x,
      y: top + 70 + row * 82,
      width: BOX_WIDTH,
      height: 58,
    });
  };
  entries.forEach((name, row) => {
    place(name, 0, row);
  });
  lines.forEach((names, row) => {
    names.forEach((name, i) => {
      place(name, i + offset + (row > 0 ? 1 : 0), row);
    });
  });
  const bottom = Math.max(...boxes.map((box) => box.y)) + 29 + 18;
  const panel = `<rect class="panel" x="${MARGIN_X - 16}" y="${top}" width="${WIDTH - 2 * MARGIN_X + 32}" height="${bottom - top}" rx="12"/>`;
  const title = `<text class="heading failing" x="${MARGIN_X}" y="${top + 25}">On any error, after the retries: nothing half-published, the reason kept and sent</text>`;
  return { parts: [panel, title, ...failureEdges(boxes), ...boxes.map(drawBox)], bottom };
}

function failureEdges(boxes: readonly PlacedBox[]): string[] {
  const at = new Map(boxes.map((box) => [box.name, box]));
  return boxes.flatMap((box) => {
    const next = at.get(box.state.Next ?? "");
    const caught = at.get(box.state.Catch?.[0]?.Next ?? "");
    const straight = next ? [line("error", `M${box.x + box.width} ${box.y}H${next.x - 2}`)] : [];
    if (caught === undefined || caught === next) return straight;
    const middle = box.x + box.width / 2;
    return [...straight, line("error", `M${middle} ${box.y + box.height / 2}V${caught.y}H${caught.x - 2}`)];
  });
}

function follow(machine: FlowMachine, start: string): string[] {
  const names: string[] = [];
  for (let name: string | undefined = start; name !== undefined && !names.includes(name); ) {
    names.push(name);
    name = machine.States[name]?.Next;
  }
  return names;
}

/** Ways that only a failure of the failure path itself takes. */
function caughtWays(machine: FlowMachine, start: string): string[][] {
  const main = follow(machine, start);
  const targets = main.flatMap((name) => (machine.States[name]?.Catch ?? []).map((catcher) => catcher.Next));
  return [...new Set(targets)].filter((name) => !main.includes(name)).map((name) => follow(machine, name));
}

const line = (kind: string, path: string): string =>
  `<path class="${kind}" d="${path}" marker-end="url(#${kind}-tip)"/>`;

function chunk<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}

/** The machine that docs/flow.svg shows. */
export function readFlowMachine(): FlowMachine {
  return JSON.parse(readFileSync(MACHINE_FILE, "utf8")) as FlowMachine;
}

if (import.meta.main) writeFileSync(FLOW_FILE, drawFlow(readFlowMachine()));
