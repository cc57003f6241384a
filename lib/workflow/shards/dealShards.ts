import type { ObjectStore } from "../../ports.ts";
import { type RowGroupSpan, readRowGroups } from "../lake/parquet.ts";
import { checkAscending } from "./customerOrder.ts";
import { type Bracket, bracketSplits, splitWithin } from "./keySplits.ts";

/** Rows start..end of a file, by its number. */
export type Stretch = readonly [file: number, start: number, end: number];

export interface FeatureFile {
  readonly key: string;
  readonly rows: number;
}

/**
 * Deals customers into shards of at most `rowsPerShard`, as evenly as can be: each shard is a range of customer ids
 * over all files, and the ranges follow one another. Depends on the customers and the limit alone, never on how an
 * UNLOAD has split them into files or on the number of workers. Each file is sorted within itself; one file, or one
 * shard, is dealt without reading.
 * @throws CustomerOrderError where a file is not sorted.
 */
export async function dealShards(
  store: ObjectStore,
  files: readonly FeatureFile[],
  rowsPerShard: number,
): Promise<Stretch[][]> {
  const rows = files.map((file) => file.rows);
  const ranks = shardRanks(
    rows.reduce((sum, count) => sum + count, 0),
    rowsPerShard,
  );
  const inner = ranks.slice(1, -1);
  const splits =
    files.length === 1 || inner.length === 0
      ? inner.map((rank) => [rank])
      : await findSplits(store, files, inner, rowsPerShard);
  const bounds = [rows.map(() => 0), ...splits, rows];
  return bounds.slice(1).map((ends, shard) =>
    ends.flatMap((end, file): Stretch[] => {
      const start = bounds[shard]?.[file] as number;
      return end > start ? [[file, start, end]] : [];
    }),
  );
}

/** How many customers are before each shard, and before the end. */
export function shardRanks(customers: number, rowsPerShard: number): number[] {
  const shards = Math.max(1, Math.ceil(customers / rowsPerShard));
  return Array.from({ length: shards + 1 }, (_, shard) => Math.ceil((shard * customers) / shards));
}

/**
 * Reads the ids twice, a row group at a time: once to keep some of them, which tell where the splits are to within a
 * few rows, and once to keep those rows. The stride makes both about as many: some two million of 100 million
 * customers.
 */
async function findSplits(
  store: ObjectStore,
  files: readonly FeatureFile[],
  ranks: readonly number[],
  rowsPerShard: number,
): Promise<number[][]> {
  const stride = Math.max(1, Math.floor(Math.sqrt(rowsPerShard / (4 * files.length))));
  const samples: string[][] = [];
  for (const { key } of files) samples.push(await sampleIds(store, key, stride));
  const brackets = bracketSplits(samples, { stride, rows: files.map(({ rows }) => rows), ranks });
  const found: string[][][] = [];
  for (const [file, { key }] of files.entries()) found.push(await idsWithin(store, key, brackets, file));
  return brackets.map((bracket, at) =>
    splitWithin(
      bracket,
      found.map((ofFile) => ofFile[at] as string[]),
    ),
  );
}

async function sampleIds(store: ObjectStore, key: string, stride: number): Promise<string[]> {
  const samples: string[] = [];
  let last: string | undefined;
  for await (const { start, values } of readRowGroups<string>(store, key, "customer_id")) {
    if (last !== undefined) checkAscending([last, values[0] as string], key);
    checkAscending(values, key);
    for (let row = (stride - (start % stride)) % stride; row < values.length; row += stride)
      samples.push(values[row] as string);
    last = values[values.length - 1];
  }
  return samples;
}

/** The ids of one file that are within each bracket. */
async function idsWithin(
  store: ObjectStore,
  key: string,
  brackets: readonly Bracket[],
  file: number,
): Promise<string[][]> {
  const found: string[][] = brackets.map(() => []);
  const windows = brackets.map(({ from, to }) => ({ start: from[file] as number, end: to[file] as number }));
  const isWanted = (group: RowGroupSpan): boolean =>
    windows.some(({ start, end }) => start < end && start < group.end && group.start < end);
  for await (const { start, values } of readRowGroups<string>(store, key, "customer_id", isWanted)) {
    for (const [at, window] of windows.entries()) {
      const [from, to] = [Math.max(window.start - start, 0), Math.min(window.end - start, values.length)];
      for (let row = from; row < to; row++) found[at]?.push(values[row] as string);
    }
  }
  return found;
}
