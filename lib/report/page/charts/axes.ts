import { h } from "../dom.ts";
import { format } from "../state.ts";
import { theme } from "./palette.ts";

/** Axes, grids and tooltips that the charts share. */

export type Axis = Record<string, unknown>;

const label = (): Axis => ({ color: theme().muted, fontSize: 12 });

export const categoryAxis = (names: readonly string[], extra: Axis = {}): Axis => ({
  type: "category",
  data: names,
  axisTick: { show: false },
  axisLine: { lineStyle: { color: theme().line } },
  ...extra,
  axisLabel: { ...label(), hideOverlap: true, ...((extra.axisLabel as Axis) ?? {}) },
});

export const valueAxis = (show: (value: number) => string, extra: Axis = {}): Axis => ({
  type: "value",
  splitNumber: 4,
  splitLine: { lineStyle: { color: theme().line } },
  nameTextStyle: { ...label(), align: "left" },
  ...extra,
  axisLabel: { ...label(), formatter: show, hideOverlap: true },
});

export const plot = (extra: Axis = {}): Axis => ({
  left: 8,
  right: 16,
  top: 16,
  bottom: 14,
  // The plot shrinks until labels and names of its axes fit in as well.
  outerBoundsMode: "same",
  outerBoundsContain: "all",
  ...extra,
});

export const legend = (extra: Axis = {}): Axis => ({
  top: 0,
  left: 0,
  itemWidth: 12,
  itemHeight: 12,
  icon: "roundRect",
  textStyle: { color: theme().muted, fontSize: 12 },
  ...extra,
});

const LEGEND_LINE = 24;
const LETTER = 6.6;
/** Of an entry beside its name: the mark, and the gaps after it and between entries. */
const LEGEND_GAPS = 28;

/** A legend of as many lines as its names need, and how much of the chart's height they take. */
export function legendOver(
  names: readonly string[],
  width: number,
): { readonly legend: Axis; readonly height: number } {
  let lines = 1;
  let used = 0;
  for (const name of names) {
    const needed = name.length * LETTER + LEGEND_GAPS;
    if (used > 0 && used + needed > width) lines++;
    used = used > 0 && used + needed > width ? needed : used + needed;
  }
  return { legend: legend(), height: lines * LEGEND_LINE };
}

/** A tooltip's content: a heading and lines of name and value. An element, so that names stay text. */
export function tip(heading: string, lines: readonly (readonly [string, string])[]): HTMLElement {
  const rows = lines.map(([name, value]) => h("tr", {}, h("td", {}, name), h("td", { class: "number" }, value)));
  return h("div", { class: "tip" }, h("strong", {}, heading), h("table", {}, ...rows));
}

export const salesLines = (item: { revenue: number; orders: number; customers: number }): [string, string][] => [
  ["Revenue", format.money(item.revenue)],
  ["Orders", format.count(item.orders)],
  ["Customers", format.count(item.customers)],
];

/** Names under columns: broken into lines where there is room, else slanted. */
export const columnLabels = (columns: number): Axis =>
  innerWidth < 640
    ? { interval: 0, rotate: 62, hideOverlap: false }
    : {
        interval: 0,
        // The page without its navigation and the names of the rows, by columns.
        width: Math.max(48, Math.floor((Math.min(innerWidth, 1480) - 380) / columns) - 6),
        overflow: "break",
        lineHeight: 14,
        hideOverlap: false,
      };

/** Shortened at a word where it can be; the whole stands in tooltip and table. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}
