import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../../package.json" with { type: "json" };
import { SegmentationError } from "../../domain/errors.ts";

/** Where a native library is to run. */
export interface Platform {
  readonly os: "linux" | "darwin" | "win32";
  readonly cpu: "arm64" | "x64";
}

/** AWS Lambda's Node 24 on Graviton: Amazon Linux 2023, glibc 2.34. */
export const LAMBDA_PLATFORM: Platform = { os: "linux", cpu: "arm64" };

/** npm could not bring DuckDB for the platform of the functions. */
export class BindingError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown>) {
    super("DUCKDB_BINDING", `DuckDB for AWS Lambda could not be installed: ${message}`, context);
  }
}

/**
 * DuckDB in AWS Lambda: the release of package.json. It must be one whose library is published for linux-arm64 too.
 */
export const LAMBDA_DUCKDB_VERSION: string = packageJson.dependencies["@duckdb/node-api"];

/** Where a project keeps what was brought for the functions. */
export const projectCache = (root: string): string => join(root, "node_modules", ".cache", "rfm-segmentation");

/**
 * Installs DuckDB with its native library for another platform than this one, once per version; npm checks its
 * integrity.
 * @param cache folder that keeps it.
 * @returns the node_modules folder that holds it.
 * @throws BindingError where npm cannot.
 */
export function installDuckdb(cache: string, platform: Platform = LAMBDA_PLATFORM): string {
  const version = LAMBDA_DUCKDB_VERSION;
  const name = `duckdb-${version}-${platform.os}-${platform.cpu}`;
  const done = join(cache, name);
  const library = join("node_modules", "@duckdb", `node-bindings-${platform.os}-${platform.cpu}`);
  if (existsSync(join(done, library))) return join(done, "node_modules");
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, "installing-"));
  writeFileSync(
    join(scratch, "package.json"),
    JSON.stringify({ private: true, dependencies: { "@duckdb/node-api": version } }),
  );
  const flags = [
    "--omit=dev",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--prefer-offline",
    "--loglevel=error",
  ];
  const target = [`--os=${platform.os}`, `--cpu=${platform.cpu}`, ...(platform.os === "linux" ? ["--libc=glibc"] : [])];
  const npm = spawnSync("npm", ["install", ...flags, ...target], {
    cwd: scratch,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (npm.status !== 0 || !existsSync(join(scratch, library))) {
    rmSync(scratch, { recursive: true, force: true });
    throw new BindingError(
      npm.error?.message ?? (npm.stderr.trim() || "npm knows no such release for this platform."),
      { version, ...platform },
    );
  }
  // In one step, so that an interrupted installation is never taken for a whole one.
  rmSync(done, { recursive: true, force: true });
  renameSync(scratch, done);
  return join(done, "node_modules");
}
