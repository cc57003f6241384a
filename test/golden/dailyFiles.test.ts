import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { type LocalLake, openLocalLake } from "../../lib/local/run/runLocally.ts";
import { effort } from "../support/effort.ts";
import { temporaryFolder } from "../support/lake.ts";
import { checkpointOf, checkpoints, filesThrough, segmentRecords, shuffled, unpackDailyFiles } from "./dailyFeed.ts";
import { hasGoldenData } from "./onlineRetail.ts";

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

  // All months, and the way to the single file's segments, are judged in test/conformance/dailyFiles.
  it("match the checkpoints after the first months, in any order within the month", async () => {
    const files = unpackDailyFiles(join(folder, "days"));
    expect(files).toHaveLength(305);
    let done: string[] = [];
    for (const [month, checkpoint] of checkpoints().slice(0, effort(1, 2)).entries()) {
      const due = filesThrough(files, checkpoint.through as string).filter((file) => !done.includes(file));
      const run = await lake.run({ files: shuffled(due, month), config: parseConfig({}) });
      expect(checkpoint).toMatchObject(checkpointOf(await segmentRecords(run)));
      done = [...done, ...due];
    }
  });
});
