import { parquetWriteBuffer, schemaFromColumnData } from "hyparquet-writer";
import { dayNumber } from "../../domain/dates.ts";
import type { SegmentRows } from "../../domain/rfm/segmentRows.ts";

const ROWS_PER_GROUP = 100_000;
const DATE = { type: "INT32", converted_type: "DATE", repetition_type: "REQUIRED" } as const;
const MONEY = {
  type: "INT64",
  converted_type: "DECIMAL",
  precision: 18,
  scale: 4,
  repetition_type: "REQUIRED",
} as const;

/**
 * Parquet bytes of segments, columns and order as in SEGMENT_COLUMNS but without run_id: that one is the partition
 * column of the folder (`run_id=…`), and Hive tables allow it only once.
 */
export function segmentRowsToParquet(rows: SegmentRows): Uint8Array {
  const count = rows.customerId.length;
  const repeated = (value: string): string[] => new Array<string>(count).fill(value);
  const text = (name: string, data: readonly string[]) => ({
    name,
    data: data as string[],
    type: "STRING" as const,
    nullable: false,
  });
  const integer = (name: string, data: ArrayLike<number>) => ({
    name,
    data: Int32Array.from(data),
    type: "INT32" as const,
    nullable: false,
  });
  const columnData = [
    text("customer_id", rows.customerId),
    integer("recency_days", rows.recencyDays),
    { name: "frequency", data: BigInt64Array.from(rows.frequency, BigInt), type: "INT64" as const, nullable: false },
    { name: "monetary", data: Array.from(rows.monetaryUnits, BigInt) },
    integer("r_score", rows.rScore),
    integer("f_score", rows.fScore),
    integer("m_score", rows.mScore),
    text("rfm_segment", rows.segment),
    integer("cluster_id", rows.clusterId),
    text("cluster_label", rows.clusterLabel),
    { name: "distance", data: Float64Array.from(rows.distance), type: "DOUBLE" as const, nullable: false },
    { name: "first_purchase", data: rows.firstPurchase.map(dayNumber) },
    { name: "last_purchase", data: rows.lastPurchase.map(dayNumber) },
    { name: "snapshot_date", data: new Array<number>(count).fill(dayNumber(rows.snapshotDate)) },
    text("model_version", repeated(rows.modelVersion)),
  ];
  const named = (name: string, element: typeof DATE | typeof MONEY) => ({ [name]: { name, ...element } });
  const schemaOverrides = {
    ...named("monetary", MONEY),
    ...named("first_purchase", DATE),
    ...named("last_purchase", DATE),
    ...named("snapshot_date", DATE),
  };
  const schema = schemaFromColumnData({ columnData, schemaOverrides });
  const untyped = columnData.map(({ name, data }) => ({ name, data }));
  return new Uint8Array(parquetWriteBuffer({ columnData: untyped, schema, rowGroupSize: ROWS_PER_GROUP }));
}
