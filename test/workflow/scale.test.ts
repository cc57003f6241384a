import { beforeAll, describe, expect, it } from "vitest";
import { syntheticCustomers } from "../../bench/syntheticCustomers.ts";
import { selectFit } from "../../lib/domain/clustering/fit/selectFit.ts";
import { type Candidates, createShardFit } from "../../lib/domain/clustering/fit/shardFit.ts";
import type { Grid } from "../../lib/domain/clustering/sketch/grid.ts";
import { parseGrid, serializeGrid } from "../../lib/domain/clustering/sketch/gridCodec.ts";
import { mergeGrids } from "../../lib/domain/clustering/sketch/gridLevels.ts";
import type { Matrix } from "../../lib/domain/clustering/types.ts";
import { type Stretch, shardRanks } from "../../lib/workflow/shards/dealShards.ts";

/** Service limits, as AWS documents them. */
const MAX_STATE_BYTES = 256 * 1024;
const MAX_MAP_CHILDREN = 10_000;
const MAX_LAMBDA_MEMORY_BYTES = 10 * 1024 ** 3;

const SHARDS = 1_000;
const ROWS_PER_SHARD = 500;

describe("a plan of 10,000 shards", () => {
  const customers = 1_000_000_000;
  // As Athena may leave it: a hundred files that each hold some of every shard.
  const files = 100;
  const ranks = shardRanks(customers, Math.ceil(customers / MAX_MAP_CHILDREN));
  const shards = ranks.slice(1).map((end, shard) => {
    const [from, to] = [ranks[shard] as number, end].map((rank) => Math.floor(rank / files)) as [number, number];
    return Array.from({ length: files }, (_, file): Stretch => [file, from, to]);
  });

  it("deals a billion customers into children that one Map may have", () => {
    expect(shards.length).toBe(MAX_MAP_CHILDREN);
    const sizes = shards.map((_, shard) => (ranks[shard + 1] as number) - (ranks[shard] as number));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(customers);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it("keeps the Map's items far below the payload limit, for they are numbers", () => {
    const items = JSON.stringify(shards.map((_, index) => index));
    expect(items.length).toBeLessThan(MAX_STATE_BYTES / 4);
    // The workers read their stretches from plan.json.
    expect(JSON.stringify(shards).length).toBeLessThan(MAX_LAMBDA_MEMORY_BYTES / 400);
  });
});

describe(`the merge of ${SHARDS} real shards`, () => {
  let sketches: { grid: Uint8Array; candidates: Candidates[] }[];
  let rows: Matrix;

  beforeAll(() => {
    rows = syntheticCustomers(SHARDS * ROWS_PER_SHARD, 11);
    sketches = Array.from({ length: SHARDS }, (_, shard) => sketchOf(rows, shard));
  });

  it("gives the grid of all rows at once, to the bit", () => {
    const merged = mergeGrids(sketches.map((sketch) => parseGrid(sketch.grid)));
    const whole = createShardFit({ dimensions: 3, kRange: [4], seed: 1 });
    whole.addBatch(rows);
    expect(Buffer.compare(serializeGrid(merged), serializeGrid(whole.finish().grid))).toBe(0);
  });

  it("fits one Lambda, and its partition is as good as that of a single shard", () => {
    const bytes = sketches.reduce((sum, sketch) => sum + sketch.grid.length, 0);
    expect(bytes).toBeLessThan(MAX_LAMBDA_MEMORY_BYTES / 20);
    const grid: Grid = mergeGrids(sketches.map((sketch) => parseGrid(sketch.grid)));
    const fitted = inertiaOf(
      grid,
      sketches.flatMap((sketch) => sketch.candidates),
    );
    expect(fitted).toBeLessThanOrEqual(1.001 * inertiaOf(grid, []));
  });
});

function sketchOf(rows: Matrix, shard: number): { grid: Uint8Array; candidates: Candidates[] } {
  const fit = createShardFit({ dimensions: 3, kRange: [4], seed: `scale/${shard}` });
  const from = shard * ROWS_PER_SHARD * 3;
  fit.addBatch({ rows: ROWS_PER_SHARD, columns: 3, data: rows.data.subarray(from, from + ROWS_PER_SHARD * 3) });
  const { grid, candidates } = fit.finish();
  return { grid: serializeGrid(grid), candidates };
}

function inertiaOf(grid: Grid, candidates: readonly Candidates[]): number {
  const { partitions } = selectFit({ grid, candidates, kRange: [4], seed: 3 });
  return partitions[0]?.inertia ?? Number.NaN;
}
