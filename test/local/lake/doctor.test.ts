import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { openDuckDbEngine } from "../../../lib/local/duckdb/index.ts";
import { openLocalLake } from "../../../lib/local/run/runLocally.ts";
import { rfm, rfmHere } from "../../support/cli.ts";
import { effort } from "../../support/effort.ts";
import { temporaryFolder } from "../../support/lake.ts";
import { unpackOldLake } from "../../support/oldLake.ts";
import { shopCsv, writeText } from "../../support/shop.ts";

vi.setConfig({ testTimeout: effort(180_000, 600_000), hookTimeout: 180_000 });

const folder = temporaryFolder();
const original = join(folder, "original");
const lake = join(folder, "lake");
const config = parseConfig({ backtest: { enabled: false } });
const another = writeText(join(folder, "3.csv"), shopCsv({ seed: 3, customers: 30, lines: 90 }));
let runId: string;
let segments: string;

beforeAll(async () => {
  const open = await openLocalLake({ lakeDirectory: original, threads: 1 });
  for (const seed of [1, 2]) {
    const file = writeText(join(folder, `${seed}.csv`), shopCsv({ seed, customers: 30, lines: 120 }));
    const { summary, store } = await open.run({ files: [file], config });
    runId = summary.runId;
    segments = Buffer.from(await store.read(summary.outputs.segmentsCsv as string)).toString();
  }
  await open.close();
});
beforeEach(() => {
  rmSync(lake, { recursive: true, force: true });
  cpSync(original, lake, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cli = (...args: string[]) => rfmHere([...args, "--lake", lake], { cwd: folder });
const remove = (key: string) => rmSync(join(lake, key), { recursive: true });

/** Every file of the lake but those of the database, with what it holds. */
const contentOf = (directory: string) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("postgres"))
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((key) => !key.startsWith("processed/catalog"))
    .sort()
    .map((key) => [key, readFileSync(join(directory, key), "latin1")]);

/** All rows of the history. */
async function tablesOf(directory: string) {
  const engine = await openDuckDbEngine({
    lakeDirectory: directory,
    threads: 1,
    tempDirectory: join(directory, ".tmp"),
  });
  try {
    const tables = ["transactions", "ingests", "shared_orders", "rejects"];
    return await Promise.all(tables.map((table) => engine.query(`select * from ${table} order by all`)));
  } finally {
    engine.close();
  }
}

const PIECES: readonly [key: string, () => string][] = [
  ["processed/catalog.duckdb", () => "processed/catalog.duckdb"],
  ["models/aliases.json", () => "models/aliases.json"],
  ["the manifest of the current run", () => `runs/${runId}.json`],
  ["published/current_segments/symlink.txt", () => "published/current_segments/symlink.txt"],
];

describe("a lake that lacks a piece", () => {
  it.each(PIECES)("is refused by name, and made whole again: %s", async (_, keyOf) => {
    const key = keyOf();
    remove(key);
    const before = contentOf(lake);
    for (const command of [
      ["run", another],
      ["query", "select 1"],
    ]) {
      const { code, stderr } = await cli(...command);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`lacks ${key} (`)]);
      expect(stderr).toContain(`\`rfm doctor --repair --lake ${lake}\``);
    }
    expect((await cli("doctor")).stdout).toContain(`missing  ${key}`);
    // Nothing was made in its place, and no new history has begun.
    expect(contentOf(lake)).toEqual(before);
    expect(existsSync(join(lake, key))).toBe(false);

    const repaired = await cli("doctor", "--repair");
    expect([repaired.code, repaired.stdout]).toEqual([0, expect.stringContaining("The lake is whole.")]);
    expect(contentOf(lake).filter(([name]) => !name?.startsWith("processed/"))).toEqual(
      contentOf(original).filter(([name]) => !name?.startsWith("processed/")),
    );
    expect(await tablesOf(lake)).toEqual(await tablesOf(original));
  });

  it("segments as before once its catalog was rebuilt, under the settings that each file came with", async () => {
    remove("processed/catalog.duckdb");
    remove("attempts");
    // As releases wrote them that did not know the setting.
    const copies = join(lake, "ledger/configs");
    for (const name of readdirSync(copies)) {
      const { fileColumns: _later, ...earlier } = JSON.parse(readFileSync(join(copies, name), "utf8"));
      writeFileSync(join(copies, name), JSON.stringify(earlier));
    }
    expect((await cli("doctor", "--repair")).code).toBe(0);
    const open = await openLocalLake({ lakeDirectory: lake, threads: 1 });
    try {
      const { summary, store } = await open.run({ files: [], config });
      expect(summary.runId).toBe(runId);
      expect(Buffer.from(await store.read(summary.outputs.segmentsCsv as string)).toString()).toBe(segments);
    } finally {
      await open.close();
    }
  });

  it("is refused by every command", async () => {
    remove("models/aliases.json");
    const commands = [
      ...[["ingests"], ["rejects"], ["report"], ["export", "--segment", "Champions"], ["backtest"], ["forecast"]],
      ...[["models", "list"], ["forget", "1.csv", "--yes"], ["forget", "--customer", "K0001", "--yes"], ["compact"]],
      ...[["serve", "--port", "0"], ["watch", folder], ["runs"], ["publish"]],
    ];
    for (const command of commands) {
      const { code, stderr } = await cli(...command);
      expect([command, code, stderr]).toEqual([command, 1, expect.stringContaining("lacks models/aliases.json")]);
    }
  });

  it("is refused where its catalog is another lake's", async () => {
    remove("processed/catalog.duckdb");
    (await openDuckDbEngine({ lakeDirectory: lake, threads: 1, tempDirectory: join(lake, ".tmp") })).close();
    const { code, stderr } = await cli("run", another);
    expect([code, stderr]).toEqual([1, expect.stringContaining("1.csv of ")]);
  });

  it("does not lose the runs of a database that is gone", async () => {
    remove("postgres");
    const { code, stderr } = await cli("run", another);
    expect([code, stderr]).toEqual([1, expect.stringContaining("lacks postgres (the lake's database)")]);
    const repaired = await cli("doctor", "--repair", "--json");
    expect(JSON.parse(repaired.stdout)).toMatchObject({
      isHealthy: true,
      missing: [{ kind: "database", key: "postgres" }],
      repair: { done: ["the database was built from the lake, with 2 runs"], lost: [] },
    });
  });

  it("says what nothing else tells", async () => {
    const { champion } = JSON.parse(readFileSync(join(lake, "models/aliases.json"), "utf8"));
    remove(`models/${champion}.json`);
    const { code, stdout } = await cli("doctor", "--repair");
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining(`lost     models/${champion}.json follows from nothing`),
    ]);
  });
});

