import type { Role } from "../../domain/roles.ts";
import type { ColumnProfile } from "../columns/columnContent.ts";
import { type ColumnQuestion, type Columns, columnFlag } from "../columns/columnQuestions.ts";
import { roughNumber, type SampleRow } from "../columns/orderStructure.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import { AmbiguousColumnError } from "../errors.ts";
import type { RowReading } from "./answers/rowReading.ts";

/** What the rules look at. */
export interface Structure {
  readonly header: readonly string[];
  readonly columns: Columns;
  readonly byHand: ReadonlySet<Role>;
  readonly profiles: readonly ColumnProfile[];
  readonly rows: readonly SampleRow[];
  /** Columns that are read already, as marks of cancellation. */
  readonly read: ReadonlySet<number>;
  readonly source: string;
  /** What has been answered already. */
  readonly reading?: RowReading;
}

export type Rule = (structure: Structure) => ColumnQuestion | undefined;

export const indexOf = ({ columns }: Structure, role: Role): number => (columns[role]?.position ?? 0) - 1;
export const numbers = ({ rows }: Structure, index: number): number[] =>
  rows.map((row) => roughNumber(row[index])).filter((value) => !Number.isNaN(value));
export const quoted = (name: string | undefined): string => JSON.stringify(name ?? "");

/** The first values of a column, as an example for people. */
export const examples = ({ profiles }: Structure, index: number): string =>
  (profiles[index]?.examples ?? []).map((value) => value.slice(0, 30)).join(", ");

/** The question about a column that plays a role, with the flag that confirms it. */
export function ask(
  structure: Structure,
  code: string,
  about: { readonly role: Role; readonly index: number; readonly why: string; readonly otherwise: string },
  extra = "",
): ColumnQuestion {
  const { role, index, why, otherwise } = about;
  const { header, source } = structure;
  const flag = columnFlag(header, role, index) + extra;
  const message = `${source}: column ${quoted(header[index])} (like ${examples(structure, index)}) ${why} ${otherwise} To read it so all the same: ${flag}.`;
  const error = new AmbiguousColumnError(code, message, { source, role, column: header[index] });
  return { error, roles: [role], flags: [flag] };
}

/** Columns without a role whose name passes. */
export function free({ header, columns, read }: Structure, name: RegExp): number[] {
  const used = new Set([...read, ...Object.values(columns).map(({ position }) => position - 1)]);
  return header.flatMap((column, index) => (!used.has(index) && name.test(normaliseName(column)) ? [index] : []));
}

/** Orders by their id: the indexes of their rows. */
export function ordersById(structure: Structure): SampleRow[][] {
  const order = indexOf(structure, "order");
  if (order < 0) return [];
  const filled = structure.rows.filter((row) => (row[order] ?? "").trim() !== "");
  return [...Map.groupBy(filled, (row) => row[order]).values()].filter((rows) => rows.length > 1);
}
