import { OverBudgetError } from "../errors.ts";

/**
 * What reading one table may take. Every reader keeps to it, so that time and memory grow with the bytes of a file and
 * with nothing else that it says; docs/inputs.md tells users.
 */

/** Columns of a table: each takes memory of its own in every piece of rows. */
export const MAX_COLUMNS = 1_000;

/**
 * Above this, a table is wide and stays in its file: the engine's own tables hold a piece of every column in memory,
 * and few of the columns are ever asked for.
 */
const MANY_COLUMNS = 100;

export const isWide = (columns: number): boolean => columns > MANY_COLUMNS;

/** Cells, empty ones included, that are always allowed, and those for each byte of the file. */
const FREE_CELLS = 10_000_000;
const CELLS_PER_BYTE = 10;

/**
 * Characters that are always allowed, and those for each byte of the file: what shared texts of a workbook may grow to.
 */
const FREE_CHARACTERS = 200_000_000;
const CHARACTERS_PER_BYTE = 200;

/** @throws OverBudgetError for more columns than `MAX_COLUMNS`; `what` names what they are. */
export function checkColumns(source: string, columns: number, what = "columns"): void {
  if (columns <= MAX_COLUMNS) return;
  throw new OverBudgetError(
    "TOO_MANY_COLUMNS",
    `${source} has more than ${MAX_COLUMNS.toLocaleString("en")} ${what}: leave out those that say nothing of customer, order, date and amount.`,
    { source, columns },
  );
}

/** Counts what becomes of a file. */
export interface TableBudget {
  /** @throws OverBudgetError where the file has become too many cells or characters for its size. */
  spend(cells: number, characters: number): void;
}

/** The budget of a table that comes from a file of so many bytes, as dropped. */
export function createTableBudget(source: string, bytes: number): TableBudget {
  const maxCells = FREE_CELLS + CELLS_PER_BYTE * bytes;
  const maxCharacters = FREE_CHARACTERS + CHARACTERS_PER_BYTE * bytes;
  let cells = 0;
  let characters = 0;
  return {
    spend(moreCells, moreCharacters) {
      cells += moreCells;
      characters += moreCharacters;
      if (cells > maxCells)
        throw overBudget("too_many_empty_cells", source, "cells, nearly all of them empty", maxCells);
      if (characters > maxCharacters)
        throw overBudget("too_much_repeated_text", source, "characters, by repeating long texts", maxCharacters);
    },
  };
}

/** The refusal of a table for which the engine's memory does not do; undefined for any other error. */
export function tooLarge(source: string, cause: unknown): OverBudgetError | undefined {
  if (!(cause instanceof Error) || !cause.message.startsWith("Out of Memory")) return undefined;
  return new OverBudgetError(
    "TABLE_TOO_LARGE",
    `${source} does not fit in the reader's memory, or what it spills not on the disk of temporary files: leave out columns that are not needed, or drop it in parts.`,
    { source },
    { cause },
  );
}

function overBudget(code: string, source: string, what: string, limit: number): OverBudgetError {
  return new OverBudgetError(
    code,
    `${source} becomes a table of more than ${limit.toLocaleString("en")} ${what}: leave out columns that are not needed, or drop it in parts.`,
    { source, limit },
  );
}