describe("rfm forget SOURCE --refresh", () => {
  const forget = ["forget", "1.csv", "--yes", "--refresh", "--lake", lake];
  const sources = async () => (await cli("query", "select sources from current_run", "--format", "csv")).stdout;

  it.each(effort([9], [2, 4, 6, 8, 10, 12, 15, 20, 25, 30, 35, 40]))(
    "goes on when it was killed at change %i",
    async (call) => {
      const of = /lake\/(ledger|runs|models|published|curated|reports)\//;
      const { signal } = await rfm(forget, { cwd: folder, killAtCall: { call, of } });
      expect(signal).toBe("SIGKILL");
      const again = await rfmHere(forget, { cwd: folder });
      expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("1.csv is out of the history")]);
      expect(await sources()).toBe("sources\n1\n");
      expect((await cli("forget", "1.csv", "--yes")).stderr).toContain('No live source is called "1.csv"');
    },
  );
});

describe("a lake that is whole", () => {
  it("is found so, and what is damaged in it is named", async () => {
    expect(await cli("doctor")).toMatchObject({ code: 0, stdout: expect.stringContaining("The lake is whole.") });
    const inventory = JSON.parse(readFileSync(join(lake, "ledger/inventory.json"), "utf8"));
    expect(inventory.ledger.map(({ source }: { source: string }) => source)).toEqual(["1.csv", "2.csv"]);
    writeFileSync(join(lake, `runs/${runId}.json`), "{");
    const { code, stdout } = await cli("doctor");
    expect([code, stdout]).toEqual([1, expect.stringContaining(`runs/${runId}.json in the lake is not readable JSON`)]);
  });
});

describe("a lake of the first release", () => {
  beforeEach(() => {
    rmSync(lake, { recursive: true, force: true });
    unpackOldLake(lake);
  });

  it("opens without an inventory, and gets one", async () => {
    expect((await cli("ingests")).code).toBe(0);
    expect(existsSync(join(lake, "ledger/inventory.json"))).toBe(false);
    const open = await openLocalLake({ lakeDirectory: lake, threads: 1 });
    await open.run({ files: [], config }).finally(() => open.close());
    expect(JSON.parse(readFileSync(join(lake, "ledger/inventory.json"), "utf8")).ledger.length).toBe(2);
  });

  it("is refused where its history is gone, or its aliases; these follow from its runs", async () => {
    const aliases = JSON.parse(readFileSync(join(lake, "models/aliases.json"), "utf8"));
    remove("models/aliases.json");
    expect((await cli("run", another)).stderr).toContain("lacks models/aliases.json");
    await cli("doctor", "--repair");
    expect(JSON.parse(readFileSync(join(lake, "models/aliases.json"), "utf8"))).toMatchObject({
      champion: aliases.champion,
      run: aliases.run,
    });
    remove("processed/catalog.duckdb");
    expect((await cli("run", another)).stderr).toContain("lacks processed/catalog.duckdb (the history)");
  });
});
