import type { Columns } from "../../columns/columnQuestions.ts";
import { normaliseName } from "../../columns/recogniseColumns.ts";
import type { ScratchEngine } from "../../engine.ts";
import { markOfName } from "../words/tellingNames.ts";
import { type RepeatedAmounts, type Restarts, repeatedAmounts, restartsOf } from "./orderFacts.ts";
import { type OrderMarks, orderMarks } from "./orderMarks.ts";
import { findRareRows, type RareRows, type SampledTable } from "./rareRows.ts";
import { type ColumnWords, countWords } from "./wordCounts.ts";

/** What a look through all rows adds to the sample: one row somewhere can decide what no sample shows. */
export interface WholeTable {
  /** Of the columns with few words, by their 0-based index. */
  readonly words: ReadonlyMap<number, ColumnWords>;
  readonly rare: RareRows;
  readonly amounts?: RepeatedAmounts;
  readonly restarts?: Restarts;
  /** Of the statuses, and of columns that are marks by their names, by their 0-based index. */
  readonly marks?: ReadonlyMap<number, OrderMarks>;
}

/**
 * Looks through all rows for what the sample may lack. `relation` is a query of the rows, with `place` (their order),
 * `table_number` and the columns c0, c1, …; `columns` are the roles as the sample has them.
 */
export async function lookThrough(engine: ScratchEngine, relation: string, table: SampledTable): Promise<WholeTable> {
  const { header, columns, blocks } = table;
  const sql = (role: keyof Columns): string | undefined =>
    columns[role] === undefined ? undefined : `c${columns[role].position - 1}`;
  const words = await countWords(engine, relation, { header, rows: blocks.flat() }, sql("amount") ?? sql("price"));
  const rare = await findRareRows(engine, relation, table);
  const [order, amount, customer, date] = [sql("order"), sql("amount"), sql("customer"), sql("date")];
  if (order === undefined) return { words, rare };
  const all = header.map((_, index) => `c${index}`).join(", ");
  const marks = header.flatMap((name, index) =>
    markOfName(normaliseName(name)) !== undefined || columns.status?.position === index + 1 ? [index] : [],
  );
  return {
    words,
    rare,
    marks: await orderMarks(engine, relation, order, marks),
    ...(amount === undefined ? {} : { amounts: await repeatedAmounts(engine, relation, { order, amount, all }) }),
    ...(customer === undefined || date === undefined
      ? {}
      : { restarts: await restartsOf(engine, relation, { order, customer, date }) }),
  };
}
