import { erasedIdOf, SPELT } from "../../../domain/customerId.ts";
import { sqlIdentifier } from "../../../domain/text/sqlLiteral.ts";
import type { Queries } from "../../../postgres/eraseCustomer.ts";
import type { Found } from "../../../workflow/erasure/types.ts";
import type { DuckDbEngine } from "../../duckdb/index.ts";
import { quoteLiteral } from "../../duckdb/translate.ts";
import { countWord } from "./byteText.ts";
import { searchValue } from "./searchValue.ts";

/** What tables have of a customer, by their names. */
export type TableHits = ReadonlyMap<string, Found>;

/** Begins with the customer where a line has no order. */
const ORDER_KEY = "order_key";
const CUSTOMER = "customer_id";

/** SQL that is true where a column may hold the id, so that not every value comes here. */
const mayHold = (column: string, [id, from, to]: readonly [string, string, string]): string =>
  `position(lower(${id}) in lower(translate(${sqlIdentifier(column)}, ${from}, ${to}))) > 0`;

/** Looks for a customer in every column of text of the catalog. */
export async function searchCatalog(engine: Pick<DuckDbEngine, "query">, id: string): Promise<TableHits> {
  const columns = await engine.query(
    "select table_name, column_name from duckdb_columns() where database_name = current_database() and not internal and data_type = 'VARCHAR' and table_name in (select table_name from duckdb_tables())",
  );
  const hits = new Map<string, Found>();
  for (const { table_name, column_name } of columns) {
    const [table, column] = [String(table_name), String(column_name)];
    const wanted = mayHold(column, [quoteLiteral(id), quoteLiteral(SPELT.from), quoteLiteral(SPELT.to)]);
    const values = await engine.query(
      `select distinct ${sqlIdentifier(column)} as value from ${sqlIdentifier(table)} where ${wanted}`,
    );
    add(hits, `processed/catalog.duckdb ${table}`, searchColumn(column, values, id));
  }
  return hits;
}

/** Looks for a customer in every table of runs in a PostgreSQL. */
export async function searchDatabase(database: Queries, id: string): Promise<TableHits> {
  const columns = await database.query<{ table_name: string; column_name: string; data_type: string }>(
    `select cast(c.table_name as text) as table_name, cast(c.column_name as text) as column_name, cast(c.data_type as text) as data_type
     from information_schema.columns c
     join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
     where c.table_schema = 'rfm' and t.table_type = 'BASE TABLE' and c.data_type in ('text', 'character varying', 'json', 'jsonb')
     order by 1, 2`,
  );
  const hits = new Map<string, Found>();
  for (const { table_name, column_name, data_type } of columns) {
    const isDocument = data_type.startsWith("json");
    const parameters = ["cast($1 as text)", "cast($2 as text)", "cast($3 as text)"] as const;
    const wanted = isDocument ? "" : ` where ${mayHold(column_name, parameters)}`;
    const values = await database.query<{ value: unknown }>(
      `select distinct cast(${sqlIdentifier(column_name)} as text) as value from rfm.${sqlIdentifier(table_name)}${wanted}`,
      isDocument ? [] : [id, SPELT.from, SPELT.to],
    );
    const found = isDocument
      ? sumOf(values.map(({ value }) => (value === null ? NOTHING : searchValue(JSON.parse(String(value)), id))))
      : searchColumn(column_name, values, id);
    add(hits, `rfm.${table_name}`, found);
  }
  return hits;
}

const NOTHING: Found = { customers: 0, places: 0 };

const sumOf = (found: readonly Found[]): Found =>
  found.reduce(
    (sum, { customers, places }) => ({ customers: sum.customers + customers, places: sum.places + places }),
    NOTHING,
  );

function add(hits: Map<string, Found>, table: string, found: Found): void {
  hits.set(table, sumOf([hits.get(table) ?? NOTHING, found]));
}

function searchColumn(column: string, values: readonly { value?: unknown }[], id: string): Found {
  const texts = values.flatMap(({ value }) => (value === null || value === undefined ? [] : [String(value)]));
  const isCustomers = column === CUSTOMER || column === ORDER_KEY;
  const customerIn = (text: string): string | undefined =>
    erasedIdOf(column === ORDER_KEY && text.startsWith(`${id} | `) ? id : text);
  const customers = isCustomers ? texts.filter((text) => customerIn(text) === id).length : 0;
  return { customers, places: isCustomers ? 0 : texts.filter((text) => countWord(text, id) > 0).length };
}
