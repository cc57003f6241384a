import { existsSync, globSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { ALLOWED_LICENCES } from "../../scripts/package/licences.ts";
import { rfmHere } from "../support/cli.ts";
import { type InstalledPackage, installPackage, runBeside, runInstalled } from "../support/installedPackage.ts";
import { temporaryFolder } from "../support/lake.ts";
import { shopCsv } from "../support/shop.ts";
import { constructTests } from "./constructTests.ts";
import { exampleTests } from "./exampleTests.ts";
import { libraryTests } from "./libraryTests.ts";

// An installation and whole runs take long on a busy machine.
const scratch = temporaryFolder();
let installed: InstalledPackage;
beforeAll(async () => {
  installed = await installPackage(scratch);
  writeFileSync(join(installed.folder, "Aufträge 2011.csv"), shopCsv({ seed: 1, customers: 120, lines: 400 }));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Every file that may be in the package; what somebody left lying in the project is none of them. */
const PACKED = [
  /^(LICENSE|README\.md|THIRD-PARTY-NOTICES\.txt|package\.json)$/,
  /^cdk\/(index\.(mjs|cjs|d\.mts|d\.cts)|app\.mjs)$/,
  /^functions\/functions\.json$/,
  /^functions\/[a-z-]+\/(index\.mjs|package\.json|sql\/(athena|postgres)\/[\w/]+\.sql|lib\/report\/page\/(main\.js|style\.css|echarts\.min\.js)|lib\/workflow\/mlflow\/rfm_segmentation_model\.py)$/,
  /^js\/index\.d\.ts$/,
  /^js\/(rfm|index|main|shardWorker|scoreJobWorker|pgliteWorker|[\w-]+-[A-Z0-9]{8})\.js$/,
  /^lib\/report\/page\/(main\.js|style\.css|echarts\.min\.js)$/,
  /^lib\/local\/serve\/docs\/(page|redoc\.standalone)\.js$/,
  /^lib\/workflow\/(segmentation|batch-scoring)\.asl\.json$/,
  /^lib\/workflow\/mlflow\/rfm_segmentation_model\.py$/,
  /^schemas\/[a-z.-]+\.schema\.json$/,
  /^sql\/(athena|local|postgres)\/[\w/]+\.sql$/,
];

describe("the packed file", () => {
  it("holds what the program needs and nothing else", () => {
    expect(installed.packed.filter((path) => !PACKED.some((pattern) => pattern.test(path)))).toEqual([]);
    for (const pattern of PACKED)
      expect(
        installed.packed.some((path) => pattern.test(path)),
        `${pattern}`,
      ).toBe(true);
  });

  it("asks users to install nothing that only AWS or development needs", () => {
    const { dependencies, devDependencies, engines } = JSON.parse(
      readFileSync(join(installed.folder, "node_modules/rfm-segmentation/package.json"), "utf8"),
    );
    expect(devDependencies).toBeUndefined();
    expect(engines).toEqual({ node: ">=22.15.0" });
    expect(Object.keys(dependencies).sort()).toEqual([
      "@duckdb/node-api",
      "@electric-sql/pglite",
      "@electric-sql/pglite-prepopulatedfs",
      "piscina",
    ]);
    for (const name of ["node", "@aws-sdk", "aws-cdk-lib", "echarts", "esbuild"])
      expect(existsSync(join(installed.folder, "node_modules", name)), name).toBe(false);
  });

  it("brings the notice of every package whose code is in it", () => {
    const notices = readFileSync(
      join(installed.folder, "node_modules/rfm-segmentation/THIRD-PARTY-NOTICES.txt"),
      "utf8",
    );
    for (const name of ["commander", "echarts", "zod", "pg", "hono"])
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\([\\w.-]+\\)$`, "m"));
  });
});

describe("the installed program", () => {
  it("says its version and its help", async () => {
    expect(await runInstalled(installed, ["--version"])).toEqual({
      code: 0,
      stdout: `${manifest.version}\n`,
      stderr: "",
    });
    expect((await runInstalled(installed, ["--help"])).stdout).toBe(
      (await rfmHere(["--help"], { cwd: scratch })).stdout,
    );
  });

  it("segments a file to the same bytes as the project does, and keeps its compiled code in the cache folder", async () => {
    const run = await runInstalled(installed, ["run", "Aufträge 2011.csv", "--out", "results", "--quiet"]);
    expect(run).toEqual({ code: 0, stdout: "", stderr: "" });
    const here = await rfmHere(["run", "Aufträge 2011.csv", "--lake", "other", "--out", "expected", "--quiet"], {
      cwd: installed.folder,
    });
    expect(here.code).toBe(0);
    const read = (name: string): string => readFileSync(join(installed.folder, name), "utf8");
    expect(read("results/segments.csv")).toBe(read("expected/segments.csv"));
    expect(read("results/dashboard.html")).toContain("echarts");
    expect(readdirSync(join(scratch, "cache", "rfm-segmentation", "compiled")).length).toBeGreaterThan(0);
  });

  it("says in one line which Node it needs", async () => {
    const older = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"22.14.0"}})';
    const { folder, program } = installed;
    const run = await runBeside(installed, process.execPath, ["--import", `data:text/javascript,${older}`, program]);
    expect(run).toEqual({
      code: 1,
      stdout: "",
      stderr: "rfm needs Node 22.15 or later; this is Node 22.14.0. See https://nodejs.org/download\n",
    });
    expect(existsSync(join(folder, "demo"))).toBe(false);
  });

  it("works where no cache can be kept, nor the home be written to", async () => {
    const file = join(installed.folder, "package.json");
    const env = { XDG_CACHE_HOME: file, HOME: file };
    expect(await runInstalled(installed, ["--version"], { env })).toMatchObject({ code: 0, stderr: "" });
  });

  it("asks users for no licence that is not allowed", () => {
    const modules = join(installed.folder, "node_modules");
    const found = globSync("{*,@*/*}/package.json", { cwd: modules }).map((path) => {
      const { name, license } = JSON.parse(readFileSync(join(modules, path), "utf8"));
      return { name, license };
    });
    expect(found.length).toBeGreaterThan(8);
    expect(found.filter(({ license }) => !ALLOWED_LICENCES.includes(license))).toEqual([]);
  });

  it("says what a deployment needs, and names wrong settings first", async () => {
    const missing = await runInstalled(installed, ["deploy", "--synth-only"], { env: { PATH: "" } });
    expect(missing).toMatchObject({ code: 1, stdout: "" });
    expect(missing.stderr).toMatch(
      /aws-cdk, aws-cdk-lib and constructs are not installed .*npm install aws-cdk aws-cdk-lib constructs/,
    );
    const wrong = await runInstalled(installed, ["deploy", "--api", "yes"]);
    expect(wrong.stderr).toContain('api = "yes"');
  });

  it("explains what it refuses, by name", async () => {
    const { code, stderr } = await runInstalled(installed, ["run", "no such file.csv"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no such file\.csv.*\[[A-Z_]+\]/i);
  });
});

libraryTests(() => installed);
exampleTests(() => installed);
constructTests(() => installed);
