import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type PythonTool, pythonCommand } from "../../conformance/support/python.ts";
import { installTrino, TRINO_VERSION } from "../../conformance/trino/installation.ts";
import { findServerBinaries } from "../../local/postgresServer.ts";

/** Python packages of the box, in versions that its own Python files were written for. */
const MINISTACK = ["ministack==1.5.33", "psycopg2-binary==2.9.13", "cryptography==50.0.2"];
const COMMANDS = ["curl", "openssl", "nice", "du"];

/** What the box is made of, installed on this machine. */
export interface Parts {
  readonly python: string;
  /** Folder of PostgreSQL's programs. */
  readonly postgres: string;
  readonly trino: { readonly java: string; readonly home: string };
}

const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "rfm-segmentation", "cloud-box");

/**
 * Finds the parts of the box, or puts them into the user's cache: ministack from PyPI (120 MB), Trino from Maven
 * (720 MB). PostgreSQL, Java and Python are the machine's own.
 * @returns the parts, or what is missing and how to get it.
 */
export function installParts(say: (line: string) => void): Parts | { readonly missing: string } {
  const absent = COMMANDS.filter((command) => spawnSync("which", [command]).status !== 0);
  if (absent.length > 0) return { missing: `there is no ${absent.join(", ")}` };
  const postgres = findServerBinaries();
  if (postgres === undefined)
    return { missing: "there is no PostgreSQL server under /usr/lib/postgresql (apt-get install postgresql)" };
  const environment = join(cacheFolder(), "ministack-1.5.33");
  if (!existsSync(environment)) say(`installing ${MINISTACK.join(", ")} from PyPI into ${environment}, some 120 MB`);
  const python: PythonTool = pythonCommand(environment, MINISTACK, "python");
  if ("missing" in python) return { missing: `ministack cannot be installed: ${python.missing}` };
  say(`looking for Trino ${TRINO_VERSION}; where it is not here yet, Maven brings some 720 MB`);
  const trino = installTrino();
  if (!trino.isReady) return { missing: `Trino cannot run: ${trino.reason}` };
  for (const folder of [environment, trino.home]) say(`${sizeOf(folder)} ${folder}`);
  return { python: python.command, postgres, trino };
}

function sizeOf(folder: string): string {
  return spawnSync("du", ["-sh", folder], { encoding: "utf8" }).stdout.split("\t")[0] ?? "";
}
