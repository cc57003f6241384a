import type { ScratchEngine } from "../engine.ts";
import { AmbiguousColumnError } from "../errors.ts";
import { isBlankSql } from "../load/fillTable.ts";
import type { LoadedTable } from "../load/loadedTable.ts";
import { literal } from "../sqlText.ts";
import { trimSql } from "../values/roleValues.ts";
import { type ColumnQuestion, type Columns, columnFlag } from "./columnQuestions.ts";
import { normaliseName } from "./recogniseColumns.ts";

/** How a feed of changes tells the states of a row apart. All 0-based columns. */
export interface RowVersions {
  /** What makes two rows states of one: the order, and what it has of its line. */
  readonly key: readonly number[];
  /** When a state came about; without it the order of the lines says it. */
  readonly by: number | undefined;
  /** What was done to the row. */
  readonly operation: number | undefined;
}

const UPDATED =
  /^(row |record |last )?(updated|modified|changed|update|modification|change|commit|version)( (at|on|time|timestamp|date|ts|utc|version|no|number))?$|^(date|time) (updated|modified|changed)$|^(geandert|aktualisiert) am$|^(date|fecha|data) (de )?(modification|modificacion|actualizacion|modifica)$|^ts ms$|^lsn$/;
const OPERATION = /^(cdc |dml |row )?(op|operation|change type|change operation|dml type|crud)$/;
const OPERATIONS =
  /^(i|u|d|c|r|insert|inserted|update|updated|delete|deleted|create|read|upsert|update preimage|update postimage)$/;
const GONE = ["d", "delete", "deleted"];
const BEFORE = ["update_preimage", "update preimage"];
const NEARLY_ALL = 0.95;

const word = (index: number): string => `lower(coalesce(${trimSql(`c${index}`)}, ''))`;

/** More than a feed has. */
const MANY_OPERATIONS = 12;

/** The words of a column of operations, in all rows: deletions may be rare. */
async function operationsOf(engine: ScratchEngine, { relation }: LoadedTable, index: number): Promise<Set<string>> {
  const rows = await engine.rows(
    `select distinct coalesce(c${index}, '') as word from ${relation} where unreadable is null order by word limit ${MANY_OPERATIONS}`,
  );
  return new Set(rows.map(([word]) => normaliseName(String(word))));
}

/**
 * Finds the states of rows: an operation of a database (insert, update, delete), or a time of change that differs
 * between rows of one order and product. What may be lines of an order, too, is asked.
 */
export async function findVersions(
  engine: ScratchEngine,
  table: LoadedTable,
  columns: Columns,
  byHand: string | number | undefined,
  indexOf: (name: string | number) => number,
): Promise<{ readonly versions?: RowVersions; readonly question?: ColumnQuestion }> {
  const { header } = table.layout;
  const at = (role: keyof Columns): number[] => (columns[role] === undefined ? [] : [columns[role].position - 1]);
  if (at("order").length === 0 || byHand === "none") return {};
  const used = new Set(Object.values(columns).map(({ position }) => position - 1));
  const named = (pattern: RegExp): number | undefined => {
    const found = header.findIndex((name, index) => !used.has(index) && pattern.test(normaliseName(name)));
    return found < 0 ? undefined : found;
  };
  const operation = named(OPERATION);
  const words = operation === undefined ? new Set<string>() : await operationsOf(engine, table, operation);
  const isFeed = words.size > 1 && [...words].every((one) => OPERATIONS.test(one));
  const by = byHand === undefined ? named(UPDATED) : indexOf(byHand);
  const key = [...at("order"), ...at("product"), ...(columns.product === undefined ? at("description") : [])];
  const versions: RowVersions = { key, by, operation: isFeed ? operation : undefined };
  if (isFeed || byHand !== undefined) return { versions };
  if (by === undefined) return {};
  const money = [...at("amount"), ...at("price"), ...at("quantity")].map((index) => `c${index}`);
  const same = [...at("customer"), ...at("date")].map((index) => `count(distinct c${index}) < 2`);
  const [found] = await engine.rows(`
    select count(*), count(*) filter (where times = n and is_one), count(*) filter (where times > 1), count(*) filter (where worths > 1)
    from (select count(*) as n, count(distinct c${by}) as times, count(distinct (${money.join(", ") || "1"})) as worths, ${same.join(" and ") || "true"} as is_one
      from ${table.relation} where unreadable is null and not (${isBlankSql(at("order")[0] as number)})
      group by ${key.map((index) => `c${index}`).join(", ")} having count(*) > 1)`);
  const [several, distinct, differing, worths] = (found ?? []).map(Number) as [number, number, number, number];
  if (several === 0 || differing === 0) return {};
  // Without a product, rows of one order with other amounts may be its lines.
  if (distinct >= NEARLY_ALL * several && (key.length > 1 || worths === 0)) return { versions };
  const flags = [`--versions ${columnFlag(header, "date", by).replace(/^--map (")?date=/, "$1")}`, "--versions none"];
  const message = `${table.opened.source}: ${several.toLocaleString("en-US")} orders have several rows with different values in column ${JSON.stringify(header[by])}: they may be states of one row, of which the last counts, or lines. If they are states: ${flags[0]}; if each row counts: ${flags[1]}.`;
  const error = new AmbiguousColumnError("ROW_VERSIONS", message, { source: table.opened.source, column: header[by] });
  return { question: { error, roles: ["order"], flags } };
}

