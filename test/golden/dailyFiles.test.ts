import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/configFile.ts";
import { type LocalLake, openLocalLake } from "../../lib/local/runLocally.ts";
import { temporaryFolder } from "../support/lake.ts";
import { checkpointOf, checkpoints, filesThrough, segmentRecords, shuffled, unpackDailyFiles } from "./dailyFeed.ts";
import { hasGoldenData, readGolden } from "./onlineRetail.ts";

const folder = temporaryFolder();

describe.skipIf(!hasGoldenData)("305 daily files (needs ../shared)", () => {
  let lake: LocalLake;
  beforeAll(async () => {
    lake = await openLocalLake({ lakeDirectory: join(folder, "lake"), threads: 2 });
  });
  afterAll(async () => {
    await lake?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("match the checkpoint of the first month, and add up to the single file with the others, in any order", async () => {
    const files = unpackDailyFiles(join(folder, "days"));
    expect(files).toHaveLength(305);
    const [december] = checkpoints();
    const first = filesThrough(files, december?.through as string);
    const early = await lake.run({ files: shuffled(first, 1), config: parseConfig({}) });
    expect(december).toMatchObject(checkpointOf(await segmentRecords(early)));
    const rest = files.filter((file) => !first.includes(file));
    const whole = await segmentRecords(await lake.run({ files: shuffled(rest, 2), config: parseConfig({}) }));
    expect(checkpoints().at(-1)).toMatchObject(checkpointOf(whole));
    const golden = readGolden("scores_P2.csv").map((row) => `${row.customer_id} ${row.segment_qcut ?? row.segment}`);
    expect(whole.map((row) => `${row.customer_id} ${row.rfm_segment}`)).toEqual(golden.sort());
  }, 120_000);
});
