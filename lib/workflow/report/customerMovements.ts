import type { Movement } from "../../domain/run/customerMovements.ts";
import { csvField } from "../../domain/text/csv.ts";
import type { ObjectStore } from "../../ports.ts";
import { EXTERNAL_TABLES } from "../../tables/external.ts";
import { MOVEMENT_COLUMNS } from "../../tables/marts.ts";
import { partName } from "../lake/layout.ts";
import { countRows, readColumns } from "../lake/parquet.ts";
import { readMart } from "../lake/readTable.ts";
import { tableToParquet } from "../lake/writeTable.ts";
import { moneyOf } from "./summaryParts.ts";

/** Rows of one CSV part. */
const ROWS_PER_PART = 250_000;

export const movementsCsvPrefix = (prefix: string): string => `${prefix}migrations_csv/`;

/** Parquet bytes of the table `rescored`: what segments a shard's customers have under the run before. */
export function rescoredParquet(customerId: readonly string[], segment: readonly string[]): Uint8Array {
  return tableToParquet(EXTERNAL_TABLES.rescored, { customer_id: [...customerId], rfm_segment: [...segment] });
}

/** The matrix of customer movements; runs and cells as the summary has them. */
export async function readMovement(
  store: ObjectStore,
  prefix: string,
  runs: Pick<Movement, "runFrom" | "runTo">,
): Promise<Movement> {
  const rows = await readMart(store, "migration_matrix", prefix);
  const cells = rows.map((row) => ({
    segmentFrom: row.segment_from,
    segmentTo: row.segment_to,
    customers: row.customers,
    thresholdOnly: row.threshold_only,
    monetaryBefore: moneyOf(row.monetary_before),
    monetaryAfter: moneyOf(row.monetary_after),
  }));
  return { ...runs, cells };
}

/** Writes the rows of customer_movements.sql as the CSV parts that a database takes. */
export async function writeMovementsCsv(store: ObjectStore, prefix: string): Promise<void> {
  let part = 0;
  for (const { key, rows } of await countRows(store, `${prefix}migrations/`)) {
    for (let start = 0; start < rows; start += ROWS_PER_PART) {
      const end = Math.min(rows, start + ROWS_PER_PART);
      const columns = await readColumns(store, { key, start, end }, MOVEMENT_COLUMNS);
      const lines = Array.from({ length: end - start }, (_, row) => {
        const cells = MOVEMENT_COLUMNS.map((name) => csvField(String(columns.get(name)?.[row] ?? "")));
        return `${cells.join(",")}\n`;
      });
      const csv = `${MOVEMENT_COLUMNS.join(",")}\n${lines.join("")}`;
      const target = `${movementsCsvPrefix(prefix)}${partName(part++, "csv")}`;
      await store.write(target, csv, { contentType: "text/csv; charset=utf-8" });
    }
  }
}
