import { SegmentationError } from "../errors.ts";
import type { ScoreBins } from "./scoring.ts";

/**
 * Segment name → the (R, FM) cells it covers, each written as two digits: "54" is R = 5, FM = 4; "10-7" where a score
 * has two digits. Or, all of them, (R, F, M): "544" or "10-7-3".
 */
export type SegmentTable = Readonly<Record<string, readonly string[]>>;

/**
 * The default table over R × FM, where FM = round half up of (F + M) / 2 (see {@link frequencyMonetaryScore}).
 * Names follow common retail usage; all 25 cells are covered exactly once.
 * With other numbers of bins a score counts as the fifth that the middle of its bin is in.
 */
export const DEFAULT_SEGMENT_TABLE: SegmentTable = {
  Champions: ["55", "54", "45"],
  "Loyal Customers": ["53", "44", "35", "34"],
  "Potential Loyalists": ["52", "42", "33", "43"],
  "New Customers": ["51"],
  Promising: ["41", "31"],
  "Need Attention": ["32", "23", "22"],
  "About to Sleep": ["21"],
  "At Risk": ["25", "24", "13"],
  "Can't Lose Them": ["15", "14"],
  Hibernating: ["12"],
  Lost: ["11"],
};

/** A segment table that leaves a cell out, covers one twice, or names a cell that does not exist. */
export class SegmentTableError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown> = {}) {
    super("SEGMENT_TABLE", message, context);
  }
}

/** Scores 1..5 of each measure, the usual ones. */
export const FIFTHS: ScoreBins = { recencyDays: 5, frequency: 5, monetary: 5 };

/** A table over R × FM: how many rows and columns it has, and the cell in which a customer is. */
interface TableGrid {
  readonly r: number;
  readonly fm: number;
  readonly placeOf: (rScore: number, fmScore: number) => readonly [r: number, fm: number];
}

/** The segment of every combination of scores. */
export interface CompiledSegments {
  readonly bins: ScoreBins;
  /** Indexed by `((r - 1) * bins.frequency + f - 1) * bins.monetary + m - 1`. */
  readonly names: readonly string[];
}

/** The combined frequency and monetary score of equally many bins: (F + M) / 2, halves rounded up. */
export function frequencyMonetaryScore(fScore: number, mScore: number): number {
  return Math.floor((fScore + mScore + 1) / 2);
}

/** The fifth that the middle of a score's bin is in: of 10 bins 1 and 2 are 1, of 3 bins 1, 2 and 3 are 1, 3 and 5. */
export function fifthOf(score: number, bins: number): number {
  return Math.floor((5 * (2 * score - 1)) / (2 * bins)) + 1;
}

/** How many values FM has: as many as F and M where they have equally many, else fifths. */
export function frequencyMonetaryBins({ frequency, monetary }: ScoreBins): number {
  return frequency === monetary ? frequency : 5;
}

/** FM of a customer under any numbers of bins; where F and M differ in theirs, the fifths that they are in count. */
export function combinedScore({ frequency, monetary }: ScoreBins, fScore: number, mScore: number): number {
  if (frequency === monetary) return frequencyMonetaryScore(fScore, mScore);
  return frequencyMonetaryScore(fifthOf(fScore, frequency), fifthOf(mScore, monetary));
}

/** How a cell of R × FM is written: "54", and "10-7" where a score may have two digits. */
export function cellName(r: number, fm: number, bins: ScoreBins): string {
  return Math.max(bins.recencyDays, frequencyMonetaryBins(bins)) > 9 ? `${r}-${fm}` : `${r}${fm}`;
}

/** R and FM, or R, F and M, of a cell's name; undefined where it is none. */
export function scoresOfCell(name: string): readonly number[] | undefined {
  const parts = /^[1-9]{2,3}$/.test(name)
    ? [...name]
    : /^([1-9]|10)(-([1-9]|10)){1,2}$/.test(name)
      ? name.split("-")
      : [];
  return parts.length === 0 ? undefined : parts.map(Number);
}

/** R and FM of a cell's name; undefined where it is none. */
function cellOf(name: string): readonly [r: number, fm: number] | undefined {
  const [, r, fm] = /^([1-9])([1-9])$/.exec(name) ?? /^([1-9]|10)-([1-9]|10)$/.exec(name) ?? [];
  return r === undefined || fm === undefined ? undefined : [Number(r), Number(fm)];
}

/**
 * Compiles a segment table into a lookup by scores. The table covers the cells of the scores' own bins, or the 25 cells
 * of fifths, as the default table does, or all combinations of R, F and M.
 * @throws SegmentTableError when the table is not a partition of any of them.
 */
