/// <reference lib="dom" />
import type { ECharts, EChartsOption } from "echarts";
import { type Child, h } from "../dom.ts";
import { filter, onChange } from "../state.ts";
import { csvOf, download, renderTable, type Table } from "../table.ts";
import { theme } from "./palette.ts";
import { FONT, type Picture, pictureOf } from "./picture.ts";

declare const echarts: typeof import("echarts");

/** ECharts' own option. Its type tells too little of callbacks to be worth a cast at each. */
export type ChartOption = Readonly<Record<string, unknown>>;

/** What a chart says and shows; made anew whenever filter, colours or a choice change. */
export interface Drawing {
  /** The finding, as a sentence. */
  readonly title: string;
  /** What is drawn, and in which units. */
  readonly subtitle: string;
  readonly table: Table;
  /** null: there is nothing to draw, and the title says why. */
  readonly option: ChartOption | null;
  readonly height?: number;
}

export interface ChartOptions {
  /** Names the downloads. */
  readonly name: string;
  /** Columns of the page's twelve. */
  readonly span?: 4 | 5 | 6 | 7 | 8 | 12;
  readonly controls?: readonly HTMLElement[];
  /** False: says that it always shows everybody while a segment is selected. */
  readonly filtered?: boolean;
  /** Not on a phone, where another card shows the same. */
  readonly wideOnly?: boolean;
  readonly onClick?: (event: { readonly name: string; readonly data: unknown }) => void;
  readonly note?: Child;
}

export interface Chart {
  readonly element: HTMLElement;
  /** Draws anew after a choice of the reader. */
  refresh(): void;
}

const DEFAULT_HEIGHT = 320;
const watcher = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) if (entry.isIntersecting) drawers.get(entry.target)?.();
  },
  { rootMargin: "300px" },
);
/** Charts that wait until they come into view. */
const drawers = new Map<Element, () => void>();

/**
 * A card with a chart, its downloads and its numbers as a table. Drawn when it first comes into view.
 * @param draw for a width in pixels; 0 before there is one, when only its words count.
 */
export function chartCard(options: ChartOptions, draw: (width: number) => Drawing): Chart {
  const heading = h("h3", { id: `title-${options.name}` });
  const subtitle = h("p", { class: "subtitle" });
  const canvas = h("div", { class: "canvas", role: "img", "aria-labelledby": `title-${options.name}` });
  const details = h("details", { class: "numbers" }, h("summary", {}, "Show the numbers"));
  const badge = h("span", { class: "badge", hidden: true }, "all customers");
  let drawing = draw(0);
  let chart: ECharts | undefined;

  const show = (): void => {
    // Only now its width is known.
    if (chart === undefined) refresh();
    if (drawing.option === null) return;
    if (chart === undefined) {
      chart = echarts.init(canvas, null, { renderer: "svg" });
      if (options.onClick !== undefined) chart.on("click", options.onClick);
      watcher.unobserve(canvas);
      drawers.delete(canvas);
    }
    chart.setOption(withDefaults(drawing.option), { notMerge: true });
  };
  const refresh = (): void => {
    drawing = draw(canvas.clientWidth);
    heading.textContent = drawing.title;
    subtitle.textContent = drawing.subtitle;
    const isAside = options.filtered === false && filter() !== null;
    badge.hidden = !isAside;
    canvas.classList.toggle("aside", isAside);
    canvas.hidden = drawing.option === null;
    canvas.style.height = `${drawing.height ?? DEFAULT_HEIGHT}px`;
    chart?.resize();
    if (chart !== undefined) show();
    details.querySelector(".table-scroll")?.remove();
    if (details.open) details.append(renderTable(drawing.table, drawing.title));
  };
  details.addEventListener("toggle", () => {
    if (details.open && details.querySelector(".table-scroll") === null)
      details.append(renderTable(drawing.table, drawing.title));
  });
  drawers.set(canvas, show);
  onChange(refresh);
  watcher.observe(canvas);
  redrawWithWidth(canvas, refresh);

  const picture = (): Picture | undefined => {
    show();
    const drawn = chart?.getDom().querySelector("svg");
    const { title, subtitle } = drawing;
    return drawn == null ? undefined : pictureOf(drawn, { title, subtitle, isOfAll: options.filtered === false });
  };
  const tools = toolsOf(options.name, () => drawing, picture);
  const header = h("header", {}, h("div", { class: "titles" }, heading, subtitle), badge, ...(options.controls ?? []));
  const element = h(
    "figure",
    { class: `card span-${options.span ?? 6}${options.wideOnly === true ? " wide-only" : ""}`, id: options.name },
    header,
    canvas,
    options.note,
    h("figcaption", {}, details, tools),
  );
  return { element, refresh };
}

function toolsOf(name: string, drawing: () => Drawing, picture: () => Picture | undefined): HTMLElement {
  const button = (text: string, what: string, click: () => void): HTMLElement =>
    h("button", { type: "button", "aria-label": `Download ${name} as ${what}`, click }, text);
  const csv = button("CSV", "CSV", () =>
    download(`${name}.csv`, new Blob([csvOf(drawing().table)], { type: "text/csv;charset=utf-8" })),
  );
  const vector = button("SVG", "SVG", () => {
    const drawn = picture();
    if (drawn !== undefined) download(`${name}.svg`, new Blob([drawn.text], { type: "image/svg+xml" }));
  });
  const bitmap = button("PNG", "PNG", () => savePng(name, picture()));
  return h("div", { class: "tools" }, csv, vector, bitmap);
}

/** Twice the size on the screen. */
function savePng(name: string, picture: Picture | undefined): void {
  if (picture === undefined) return;
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = h("canvas", { width: picture.width * 2, height: picture.height * 2 });
    const context = canvas.getContext("2d");
    if (context === null) return;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => blob !== null && download(`${name}.png`, blob));
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture.text)}`;
}

/** The option with what all charts share: our type, and tooltips in the page's colours. */
function withDefaults(option: ChartOption): EChartsOption {
  const { ink, card, line } = theme();
  const tooltip = { backgroundColor: card, borderColor: line, textStyle: { color: ink, fontSize: 13 }, confine: true };
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: ink },
    ...option,
    tooltip: { ...tooltip, ...(option.tooltip as object) },
  };
}

/** Until so long after its last change a width may still be on its way to another. */
const SETTLED_MS = 120;
/** How each chart is drawn anew, and the width it was drawn for. */
const sized = new Map<Element, { readonly redraw: () => void; width: number }>();
const sizes = new ResizeObserver(() => {
  clearTimeout(settling);
  settling = setTimeout(redrawResized, SETTLED_MS);
});
let settling: ReturnType<typeof setTimeout> | undefined;

/** Charts of another width are drawn anew, not stretched: labels, columns and what a click means hang on it. */
function redrawResized(): void {
  for (const [canvas, state] of sized) {
    const width = canvas.clientWidth;
    if (width === 0 || width === state.width) continue;
    const isFirst = state.width === 0;
    state.width = width;
    if (!isFirst) state.redraw();
  }
}

function redrawWithWidth(canvas: HTMLElement, redraw: () => void): void {
  sized.set(canvas, { redraw, width: canvas.clientWidth });
  sizes.observe(canvas);
}

/** For paper everything is drawn first, at the width of the sheet. */
export function readyForPaper(): void {
  const drawAll = (): void => {
    for (const show of [...drawers.values()]) show();
    redrawResized();
  };
  addEventListener("beforeprint", drawAll);
  matchMedia("print").addEventListener("change", (event) => (event.matches ? drawAll() : redrawResized()));
}
