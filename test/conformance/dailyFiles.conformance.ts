import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/configFile.ts";
import { type LocalLake, openLocalLake } from "../../lib/local/runLocally.ts";
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

  it("dropped month by month match every checkpoint, and end where one folder and the single file end", async () => {
    const files = unpackDailyFiles(join(folder, "days"));
    const monthly = await inLake("months", async (lake) => {
      let done: string[] = [];
      let rows: Record<string, string>[] = [];
      for (const [month, checkpoint] of checkpoints().entries()) {
        const due = filesThrough(files, checkpoint.through as string).filter((file) => !done.includes(file));
        rows = await segmentRecords(await lake.run({ files: shuffled(due, month), config }));
        expect(checkpoint, checkpoint.through).toMatchObject(checkpointOf(rows));
        done = [...done, ...due];
      }
      return customers(rows);
    });
    const at = (name: string, drop: readonly string[]) =>
      inLake(name, async (lake) => customers(await segmentRecords(await lake.run({ files: drop, config }))));
    expect(await at("folder", shuffled(files, 99))).toEqual(monthly);
    expect(await at("single", [join(SHARED, "data/online-retail.csv.gz")])).toEqual(monthly);
  });

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
