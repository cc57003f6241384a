import type { ObjectStore } from "../../ports.ts";
import { countRows } from "../lake/parquet.ts";
import { readCsvHeader, type ScoreRange } from "./scoringInput.ts";
import { ScoreInputError } from "./scoringJob.ts";

const ROWS_PER_SHARD = 250_000;
const BYTES_PER_SHARD = 16 * 1024 * 1024;

/**
 * The stretches in which an input is scored, each by itself.
 * @param features of the model beyond R, F and M.
 * @throws ScoreInputError for what is neither CSV nor Parquet, and for a header that lacks a column.
 */
export async function scoreRangesOf(
  store: ObjectStore,
  object: { key: string; bytes: number },
  features: readonly string[],
): Promise<ScoreRange[]> {
  const { key, bytes } = object;
  if (/\.csv$/i.test(key)) {
    const header = await readCsvHeader(store, object, features);
    return stretches(bytes, BYTES_PER_SHARD).map(({ start, end }) => ({
      kind: "csv",
      key,
      start,
      end,
      bytes,
      ...header,
    }));
  }
  if (/\.(gz|zst|zip|json|txt|xlsx)$/i.test(key))
    throw new ScoreInputError(`${key} is neither CSV (.csv) nor Parquet.`, { key });
  const counts = await countRows(store, key);
  const rows = counts.find((counted) => counted.key === key)?.rows ?? 0;
  return stretches(rows, ROWS_PER_SHARD).map(({ start, end }) => ({ kind: "parquet", key, start, end }));
}

function stretches(total: number, size: number): { start: number; end: number }[] {
  return Array.from({ length: Math.ceil(total / size) }, (_, i) => ({
    start: i * size,
    end: Math.min(total, (i + 1) * size),
  }));
}
