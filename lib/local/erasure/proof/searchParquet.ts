import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { type AsyncBuffer, type Compressors, parquetMetadataAsync, parquetRead } from "hyparquet";
import { erasedIdOf } from "../../../domain/customerId.ts";
import type { Found } from "../../../workflow/erasure/types.ts";
import { countWord } from "./byteText.ts";

const COMPRESSORS: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ZSTD: (input) => zstdDecompressSync(input),
};
const CUSTOMER = "customer_id";
/** Of lines that nobody could read, the customer's are those with the id. */
const UNREADABLE = "unreadable";

/** A customer's values in a Parquet file of the lake's own, and places of the id in its other columns. */
export async function searchParquet(file: AsyncBuffer, id: string): Promise<Found> {
  let customers = 0;
  let places = 0;
  const known = new Map<unknown, boolean>();
  const isCustomer = (value: unknown): boolean => {
    let answer = known.get(value);
    if (answer === undefined) {
      answer = value !== null && value !== undefined && erasedIdOf(String(value)) === id;
      if (known.size < 1_000_000) known.set(value, answer);
    }
    return answer;
  };
  await eachValue(file, (column, value) => {
    if (column === CUSTOMER) customers += isCustomer(value) ? 1 : 0;
    else if (typeof value === "string" && countWord(value, id) > 0) {
      if (column === UNREADABLE) customers += 1;
      else places += 1;
    }
  });
  return { customers, places };
}

/** Values of any column of somebody else's file that are the id or have it as a word. */
export async function countInParquet(bytes: Uint8Array, id: string): Promise<number> {
  let places = 0;
  const slice = (start: number, end = bytes.length): ArrayBuffer => new Uint8Array(bytes.subarray(start, end)).buffer;
  await eachValue({ byteLength: bytes.length, slice }, (_, value) => {
    if (value === null || value === undefined) return;
    const text =
      typeof value === "object"
        ? JSON.stringify(value, (_name, held) => (typeof held === "bigint" ? String(held) : held))
        : String(value);
    if (countWord(text, id) > 0 || erasedIdOf(text) === id) places += 1;
  });
  return places;
}

async function eachValue(file: AsyncBuffer, hear: (column: string, value: unknown) => void): Promise<void> {
  const metadata = await parquetMetadataAsync(file);
  let rowStart = 0;
  // A group of rows at a time, so that no more than one is in memory.
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const onChunk = ({ columnName, columnData }: { columnName: string; columnData: ArrayLike<unknown> }): void => {
      for (let i = 0; i < columnData.length; i++) hear(columnName, columnData[i]);
    };
    await parquetRead({ file, metadata, compressors: COMPRESSORS, rowStart, rowEnd, onChunk });
    rowStart = rowEnd;
  }
}