export function compileSegmentTable(table: SegmentTable, bins: ScoreBins = FIFTHS): CompiledSegments {
  if (Object.values(table).some((cells) => cells.some((cell) => scoresOfCell(cell)?.length === 3)))
    return { bins, names: fillCube(table, bins) };
  const grid = gridOf(table, bins);
  const cells = fillCells(table, grid);
  const names: string[] = [];
  for (let r = 1; r <= bins.recencyDays; r++)
    for (let f = 1; f <= bins.frequency; f++)
      for (let m = 1; m <= bins.monetary; m++) {
        const [row, column] = grid.placeOf(r, combinedScore(bins, f, m));
        names.push(cells[(row - 1) * grid.fm + column - 1]);
      }
  return { bins, names };
}

/** Names of all combinations of the three scores. @throws SegmentTableError */
function fillCube(table: SegmentTable, bins: ScoreBins): string[] {
  const { recencyDays: rows, frequency: columns, monetary: depth } = bins;
  const names = new Array<string>(rows * columns * depth).fill("");
  for (const [name, cells] of Object.entries(table))
    for (const cell of cells) {
      const [r = 0, f = 0, m = 0] = scoresOfCell(cell) ?? [];
      if (r < 1 || r > rows || f > columns || m < 1 || m > depth)
        throw new SegmentTableError(
          `Segment "${name}": "${cell}" is not a cell R-F-M; the scores go up to ${rows}, ${columns} and ${depth}.`,
        );
      const index = ((r - 1) * columns + f - 1) * depth + m - 1;
      if (names[index] !== "")
        throw new SegmentTableError(`Cell "${cell}" is in both "${names[index]}" and "${name}"; leave it in one.`);
      names[index] = name;
    }
  const cellAt = (i: number): string =>
    `${Math.floor(i / (columns * depth)) + 1}-${(Math.floor(i / depth) % columns) + 1}-${(i % depth) + 1}`;
  const missing = names.flatMap((name, i) => (name === "" ? [cellAt(i)] : []));
  if (missing.length === 0) return names;
  throw new SegmentTableError(`The segment table leaves out the cells ${missing.join(", ")}; give each to a segment.`);
}

/** The cells that a table is meant to cover. */
function gridOf(table: SegmentTable, bins: ScoreBins): TableGrid {
  const fm = frequencyMonetaryBins(bins);
  const covered = new Set(Object.values(table).flat());
  const areFifths = covered.size === 25 && [...covered].every((cell) => /^[1-5][1-5]$/.test(cell));
  if (!areFifths) return { r: bins.recencyDays, fm, placeOf: (rScore, fmScore) => [rScore, fmScore] };
  return { r: 5, fm: 5, placeOf: (rScore, fmScore) => [fifthOf(rScore, bins.recencyDays), fifthOf(fmScore, fm)] };
}

/** Names of the grid's cells, row by row. */
function fillCells(table: SegmentTable, { r: rows, fm: columns }: TableGrid): readonly string[] {
  const names = new Array<string>(rows * columns).fill("");
  const nameOf = (row: number, column: number): string =>
    Math.max(rows, columns) > 9 ? `${row}-${column}` : `${row}${column}`;
  for (const [name, cells] of Object.entries(table)) {
    for (const cell of cells) {
      const [row = 0, column = 0] = cellOf(cell) ?? [];
      if (row < 1 || row > rows || column > columns) {
        throw new SegmentTableError(
          `Segment "${name}": "${cell}" is not a cell; write R from 1 to ${rows} and FM from 1 to ${columns}, like "${nameOf(rows, columns - 1)}".`,
        );
      }
      const index = (row - 1) * columns + column - 1;
      if (names[index] !== "") {
        throw new SegmentTableError(`Cell "${cell}" is in both "${names[index]}" and "${name}"; leave it in one.`);
      }
      names[index] = name;
    }
  }
  const missing = names.flatMap((name, i) =>
    name === "" ? [nameOf(Math.floor(i / columns) + 1, (i % columns) + 1)] : [],
  );
  if (missing.length > 0) {
    throw new SegmentTableError(
      `The segment table leaves out the cells ${missing.join(", ")}; give each to a segment.`,
    );
  }
  return names;
}

/**
 * Name of the segment for three scores, from a compiled table.
 * @example
 * ```ts
 * segmentOf(compileSegmentTable(DEFAULT_SEGMENT_TABLE), 5, 4, 5); // → "Champions"
 * ```
 */
export function segmentOf({ bins, names }: CompiledSegments, rScore: number, fScore: number, mScore: number): string {
  return names[((rScore - 1) * bins.frequency + fScore - 1) * bins.monetary + mScore - 1];
}
