import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { SketchError } from "../domain/clustering/errors.ts";
import type { Grid } from "../domain/clustering/grid.ts";
import { parseGrid, serializeGrid } from "../domain/clustering/gridCodec.ts";
import type { Candidates } from "../domain/clustering/shardFit.ts";
import type { ObjectStore } from "../ports.ts";

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const HEADER_BYTES = 4;

/** What FitShard leaves for SelectModel. */
export interface ShardSketch {
  readonly grid: Grid;
  readonly candidates: readonly Candidates[];
}

/** Writes a sketch: length of the candidates' JSON, the JSON, the grid; zstd over all of it. */
export async function writeSketch(store: ObjectStore, key: string, sketch: ShardSketch): Promise<void> {
  const candidates = sketch.candidates.map(({ k, centres, weights }) => ({
    k,
    centres: [...centres],
    weights: [...weights],
  }));
  const json = Buffer.from(JSON.stringify(candidates));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(json.length);
  await store.write(key, await compress(Buffer.concat([header, json, serializeGrid(sketch.grid)])));
}

/** @throws SketchError when the object is not a whole sketch. */
export async function readSketch(store: ObjectStore, key: string): Promise<ShardSketch> {
  try {
    const bytes = await decompress(await store.read(key));
    const length = bytes.readUInt32LE(0);
    const parsed = JSON.parse(bytes.toString("utf8", HEADER_BYTES, HEADER_BYTES + length)) as {
      k: number;
      centres: number[];
      weights: number[];
    }[];
    const candidates = parsed.map(({ k, centres, weights }) => ({
      k,
      centres: Float64Array.from(centres),
      weights: Float64Array.from(weights),
    }));
    return { candidates, grid: parseGrid(bytes.subarray(HEADER_BYTES + length)) };
  } catch (error) {
    throw new SketchError(
      "SKETCH_DAMAGED",
      `The sketch ${key} cannot be read: ${(error as Error).message}`,
      { key },
      { cause: error },
    );
  }
}
