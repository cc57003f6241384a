import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { SketchError } from "../../domain/clustering/errors.ts";
import type { Candidates } from "../../domain/clustering/fit/shardFit.ts";
import type { Grid } from "../../domain/clustering/sketch/grid.ts";
import { parseGrid, serializeGrid } from "../../domain/clustering/sketch/gridCodec.ts";
import type { BinCounts } from "../../domain/model/drift.ts";
import type { ObjectStore } from "../../ports.ts";

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const HEADER_BYTES = 4;

/** What FitShard leaves for SelectModel. */
export interface ShardSketch {
  readonly grid: Grid;
  readonly candidates: readonly Candidates[];
  /** Customers of the shard in each bin, by the plan's bins. */
  readonly binCounts: ShardBinCounts;
}

export interface ShardBinCounts {
  readonly own: BinCounts;
  /** In the bins of the reference model; null where there is none. */
  readonly reference: BinCounts | null;
}

interface StoredHeader {
  readonly candidates: readonly { readonly k: number; readonly centroids: number[]; readonly weights: number[] }[];
  readonly binCounts: ShardBinCounts;
}

/** Writes a sketch: length of the JSON of candidates and counts, the JSON, the grid; zstd over all of it. */
export async function writeSketch(store: ObjectStore, key: string, sketch: ShardSketch): Promise<void> {
  const candidates = sketch.candidates.map(({ k, centroids, weights }) => ({
    k,
    centroids: [...centroids],
    weights: [...weights],
  }));
  const stored: StoredHeader = { candidates, binCounts: sketch.binCounts };
  const json = Buffer.from(JSON.stringify(stored));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(json.length);
  await store.write(key, await compress(Buffer.concat([header, json, serializeGrid(sketch.grid)])));
}

/** @throws SketchError when the object is not a whole sketch. */
export async function readSketch(store: ObjectStore, key: string): Promise<ShardSketch> {
  try {
    const bytes = await decompress(await store.read(key));
    const length = bytes.readUInt32LE(0);
    const parsed = JSON.parse(bytes.toString("utf8", HEADER_BYTES, HEADER_BYTES + length)) as StoredHeader;
    const candidates = parsed.candidates.map(({ k, centroids, weights }) => ({
      k,
      centroids: Float64Array.from(centroids),
      weights: Float64Array.from(weights),
    }));
    return { candidates, binCounts: parsed.binCounts, grid: parseGrid(bytes.subarray(HEADER_BYTES + length)) };
  } catch (error) {
    throw new SketchError(
      "SKETCH_DAMAGED",
      `The sketch ${key} cannot be read: ${(error as Error).message}`,
      { key },
      { cause: error },
    );
  }
}
