import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom, randomInteger } from "../../lib/domain/clustering/fit/random.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { openLocalLake, runLocally } from "../../lib/local/run/runLocally.ts";
import { rfm } from "../support/cli.ts";
import { effort } from "../support/effort.ts";
import { bodyOf, manifestsOf, type Published, published, segmentsCsvOf, temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";

const folder = temporaryFolder();
const lake = join(folder, "lake");
type Version = "a" | "b";
const files: Record<Version, string> = { a: join(folder, "a/shop.csv"), b: join(folder, "b/shop.csv") };
const undisturbed: Record<Version, string> = { a: "", b: "" };

beforeAll(async () => {
  const reference = await openLocalLake({ lakeDirectory: join(folder, "reference"), threads: 1 });
  for (const [version, seed] of [
    ["a", 1],
    ["b", 2],
  ] as const) {
    writeText(files[version], shopCsv({ seed, customers: 250, lines: 900 }));
    // One after the other in one lake: b carries on the clusters of a, which is published first in the other lake, too.
    const { summary, store } = await reference.run({ files: [files[version]], config: parseConfig({}) });
    undisturbed[version] = Buffer.from(await store.read(summary.outputs.segmentsCsv as string)).toString();
  }
  await reference.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (version: Version) =>
  runLocally({ lakeDirectory: lake, files: [files[version]], config: parseConfig({}), threads: 2 });

/** Kills a run a little after a state was left, or after its start; whether it was killed before its end. */
async function killRun(version: Version, afterState: string | undefined, delayMs: number): Promise<boolean> {
  const { signal } = await rfm(["run", files[version], "--lake", lake], {
    cwd: folder,
    ...(afterState === undefined ? { killAfterMs: delayMs } : {}),
    onLine: (line, kill) => {
      if (afterState !== undefined && line.startsWith(afterState)) setTimeout(kill, delayMs);
    },
  });
  return signal === "SIGKILL";
}

/** Nothing, or one of the two runs whole: in the database, and in each manifest of the lake. */
function expectWhole(seen: Published): void {
  expect(["", bodyOf(undisturbed.a), bodyOf(undisturbed.b)]).toContain(seen.segments);
  for (const manifest of manifestsOf(lake))
    expect([undisturbed.a, undisturbed.b]).toContain(segmentsCsvOf(lake, manifest));
}

/** Where runs are killed; some states last a few milliseconds, so the kill often comes in one of the next. */
type Kill = readonly [string | undefined, number];
const KILLS: readonly Kill[] = effort<readonly Kill[]>(
  [
    ["CommitIngest", 10],
    ["LoadSegments", 30],
  ],
  [
    [undefined, 300],
    ["Ingest", 60],
    ["CommitIngest", 10],
    ["BuildFeatures", 120],
    ["SelectModel", 80],
    ["LoadSegments", 30],
    ["LoadSegments", 10],
  ],
);

describe("kill -9", () => {
  it("at any moment leaves a lake that opens, shows whole runs only, and converges when run again", async () => {
    const random = createRandom("kills");
    let killed = 0;
    let shown: Published | undefined;
    for (const [at, [afterState, latestMs]] of KILLS.entries()) {
      const version = at % 2 === 0 ? "a" : "b";
      const isKilled = await killRun(version, afterState, randomInteger(random, latestMs + 1));
      killed += isKilled ? 1 : 0;
      const seen = await published(lake);
      expectWhole(seen);
      // Before the run is published readers see exactly what they saw.
      const isBeforePublication = afterState !== "LoadSegments" && isKilled;
      if (isBeforePublication && shown !== undefined) expect(seen.segments, afterState).toBe(shown.segments);
      shown = seen;
      if (at % 4 === 2) {
        const { summary, store } = await run(version);
        const csv = Buffer.from(await store.read(summary.outputs.segmentsCsv as string)).toString();
        expect(csv, afterState).toBe(undisturbed[version]);
        shown = await published(lake);
        expect(shown.segments, afterState).toBe(bodyOf(undisturbed[version]));
      }
    }
    expect(killed).toBeGreaterThanOrEqual(Math.ceil(KILLS.length / 2));
    await run("a");
    expect((await published(lake)).segments).toBe(bodyOf(undisturbed.a));
  });
});

describe("Ctrl-C", () => {
  it("ends a run by one sentence and the status that shells know it by, and nothing of the run shows", async () => {
    const { segments } = await published(lake);
    const { code, stderr } = await rfm(["run", files.b, "--lake", lake], {
      cwd: folder,
      onLine: (line, kill) => {
        if (line.startsWith("CommitIngest")) kill("SIGINT");
      },
    });
    expect(code).toBe(130);
    expect(stderr).toContain("Stopping; once more ends it at once.");
    expect(stderr).toMatch(/\nerror The run was stopped .* \[RUN_ABORTED\]$/);
    expect((await published(lake)).segments).toBe(segments);
  });
});
