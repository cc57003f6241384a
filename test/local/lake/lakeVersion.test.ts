import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { eraseCustomer } from "../../../lib/local/erasure/eraseCustomer.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { openCatalogOf, readLedger } from "../../../lib/local/lake/lakeLedger.ts";
import { openLocalLake, runLocally } from "../../../lib/local/run/runLocally.ts";
import {
  LAKE_MIGRATIONS,
  LAKE_VERSION,
  lakeVersionOf,
  USUAL_LAKE_VERSION,
} from "../../../lib/workflow/ledger/lakeVersion.ts";
import { rfmHere } from "../../support/cli.ts";
import { temporaryFolder } from "../../support/lake.ts";
import { unpackOldLake } from "../../support/oldLake.ts";
import { shopCsv, writeText } from "../../support/shop.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const config = parseConfig({ clusters: { minK: 3, maxK: 4 } });
const clock = { now: () => new Date() };

const writers = async (lakeDirectory: string) => {
  const engine = await openCatalogOf(lakeDirectory, 0);
  const rows = await engine.query("select source, written_by from ingests order by committed_at");
  engine.close();
  return rows.map((row) => `${row.source} ${row.written_by}`);
};

const toldLines = async (lakeDirectory: string) => {
  const engine = await openCatalogOf(lakeDirectory, 0);
  const rows = await engine.query(
    "select source, count(*) as n from transactions where file_columns is not null group by source order by source",
  );
  engine.close();
  return rows.map((row) => `${row.source} ${row.n}`);
};

describe("a lake of the first releases", () => {
  it("opens, is migrated by the next run, and can be added to, erased from and run as of earlier", async () => {
    const lakeDirectory = join(folder, "old");
    unpackOldLake(lakeDirectory);
    const store = openFolderStore(lakeDirectory);
    expect(await lakeVersionOf(store)).toBe(1);
    const engine = await openCatalogOf(lakeDirectory, 0);
    const ledger = await readLedger(engine, lakeDirectory);
    expect(ledger.map(({ source, state }) => `${source} ${state}`)).toEqual(["autumn.csv live", "spring.csv live"]);
    await expect(engine.query("select written_by from ingests")).rejects.toThrow(/written_by/);
    engine.close();

    const again = await runLocally({ lakeDirectory, files: [], config: parseConfig({}), threads: 1 });
    expect(await lakeVersionOf(store)).toBe(USUAL_LAKE_VERSION);
    expect(again.summary.history).toMatchObject({ rowsIn: 240, rowsKept: 240 });
    const files = [writeText(join(folder, "winter.csv"), shopCsv({ seed: 3, customers: 20, lines: 60 }))];
    const named = parseConfig({
      fileColumns: { pieces: { from: "quantity", holds: "number" } },
      clusters: { minK: 3, maxK: 4, features: [{ name: "monetary" }, { name: "column_sum", of: "pieces" }] },
    });
    const added = await runLocally({ lakeDirectory, files, config: named, threads: 1 });
    expect(added.summary.history).toMatchObject({ sources: 3, rowsIn: 301 });
    expect(await lakeVersionOf(store)).toBe(LAKE_VERSION);
    expect(await toldLines(lakeDirectory)).toEqual(["winter.csv 61"]);
    expect(await writers(lakeDirectory)).toEqual([
      "spring.csv null",
      "autumn.csv null",
      expect.stringMatching(/^winter\.csv \d+\.\d+\.\d+/),
    ]);
    const asOf = { ingestId: ledger[0]?.ingestId as string };
    const earlier = await runLocally({ lakeDirectory, files: [], config: parseConfig({}), asOf, threads: 1 });
    expect(earlier.summary.history).toMatchObject({ sources: 2, rowsIn: 240 });

    const { proof, affected } = await eraseCustomer({ lakeDirectory, customerId: "C015", waitMs: 0, clock });
    expect(proof.asCustomer).toEqual([]);
    expect(new Set(affected.map(({ source }) => source))).toEqual(new Set(["autumn.csv", "spring.csv"]));
    expect((await writers(lakeDirectory)).length).toBe(3);
  });

  it("takes a migration whose record was lost again", async () => {
    const lakeDirectory = join(folder, "killed");
    unpackOldLake(lakeDirectory);
    const lake = await openLocalLake({ lakeDirectory, threads: 1 });
    await lake.engine.query("alter table ingests add column written_by varchar");
    await lake.run({ files: [], config });
    await lake.close();
    expect(await lakeVersionOf(openFolderStore(lakeDirectory))).toBe(USUAL_LAKE_VERSION);
  });
});

describe("a lake of a newer release", () => {
  it("is refused by name, and nothing is written", async () => {
    const lakeDirectory = join(folder, "newer");
    unpackOldLake(lakeDirectory);
    mkdirSync(join(lakeDirectory, `processed/versions/${String(LAKE_VERSION + 1).padStart(4, "0")}/attempt=a`), {
      recursive: true,
    });
    for (const args of [["run"], ["ingests"], ["rejects"], ["forget", "spring.csv", "--yes"], ["compact"]]) {
      const { code, stderr } = await rfmHere([...args, "--lake", "newer"], { cwd: folder });
      expect({ args, code }).toEqual({ args, code: 1 });
      expect(stderr).toMatch(/newer release of rfm.*\[NEWER_LAKE\]/);
    }
  });
});

describe("the migrations", () => {
  it("are numbered without a gap", () => {
    expect(LAKE_MIGRATIONS.map(({ version }) => version)).toEqual(LAKE_MIGRATIONS.map((_, at) => at + 2));
    for (const { version, statement } of LAKE_MIGRATIONS)
      expect(statement).toMatch(new RegExp(`^ddl/${String(version).padStart(4, "0")}_`));
  });
});
