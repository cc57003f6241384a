import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Versions under which the tests were written; newer ones may judge differently. */
const REQUIREMENTS = ["moto[server,s3]==5.2.5", "cfn-lint==1.58.0"];

export type PythonTool = { readonly command: string } | { readonly missing: string };

/**
 * A command of a Python package, from a virtual environment in the temporary folder that is made on first use.
 * Where there is no python3, or no way to its packages, says so: the tests are then skipped with that message.
 */
export function pythonTool(command: string): PythonTool {
  return pythonCommand(join(tmpdir(), "rfm-conformance-venv"), REQUIREMENTS, command);
}

/** A command of a virtual environment at `folder` with `requirements`, which is made where it is not there whole. */
export function pythonCommand(folder: string, requirements: readonly string[], command: string): PythonTool {
  const marker = join(folder, "complete");
  if (!existsSync(marker)) {
    const problem = createEnvironment(folder, requirements);
    if (problem !== undefined) return { missing: problem };
    mkdirSync(`${marker}.new`);
    renameSync(`${marker}.new`, marker);
  }
  return { command: join(folder, "bin", command) };
}

function createEnvironment(folder: string, requirements: readonly string[]): string | undefined {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const venv = spawnSync("python3", ["-m", "venv", folder], { encoding: "utf8" });
  if (venv.status !== 0) return `python3 with venv is not here: ${venv.error?.message ?? venv.stderr.trim()}`;
  const pip = spawnSync(join(folder, "bin", "pip"), ["install", "--quiet", ...requirements], { encoding: "utf8" });
  if (pip.status !== 0) return `pip cannot install ${requirements.join(", ")}: ${pip.stderr.trim().split("\n").at(-1)}`;
  return undefined;
}
