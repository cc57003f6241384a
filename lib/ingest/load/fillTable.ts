import type { Columns } from "../columns/columnQuestions.ts";
import type { ScratchEngine } from "../engine.ts";
import { trimSql } from "../values/roleValues.ts";
import type { LoadedTable } from "./loadedTable.ts";

/** What is said once for several rows, and how the rows below get it. */
export interface FillDown {
  /** 0-based columns, the outer ones first: a value in one of them starts the inner ones anew. */
  readonly columns: readonly number[];
  /** SQL of the rows that only name a group and are no transactions; undefined where there are none. */
  readonly groupRows?: string;
}

export const isBlankSql = (index: number): string => `coalesce(${trimSql(`c${index}`)}, '') = ''`;
export const isFilledSql = (index: number): string => `not ${isBlankSql(index)}`;

/** A fill that a person has set: rows that have nothing but it, or no date of their own, name a group. */
export function fillByHand(indexes: readonly number[], { layout }: LoadedTable, columns: Columns): FillDown {
  const rest = layout.header.map((_, index) => index).filter((index) => !indexes.includes(index));
  const date = (columns.date?.position ?? 0) - 1;
  const lacksDate = date < 0 || indexes.includes(date) ? "false" : isBlankSql(date);
  const isFilled = indexes.map(isFilledSql).join(" or ");
  return {
    columns: indexes,
    groupRows: `(${isFilled}) and (${lacksDate} or (${rest.map(isBlankSql).join(" and ") || "false"}))`,
  };
}

/** Fills a table down, without the rows that name groups alone. `name` is that of a new table of the engine. */
export async function fillTable(
  engine: ScratchEngine,
  table: LoadedTable,
  fill: FillDown,
  name: string,
): Promise<LoadedTable> {
  const { header } = table.layout;
  const filled = (index: number): string => {
    const outer = fill.columns.slice(0, fill.columns.indexOf(index) + 1);
    const start = `case when unreadable is null and (${outer.map(isFilledSql).join(" or ")}) then coalesce(${trimSql(`c${index}`)}, '') end`;
    return `case when unreadable is null then nullif(last_value(${start} ignore nulls) over (order by line_number rows between unbounded preceding and current row), '') end as c${index}`;
  };
  const cells = header.map((_, index) => (fill.columns.includes(index) ? filled(index) : `c${index}`)).join(", ");
  const isGroup = fill.groupRows === undefined ? "false" : `unreadable is null and ${fill.groupRows}`;
  await engine.run(
    `create or replace table ${name} as select * exclude (is_group) from (select line_number, ${cells}, unreadable, ${isGroup} as is_group from ${table.relation}) where not is_group order by line_number`,
  );
  const rows = Number((await engine.rows(`select count(*) from ${name}`))[0]?.[0]);
  const names = fill.columns.map((index) => JSON.stringify(header[index])).join(", ");
  const left = table.rows - rows;
  const skipped =
    left === 0
      ? ""
      : `; ${left.toLocaleString("en-US")} ${left === 1 ? "row that names" : "rows that name"} a group alone skipped`;
  const note = `${names} ${fill.columns.length === 1 ? "stands" : "stand"} once for several rows, which take it from above${skipped} (--fill-down none leaves them as they are).`;
  const { gathered: _gathered, ...own } = table;
  return { ...own, engineTable: name, relation: name, rows, notes: [...table.notes, note] };
}
