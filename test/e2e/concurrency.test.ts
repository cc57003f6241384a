import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { openLocalLake } from "../../lib/local/run/runLocally.ts";
import { type CliResult, rfm, rfmHere } from "../support/cli.ts";
import { bodyOf, manifestsOf, published, segmentsCsvOf, temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";

// Whole runs in processes of their own take long on a busy machine.
const folder = temporaryFolder();
beforeAll(() => {
  for (const [name, seed] of [
    ["a", 1],
    ["b", 2],
  ] as const)
    writeText(join(folder, `${name}.csv`), shopCsv({ seed, customers: 250, lines: 900 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]): Promise<CliResult> => rfm(["run", ...args], { cwd: folder });

/** Starts a run, and does something else as soon as it holds the lake. */
async function during(args: readonly string[], other: () => Promise<CliResult[]>): Promise<[CliResult, CliResult[]]> {
  let second: Promise<CliResult[]> | undefined;
  const first = await rfm(["run", ...args], {
    cwd: folder,
    onLine: (line) => {
      if (line.startsWith("Ingest")) second ??= other();
    },
  });
  return [first, await (second ?? Promise.reject(new Error("the first run never held the lake")))];
}

describe("two runs on one lake at once", () => {
  it("the second waits, or is refused at once where it shall not wait; other commands are refused as clearly", async () => {
    const [first, [second, refused, rejects]] = await during(["a.csv", "--lake", "both"], () =>
      Promise.all([
        run("b.csv", "--lake", "both"),
        run("b.csv", "--lake", "both", "--wait", "0"),
        rfm(["rejects", "--lake", "both"], { cwd: folder }),
      ]),
    );
    expect(first.code, first.stderr).toBe(0);
    expect(second?.code, second?.stderr).toBe(0);
    expect(second?.stderr).toMatch(/The lake is in use by process \d+.*Waiting up to 60 s/);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused?.stderr).toMatch(/in use by process \d+.*--wait SECONDS/);
    expect(rejects?.code).toBe(1);
    expect(rejects?.stderr).toMatch(/in use by process \d+.*Try again/);
  });

  it("the lake ends as if they had come one after the other", async () => {
    const inTurnLake = await openLocalLake({ lakeDirectory: join(folder, "inTurn"), threads: 1 });
    for (const file of ["a.csv", "b.csv"])
      await inTurnLake.run({ files: [join(folder, file)], config: parseConfig({}) });
    await inTurnLake.close();
    const [both, inTurn] = [await published(join(folder, "both")), await published(join(folder, "inTurn"))];
    expect(both.segments).toBe(inTurn.segments);
    expect(both.segments.split("\n").length).toBeGreaterThan(200);
    expect(JSON.parse(both.ledger)).toHaveLength(2);
    const lastOf = (lake: string) => manifestsOf(join(folder, lake)).find(({ runId }) => both.segments.includes(runId));
    const csv = segmentsCsvOf(join(folder, "both"), lastOf("both") as never);
    expect(csv).toBe(segmentsCsvOf(join(folder, "inTurn"), lastOf("inTurn") as never));
    expect(bodyOf(csv)).toBe(both.segments);
    const runs = await rfmHere(["runs", "--lake", "both", "--json"], { cwd: folder });
    expect(JSON.parse(runs.stdout)).toMatchObject([{ isCurrent: true }, { isCurrent: false }]);
  });
});
