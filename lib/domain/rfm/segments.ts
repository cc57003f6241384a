import { SegmentationError } from "../errors.ts";

/** Segment name → the (R, FM) cells it covers, each written as two digits: "54" is R = 5, FM = 4. */
export type SegmentTable = Readonly<Record<string, readonly string[]>>;

/**
 * The default table over R × FM, where FM = round half up of (F + M) / 2 (see {@link frequencyMonetaryScore}).
 * Names follow common retail usage; all 25 cells are covered exactly once.
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

/** The combined frequency and monetary score: (F + M) / 2, halves rounded up. */
export function frequencyMonetaryScore(fScore: number, mScore: number): number {
  return Math.floor((fScore + mScore + 1) / 2);
}

/**
 * Compiles a segment table into a lookup by cell.
 * @returns names indexed by `(r - 1) * 5 + (fm - 1)`, 25 of them.
 * @throws SegmentTableError when the table is not a partition of the 25 cells.
 */
export function compileSegmentTable(table: SegmentTable): readonly string[] {
  const names = new Array<string>(25).fill("");
  for (const [name, cells] of Object.entries(table)) {
    for (const cell of cells) {
      if (!/^[1-5][1-5]$/.test(cell)) {
        throw new SegmentTableError(
          `Segment "${name}": "${cell}" is not a cell; write R and FM as two digits from 1 to 5, like "54".`,
        );
      }
      const index = (Number(cell[0]) - 1) * 5 + Number(cell[1]) - 1;
      if (names[index] !== "") {
        throw new SegmentTableError(`Cell "${cell}" is in both "${names[index]}" and "${name}"; leave it in one.`);
      }
      names[index] = name;
    }
  }
  const missing = names.flatMap((name, i) => (name === "" ? [`${Math.floor(i / 5) + 1}${(i % 5) + 1}`] : []));
  if (missing.length > 0) {
    throw new SegmentTableError(
      `The segment table leaves out the cells ${missing.join(", ")}; give each to a segment.`,
    );
  }
  return names;
}

/**
 * Name of the segment for three scores of 1..5, from a compiled table.
 * @example
 * ```ts
 * segmentOf(compileSegmentTable(DEFAULT_SEGMENT_TABLE), 5, 4, 5); // → "Champions"
 * ```
 */
export function segmentOf(compiled: readonly string[], rScore: number, fScore: number, mScore: number): string {
  return compiled[(rScore - 1) * 5 + frequencyMonetaryScore(fScore, mScore) - 1] as string;
}
