import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installDuckdb, LAMBDA_DUCKDB_VERSION, projectCache } from "../bundles/duckdbBinding.ts";
import { PROJECT_ROOT, projectVersion } from "../bundles/project.ts";
import type { FunctionName } from "../workflow/functionSpecs.ts";

/** Folder of the package with a folder for each function, and the list of them. */
export const FUNCTIONS_FOLDER = "functions";
export const FUNCTIONS_LIST = "functions.json";

/** `functions.json`: which functions there are, and whether DuckDB must be brought to them. */
export type FunctionList = Readonly<Record<FunctionName, { readonly usesDuckdb: boolean }>>;

export interface PackagedCode {
  readonly codeDirectories: Readonly<Record<FunctionName, string>>;
  readonly codeVersion: string;
  readonly migrationsDirectory: string;
}

/**
 * The functions' code as it came with the package. DuckDB is native and not for this computer: npm brings it, once per
 * version.
 * @param cache folder that keeps it; by default in the node_modules of the working directory.
 * @throws BindingError where npm cannot.
 */
export function packagedCode(cache = projectCache(process.cwd())): PackagedCode {
  const folder = join(PROJECT_ROOT, FUNCTIONS_FOLDER);
  const codeVersion = projectVersion();
  const list = JSON.parse(readFileSync(join(folder, FUNCTIONS_LIST), "utf8")) as FunctionList;
  const directories = Object.entries(list).map(([name, { usesDuckdb }]) => {
    const directory = join(folder, name);
    return [name, usesDuckdb ? withDuckdb({ name, directory, codeVersion, cache }) : directory];
  });
  return {
    codeDirectories: Object.fromEntries(directories),
    codeVersion,
    migrationsDirectory: join(PROJECT_ROOT, "sql/postgres"),
  };
}

interface FunctionCopy {
  readonly name: string;
  readonly directory: string;
  readonly codeVersion: string;
  readonly cache: string;
}

/** A copy of a function's folder with DuckDB in it, made once. */
function withDuckdb({ name, directory, codeVersion, cache }: FunctionCopy): string {
  const modules = installDuckdb(cache);
  const done = join(cache, `${name}-${codeVersion}-duckdb-${LAMBDA_DUCKDB_VERSION}`);
  if (existsSync(done)) return done;
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, "copying-"));
  cpSync(directory, scratch, { recursive: true });
  cpSync(modules, join(scratch, "node_modules"), { recursive: true });
  try {
    // In one step, so that an interrupted copy is never taken for a whole one.
    renameSync(scratch, done);
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    // Another synthesis was faster.
    if (!existsSync(done)) throw error;
  }
  return done;
}
