import { type ColumnSource, fileWriter, ParquetWriter } from "hyparquet-writer";
import type { AudienceColumn, AudienceRow } from "../../domain/audience/audience.ts";
import { optional } from "../../tables/contract.ts";
import { AUDIENCE } from "../../tables/segments.ts";
import { parquetSchema, storedValue } from "../../workflow/lake/writeTable.ts";

const ROWS_PER_GROUP = 50_000;

/** Writes rows as one Parquet file, in the types of the segments' own; holds one row group in memory. */
export async function writeParquet(
  path: string,
  names: readonly AudienceColumn[],
  chunks: AsyncIterable<readonly AudienceRow[]>,
): Promise<void> {
  // A database may have customers without a cluster.
  const columns = Object.fromEntries(names.map((name) => [name, optional(AUDIENCE.columns[name])]));
  const writer = new ParquetWriter({ writer: fileWriter(path), schema: parquetSchema(columns) });
  let group: AudienceRow[] = [];
  const flush = async (rows: readonly AudienceRow[]): Promise<void> => {
    const columnData = names.map((name) => ({
      name,
      data: rows.map((row) => storedValue(AUDIENCE.columns[name], row[name])),
    }));
    await writer.write({ columnData: columnData as ColumnSource[], rowGroupSize: ROWS_PER_GROUP });
  };
  for await (const chunk of chunks) {
    group.push(...chunk);
    // Row groups end at fixed rows, whatever the chunks: the same rows give the same bytes.
    while (group.length >= ROWS_PER_GROUP) {
      await flush(group.slice(0, ROWS_PER_GROUP));
      group = group.slice(ROWS_PER_GROUP);
    }
  }
  if (group.length > 0) await flush(group);
  await writer.finish();
}
