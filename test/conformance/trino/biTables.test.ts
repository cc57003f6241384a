/*
 * A real Trino reads the tables that BI tools read in Athena: the lists of Parquet files and the JSON lines, by the very input formats
 * and SerDes that the Glue tables name, as the local engine reads them. Not seen here: Glue itself and Athena's own version.
 */
import { globSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { BI_FORMATS } from "../../../lib/infra/lake/dataCatalog.ts";
import { type BiViews, openBiViews } from "../../../lib/local/bi/biViews.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { runLocally } from "../../../lib/local/run/runLocally.ts";
import { BI_TABLES } from "../../../lib/tables/bi.ts";
import { publishedPrefix } from "../../../lib/workflow/lake/layout.ts";
import { publishTables } from "../../../lib/workflow/lake/publishedTables.ts";
import { audienceSql } from "../../../lib/workflow/sql/audienceSql.ts";
import { manifestsOf, temporaryFolder } from "../../support/lake.ts";
import { shopCsv, writeText } from "../../support/shop.ts";
import { type TrinoQuery, trinoClient } from "./client.ts";
import { installTrino } from "./installation.ts";
import { startTrino, type TrinoServer } from "./server.ts";

const installation = installTrino();
const SCHEMA = "bi";

/** A copy of the local tables' files whose addresses Trino can follow, beside the lake. */
async function publishFor(lake: string): Promise<void> {
  const store = { ...openFolderStore(lake), uri: `local:///${basename(lake)}` };
  const manifests = manifestsOf(lake).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  for (const manifest of manifests) await publishTables(store, manifest);
}

/** Trino's own DDL has no table over a list of files: the metastore's file gets the Glue table's formats. */
async function createTable(trino: TrinoQuery, lake: string, name: string): Promise<void> {
  const table = BI_TABLES[name] as (typeof BI_TABLES)[string];
  const columns = Object.entries(table.columns).map(([column, { type }]) => `"${column}" ${type}`);
  const location = `local:///${basename(lake)}/${publishedPrefix(name).replace(/\/$/, "")}`;
  mkdirSync(join(lake, publishedPrefix(name)), { recursive: true });
  await trino(
    `create table files.${SCHEMA}.${name} (${columns.join(", ")}) with (external_location = '${location}', format = '${table.source.kind === "parquet" ? "PARQUET" : "JSON"}')`,
  );
  const [file] = globSync(join(realpathSync(tmpdir()), `rfm-trino-*/metastore/${SCHEMA}/${name}/.trinoSchema`)).slice(
    -1,
  );
  const { storageFormat: _, ...metadata } = JSON.parse(readFileSync(file as string, "utf8")) as Record<string, unknown>;
  const { inputFormat, outputFormat, serdeInfo } = BI_FORMATS[table.source.kind];
  const originalStorageFormat = { serde: serdeInfo.serializationLibrary, inputFormat, outputFormat };
  writeFileSync(file as string, JSON.stringify({ ...metadata, originalStorageFormat }));
}

/** Rows that compare whatever way an engine writes a number. */
const comparable = (rows: readonly (readonly unknown[])[]): string[] =>
  rows
    .map((row) =>
      JSON.stringify(
        row.map((value) =>
          typeof value === "string" && value !== "" && !Number.isNaN(Number(value)) ? Number(value) : value,
        ),
      ),
    )
    .sort();

describe.skipIf(!installation.isReady)("BI tables in Trino (skipped without Java 24, mvn and Trino)", () => {
  const lake = temporaryFolder();
  let server: TrinoServer;
  let trino: TrinoQuery;
  let views: BiViews;
  beforeAll(async () => {
    for (const [name, seed] of [
      ["a.csv", 1],
      ["b.csv", 2],
    ] as const) {
      const file = writeText(join(lake, name), shopCsv({ seed, customers: 120, lines: 600 }));
      await runLocally({ lakeDirectory: lake, files: [file], config: parseConfig({ overlap: "keep" }) });
    }
    // It has read the lists when Trino's take their place.
    views = await openBiViews(lake);
    await publishFor(lake);
    if (installation.isReady) server = await startTrino(installation);
    trino = trinoClient(server.url, "files", SCHEMA);
    await trino(`create schema files.${SCHEMA}`);
    for (const name of Object.keys(BI_TABLES)) await createTable(trino, lake, name);
  });
  afterAll(async () => {
    views?.close();
    await server?.stop();
    rmSync(lake, { recursive: true, force: true });
  });

  it.each(Object.keys(BI_TABLES))("%s has the same rows as in the local engine", async (name) => {
    const local = (await views.query(`select * from ${name}`)).rows;
    expect(comparable((await trino(`select * from ${name}`)).rows)).toEqual(comparable(local));
  });

  it("takes a list without a file for an empty table", async () => {
    const name = "current_migrations";
    const list = join(lake, publishedPrefix(name), "symlink.txt");
    const text = readFileSync(list, "utf8");
    expect(text).not.toBe("");
    writeFileSync(list, "");
    expect((await trino(`select * from ${name}`)).rows).toEqual([]);
    writeFileSync(list, text);
  });

  it("gives the flags of an export", async () => {
    const sql = audienceSql({
      columns: ["customer_id", "is_holdout"],
      filter: { segments: ["Champions", "Lost"], clusterIds: [] },
      holdout: { share: 0.4, campaign: "O'Neil's 🎉", salt: "s" },
    });
    const { rows } = await views.query(sql);
    expect((await trino(sql)).rows).toEqual(rows);
    expect(rows.length).toBeGreaterThan(10);
  });
});
