import { execFile, spawnSync } from "node:child_process";
import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPackage } from "../../scripts/build.ts";
import { temporaryFolder } from "../support/lake.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const scratch = temporaryFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const tool = async (name: string, args: readonly string[]): Promise<{ code: number; text: string }> =>
  run("npx", ["--yes", name, ...args], { cwd: scratch, env: { ...process.env, NO_COLOR: "1" } }).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, text: stdout + stderr }),
  );

/** Judges from outside; npx brings them where npm can. */
describe("the packed package", () => {
  let packed: string;
  beforeAll(async () => {
    await buildPackage(join(scratch, "built"));
    await run("npm", ["pack", join(scratch, "built")], { cwd: scratch });
    packed = join(scratch, globSync("*.tgz", { cwd: scratch })[0] as string);
  });

  it("is as publint wants it", async () => {
    const { code, text } = await tool("publint@0.3.25", ["--strict", join(scratch, "built")]);
    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("All good!") });
  });

  it.each([
    [".", "esm-only"],
    ["cdk", "node16"],
  ])("has types for %s that attw finds right by the profile %s", async (entry, profile) => {
    const args = [packed, "--no-color", "--no-emoji", "--entrypoints", entry, "--profile", profile];
    const { code, text } = await tool("@arethetypeswrong/cli@0.18.5", args);
    expect({ code, text }).toMatchObject({ code: 0 });
  });
});

const actionlint = process.env.RFM_ACTIONLINT ?? "actionlint";
const hasActionlint = spawnSync(actionlint, ["-version"]).status === 0;

describe("the workflows", () => {
  it.skipIf(!hasActionlint)("are right by actionlint (on the PATH, or RFM_ACTIONLINT)", async () => {
    const files = globSync(".github/workflows/*.yml", { cwd: ROOT });
    expect(files).toHaveLength(2);
    expect(await run(actionlint, files, { cwd: ROOT })).toMatchObject({ stdout: "", stderr: "" });
  });
});
