import { gridTitle } from "../../../domain/dashboard/titles.ts";
import { possibleSegments } from "../../../domain/rfm/rules/ruleReader.ts";
import { binsOf } from "../../../domain/rfm/scoring.ts";
import { combinedScore, frequencyMonetaryBins } from "../../../domain/rfm/segments.ts";
import { inkOn, segmentColour } from "../charts/palette.ts";
import { h } from "../dom.ts";
import { data, filter, format, isFaded, onChange, select } from "../state.ts";

interface Cell {
  /** Of most of its customers; a table over R, F and M may have several in a cell. */
  segment: string;
  readonly bySegment: Map<string, number>;
  customers: number;
  revenue: number;
}

const BINS = binsOf(data.model.scoreEdges);
const FM_BINS = frequencyMonetaryBins(BINS);
const upTo = (most: number): number[] => Array.from({ length: most }, (_, i) => i + 1);

/** The grid of R × FM as buttons: each cell filters the page by its segment. Works by keyboard like any button. */
export function scoreGrid(): HTMLElement {
  const heading = h("h3", {});
  const cells = cellsByScores();
  const body = h("div", { class: "score-grid", style: `--rows:${BINS.recencyDays};--columns:${FM_BINS}` });
  onChange(() => {
    heading.textContent = gridTitle(data.scoreCells, data.model, format, filter());
    body.replaceChildren(...gridParts(cells));
  });
  return h(
    "figure",
    { class: "card span-6", id: "score-grid" },
    h(
      "header",
      {},
      h(
        "div",
        { class: "titles" },
        heading,
        h(
          "p",
          { class: "subtitle" },
          "Customers by score. Up, R: bought more recently; right, FM: more orders and spending together; the highest is best",
        ),
      ),
    ),
    body,
    h("figcaption", { class: "hint" }, "A cell selects its segment; again clears it."),
  );
}

const keyOf = (r: number, fm: number): string => `${r} ${fm}`;

/** Customers of each R and FM: F and M averaged, halves rounded up. */
function cellsByScores(): Map<string, Cell> {
  const segmentsAt = possibleSegments(data.model, BINS);
  const cells = new Map<string, Cell>();
  for (const r of upTo(BINS.recencyDays))
    for (const f of upTo(BINS.frequency))
      for (const m of upTo(BINS.monetary)) {
        const key = keyOf(r, combinedScore(BINS, f, m));
        const [segment = ""] = segmentsAt(r, f, m);
        if (!cells.has(key)) cells.set(key, { segment, bySegment: new Map(), customers: 0, revenue: 0 });
      }
  for (const { r, f, m, segment, customers, revenue } of data.scoreCells) {
    const cell = cells.get(keyOf(r, combinedScore(BINS, f, m)));
    if (cell === undefined) continue;
    const count = (cell.bySegment.get(segment) ?? 0) + customers;
    cell.bySegment.set(segment, count);
    if (count > (cell.bySegment.get(cell.segment) ?? 0)) cell.segment = segment;
    cell.customers += customers;
    cell.revenue += revenue;
  }
  return cells;
}

function gridParts(cells: Map<string, Cell>): HTMLElement[] {
  const columns = upTo(FM_BINS);
  const rows = upTo(BINS.recencyDays)
    .reverse()
    .flatMap((r) => [
      h("span", { class: "axis-r" }, `R ${format.count(r)}`),
      ...columns.map((fm) => cellButton(cells.get(keyOf(r, fm)), r, fm)),
    ]);
  return [...rows, h("span", {}), ...columns.map((fm) => h("span", { class: "axis-fm" }, `FM ${format.count(fm)}`))];
}

function cellButton(cell: Cell | undefined, r: number, fm: number): HTMLElement {
  if (cell === undefined) return h("span", {});
  const { segment, bySegment, customers, revenue } = cell;
  const colour = segmentColour(segment);
  const others = [...bySegment].filter(([name]) => name !== segment).map(([name, n]) => `${name} ${format.count(n)}`);
  const rest = others.length === 0 ? "" : `; of them ${others.join(", ")}`;
  const place = `R ${format.count(r)}, FM ${format.count(fm)}: revenue ${format.money(revenue)}${rest}`;
  return h(
    "button",
    {
      type: "button",
      class: "cell",
      style: isFaded(segment)
        ? `background:color-mix(in srgb, ${colour} 28%, var(--card));color:var(--ink)`
        : `background:${colour};color:${inkOn(colour)}`,
      title: place,
      "aria-pressed": String(filter() === segment),
      click: () => select(segment),
    },
    h("b", {}, format.count(customers)),
    " ",
    h("span", {}, segment),
  );
}
