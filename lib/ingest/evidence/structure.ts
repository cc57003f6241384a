import type { Role } from "../../domain/roles.ts";
import type { ColumnProfile } from "../columns/columnContent.ts";
import type { ColumnQuestion, Columns } from "../columns/columnQuestions.ts";
import { roughNumber, type SampleRow } from "../columns/orderStructure.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import { AmbiguousColumnError } from "../errors.ts";
import type { RowReading } from "./answers/rowReading.ts";
import type { EvidenceRows } from "./whole/evidenceRows.ts";
import type { RepeatedAmounts, Restarts } from "./whole/orderFacts.ts";

/** What the rules look at. */
export interface Structure extends EvidenceRows {
  readonly header: readonly string[];
  readonly columns: Columns;
  readonly byHand: ReadonlySet<Role>;
  readonly profiles: readonly ColumnProfile[];
  /** Columns that are read already, as marks of cancellation. */
  readonly read: ReadonlySet<number>;
  readonly source: string;
  /** What has been answered already. */
  readonly reading: RowReading;
  /** Of all rows. */
  readonly amounts?: RepeatedAmounts | undefined;
  readonly restarts?: Restarts | undefined;
  /** Whether a published layout says what a line is worth. */
  readonly isKnownWorth: boolean;
  /** Whether sums of lines are totals of their orders: then what lines are worth is beyond doubt. */
  readonly isProven: boolean;
}

export type Rule = (structure: Structure) => ColumnQuestion | undefined;

export const indexOf = ({ columns }: Structure, role: Role): number => (columns[role]?.position ?? 0) - 1;
export const numbers = ({ rows }: Structure, index: number): number[] =>
  rows.map((row) => roughNumber(row[index])).filter((value) => !Number.isNaN(value));
export const quoted = (name: string | undefined): string => JSON.stringify(name ?? "");

/** The numbers of a column, of the sample and of the rare rows. */
export const filledNumbers = ({ all }: Structure, index: number): number[] =>
  all.map((row) => roughNumber(row[index])).filter((value) => !Number.isNaN(value));

/** Whether nearly all filled cells hold a number. */
export function isNumeric({ all }: Structure, index: number): boolean {
  const filled = all.filter((row) => (row[index] ?? "").trim() !== "");
  const read = filled.filter((row) => /^\D{0,4}\d[\d.,' ]*\D{0,4}$/.test((row[index] ?? "").trim()));
  return filled.length > 0 && read.length >= 0.95 * filled.length;
}

/** The first values of a column, as an example for people: what is not zero first. */
export function examples({ profiles, all }: Structure, index: number): string {
  const telling = all.map((row) => (row[index] ?? "").trim()).filter((value) => /[1-9\p{L}]/u.test(value));
  const values = [...new Set([...telling.slice(0, 200), ...(profiles[index]?.examples ?? [])])];
  return values
    .slice(0, 3)
    .map((value) => value.slice(0, 30))
    .join(", ");
}

/** An answer to a question, as the flags that give it. */
export interface Answer {
  readonly means: string;
  readonly flag: string;
}

/** The question about a column that plays a role, with what answers it, the likeliest first. */
export function ask(
  structure: Structure,
  code: string,
  about: {
    readonly role: Role;
    readonly index: number;
    readonly why: string;
    readonly answers: readonly Answer[];
    readonly otherwise?: string;
  },
): ColumnQuestion {
  const { role, index, why, answers, otherwise } = about;
  const { header, source } = structure;
  const choices = answers.map(({ means, flag }) => `${means}: ${flag}`).join("; or ");
  const end = otherwise === undefined ? "" : ` ${otherwise}`;
  const message = `${source}: column ${quoted(header[index])} (like ${examples(structure, index)}) ${why} ${choices}.${end}`;
  const error = new AmbiguousColumnError(code, message, { source, role, column: header[index] });
  return { error, roles: [role], flags: answers.map(({ flag }) => flag) };
}

/** Columns without a role whose name passes. */
export function free({ header, columns, read }: Structure, name: RegExp | ((normalised: string) => boolean)): number[] {
  const used = new Set([...read, ...Object.values(columns).map(({ position }) => position - 1)]);
  const passes = (column: string): boolean =>
    typeof name === "function" ? name(normaliseName(column)) : name.test(normaliseName(column));
  return header.flatMap((column, index) => (!used.has(index) && passes(column) ? [index] : []));
}

/** Orders by their id: the rows of those that have several. */
export function ordersById(structure: Structure, rows: readonly SampleRow[] = structure.rows): SampleRow[][] {
  const order = indexOf(structure, "order");
  if (order < 0) return [];
  const filled = rows.filter((row) => (row[order] ?? "").trim() !== "");
  return [...Map.groupBy(filled, (row) => row[order]).values()].filter((own) => own.length > 1);
}
