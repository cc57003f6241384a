import { distance } from "fastest-levenshtein";
import { recogniseColumns } from "../columns/recogniseColumns.ts";
import { AmbiguousSheetError, ReadingOptionError } from "../errors.ts";
import { decideHeader, firstTableRow, type HeaderDecision } from "../text/headerRow.ts";
import { cleanName, positionNames } from "../text/tableLayout.ts";

/** Rows of a sheet that are looked at to find its table. */
export const LOOK_AHEAD_ROWS = 60;

/** A sheet that holds a table. */
export interface SheetTable {
  readonly index: number;
  readonly name: string;
  readonly header: readonly string[];
  readonly decision: HeaderDecision;
  /** Number of the first row of records. */
  readonly firstRecordRow: number;
  /** Rows with something in them above the table. */
  readonly titleRows: number;
}

export interface SheetTop {
  readonly index: number;
  readonly name: string;
  /** The first rows by their number, counted from 1. */
  readonly rows: ReadonlyMap<number, readonly (string | null)[]>;
}

const isFilled = (row: readonly string[]) => row.some((value) => value.trim() !== "");

/** Finds the table of a sheet in its first rows; undefined for a sheet without one. */
export function tableOf({ index, name, rows }: SheetTop, wantedHeader: boolean | undefined): SheetTable | undefined {
  const last = Math.max(0, ...rows.keys());
  const top = Array.from({ length: Math.min(last, LOOK_AHEAD_ROWS) }, (_, i) =>
    (rows.get(i + 1) ?? []).map((value) => value ?? ""),
  );
  const start = firstTableRow(top);
  if (start < 0) return undefined;
  const first = top[start] as string[];
  const below = top.slice(start + 1).filter(isFilled);
  const decision: HeaderDecision =
    wantedHeader === undefined ? decideHeader(first, below) : { hasHeader: wantedHeader, reason: "it is set by hand" };
  const width = Math.max(...top.slice(start).map((row) => row.length));
  const names = Array.from({ length: width }, (_, i) => cleanName((decision.joined ?? first)[i] ?? ""));
  const second = start + 1 + top.slice(start + 1).findIndex(isFilled);
  return {
    index,
    name,
    header: decision.hasHeader ? names : positionNames(width),
    decision,
    firstRecordRow: decision.joined !== undefined ? second + 2 : decision.hasHeader ? start + 2 : start + 1,
    titleRows: top.slice(0, start).filter(isFilled).length,
  };
}

const list = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(", ");

/** Whether the columns look like those of transactions: a date, and whose or what it was. */
function looksLikeTransactions({ header }: SheetTable): boolean {
  const { chosen, ambiguous } = recogniseColumns(header, { roles: new Set(), indexes: new Set() });
  const has = (role: "date" | "customer" | "order" | "amount" | "price") => chosen.has(role) || ambiguous.has(role);
  return has("date") && (has("customer") || has("order") || has("amount") || has("price"));
}

export interface SheetChoice {
  readonly tables: readonly SheetTable[];
  readonly notes: readonly string[];
}

/**
 * Decides which sheets of a workbook are read: the one that is named, or all that have the columns of transactions, if
 * these have the same columns.
 * @throws ReadingOptionError for a name that is not there, AmbiguousSheetError for
 * sheets with different columns.
 */
export function chooseSheets(tables: readonly SheetTable[], wanted: string | undefined, source: string): SheetChoice {
  const names = tables.map(({ name }) => name);
  if (wanted !== undefined) {
    const found = tables.find(({ name }) => name.trim().toLowerCase() === wanted.trim().toLowerCase());
    if (found !== undefined) return { tables: [found], notes: skipped(names, [found.name]) };
    const near = [...names].sort((a, b) => distance(a, wanted) - distance(b, wanted));
    throw new ReadingOptionError(
      "UNKNOWN_SHEET",
      `${source} has no sheet ${JSON.stringify(wanted)} with a table in it (asked for by --sheet). Sheets: ${list(near)}.`,
      { source, sheet: wanted },
    );
  }
  const candidates = tables.filter(looksLikeTransactions);
  const chosen = candidates.length > 0 ? candidates : tables;
  const groups = Map.groupBy(chosen, ({ header }) =>
    header
      .map((name) => name.toLowerCase())
      .sort()
      .join("\n"),
  );
  if (groups.size <= 1) {
    return {
      tables: chosen,
      notes: skipped(
        names,
        chosen.map(({ name }) => name),
      ),
    };
  }
  const columns = chosen.map(({ name, header }) => `${JSON.stringify(name)} has ${list(header.slice(0, 8))}`);
  throw new AmbiguousSheetError(
    "AMBIGUOUS_SHEET",
    `${source}: its sheets have different columns (${columns.join("; ")}). Say which is meant: --sheet ${JSON.stringify(names[0])}.`,
    { source, sheets: names },
  );
}

function skipped(names: readonly string[], chosen: readonly string[]): string[] {
  const left = names.filter((name) => !chosen.includes(name));
  return left.length === 0 ? [] : [`sheets left out: ${list(left)}`];
}
