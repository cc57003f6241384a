import { frequencyMonetaryScore } from "../../../domain/rfm/segments.ts";
import { inkOn, segmentColour } from "../charts/palette.ts";
import { h } from "../dom.ts";
import { data, filter, format, onChange, select } from "../state.ts";

interface Cell {
  readonly segment: string;
  customers: number;
  revenue: number;
}

const SCORES = [5, 4, 3, 2, 1] as const;

/** The grid of R × FM as buttons: each cell filters the page by its segment. Works by keyboard like any button. */
export function scoreGrid(title: string): HTMLElement {
  const cells = cellsByScores();
  const body = h("div", { class: "score-grid" });
  onChange(() => body.replaceChildren(...gridParts(cells)));
  return h(
    "figure",
    { class: "card span-6", id: "score-grid" },
    h(
      "header",
      {},
      h(
        "div",
        { class: "titles" },
        h("h3", {}, title),
        h(
          "p",
          { class: "subtitle" },
          "Customers by recency score (up: more recent) and frequency with spending (right: more); 5 is best",
        ),
      ),
    ),
    body,
    h("figcaption", { class: "hint" }, "A cell selects its segment; again clears it."),
  );
}

/** Customers of each R and FM, FM being F and M averaged, halves rounded up. */
function cellsByScores(): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const [segment, codes] of Object.entries(data.model.segmentTable))
    for (const code of codes) cells.set(code, { segment, customers: 0, revenue: 0 });
  for (const { r, f, m, customers, revenue } of data.scoreCells) {
    const cell = cells.get(`${r}${frequencyMonetaryScore(f, m)}`);
    if (cell === undefined) continue;
    cell.customers += customers;
    cell.revenue += revenue;
  }
  return cells;
}

function gridParts(cells: Map<string, Cell>): HTMLElement[] {
  const rows = SCORES.flatMap((r) => [
    h("span", { class: "axis-r" }, `R ${r}`),
    ...[...SCORES].reverse().map((fm) => cellButton(cells.get(`${r}${fm}`), r, fm)),
  ]);
  const bottom = [h("span", {}), ...[...SCORES].reverse().map((fm) => h("span", { class: "axis-fm" }, `FM ${fm}`))];
  return [...rows, ...bottom];
}

function cellButton(cell: Cell | undefined, r: number, fm: number): HTMLElement {
  if (cell === undefined) return h("span", {});
  const { segment, customers, revenue } = cell;
  const colour = segmentColour(segment);
  const place = `R ${r}, FM ${fm}: revenue ${format.money(revenue)}`;
  return h(
    "button",
    {
      type: "button",
      class: "cell",
      style: `background:${colour};color:${inkOn(colour)}`,
      title: place,
      "aria-pressed": String(filter() === segment),
      click: () => select(segment),
    },
    h("b", {}, format.count(customers)),
    " ",
    h("span", {}, segment),
  );
}
