import type { Column, Columns, RowOf, TableContract } from "./contract.ts";

/**
 * Select list of a contract's columns. Days and exact decimals as text, for engines hand them out as objects of their
 * own.
 */
export const selectList = (columns: Columns): string =>
  Object.entries(columns)
    .map(([name, { holds }]) => (holds === "day" || holds === "money" ? `cast(${name} as varchar) as ${name}` : name))
    .join(", ");

/**
 * What DuckDB reads files of a table by: columns that files may leave out as a whole are there in any case, empty.
 * @param reader a call of `read_parquet`.
 */
export function wholeRelation(reader: string, columns: Columns): string {
  const optional = Object.entries(columns).filter(([, { mayBeLeftOut }]) => mayBeLeftOut === true);
  if (optional.length === 0) return reader;
  const empty = optional.map(([name, { type }]) => `cast(null as ${type}) as ${name}`).join(", ");
  return `(select * from ${reader} union all by name select ${empty} where false)`;
}

/**
 * A row of any engine, which may hand out counts and decimals as text or bigint, as the contract types it.
 * @throws RangeError for a row without one of the columns, but for those that files may leave out.
 * @example
 * ```ts
 * import { count, money, text } from "./contract.ts";
 * const table = { columns: { id: text("an id"), orders: count("how many"), spent: money("how much") } };
 * rowOf(table, { id: "007", orders: 2n, spent: "9.5000" }); // → { id: "007", orders: 2, spent: 9.5 }
 * ```
 */
export function rowOf<C extends Columns>({ columns }: Pick<TableContract<C>, "columns">, row: object): RowOf<C> {
  const cells = Object.entries<Column>(columns).map(([name, { holds, mayBeLeftOut }]) => {
    const cell: unknown = row[name as keyof typeof row];
    if (cell === undefined && mayBeLeftOut) return [name, null];
    if (cell === undefined) throw new RangeError(`The row has no column "${name}".`);
    if (cell === null || holds === "flag") return [name, cell];
    return [name, holds === "text" || holds === "day" || holds === "moment" ? String(cell) : Number(cell)];
  });
  return Object.fromEntries(cells) as RowOf<C>;
}
