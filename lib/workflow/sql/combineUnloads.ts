import type { Column, OrderedContract } from "../../tables/contract.ts";
import { TABLE_PARTITION } from "../lake/layout.ts";
import { StatementError } from "./errors.ts";
import type { StatementParameters } from "./parameters.ts";
import { renderStatementFrom } from "./render.ts";

/** A table that is to be unloaded. */
export interface UnloadTable {
  readonly name: string;
  readonly contract: OrderedContract;
  /** File under sql/athena, without its ending. */
  readonly source: string;
}

/** One of the tables that a statement unloads. */
export interface UnloadedTable extends Omit<UnloadTable, "source"> {
  /** Its own UNLOAD, rendered. */
  readonly statement: string;
}

const UNLOAD = /^unload\s*\(([\s\S]*)\)\s*to\s+'s3:\/\/[^']+'\s*with\s*\([^()]*\)\s*$/i;
/** Rows of several files have no order; only what is cut off at a number of rows needs one. */
const LAST_ORDER = /\border by [^()]*$/i;

/**
 * One statement for the tables of each folder, and one for each table that has a folder of its own.
 * @param outputUri S3 URI of the folder of the results, with a final slash.
 */
export function unloadsOf(
  tables: readonly UnloadTable[],
  parameters: StatementParameters,
  outputUri: string,
): string[] {
  const rendered = tables.map(({ name, contract, source }) => {
    const output_uri = `${outputUri}${name}/`;
    return { name, contract, statement: renderStatementFrom(source, { ...parameters, output_uri }) };
  });
  return [...Map.groupBy(rendered, ({ name, contract }) => contract.within ?? name)].map(([folder, some]) =>
    some[0]?.contract.within === undefined
      ? (some[0]?.statement as string)
      : combineUnloads(`combined/${folder}`, some, `${outputUri}${folder}/`),
  );
}

/**
 * One UNLOAD in the place of several: Athena takes a second or more a statement, whatever it does. Each table has a
 * folder of its own below the target, for the rows are parted by its name; in its files the columns of the others are
 * missing values.
 * @param outputUri S3 URI of the target, with a final slash.
 * @throws StatementError where columns of one name have several types.
 */
export function combineUnloads(name: string, tables: readonly UnloadedTable[], outputUri: string): string {
  const columns = unionOf(tables);
  const branches = tables.map((table) => {
    const list = [...columns].map(([column, type]) =>
      column in table.contract.columns ? column : `cast(null as ${type}) as ${column}`,
    );
    return `select ${list.join(", ")}, cast('${table.name}' as varchar) as ${TABLE_PARTITION} from (\n${queryOf(table)}\n)`;
  });
  const properties = `format = 'PARQUET', compression = 'SNAPPY', partitioned_by = ARRAY['${TABLE_PARTITION}']`;
  return `-- ${name}\nunload (\n${branches.join("\nunion all\n")}\n)\nto '${outputUri}'\nwith (${properties})\n`;
}

/** All columns of the tables, with Trino's names of their types. */
function unionOf(tables: readonly UnloadedTable[]): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const { name, contract } of tables) {
    for (const [column, { type }] of Object.entries<Column>(contract.columns)) {
      const known = types.get(column) ?? type;
      if (known !== type)
        throw new StatementError(`${name}.${column} is ${type}; a table of the same statement has it as ${known}.`);
      types.set(column, type);
    }
  }
  return types;
}

function queryOf({ name, statement }: UnloadedTable): string {
  const query = UNLOAD.exec(statement.replace(/^(\s*--[^\n]*\n)+/, "").trim())?.[1]?.trim();
  if (query === undefined) throw new StatementError(`The statement of ${name} is no UNLOAD.`, { name });
  const order = LAST_ORDER.exec(query)?.[0] ?? "";
  return /\blimit\b/i.test(order) ? query : query.slice(0, query.length - order.length).trim();
}
