import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { type LocalLake, openLocalLake } from "../../lib/local/run/runLocally.ts";
import {
  checkpointOf,
  checkpoints,
  filesThrough,
  segmentRecords,
  shuffled,
  unpackDailyFiles,
} from "../golden/dailyFeed.ts";
import { hasGoldenData, SHARED } from "../golden/onlineRetail.ts";
import { temporaryFolder } from "../support/lake.ts";

const folder = temporaryFolder();
/** Clusters as of these files alone: carried over from month to month, their ids would tell of the way they came. */
const config = parseConfig({ clusters: { stableIds: false } });

async function inLake<T>(name: string, use: (lake: LocalLake) => Promise<T>): Promise<T> {
  const lake = await openLocalLake({ lakeDirectory: join(folder, name), threads: 2 });
  try {
    return await use(lake);
  } finally {
    await lake.close();
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** All that a run says of its customers; the ids of run and model stand for the files too. */
const customers = (rows: readonly Record<string, string>[]): string[] =>
  rows.map(({ run_id: _run, model_version: _model, ...row }) => JSON.stringify(row));

describe.skipIf(!hasGoldenData)("305 daily files (needs ../shared)", () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Drops each month's files in an order of its own and holds the segments against the month's checkpoint; the last segments. */
  const dropAll = (name: string, filesPerDrop: number): Promise<string[]> =>
    inLake(name, async (lake) => {
      const files = unpackDailyFiles(join(folder, "days"));
      let done: string[] = [];
      let rows: Record<string, string>[] = [];
      for (const [month, checkpoint] of checkpoints().entries()) {
        const due = filesThrough(files, checkpoint.through as string).filter((file) => !done.includes(file));
        const order = shuffled(due, month);
        for (let start = 0; start < order.length; start += filesPerDrop) {
          const run = await lake.run({ files: order.slice(start, start + filesPerDrop), config });
          if (start + filesPerDrop >= order.length) rows = await segmentRecords(run);
        }
        expect(checkpoint, checkpoint.through).toMatchObject(checkpointOf(rows));
        done = [...done, ...due];
      }
      return customers(rows);
    });
  const dropAtOnce = (name: string, drop: readonly string[]): Promise<string[]> =>
    inLake(name, async (lake) => customers(await segmentRecords(await lake.run({ files: drop, config }))));
  const singleFile = (): Promise<string[]> => dropAtOnce("single", [join(SHARED, "data/online-retail.csv.gz")]);

  it("dropped month by month match every checkpoint, and end where one folder and the single file end", async () => {
    const monthly = await dropAll("months", Number.POSITIVE_INFINITY);
    expect(await dropAtOnce("folder", shuffled(unpackDailyFiles(join(folder, "days")), 99))).toEqual(monthly);
    expect(await singleFile()).toEqual(monthly);
  });

  it("dropped as the archive that they came in end where the single file ends", async () => {
    expect(await dropAtOnce("archive", [join(SHARED, "data/online-retail-by-day.tar.gz")])).toEqual(await singleFile());
  });

  it("dropped one by one, each a run, match every checkpoint and end where the single file ends", async () => {
    expect(await dropAll("days-one-by-one", 1)).toEqual(await singleFile());
  }, 3_600_000);

  it("end there when they come in any order, some of them twice", async () => {
    const files = unpackDailyFiles(join(folder, "days"));
    const order = shuffled(files, 7);
    const rows = await inLake("shuffled", async (lake) => {
      for (let start = 0; start < order.length; start += 50)
        await lake.run({ files: order.slice(Math.max(0, start - 10), start + 50), config });
      return segmentRecords(await lake.run({ files: [], config }));
    });
    expect(checkpoints().at(-1)).toMatchObject(checkpointOf(rows));
  });
});
