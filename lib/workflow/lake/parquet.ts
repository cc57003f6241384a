import {
  type AsyncBuffer,
  type FileMetaData,
  type ParquetQueryFilter,
  parquetMetadataAsync,
  parquetRead,
  parquetReadObjects,
} from "hyparquet";
import { dateOfDayNumber } from "../../domain/dates.ts";
import type { ObjectInfo, ObjectStore } from "../../ports.ts";

/** Objects below this are fetched whole: one request is cheaper than several. */
const WHOLE_OBJECT_BYTES = 8 * 1024 * 1024;

/** A cell of a small table: decimals and integers as numbers, dates as ISO text. */
export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** A stretch of rows [start, end) of one Parquet object. */
export interface RowRange {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

const parsers = { dateFromDays: dateOfDayNumber };

/** All rows of the Parquet objects under a prefix, in key order; for small tables (marts, edges, ledgers). */
export async function readRows(store: ObjectStore, prefix: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const object of await parquetObjects(store, prefix)) {
    const file = await openParquet(store, object);
    for (const row of await parquetReadObjects({ file, parsers })) rows.push(plainRow(row));
  }
  return rows;
}

/** Row counts of the Parquet objects under a prefix, in key order. */
export async function countRows(store: ObjectStore, prefix: string): Promise<{ key: string; rows: number }[]> {
  const counts: { key: string; rows: number }[] = [];
  for (const object of await parquetObjects(store, prefix)) {
    const metadata = await parquetMetadataAsync(await openParquet(store, object));
    if (metadata.num_rows > 0n) counts.push({ key: object.key, rows: Number(metadata.num_rows) });
  }
  return counts;
}

/** Columns of a stretch of rows, one array each. */
export async function readColumns(
  store: ObjectStore,
  range: RowRange,
  columns: readonly string[],
): Promise<Map<string, ArrayLike<unknown>>> {
  const info = await store.head(range.key);
  const file = await openParquet(store, info ?? { key: range.key, bytes: 0, etag: "" });
  return columnsOf(file, await parquetMetadataAsync(file), range, columns);
}

async function columnsOf(
  file: AsyncBuffer,
  metadata: FileMetaData,
  range: RowGroupSpan,
  columns: readonly string[],
): Promise<Map<string, ArrayLike<unknown>>> {
  const found = new Map<string, unknown[]>(columns.map((name) => [name, new Array(range.end - range.start)]));
  await parquetRead({
    file,
    metadata,
    parsers,
    columns: [...columns],
    rowStart: range.start,
    rowEnd: range.end,
    onChunk: ({ columnName, columnData, rowStart, rowEnd }) => {
      const target = found.get(columnName) as unknown[];
      const from = Math.max(rowStart, range.start);
      const to = Math.min(rowEnd, range.end);
      for (let row = from; row < to; row++) target[row - range.start] = columnData[row - rowStart];
    },
  });
  return found;
}

/** Rows start..end of an object. */
export interface RowGroupSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * One column of an object, a row group at a time, so that no more than one is in memory.
 * @param isWanted which groups; all without.
 */
export async function* readRowGroups<Value>(
  store: ObjectStore,
  key: string,
  column: string,
  isWanted: (group: RowGroupSpan) => boolean = () => true,
): AsyncGenerator<{ readonly start: number; readonly values: ArrayLike<Value> }> {
  const info = await store.head(key);
  const file = await openParquet(store, info ?? { key, bytes: 0, etag: "" });
  const metadata = await parquetMetadataAsync(file);
  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    if (end > start && isWanted({ start, end })) {
      const values = await columnsOf(file, metadata, { start, end }, [column]);
      yield { start, values: values.get(column) as ArrayLike<Value> };
    }
    start = end;
  }
}

/** The rows of one object that a filter lets pass; row groups whose statistics say that they hold none are not read. */
export async function findRows(store: ObjectStore, key: string, filter: ParquetQueryFilter): Promise<Row[]> {
  const info = await store.head(key);
  const file = await openParquet(store, info ?? { key, bytes: 0, etag: "" });
  return (await parquetReadObjects({ file, parsers, filter })).map(plainRow);
}

async function parquetObjects(store: ObjectStore, prefix: string): Promise<ObjectInfo[]> {
  // Athena's UNLOAD gives its files no extension; empty markers and manifests are no Parquet.
  return (await store.list(prefix)).filter(
    (object) => object.bytes > 12 && !/\.(csv|json|txt)(\.gz)?$/.test(object.key),
  );
}

async function openParquet(store: ObjectStore, object: ObjectInfo): Promise<AsyncBuffer> {
  const whole = object.bytes <= WHOLE_OBJECT_BYTES ? await store.read(object.key) : undefined;
  const slice = async (start: number, end = object.bytes): Promise<ArrayBuffer> => {
    const bytes = whole?.subarray(start, end) ?? (await store.read(object.key, { start, end }));
    // A copy of its own: the reader works on whole ArrayBuffers, and Node's Buffers share theirs.
    return new Uint8Array(bytes).buffer;
  };
  return { byteLength: whole?.byteLength ?? object.bytes, slice };
}

function plainRow(row: Record<string, unknown>): Row {
  const plain: Record<string, Cell> = {};
  for (const [name, value] of Object.entries(row)) plain[name] = plainCell(value);
  return plain;
}

function plainCell(value: unknown): Cell {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Date) return value.toISOString();
  return null;
}
