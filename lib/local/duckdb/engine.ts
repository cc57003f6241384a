import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DuckDBConnection, DuckDBInstance, Json } from "@duckdb/node-api";
import { SegmentationError } from "../../domain/errors.ts";
import type { SqlEngine, StatementResult } from "../../ports.ts";
import { LAKE_VERSION, NewerLakeError, VERSIONS_PREFIX, versionIn } from "../../workflow/ledger/lakeVersion.ts";
import { statementName } from "../../workflow/sql/statementText.ts";
import { syncFile, syncFolder } from "../lake/durable.ts";
import { CATALOG_KEY } from "../lake/lakePaths.ts";
import { LakeBusyError, SqlEngineError, UnloadTargetNotEmptyError } from "./errors.ts";
import { externalViews } from "./externalViews.ts";
import { type DuckDbSettings, messageOf, openCatalog } from "./open.ts";
import { type LocalStatement, quoteLiteral, translateStatement } from "./translate.ts";

export interface DuckDbEngineOptions extends DuckDbSettings {
  /** Root of the lake on this machine; the catalog is `processed/catalog.duckdb` in it. */
  readonly lakeDirectory: string;
  /** URI that the statements use for the lake's root. Default `s3://lake`. */
  readonly lakeUri?: string;
}

/** The local SQL engine: Athena's dialect over DuckDB. */
export interface DuckDbEngine extends SqlEngine {
  /**
   * Rows of a query as JSON values; decimals and 64-bit integers are text. For people's questions, not for the flow.
   */
  query(sql: string): Promise<Record<string, Json>[]>;
  /** Ends the statements that are under way; each fails, and leaves nothing. */
  interrupt(): void;
  /** Writes everything to the catalog file and gives the lock back. */
  close(): void;
}

interface Context {
  readonly instance: DuckDBInstance;
  readonly lakeDirectory: string;
  readonly lakeUri: string;
  readonly stagingDirectory: string;
  readonly connections: Set<DuckDBConnection>;
  unloads: number;
}

/** DuckDB's lock keeps other processes out, but not a second engine of this one. */
const lakesOpenHere = new Set<string>();

/**
 * Opens the lake's catalog. Statements may run side by side; each has a connection of its own.
 * @throws LakeBusyError when another process, or another engine of this one, has the lake open; NewerLakeError.
 */
export async function openDuckDbEngine(options: DuckDbEngineOptions): Promise<DuckDbEngine> {
  mkdirSync(options.lakeDirectory, { recursive: true });
  const lakeDirectory = realpathSync(options.lakeDirectory);
  const catalogPath = join(lakeDirectory, CATALOG_KEY);
  refuseNewerLake(lakeDirectory);
  if (lakesOpenHere.has(lakeDirectory)) throw new LakeBusyError(catalogPath, process.pid);
  lakesOpenHere.add(lakeDirectory);
  const instance = await openCatalog(catalogPath, options).catch((cause: unknown) => {
    lakesOpenHere.delete(lakeDirectory);
    throw cause;
  });
  const stagingDirectory = join(lakeDirectory, ".staging");
  // Whatever a killed process left half-written: the lock is ours, so nobody is writing there.
  rmSync(stagingDirectory, { recursive: true, force: true });
  const lakeUri = options.lakeUri ?? "s3://lake";
  const connections = new Set<DuckDBConnection>();
  const context: Context = { instance, lakeDirectory, lakeUri, stagingDirectory, connections, unloads: 0 };
  let isClosed = false;
  return {
    run: (statement) => run(context, statement),
    query: (sql) =>
      withConnection(context, "(query)", async (connection) =>
        (await connection.runAndReadAll(sql)).getRowObjectsJson(),
      ),
    interrupt: () => {
      for (const connection of connections) connection.interrupt();
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      instance.closeSync();
      lakesOpenHere.delete(lakeDirectory);
    },
  };
}

/** @throws NewerLakeError */
export function refuseNewerLake(lakeDirectory: string): void {
  const folder = join(lakeDirectory, VERSIONS_PREFIX);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const version = Math.max(1, ...names.map(versionIn));
  if (version > LAKE_VERSION) throw new NewerLakeError(version);
}

async function run(context: Context, statement: string): Promise<StatementResult> {
  const startedAt = performance.now();
  const name = statementName(statement);
  const local = translateStatement(statement);
  const sql = local.kind === "unload" ? local.query : local.sql;
  const views = externalViews(context.lakeDirectory, name, sql);
  await withConnection(context, name, async (connection) => {
    for (const view of views) await connection.run(view.ddl);
    if (local.kind === "unload") await unload(context, connection, name, local);
    else await connection.run(sql);
  });
  return { bytesScanned: views.reduce((sum, view) => sum + view.bytes, 0), elapsedMs: performance.now() - startedAt };
}

async function withConnection<T>(
  context: Context,
  name: string,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const connection = await context.instance.connect();
  context.connections.add(connection);
  try {
    return await work(connection);
  } catch (cause) {
    throw cause instanceof SegmentationError ? cause : new SqlEngineError(name, messageOf(cause), { cause });
  } finally {
    context.connections.delete(connection);
    connection.closeSync();
  }
}

/** Written beside the lake's zones, then moved to its place at once: readers never see half a result. */
async function unload(
  context: Context,
  connection: DuckDBConnection,
  name: string,
  target: Extract<LocalStatement, { kind: "unload" }>,
): Promise<void> {
  const folder = toLocalFolder(context, name, target.uri);
  const isEmpty = () => !holdsFiles(folder);
  if (!isEmpty()) throw new UnloadTargetNotEmptyError(name, target.uri);
  context.unloads += 1;
  const staged = join(context.stagingDirectory, `unload-${context.unloads}`);
  mkdirSync(staged, { recursive: true });
  try {
    const { query, compression, partitionedBy } = target;
    const isParted = partitionedBy !== undefined;
    const file = quoteLiteral(isParted ? staged : join(staged, "part-00000.parquet"));
    const parts = isParted ? `, partition_by (${partitionedBy}), overwrite_or_ignore` : "";
    await connection.run(`copy (${query}) to ${file} (format parquet, compression ${compression}${parts})`);
    await syncTree(staged);
    mkdirSync(dirname(folder), { recursive: true });
    // Folders of parts whose files were removed, before a statement is run again, are left.
    if (isEmpty()) rmSync(folder, { recursive: true, force: true });
    renameSync(staged, folder);
    await syncFolder(dirname(folder));
  } catch (cause) {
    rmSync(staged, { recursive: true, force: true });
    if (isEmpty()) throw cause;
    throw new UnloadTargetNotEmptyError(name, target.uri);
  }
}

const holdsFiles = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder, { withFileTypes: true, recursive: true }).some((entry) => entry.isFile());

/** A folder with all that is in it, from the inside out. */
async function syncTree(folder: string): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? syncTree(path) : syncFile(path));
  }
  await syncFolder(folder);
}

function toLocalFolder(context: Context, name: string, uri: string): string {
  const path = uri.startsWith(`${context.lakeUri}/`) ? uri.slice(context.lakeUri.length + 1) : undefined;
  if (path === undefined || path.split("/").some((part) => part === ".." || part === ".")) {
    throw new SqlEngineError(name, `${uri} is not inside the lake ${context.lakeUri}`);
  }
  return join(context.lakeDirectory, path);
}
