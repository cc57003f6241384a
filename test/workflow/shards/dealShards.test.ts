import { rmSync } from "node:fs";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { dealShards, type Stretch, shardRanks } from "../../../lib/workflow/shards/dealShards.ts";
import { readFeatures } from "../../../lib/workflow/shards/features.ts";
import { bracketSplits, splitWithin } from "../../../lib/workflow/shards/keySplits.ts";
import { temporaryFolder } from "../../support/lake.ts";

const folder = temporaryFolder();
const store = openFolderStore(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
/** Ids of letters, and of characters that UTF-16 orders otherwise than bytes do. */
const anyId = fc.string({
  unit: fc.constantFrom("a", "b", "Z", "0", "ä", "\u{1f6d2}", "\uff21"),
  minLength: 1,
  maxLength: 6,
});
const anyFiles = fc
  .uniqueArray(fc.tuple(anyId, fc.nat({ max: 4 })), { selector: ([id]) => id, minLength: 1, maxLength: 400 })
  .map((dealt) =>
    [0, 1, 2, 3, 4].map((file) =>
      dealt
        .filter(([, of]) => of === file)
        .map(([id]) => id)
        .sort(byBytes),
    ),
  )
  .map((files) => files.filter((ids) => ids.length > 0));

/** Writes the files of a features table, in row groups of a few rows. */
async function writeFiles(prefix: string, files: readonly (readonly string[])[]) {
  return Promise.all(
    files.map(async (ids, file) => {
      const column = (name: string, type: "STRING" | "DOUBLE", data: unknown[]) => ({
        name,
        type,
        data: data as never,
      });
      const columnData = [
        column("customer_id", "STRING", [...ids]),
        ...["recency_days", "frequency", "monetary"].map((name, at) =>
          column(
            name,
            "DOUBLE",
            ids.map((id) => id.length + at),
          ),
        ),
        ...["first_purchase", "last_purchase"].map((name) =>
          column(
            name,
            "STRING",
            ids.map((id) => `day of ${id}`),
          ),
        ),
      ];
      const key = `${prefix}/${file}.parquet`;
      await store.write(key, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 7 })));
      return { key, rows: ids.length };
    }),
  );
}

const rowsOf = (shard: readonly Stretch[]): number => shard.reduce((sum, [, start, end]) => sum + end - start, 0);

describe("dealShards", () => {
  it("gives ranges of customers that follow one another, of the same sizes however the table is split", async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(anyFiles, fc.integer({ min: 1, max: 200 }), async (files, rowsPerShard) => {
        const features = await writeFiles(`table-${round++}`, files);
        const shards = await dealShards(store, features, rowsPerShard);
        const all = files.flat().sort(byBytes);
        const ranks = shardRanks(all.length, rowsPerShard);
        expect(shards.map(rowsOf)).toEqual(ranks.slice(1).map((end, shard) => end - (ranks[shard] as number)));
        const read = await Promise.all(
          shards.map((shard) =>
            readFeatures(
              store,
              shard.map(([file, start, end]) => ({ key: features[file]?.key as string, start, end })),
            ),
          ),
        );
        expect(read.flatMap(({ customerId }) => customerId)).toEqual(all);
        expect(read.flatMap(({ lastPurchase }) => lastPurchase)).toEqual(all.map((id) => `day of ${id}`));
        expect(read.flatMap(({ frequency }) => [...frequency])).toEqual(all.map((id) => id.length + 1));
      }),
      { numRuns: 60 },
    );
  });

  it("reads nothing where there is one file, or one shard", async () => {
    const nothing = openFolderStore(`${folder}/nothing`);
    const deal = (rows: readonly number[], rowsPerShard: number) =>
      dealShards(
        nothing,
        rows.map((count, file) => ({ key: `${file}`, rows: count })),
        rowsPerShard,
      );
    expect(await deal([10], 4)).toEqual([[[0, 0, 4]], [[0, 4, 7]], [[0, 7, 10]]]);
    expect(await deal([2, 3], 5)).toEqual([
      [
        [0, 0, 2],
        [1, 0, 3],
      ],
    ]);
    expect(await deal([], 100)).toEqual([[]]);
  });

  it("refuses a file that is not sorted, across row groups too, and a customer who is in two files", async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `c${100 + i}`);
    const swapped = [...ids.slice(0, 6), "c107", "c106", ...ids.slice(8)];
    const [good, bad] = await writeFiles("unsorted", [["a", "b"], swapped]);
    await expect(dealShards(store, [good, bad] as never, 3)).rejects.toThrow(/c106 behind c107/);
    const range = (file: typeof good) => ({ key: file?.key as string, start: 0, end: file?.rows as number });
    await expect(readFeatures(store, [range(bad)])).rejects.toThrow(/c106 behind c107/);
    const [one, two] = await writeFiles("twice", [
      ["a", "c"],
      ["b", "c"],
    ]);
    await expect(readFeatures(store, [range(one), range(two)])).rejects.toThrow(/customer c twice/);
  });
});

describe("splits of sorted files", () => {
  it("have as many of the smallest keys before them as asked, whatever the stride", () => {
    fc.assert(
      fc.property(
        anyFiles,
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (files, stride, shares) => {
          const all = files.flat().sort(byBytes);
          const ranks = shares.map((share) => Math.floor(share * all.length)).sort((a, b) => a - b);
          const samples = files.map((ids) => ids.filter((_, row) => row % stride === 0));
          const brackets = bracketSplits(samples, { stride, rows: files.map((ids) => ids.length), ranks });
          for (const [at, bracket] of brackets.entries()) {
            const keys = files.map((ids, file) => ids.slice(bracket.from[file], bracket.to[file]));
            const split = splitWithin(bracket, keys);
            const before = files.flatMap((ids, file) => ids.slice(0, split[file]));
            expect(before.sort(byBytes)).toEqual(all.slice(0, ranks[at]));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
