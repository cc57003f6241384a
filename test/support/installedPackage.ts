import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { buildPackage } from "../../scripts/build.ts";

const run = promisify(execFile);

export interface InstalledPackage {
  /** Folder of the project that installed the package; its node_modules is beside nothing of ours. */
  readonly folder: string;
  /** Paths in the packed file, as npm lists them, sorted. */
  readonly packed: readonly string[];
  /** The start of the installed program. */
  readonly program: string;
}

/** Builds and packs the package, and installs the packed file into a folder of its own, as users do. */
export async function installPackage(scratch: string): Promise<InstalledPackage> {
  const built = join(scratch, "built");
  await buildPackage(built);
  const { stdout } = await run("npm", ["pack", "--json", built], { cwd: scratch });
  // A list of packages, or since npm 12 an object by their names.
  const [{ filename, files }] = Object.values(JSON.parse(stdout)) as [{ filename: string; files: { path: string }[] }];
  const folder = join(scratch, "a shop");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["install", ...flags, join("..", filename)], { cwd: folder });
  const program = join(folder, "node_modules/rfm-segmentation/js/rfm.js");
  return { folder, packed: files.map(({ path }) => path).sort(), program };
}

/** Runs the installed program, where nothing of this project is found, not even by the environment. */
export const runInstalled = (
  installed: InstalledPackage,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> => runBeside(installed, process.execPath, [installed.program, ...args], options);

export interface RunOptions {
  /** Where to run; default the folder of the project that installed the package. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs any program beside the installed package. */
export async function runBeside(
  { folder }: InstalledPackage,
  command: string,
  args: readonly string[],
  { cwd = folder, env = {} }: RunOptions = {},
): Promise<Finished> {
  const { PATH, HOME } = process.env;
  const environment = { PATH, HOME, XDG_CACHE_HOME: join(dirname(folder), "cache"), NO_COLOR: "1", ...env };
  return await run(command, args, { cwd, env: environment, maxBuffer: 64 * 1024 * 1024 }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Finished) => ({ code, stdout, stderr }),
  );
}
