import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { CatalogReadOnlyError, LakeBusyError, LakePathError, SqlEngineError } from "./errors.ts";

const FUNCTIONS_FILE = fileURLToPath(new URL("../../../sql/local/trino_functions.sql", import.meta.url));
/** Newer files are smaller and a third cheaper to write; any DuckDB from this version on reads them. */
const STORAGE_VERSION = "v1.4.0";
const SETTINGS_FILE = fileURLToPath(new URL("../../../sql/local/settings.sql", import.meta.url));

export interface DuckDbSettings {
  readonly threads: number;
  /** DuckDB's notation, "2GB"; its own default (80% of memory) when absent. */
  readonly memoryLimit?: string;
  /** Where DuckDB spills what does not fit in memory. */
  readonly tempDirectory: string;
}

/**
 * Opens (or creates) a catalog file with Trino's semantics: settings, and the functions that DuckDB lacks.
 * @throws LakeBusyError when another process has it open: DuckDB's lock on the file is the lake's lock;
 * CatalogReadOnlyError.
 */
export async function openCatalog(catalogPath: string, settings: DuckDbSettings): Promise<DuckDBInstance> {
  if (catalogPath.includes("?")) throw new LakePathError(catalogPath);
  mkdirSync(dirname(catalogPath), { recursive: true });
  mkdirSync(settings.tempDirectory, { recursive: true });
  const instance = await createInstance(catalogPath, settings);
  try {
    const connection = await instance.connect();
    await connection.run(readFileSync(SETTINGS_FILE, "utf8"));
    await installFunctions(connection);
    connection.closeSync();
    return instance;
  } catch (cause) {
    instance.closeSync();
    throw new SqlEngineError("(open)", messageOf(cause), { cause });
  }
}

/** First line of what the engine said. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function createInstance(catalogPath: string, settings: DuckDbSettings): Promise<DuckDBInstance> {
  const { threads, memoryLimit, tempDirectory } = settings;
  const options: Record<string, string> = {
    threads: String(threads),
    temp_directory: tempDirectory,
    storage_compatibility_version: STORAGE_VERSION,
  };
  if (memoryLimit !== undefined) options.memory_limit = memoryLimit;
  try {
    return await DuckDBInstance.create(catalogPath, options);
  } catch (cause) {
    const message = messageOf(cause);
    if (/lock|already (?:attached|open)|being used by another process/i.test(message)) {
      const processId = /\(PID (\d+)\)/.exec(message)?.[1];
      throw new LakeBusyError(catalogPath, processId === undefined ? undefined : Number(processId), { cause });
    }
    if (/Read-only file system|Permission denied/i.test(message))
      throw new CatalogReadOnlyError(catalogPath, { cause });
    throw new SqlEngineError("(open)", message, { cause });
  }
}

/** The macros live in the catalog and are written again only when their text has changed. */
async function installFunctions(connection: DuckDBConnection): Promise<void> {
  const text = readFileSync(FUNCTIONS_FILE, "utf8");
  const version = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const macro = `trino_functions_${version}`;
  const found = await connection.runAndReadAll(`select 1 from duckdb_functions() where function_name = '${macro}'`);
  if (found.currentRowCount > 0) return;
  await connection.run(`begin; ${text}; create or replace macro ${macro}() as true; commit;`);
}
