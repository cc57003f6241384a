/// <reference lib="dom" />
import { svg } from "../dom.ts";
import { data, format, whom } from "../state.ts";
import { theme } from "./palette.ts";

/** As the style sheet has it: texts are measured with it. */
export const FONT = 'Inter, "Segoe UI", -apple-system, Roboto, "Helvetica Neue", Arial, sans-serif';
const MARGIN = 20;

interface Caption {
  readonly title: string;
  /** What is drawn, along which axes, in which units. */
  readonly subtitle: string;
  readonly isOfAll: boolean;
}

export interface Picture {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** A chart as a picture that can leave the page: its title, what its axes are, whom it shows, of when and of whom. */
export function pictureOf(drawing: SVGElement, { title, subtitle, isOfAll }: Caption): Picture {
  const [inner, chartHeight] = [drawing.clientWidth, drawing.clientHeight];
  const { ink, muted, card } = theme();
  const heading = linesOf(title, 16, 650, MARGIN + 16, inner, ink);
  const below = linesOf(subtitle, 13, 400, heading.end + 20, inner, muted);
  const top = below.end + 12;
  const source = linesOf(sourceOf(isOfAll), 12, 400, top + chartHeight + 22, inner, muted);
  const [width, height] = [inner + 2 * MARGIN, source.end + MARGIN - 4];
  const chart = drawing.cloneNode(true) as SVGElement;
  for (const [name, value] of Object.entries({ x: MARGIN, y: top, width: inner, height: chartHeight }))
    chart.setAttribute(name, String(value));
  const picture = svg(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}`, "font-family": FONT },
    svg("rect", { width, height, fill: card }),
    ...heading.elements,
    ...below.elements,
    chart,
    ...source.elements,
  );
  return { text: new XMLSerializer().serializeToString(picture), width, height };
}

function sourceOf(isOfAll: boolean): string {
  const { shopName } = data.display;
  const { snapshotDate, runId } = data.summary;
  const parts = [shopName, isOfAll ? "all customers" : whom(), `as of ${format.date(snapshotDate)}`, `run ${runId}`];
  return parts.filter((part) => part !== "").join(" · ");
}

/** Text broken into lines of the width. @returns the elements, and the base line of the last */
function linesOf(text: string, size: number, weight: number, from: number, width: number, fill: string) {
  const context = document.createElement("canvas").getContext("2d");
  const widthOf = (line: string): number => {
    if (context === null) return line.length * size * 0.6;
    context.font = `${weight} ${size}px ${FONT}`;
    return context.measureText(line).width;
  };
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  const step = Math.round(size * 1.35);
  const elements = lines.map((line, at) => {
    const y = from + at * step;
    const element = svg("text", { x: MARGIN, y, fill, "font-size": size, "font-weight": weight });
    element.textContent = line;
    return element;
  });
  return { elements, end: from + (lines.length - 1) * step };
}
