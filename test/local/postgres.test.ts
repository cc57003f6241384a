import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SegmentationError } from "../../lib/domain/errors.ts";
import { openPgDatabase } from "../../lib/local/postgres/pgDatabase.ts";
import { openPgliteDatabase } from "../../lib/local/postgres/pgliteDatabase.ts";
import { checkServerVersion, readMigrations, toMigration } from "../../lib/postgres/migrations.ts";
import { describeSegmentDatabase } from "./postgresContract.ts";
import { findServerBinaries, startServer, type TestServer } from "./postgresServer.ts";

const directory = mkdtempSync(join(tmpdir(), "embedded-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describeSegmentDatabase("segments in PGlite", async () => openPgliteDatabase(join(directory, "contract")));

describe("migrations", () => {
  it("are numbered from 1 without a gap", async () => {
    const migrations = await readMigrations();
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  });

  it("are the same with CRLF line ends", () => {
    expect(toMigration("0001_a.sql", "a\r\nb\r\n")).toEqual(toMigration("0001_a.sql", "a\nb\n"));
  });

  it("refuse a server older than 13", () => {
    expect(() => checkServerVersion(120_022)).toThrow(/PostgreSQL 12; version 13/);
    checkServerVersion(130_000);
  });
});

const binaries = findServerBinaries();
const where =
  binaries === undefined ? " (skipped: no server under /usr/lib/postgresql; apt-get install postgresql)" : "";

describe.skipIf(binaries === undefined)(`a real server${where}`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(binaries ?? "");
    const admin = await openPgDatabase(server.url("postgres"));
    for (const name of ["contract", "two", "rights", "newer"]) await admin.query(`create database ${name}`);
    await admin.query("create role visitor login");
    await admin.close();
  });
  afterAll(() => server?.stop());

  describeSegmentDatabase(
    "segments",
    () => openPgDatabase(server.url("contract")),
    () => openPgDatabase(server.url("contract")),
  );

  it("lets several migrators start at once", async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => openPgDatabase(server.url("two"))));
    await Promise.all(all.map((database) => database.migrate()));
    const [count] = (await all[0]?.query("select count(*) as n from rfm.schema_migrations")) ?? [];
    expect(count).toEqual({ n: (await readMigrations()).length });
    await Promise.all(all.map((database) => database.close()));
  });

  it("refuses a schema of a newer release or with another text", async () => {
    const database = await openPgDatabase(server.url("newer"));
    await database.migrate();
    await database.query("update rfm.schema_migrations set checksum = 'x' where version = 1");
    await expect(database.migrate()).rejects.toMatchObject({
      code: "SCHEMA_VERSION",
      message: expect.stringMatching(/its text differs/),
    });
    await database.query("update rfm.schema_migrations set version = 99 where version = 1");
    await expect(database.migrate()).rejects.toMatchObject({ code: "SCHEMA_VERSION" });
    await database.close();
  });

  it("names missing rights", async () => {
    const database = await openPgDatabase(server.url("rights", "visitor"));
    await expect(database.migrate()).rejects.toMatchObject({ code: "DATABASE_RIGHTS" });
    await database.close();
  });

  it("names where it cannot connect, and never the password", async () => {
    const attempts: [string, RegExp][] = [
      [server.url("nowhere"), new RegExp(`127.0.0.1:${server.port}, database "nowhere".*no such database`)],
      [server.url("contract", "stranger"), /as user "stranger"/],
      ["postgresql://me:s3cret-Word@127.0.0.1:1/shop", /127\.0\.0\.1:1, database "shop".*no server answers/],
      ["postgresql://me:s3cret-Word@no-such-host.invalid/shop", /no-such-host\.invalid:5432, database "shop"/],
      ["postgresql://me:s3cret-Word@ho st:x/%zz", /cannot be read/],
    ];
    for (const [url, message] of attempts) {
      const error = await openPgDatabase(url).then(
        () => undefined,
        (reason: SegmentationError) => reason,
      );
      expect(error?.message).toMatch(message);
      expect(error?.code).toMatch(/^DATABASE_/);
      expect(inspect(error, { depth: 9 })).not.toContain("s3cret");
    }
  });

  it("neither waits for a reader nor takes rows from its snapshot when it deletes old runs", async () => {
    const database = await openPgDatabase(server.url("two"), { keepRuns: 2 });
    const reader = await openPgDatabase(server.url("two"));
    const publishEmpty = async (runId: string) => {
      const run = { runId, modelVersion: "m", snapshotDate: "2020-01-01", createdAt: "2020-01-01T00:00:00Z" };
      await database.stageRun({ ...run, customers: 0, summary: "{}" });
      await database.publish(runId, 0);
    };
    for (const runId of ["a", "b"]) await publishEmpty(runId);
    const order: string[] = [];
    const slow = reader
      .query("select pg_sleep(1.2), (select count(*) from rfm.current_segments)")
      .then(() => order.push("reader"));
    await database.query("select pg_sleep(0.2)");
    await publishEmpty("c").then(() => order.push("publication"));
    await slow;
    expect(order).toEqual(["publication", "reader"]);
    expect((await database.runs()).map((run) => run.runId)).toEqual(["c", "b"]);
    await Promise.all([database.close(), reader.close()]);
  });
});
