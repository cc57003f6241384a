/// <reference lib="dom" />
import { FONT } from "./picture.ts";

/** Areas in proportion to values, as near to squares as they get (Bruls, Huizing and van Wijk, 2000). */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** @param values positive, the largest first @returns a box for each, filling the whole */
export function squarify(values: readonly number[], whole: Box): Box[] {
  const sum = values.reduce((total, value) => total + value, 0);
  const scale = (whole.width * whole.height) / sum;
  const boxes: Box[] = [];
  let rest = whole;
  for (let at = 0; at < values.length; ) {
    const side = Math.min(rest.width, rest.height);
    let count = 1;
    while (at + count < values.length && worst(values.slice(at, at + count + 1)) <= worst(values.slice(at, at + count)))
      count += 1;
    const areas = values.slice(at, at + count).map((value) => value * scale);
    rest = addStrip(boxes, areas, rest);
    at += count;

    function worst(row: readonly number[]): number {
      const areas = row.map((value) => value * scale);
      const total = areas.reduce((all, area) => all + area, 0);
      return Math.max(
        ...areas.map((area) => Math.max((side * side * area) / total ** 2, total ** 2 / (side * side * area))),
      );
    }
  }
  return boxes;
}

/** Lays areas along the shorter side. @returns what is left */
function addStrip(boxes: Box[], areas: readonly number[], { x, y, width, height }: Box): Box {
  const total = areas.reduce((all, area) => all + area, 0);
  const isColumn = width >= height;
  const depth = total / (isColumn ? height : width);
  let along = isColumn ? y : x;
  for (const area of areas) {
    const length = area / depth;
    boxes.push(
      isColumn ? { x, y: along, width: depth, height: length } : { x: along, y, width: length, height: depth },
    );
    along += length;
  }
  return isColumn
    ? { x: x + depth, y, width: width - depth, height }
    : { x, y: y + depth, width, height: height - depth };
}

export interface Label {
  readonly text: string;
  readonly fontSize: number;
}

const FONT_SIZES = [13, 11.5] as const;
const PADDING = 12;

/** The fullest label that fits a box and can still be read; none where nothing does. */
export function labelFor(name: string, detail: string, { width, height }: Box): Label | undefined {
  const broken = name.replaceAll(" ", "\n");
  for (const fontSize of FONT_SIZES)
    for (const text of [`${name}\n${detail}`, `${broken}\n${detail}`])
      if (fits(text, fontSize, width, height)) return { text, fontSize };
  for (const fontSize of FONT_SIZES)
    for (const text of [name, broken]) if (fits(text, fontSize, width, height)) return { text, fontSize };
  return undefined;
}

function fits(text: string, fontSize: number, width: number, height: number): boolean {
  const lines = text.split("\n");
  const context = document.createElement("canvas").getContext("2d");
  if (context !== null) context.font = `${fontSize}px ${FONT}`;
  const widest = Math.max(...lines.map((line) => context?.measureText(line).width ?? line.length * fontSize * 0.6));
  return widest + PADDING <= width && lines.length * fontSize * 1.3 + PADDING <= height;
}
