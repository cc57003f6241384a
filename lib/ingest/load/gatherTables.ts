import type { ScratchEngine } from "../engine.ts";
import { OverBudgetError } from "../errors.ts";
import { literal } from "../sqlText.ts";
import { isWide } from "./budget.ts";
import type { GatheredRows, LoadedTable } from "./loadedTable.ts";

/** A table of more rows stays by itself: few of these fit into any drop. */
const SMALL_ROWS = 100_000;

/** Each set of columns is understood by itself, in the time of some fifty small tables. */
const MAX_KINDS = 1_000;

/** Wide tables stay in their files, which each query reads again: a year of daily files. */
const MAX_WIDE = 400;

/** Takes the tables of a drop one by one. */
export interface TableGatherer {
  /** @throws OverBudgetError for the table with which there are too many kinds. */
  add(table: LoadedTable): Promise<void>;
  /** In the order of the drop. */
  readonly tables: readonly LoadedTable[];
}

/**
 * Small tables with the same columns come to lie in one table of the engine, but for the first: an archive of thousands
 * of members then takes the memory of its rows, and the queries over all of them stay short.
 */
export function createTableGatherer(engine: ScratchEngine): TableGatherer {
  const tables: LoadedTable[] = [];
  const gathered = new Map<string, GatheredRows | undefined>();
  let wide = 0;
  let sets = 0;
  return {
    tables,
    async add(table) {
      const { layout, opened } = table;
      const key = JSON.stringify([layout.hasHeader, layout.header]);
      const [isFirst, staysInFile] = [!gathered.has(key), isWide(layout.header.length)];
      if (isFirst) gathered.set(key, undefined);
      if (staysInFile) wide += 1;
      if (gathered.size > MAX_KINDS) throw tooMany(opened.source, MAX_KINDS, "whose columns differ");
      if (wide > MAX_WIDE) throw tooMany(opened.source, MAX_WIDE, "of more than 100 columns");
      if (isFirst || staysInFile || table.rows > SMALL_ROWS) return void tables.push(table);
      const into = gathered.get(key) ?? (await createRows(engine, table, `gathered${++sets}`));
      gathered.set(key, into);
      tables.push(await moveRows(engine, table, into));
    },
  };
}

const columnsOf = ({ layout }: LoadedTable): string =>
  ["line_number", ...layout.header.map((_, index) => `c${index}`), "unreadable"].join(", ");

async function createRows(engine: ScratchEngine, like: LoadedTable, table: string): Promise<GatheredRows> {
  const columns = columnsOf(like);
  await engine.run(
    `create table ${table} as select '' as source, 0 as part, ${columns} from ${like.relation} where false`,
  );
  return { table, parts: 0 };
}

async function moveRows(engine: ScratchEngine, table: LoadedTable, into: GatheredRows): Promise<LoadedTable> {
  const part = into.parts;
  into.parts += 1;
  const columns = columnsOf(table);
  await engine.run(
    `insert into ${into.table} select ${literal(table.opened.source)}, ${part}, ${columns} from ${table.relation}`,
  );
  await engine.run(`drop table ${table.engineTable}`);
  return {
    ...table,
    relation: `(select ${columns} from ${into.table} where part = ${part})`,
    gathered: { into, part },
  };
}

/** Rows of tables with the same columns that can be asked for in one go. */
export interface RowSet<Table extends LoadedTable> {
  readonly tables: readonly [Table, ...Table[]];
  /** SQL of the rows; where several tables are in it, with the column `part`. */
  readonly relation: string;
  /** SQL of the name of a row's source. */
  readonly source: string;
  /** SQL of what tells the tables in it apart; undefined for a single one. */
  readonly part: string | undefined;
}

/** The rows of tables with the same columns, of those that are gathered in one set. */
export function rowSets<Table extends LoadedTable>(tables: readonly Table[]): readonly RowSet<Table>[] {
  return [...Map.groupBy(tables, (table) => table.gathered?.into ?? table).values()].map((group) => {
    const [first, ...others] = group as [Table, ...Table[]];
    const into = first.gathered?.into;
    if (into === undefined || others.length === 0)
      return { tables: [first], relation: first.relation, source: literal(first.opened.source), part: undefined };
    const some = group.map(({ gathered }) => gathered?.part).join(", ");
    const relation = group.length === into.parts ? into.table : `(select * from ${into.table} where part in (${some}))`;
    return { tables: [first, ...others], relation, source: "source", part: "part" };
  });
}

const tooMany = (source: string, limit: number, which: string): OverBudgetError =>
  new OverBudgetError(
    "TOO_MANY_TABLES",
    `${source} is one too many: a drop takes up to ${limit.toLocaleString("en")} tables ${which}. Drop them in parts, or leave out columns that are not needed.`,
    { source, limit },
  );
