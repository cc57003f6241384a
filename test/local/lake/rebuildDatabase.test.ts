import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { readRuns } from "../../../lib/library/runs.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { databaseDirectory } from "../../../lib/local/lake/lakePaths.ts";
import { rebuildDatabase } from "../../../lib/local/postgres/buildDatabase.ts";
import { openLocalLake } from "../../../lib/local/run/runLocally.ts";
import { rfm, rfmHere } from "../../support/cli.ts";
import { effort } from "../../support/effort.ts";
import { published, temporaryFolder } from "../../support/lake.ts";
import { shopCsv, writeText } from "../../support/shop.ts";

vi.setConfig({ testTimeout: effort(300_000, 900_000) });

const folder = temporaryFolder();
const original = join(folder, "original");
const lake = join(folder, "lake");
const database = databaseDirectory(lake);
let runs: string[];
let segments: string;

beforeAll(async () => {
  const open = await openLocalLake({ lakeDirectory: original, threads: 1 });
  for (const seed of [1, 2]) {
    const file = writeText(join(folder, `${seed}.csv`), shopCsv({ seed, customers: 30, lines: 120 }));
    await open.run({ files: [file], config: parseConfig({ backtest: { enabled: false } }) });
  }
  await open.close();
  const listed = await readRuns({ lake: original });
  runs = listed.map(({ runId }) => runId);
  expect(listed.map(({ isCurrent }) => isCurrent)).toEqual([true, false]);
  ({ segments } = await published(original));
});
beforeEach(() => {
  rmSync(lake, { recursive: true, force: true });
  cpSync(original, lake, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const listedRuns = async () => (await readRuns({ lake })).map(({ runId }) => runId);
const cli = (...args: string[]) => rfmHere([...args, "--lake", lake], { cwd: folder });

describe("a lake's own database", () => {
  it("that is missing is built from the runs in the lake by rfm publish", async () => {
    rmSync(database, { recursive: true });
    const { code, stdout } = await cli("publish");
    expect([code, stdout]).toEqual([
      0,
      `The database was built from the lake: 2 runs.\nRun ${runs[0]} is the current one.\n`,
    ]);
    expect(await listedRuns()).toEqual(runs);
    expect((await published(lake)).segments).toBe(segments);
    const again = await cli("publish", runs[1] as string);
    expect(again.stdout).toBe(`Run ${runs[1]} is the current one.\n`);
    expect(JSON.parse(readFileSync(join(lake, "models/aliases.json"), "utf8")).run).toBe(runs[1]);
  });

  it("that is damaged says what to do, and that helps", async () => {
    writeFileSync(join(database, "global", "pg_control"), "nonsense");
    const { code, stderr } = await cli("runs");
    expect([code, stderr]).toEqual([1, expect.stringContaining("cannot be opened")]);
    // The advice, word for word.
    const [move, publish, ...others] = [...stderr.matchAll(/`([^`]+)`/g)].map(([, command]) => command as string);
    expect(others).toEqual([]);
    execFileSync("sh", ["-c", move as string]);
    const followed = await rfmHere((publish as string).split(" ").slice(1), { cwd: folder });
    expect([followed.code, followed.stderr]).toEqual([0, ""]);
    expect(await listedRuns()).toEqual(runs);
    expect((await published(lake)).segments).toBe(segments);
  });

  it("stays as it was when the new one has other rows than the lake's files", async () => {
    const store = openFolderStore(lake);
    const read: typeof store.read = async (key, range) => {
      const bytes = await store.read(key, range);
      const isPart = key.includes("/segments_csv/");
      return isPart
        ? Buffer.from(
            Buffer.from(bytes)
              .toString()
              .replace(/,(\d+),(\d+)\.(\d\d?),/, ",$1,9$2.$3,"),
          )
        : bytes;
    };
    await expect(rebuildDatabase({ ...store, read }, lake)).rejects.toMatchObject({ code: "DATABASE_REBUILD" });
    expect((await published(lake)).segments).toBe(segments);
    expect((await rebuildDatabase(store, lake)).runs).toEqual(runs);
    expect((await published(lake)).segments).toBe(segments);
  });

  // Each change of a folder of the database, the first to the last: before the move of the old one, between the two, after them.
  const KILLED = effort([5], [1, 2, 3, 4, 5, 6]);
  it.each(KILLED)("loses no run where an erasure is killed at change %i of its folders", async (call) => {
    const args = ["forget", "--customer", "K0001", "--yes", "--lake", lake];
    const of = /postgres(\.building|\.replaced|\.building\.creating-\d+)?$/;
    const { signal } = await rfm(args, { cwd: folder, killAtCall: { call, of } });
    expect(signal).toBe("SIGKILL");
    expect(await listedRuns()).toEqual(runs);
    const again = await cli("forget", "--customer", "K0001", "--yes");
    expect([again.code, again.stderr]).toEqual([0, ""]);
    expect(again.stdout).toContain("2 runs of the database made anew");
    expect(await listedRuns()).toEqual(runs);
    const others = segments.split("\n").filter((line) => !line.startsWith("K0001,"));
    expect((await published(lake)).segments.split("\n")).toEqual(others);
  });
});

describe("a publication that was killed halfway", () => {
  const aliasesOf = () => JSON.parse(readFileSync(join(lake, "models/aliases.json"), "utf8"));
  const current = async () => (await readRuns({ lake })).find(({ isCurrent }) => isCurrent)?.runId;
  /** As the aliases were before the run that the database shows. */
  const pointBack = () => {
    const { createdAt, modelVersion } = JSON.parse(readFileSync(join(lake, `runs/${runs[1]}.json`), "utf8"));
    const aliases = { ...aliasesOf(), run: runs[1], runCreatedAt: createdAt, champion: modelVersion };
    writeFileSync(join(lake, "models/aliases.json"), JSON.stringify(aliases));
  };

  it("is ended where the run is whole in the lake: all readers see it", async () => {
    pointBack();
    rmSync(join(lake, "published/current_run/rows.json"));
    writeFileSync(join(lake, "published/current_run/rows.json"), `{"run_id":"${runs[1]}"}\n`);
    expect(await current()).toBe(runs[0]);
    expect(aliasesOf().run).toBe(runs[0]);
    const { stdout } = await cli("query", "select run_id from current_run", "--format", "csv");
    expect(stdout).toContain(runs[0]);
  });

  it("is undone where its manifest was not written: all readers see the run before", async () => {
    pointBack();
    rmSync(join(lake, `runs/${runs[0]}.json`));
    // The manifest was never there, so nothing knows of it.
    rmSync(join(lake, "ledger/inventory.json"));
    expect(await current()).toBe(runs[1]);
    expect(aliasesOf().run).toBe(runs[1]);
  });
});
