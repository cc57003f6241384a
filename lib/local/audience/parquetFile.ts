import { type ColumnSource, fileWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { AudienceColumn, AudienceRow } from "../../domain/audience/audience.ts";
import { dayNumber } from "../../domain/dates.ts";
import { decimalTextToUnits } from "../../domain/money.ts";

const ROWS_PER_GROUP = 50_000;

type Type = "STRING" | "INT32" | "INT64" | "DOUBLE" | "BOOLEAN" | "DATE" | "MONEY";
const TYPES: Readonly<Partial<Record<AudienceColumn, Type>>> = {
  recency_days: "INT32",
  frequency: "INT64",
  monetary: "MONEY",
  r_score: "INT32",
  f_score: "INT32",
  m_score: "INT32",
  cluster_id: "INT32",
  distance: "DOUBLE",
  first_purchase: "DATE",
  last_purchase: "DATE",
  snapshot_date: "DATE",
  is_holdout: "BOOLEAN",
};
const typeOf = (column: AudienceColumn): Type => TYPES[column] ?? "STRING";

const DATE = { type: "INT32", converted_type: "DATE", repetition_type: "OPTIONAL" } as const;
const MONEY = {
  type: "INT64",
  converted_type: "DECIMAL",
  precision: 18,
  scale: 4,
  repetition_type: "OPTIONAL",
} as const;

/** Writes rows as one Parquet file, in the types of the segments' own; holds one row group in memory. */
export async function writeParquet(
  path: string,
  columns: readonly AudienceColumn[],
  chunks: AsyncIterable<readonly AudienceRow[]>,
): Promise<void> {
  const writer = new ParquetWriter({ writer: fileWriter(path), schema: schemaOf(columns) });
  let group: AudienceRow[] = [];
  const flush = async (rows: readonly AudienceRow[]): Promise<void> => {
    const columnData = columns.map((name) => ({ name, data: rows.map((row) => stored(typeOf(name), row[name])) }));
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

function schemaOf(columns: readonly AudienceColumn[]) {
  const special = { DATE, MONEY } as const;
  const columnData = columns.map((name) => {
    const type = typeOf(name);
    return type === "DATE" || type === "MONEY" ? { name, data: [] } : { name, data: [], type, nullable: true };
  });
  const schemaOverrides = Object.fromEntries(
    columns.flatMap((name) => {
      const type = typeOf(name);
      return type === "DATE" || type === "MONEY" ? [[name, { name, ...special[type] }]] : [];
    }),
  );
  return schemaFromColumnData({ columnData, schemaOverrides });
}

function stored(type: Type, value: string | number | boolean | null): unknown {
  if (value === null) return null;
  if (type === "MONEY") return decimalTextToUnits(String(value));
  if (type === "INT64") return BigInt(Number(value));
  return type === "DATE" ? dayNumber(String(value)) : value;
}
