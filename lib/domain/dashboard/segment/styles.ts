import type { Config } from "../../config/config.ts";
import { DEFAULT_SEGMENT_TABLE, type SegmentTable, scoresOfCell } from "../../rfm/segments.ts";

/** A colour of the user's, or a place in the page's palette. */
export interface SegmentColour {
  readonly colour?: string;
  readonly place?: number;
}

type Styles = Config["display"]["segments"];

/** Items in the order of the names, those that are not named after them as they were. */
export function inOrderOf<T>(order: readonly string[], items: readonly T[], nameOf: (item: T) => string): T[] {
  const rank = (item: T): number => {
    const at = order.indexOf(nameOf(item));
    return at < 0 ? order.length : at;
  };
  return [...items].sort((a, b) => rank(a) - rank(b));
}

/** A table with its segments in the order of the names. */
export function tableInOrder<Cells>(order: readonly string[], table: Readonly<Record<string, Cells>>) {
  return Object.fromEntries(inOrderOf(order, Object.entries(table), ([name]) => name));
}

/**
 * The colour of each segment: the user's, or the place in the page's palette, whose colours stand for recency and value
 * as the default table has them. A segment gets the free place that is nearest to its own cells.
 */
export function segmentColours(table: SegmentTable, styles: Styles): Record<string, SegmentColour> {
  const places = Object.values(DEFAULT_SEGMENT_TABLE).map((cells) => middleOf(cells, 5));
  const most = Math.max(...Object.values(table).flatMap((cells) => cells.flatMap((cell) => scoresOfCell(cell) ?? [])));
  const free = new Set(places.keys());
  return Object.fromEntries(
    Object.entries(table).map(([name, cells]) => {
      const colour = styles.find((style) => style.name === name)?.colour;
      if (colour !== undefined) return [name, { colour }];
      const middle = middleOf(cells, most);
      const candidates = free.size > 0 ? [...free] : [...places.keys()];
      const place = candidates.reduce((best, at) =>
        distance(places[at], middle) < distance(places[best], middle) ? at : best,
      );
      free.delete(place);
      return [name, { place }];
    }),
  );
}

type Point = readonly [r: number, fm: number];

/** Mean of the middles of the cells' bins, 0..1 each. */
function middleOf(cells: readonly string[], most: number): Point {
  const points = cells.map((cell) => {
    const [r = 0, f = 0, m = f] = scoresOfCell(cell) ?? [];
    return [(r - 0.5) / most, ((f + m) / 2 - 0.5) / most] as const;
  });
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / Math.max(1, points.length);
  return [mean(0), mean(1)];
}

const distance = ([r, fm]: Point, [otherR, otherFm]: Point): number => (r - otherR) ** 2 + (fm - otherFm) ** 2;
