import { distance } from "fastest-levenshtein";
import { recogniseColumns } from "../domain/columns.ts";
import { AmbiguousSheetError, ReadingOptionError } from "./errors.ts";
import { decideHeader, firstTableRow, type HeaderDecision } from "./headerRow.ts";
import { positionNames } from "./tableLayout.ts";

/** Text of a cell; null where it is empty. */
export type Cell = string | null;

export interface Sheet {
  readonly name: string;
  /** By row of the sheet, from its first. */
  readonly rows: readonly (readonly unknown[])[];
}

/** A sheet that holds a table. */
export interface SheetTable {
  readonly name: string;
  readonly rows: Sheet["rows"];
  readonly header: readonly string[];
  readonly decision: HeaderDecision;
  /** Index of the header, or of the first record where there is none. */
  readonly start: number;
  /** Rows with something in them above the table. */
  readonly titleRows: number;
}

const LOOK_AHEAD_ROWS = 60;

/** A number as Excel shows it: 15 digits, which hides the binary fractions that the file holds. */
export function cellNumber(text: string, plain: (number: string) => string): string {
  if (/^-?\d{1,15}$/.test(text)) return text;
  const value = Number(text);
  return Number.isFinite(value) ? plain(String(Number(value.toPrecision(15)))) : text;
}

/** A cell of any type as text. Dates lose the milliseconds by which a fraction of a day misses the second. */
export function cellText(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (!(value instanceof Date)) return String(value);
  const time = value.getTime();
  const second = Math.round(time / 1000) * 1000;
  const iso = new Date(Math.abs(time - second) < 20 ? second : time).toISOString();
  return iso
    .replace("T", " ")
    .replace(/(\.000)?Z$/, "")
    .replace(/ 00:00:00$/, "");
}

const textRow = (row: readonly unknown[]) => row.map((value) => cellText(value) ?? "");

/** Finds the table of a sheet; undefined for a sheet without one. */
export function tableOf({ name, rows }: Sheet, wantedHeader: boolean | undefined): SheetTable | undefined {
  const top = rows.slice(0, LOOK_AHEAD_ROWS).map(textRow);
  const start = firstTableRow(top);
  if (start < 0) return undefined;
  const first = top[start] as string[];
  const below = top.slice(start + 1).filter((row) => row.some((value) => value.trim() !== ""));
  const decision =
    wantedHeader === undefined ? decideHeader(first, below) : { hasHeader: wantedHeader, reason: "it is set by hand" };
  const width = Math.max(...rows.slice(start, start + LOOK_AHEAD_ROWS).map((row) => row.length));
  const names = Array.from({ length: width }, (_, i) => (first[i] ?? "").trim());
  const titleRows = top.slice(0, start).filter((row) => row.some((value) => value.trim() !== "")).length;
  return { name, rows, header: decision.hasHeader ? names : positionNames(width), decision, start, titleRows };
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
 * these have the same columns. Throws `ReadingOptionError` for a name that is not there, `AmbiguousSheetError` for
 * sheets with different columns.
 */
export function chooseSheets(tables: readonly SheetTable[], wanted: string | undefined, source: string): SheetChoice {
  const names = tables.map(({ name }) => name);
  if (wanted !== undefined) {
    const found = tables.find(({ name }) => name.trim().toLowerCase() === wanted.trim().toLowerCase());
    if (found !== undefined) return { tables: [found], notes: skipped(names, [found.name]) };
    const near = [...names].sort((a, b) => distance(a, wanted) - distance(b, wanted));
    throw new ReadingOptionError(
      "unknown_sheet",
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
    "ambiguous_sheet",
    `${source}: its sheets have different columns (${columns.join("; ")}). Say which is meant: --sheet ${JSON.stringify(names[0])}.`,
    { source, sheets: names },
  );
}

function skipped(names: readonly string[], chosen: readonly string[]): string[] {
  const left = names.filter((name) => !chosen.includes(name));
  return left.length === 0 ? [] : [`sheets left out: ${list(left)}`];
}
