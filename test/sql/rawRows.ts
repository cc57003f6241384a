import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXTERNAL_TABLES } from "../../lib/tables/external.ts";
import type { TestLake } from "../golden/onlineRetail.ts";

/** One raw line as Ingest writes it; what is left out is missing. */
export interface RawRow {
  readonly source?: string;
  /** By default the place in the list, from 2. */
  readonly line_number?: number;
  readonly customer_id?: string | null;
  readonly order_id?: string | null;
  readonly order_date?: string | null;
  readonly product_id?: string | null;
  readonly description?: string | null;
  readonly quantity?: string | null;
  readonly unit_price?: string | null;
  readonly amount?: string | null;
  readonly country?: string | null;
  readonly currency?: string | null;
  readonly order_status?: string | null;
  readonly category?: string | null;
  readonly payment_method?: string | null;
  readonly exchange_rate?: string | null;
  readonly other_columns?: string | null;
  readonly unreadable?: string | null;
  readonly file_columns?: string | null;
}

/** A plain, good line: two pieces at 5.00 on 2024-03-01. */
export function rawRow(row: RawRow = {}): RawRow {
  return {
    customer_id: "C1",
    order_id: "O1",
    order_date: "2024-03-01 10:00:00",
    quantity: "2",
    unit_price: "5.00",
    ...row,
  };
}

/** Writes raw rows as one ingest's Parquet; lines are numbered from 2, after the header. */
export async function writeRawRows(lake: TestLake, ingestId: string, rows: readonly RawRow[]): Promise<void> {
  const folder = join(lake.directory, `raw/ingest_id=${ingestId}/rows`);
  mkdirSync(folder, { recursive: true });
  const json = join(lake.directory, `${ingestId}.ndjson`);
  writeFileSync(
    json,
    rows.map((row, i) => JSON.stringify({ source: "shop.csv", line_number: i + 2, ...row })).join("\n"),
  );
  const columns = Object.entries(EXTERNAL_TABLES.raw_rows.columns).map(([name, { type }]) => `${name}: '${type}'`);
  await lake.engine.query(
    `copy (from read_json('${json}', format = 'newline_delimited', columns = {${columns.join(", ")}}))
     to '${join(folder, "part-00000.parquet")}' (format parquet)`,
  );
  rmSync(json);
}
