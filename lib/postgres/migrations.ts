import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { PgConnection } from "./connection.ts";
import { DatabaseVersionError } from "./errors.ts";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text with LF line ends, so that a checkout with CRLF is the same migration. */
  readonly checksum: string;
}

export const MIGRATIONS_DIRECTORY = new URL("../../sql/postgres/", import.meta.url);

/** Oldest server on which the schema works: 13, the oldest that the tests' features were introduced in or before. */
const MINIMUM_SERVER_VERSION = 130_000;

/** Makes a migration of a file's name and text. */
export function toMigration(fileName: string, text: string): Migration {
  const sql = text.replaceAll("\r\n", "\n");
  const checksum = createHash("sha256").update(sql).digest("hex");
  return { version: Number.parseInt(fileName.slice(0, 4), 10), name: fileName.slice(5, -4), sql, checksum };
}

/** The migrations in a folder of files `0001_name.sql …`, in order. */
export async function readMigrations(directory: URL = MIGRATIONS_DIRECTORY): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  return Promise.all(names.map(async (name) => toMigration(name, await readFile(new URL(name, directory), "utf8"))));
}

/**
 * @throws DatabaseVersionError for a server older than PostgreSQL 13 (`server_version_num` as the server gives it).
 */
export function checkServerVersion(serverVersionNumber: number): void {
  if (serverVersionNumber >= MINIMUM_SERVER_VERSION) return;
  const found = `${Math.trunc(serverVersionNumber / 10_000)}`;
  throw new DatabaseVersionError(
    "DATABASE_VERSION",
    `The server is PostgreSQL ${found}; version 13 or later is needed.`,
    { serverVersionNumber },
  );
}

interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

async function readApplied(connection: PgConnection): Promise<AppliedMigration[] | undefined> {
  const [found] = await connection.query<{ present: boolean; schema: boolean }>(
    "select to_regclass('rfm.schema_migrations') is not null as present, to_regnamespace('rfm') is not null as schema",
  );
  if (found?.present)
    return connection.query("select version, name, checksum from rfm.schema_migrations order by version");
  // Only where it is missing: `if not exists` asks for the right to create schemas even where there is nothing to do.
  if (!found?.schema) await connection.execute("create schema rfm");
  return undefined;
}

function pendingMigrations(known: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  for (const done of applied) {
    const same = known.find(({ version }) => version === done.version);
    if (same?.checksum === done.checksum) continue;
    const label = `${String(done.version).padStart(4, "0")}_${done.name}`;
    const reason =
      same === undefined
        ? "this release does not know it: a newer one was here"
        : "its text differs from this release's";
    throw new DatabaseVersionError(
      "SCHEMA_VERSION",
      `The database's schema "rfm" has migration ${label}, but ${reason}. Use that release, or another database.`,
      { version: done.version },
    );
  }
  return known.filter(({ version }) => !applied.some((done) => done.version === version));
}

/**
 * Brings the schema `rfm` up to date. Must run inside a transaction: either all pending migrations are applied or none.
 * Two migrators at once follow each other.
 *
 * @returns the migrations that were applied now
 */
export async function applyMigrations(
  connection: PgConnection,
  migrations: readonly Migration[],
): Promise<Migration[]> {
  // Cast, because the Data API cannot hand over a result of the type `void`.
  await connection.execute("select cast(pg_advisory_xact_lock(7236770, 1) as text) as locked");
  const applied = await readApplied(connection);
  if (applied === undefined) {
    await connection.execute(`create table rfm.schema_migrations (
      version integer primary key, name text not null, checksum text not null,
      applied_at timestamptz not null default clock_timestamp()
    )`);
  }
  const pending = pendingMigrations(migrations, applied ?? []);
  for (const { version, name, sql, checksum } of pending) {
    await connection.execute(sql);
    await connection.query("insert into rfm.schema_migrations (version, name, checksum) values ($1, $2, $3)", [
      version,
      name,
      checksum,
    ]);
  }
  return pending;
}
