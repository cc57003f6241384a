/**
 * A table or a file of rows, described once. Glue tables, DuckDB's views, typed readers, Parquet writers, the
 * documentation of the BI tables and the types of the dashboard's data all follow from it, so a column that is misspelt
 * does not compile.
 */

/** What a column holds, and so what a reader of small tables gets. */
export type Holds = "text" | "integer" | "real" | "money" | "day" | "moment" | "flag";

type ValueOf<H extends Holds> = H extends "integer" | "real" | "money" ? number : H extends "flag" ? boolean : string;

export interface Column<H extends Holds = Holds, Nullable extends boolean = boolean> {
  /** Trino's name of the type. */
  readonly type: string;
  readonly holds: H;
  /** Whether cells may be missing. */
  readonly isNullable: Nullable;
  /** What it is, with its unit. */
  readonly meaning: string;
  /** Whether files may lack the column as a whole, which readers take for missing cells. */
  readonly mayBeLeftOut?: true;
}

export type Columns = Readonly<Record<string, Column>>;

/** A row as a typed reader gives it: money as a number with four decimals, days as ISO text. */
export type RowOf<C extends Columns> = {
  readonly [Name in keyof C]: C[Name] extends Column<infer H, infer Nullable>
    ? ValueOf<H> | (Nullable extends true ? null : never)
    : never;
};

export interface TableContract<C extends Columns = Columns> {
  /** One row per … */
  readonly grain: string;
  /** In the order of the file. */
  readonly columns: C;
}

/** A table that is small enough to be read as a whole. */
export interface OrderedContract<C extends Columns = Columns> extends TableContract<C> {
  /**
   * The columns by which a reader sorts the rows, as the statement's ORDER BY has them: `"revenue desc"` is the largest
   * first. The files of an UNLOAD have no order among them. Empty where there is one row.
   */
  readonly order: readonly string[];
  /**
   * Folder that it shares with the tables of the same statement (`<within>/rows_of=<name>/`); absent where it has a
   * statement and a folder of its own.
   */
  readonly within?: string;
}

/** Names of a contract's columns, in their order. */
export const columnNames = <C extends Columns>({ columns }: TableContract<C>): readonly (keyof C & string)[] =>
  Object.keys(columns);

const column =
  <H extends Holds>(type: string, holds: H, unit = "") =>
  (meaning: string): Column<H, false> => ({ type, holds, isNullable: false, meaning: `${meaning}${unit}` });

export const text = column("varchar", "text");
export const count = column("bigint", "integer");
export const whole = column("integer", "integer");
export const real = column("double", "real");
export const share = column("double", "real", ", 0..1");
export const flag = column("boolean", "flag");
export const day = column("date", "day");
export const moment = column("timestamp(3)", "moment");
export const money = column("decimal(18, 4)", "money", ", in the currency of the files");
/** An exact decimal that is not an amount of money. */
export const decimal = column("decimal(18, 4)", "money");
/** Exact decimals as text, for sums that may not fit into eighteen digits. */
export const moneyText = column("varchar", "text", ", in the currency of the files");

/** The same column, whose cells may be missing. */
export const optional = <H extends Holds>(given: Column<H, boolean>): Column<H, true> => ({
  ...given,
  isNullable: true,
});

/** The same column, which files may leave out as a whole. */
export const leftOutWhereMissing = <H extends Holds>(given: Column<H, boolean>): Column<H, true> => ({
  ...optional(given),
  mayBeLeftOut: true,
});
