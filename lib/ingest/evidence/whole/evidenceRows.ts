import type { SampleRow } from "../../columns/orderStructure.ts";
import type { RareRows } from "./rareRows.ts";

/** The rows that rules go by. */
export interface EvidenceRows {
  /** Runs of neighbouring rows of the sample. */
  readonly blocks: readonly (readonly SampleRow[])[];
  /** All of them. */
  readonly rows: readonly SampleRow[];
  /** These, and rows of kinds of which the sample has too few: lines of several pieces, orders of several lines. */
  readonly telling: readonly SampleRow[];
  /** These, and rows from anywhere in the table that have something rare. */
  readonly all: readonly SampleRow[];
  /** Orders of which all rows are here; undefined where the sample is all there is, or has enough. */
  readonly wholeOrders: readonly (readonly SampleRow[])[] | undefined;
}

/** The rows of a sample and those that all rows add to it, as far as they count. */
export function evidenceRows(
  sample: readonly (readonly SampleRow[])[],
  rare: RareRows | undefined,
  counting: (rows: readonly SampleRow[]) => readonly SampleRow[],
): EvidenceRows {
  const blocks = sample.map(counting);
  const rows = blocks.flat();
  const wholeOrders = rare?.orders?.map(counting).filter((own) => own.length > 0);
  const telling = [...rows, ...counting(rare?.pieces ?? []), ...(wholeOrders ?? []).flat()];
  return { blocks, rows, telling, all: [...telling, ...counting(rare?.witnesses ?? [])], wholeOrders };
}
