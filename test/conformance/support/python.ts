import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Versions under which the tests were written; newer ones may judge differently. */
const REQUIREMENTS = ["moto[server,s3]==5.2.5", "cfn-lint==1.58.0"];
const FOLDER = join(tmpdir(), "rfm-conformance-venv");
const MARKER = join(FOLDER, "complete");

export type PythonTool = { readonly command: string } | { readonly missing: string };

/**
 * A command of a Python package, from a virtual environment in the temporary folder that is made on first use.
 * Where there is no python3, or no way to its packages, says so: the tests are then skipped with that message.
 */
export function pythonTool(command: string): PythonTool {
  if (!existsSync(MARKER)) {
    const problem = createEnvironment();
    if (problem !== undefined) return { missing: problem };
  }
  return { command: join(FOLDER, "bin", command) };
}

function createEnvironment(): string | undefined {
  rmSync(FOLDER, { recursive: true, force: true });
  const venv = spawnSync("python3", ["-m", "venv", FOLDER], { encoding: "utf8" });
  if (venv.status !== 0) return `python3 with venv is not here: ${venv.error?.message ?? venv.stderr.trim()}`;
  const pip = spawnSync(join(FOLDER, "bin", "pip"), ["install", "--quiet", ...REQUIREMENTS], { encoding: "utf8" });
  if (pip.status !== 0) return `pip cannot install ${REQUIREMENTS.join(", ")}: ${pip.stderr.trim().split("\n").at(-1)}`;
  mkdirSync(`${MARKER}.new`);
  renameSync(`${MARKER}.new`, MARKER);
  return undefined;
}