/** Leaves the last state of each row. `name` is that of a new table of the engine. */
export async function lastStates(
  engine: ScratchEngine,
  table: LoadedTable,
  { key, by, operation }: RowVersions,
  name: string,
): Promise<LoadedTable> {
  const { header } = table.layout;
  const value = by === undefined ? "null" : trimSql(`c${by}`);
  const moment = `coalesce(try_cast(${value} as double), epoch(try_cast(${value} as timestamptz)))`;
  if (by !== undefined) await refuseUnordered(engine, table, by, moment);
  const isOne = (words: readonly string[]): string =>
    operation === undefined ? "false" : `${word(operation)} in (${words.map(literal).join(", ")})`;
  const own = key.map((index) => trimSql(`c${index}`)).join(", ");
  const isKeyed = `not (${isBlankSql(key[0] as number)}) and unreadable is null`;
  const last = `row_number() over (partition by ${own} order by ${moment} desc nulls last, line_number desc) = 1`;
  await engine.run(`create or replace table ${name} as
    select * exclude (is_last, is_gone, is_keyed) from (
      select *, ${last} as is_last, ${isOne(GONE)} as is_gone, ${isKeyed} as is_keyed from ${table.relation} where not ${isOne(BEFORE)} or unreadable is not null)
    where not is_keyed or (is_last and not is_gone) order by line_number`);
  const rows = Number((await engine.rows(`select count(*) from ${name}`))[0]?.[0]);
  const how = by === undefined ? "the order of its lines" : `column ${JSON.stringify(header[by])}`;
  const left = (table.rows - rows).toLocaleString("en-US");
  const note = `a feed of changes: the last state of each row counts, by ${how}; ${left} earlier states and deleted rows are left out (--versions none counts every row).`;
  const { gathered: _gathered, ...rest } = table;
  return { ...rest, engineTable: name, relation: name, rows, notes: [...table.notes, note] };
}

/** @throws AmbiguousColumnError where the times of changes do not say which comes last. */
async function refuseUnordered(engine: ScratchEngine, table: LoadedTable, by: number, moment: string): Promise<void> {
  const [found] = await engine.rows(
    `select c${by}, line_number from ${table.relation} where unreadable is null and ${moment} is null and not (${isBlankSql(by)}) order by line_number limit 1`,
  );
  if (found === undefined) return;
  const column = table.layout.header[by];
  const flags = ["--versions none"];
  throw new AmbiguousColumnError(
    "UNORDERED_VERSIONS",
    `${table.opened.source}: column ${JSON.stringify(column)} tells states of rows apart, but ${JSON.stringify(found[0])} in line ${String(found[1])} is neither a number nor a time like 2024-01-31 10:15:00: which state is the last cannot be told. Write it so; or, if each row counts: ${flags[0]}.`,
    { source: table.opened.source, column, flags },
  );
}
