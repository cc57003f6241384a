import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { programFlags } from "../scripts/programFlags.ts";
import { brokenImports, deadFiles, forbiddenImports, importsOf, type Sources } from "./imports.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const MAX_LINES = 200;
/** A folder with more is not seen at a glance. */
const MAX_ENTRIES = 16;
/** Wider folders, and why each is better flat. */
const WIDE_FOLDERS: Readonly<Record<string, string>> = {
  lambdas: "one file for each function, under the function's name",
};

/** Longer files, and why each is better whole. */
const LONG_FILES: Readonly<Record<string, string>> = {
  "lib/domain/clustering/sketch/grid.ts": "one data structure: cells, adding, merging and their integer limits",
  "lib/domain/clustering/judge/silhouette.ts": "exact and grid silhouettes share their inner loops",
  "lib/domain/clustering/fit/lloyd.ts": "one loop with its bounds, unrolled for three features",
  "lib/local/demo/demoOrders.ts": "one generator: customers, their orders, and what goes wrong with them",
  "lib/infra/workflow/functionSpecs.ts": "one table: what each function does in the lake, how much it needs and why",
  "lib/ingest/text/scanRecords.ts": "one state machine over bytes",
  "lib/tables/marts.ts": "one table: every mart with its columns",
};

function filesUnder(folder: string): string[] {
  if (!existsSync(`${ROOT}${folder}`)) return [];
  const entries = readdirSync(`${ROOT}${folder}`, { recursive: true, withFileTypes: true });
  return entries.filter((e) => e.isFile()).map((e) => `${e.parentPath}/${e.name}`.slice(ROOT.length));
}

const files = ["lib", "bin", "lambdas"].flatMap(filesUnder);
const sources: Sources = Object.fromEntries(
  files.filter((path) => path.endsWith(".ts")).map((path) => [path, readFileSync(`${ROOT}${path}`, "utf8")]),
);
const jsonFiles = [...files.filter((path) => path.endsWith(".json")), "package.json", "cdk.json"];

describe("the project", () => {
  it("imports in one direction", () => expect(forbiddenImports(sources)).toEqual([]));

  it("imports nothing that is not there", () => expect(brokenImports(sources, jsonFiles)).toEqual([]));

  it("keeps no file under lib/ that no entry point comes to", () => {
    expect(
      deadFiles(
        sources,
        jsonFiles.filter((path) => path.includes("/")),
      ),
    ).toEqual([]);
  });

  it(`keeps files at ${MAX_LINES} lines, but for those with a reason`, () => {
    const long = Object.keys(sources).filter((path) => (sources[path] as string).split("\n").length - 1 > MAX_LINES);
    expect(long.filter((path) => !(path in LONG_FILES))).toEqual([]);
  });

  it(`keeps folders at ${MAX_ENTRIES} entries`, () => {
    const folders = new Map<string, Set<string>>();
    for (const path of files) {
      const parts = path.split("/");
      for (let depth = 1; depth < parts.length; depth++) {
        const folder = parts.slice(0, depth).join("/");
        folders.set(folder, (folders.get(folder) ?? new Set()).add(parts[depth] as string));
      }
    }
    const wide = [...folders].filter(([, entries]) => entries.size > MAX_ENTRIES).map(([folder]) => folder);
    expect(wide.filter((folder) => !(folder in WIDE_FOLDERS))).toEqual([]);
  });

  it("has comments within 120 columns", () => {
    const long = Object.entries(sources).flatMap(([path, text]) =>
      text
        .split("\n")
        .flatMap((line, i) => (line.length > 120 && /^\s*(\/\/|\*|\/\*)/.test(line) ? [`${path}:${i + 1}`] : [])),
    );
    expect(long).toEqual([]);
  });

  it("has one dialect of error codes", () => {
    const codes = Object.entries(sources).flatMap(([path, text]) =>
      [...text.matchAll(/(?:new \w+Error\(|super\()\s*"(\w+)"\s*,/g)].map(([, code = ""]) => [path, code] as const),
    );
    expect(codes.length).toBeGreaterThan(100);
    expect(codes.filter(([, code]) => /^[a-z]+(_[a-z]+)+$/.test(code))).toEqual([]);
  });

  it("has no regular expression that the oldest Node of its users lacks", () => {
    const modern = Object.entries(sources).filter(([, text]) => /\(\?[ims]*-?[ims]+:/.test(text));
    expect(modern.map(([path]) => path)).toEqual([]);
  });

  it("has sources that git, grep and a review see as text", () => {
    const texts = ["bench", "bin", "docs", "lambdas", "lib", "schemas", "scripts", "sql", "test"].flatMap(filesUnder);
    const binary = texts.filter(
      (path) => /\.(ts|mjs|py|sql|json|md|css|svg)$/.test(path) && readFileSync(`${ROOT}${path}`).includes(0),
    );
    expect(binary).toEqual([]);
  });

  it("starts the program in the same manner by npm and by its first line", () => {
    const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));
    const start = `node ${programFlags().join(" ")} bin/rfm.ts`;
    expect([scripts.start, scripts.rfm]).toEqual([start, start]);
  });

  it("names no random numbers and no clock in the domain", () => {
    const impure = Object.keys(sources).filter(
      (path) =>
        path.startsWith("lib/domain/") &&
        /\bMath\.random\b|\bDate\.now\b|new Date\(\)|\bprocess\.|\bfetch\(/.test(sources[path] as string),
    );
    expect(impure).toEqual([]);
  });

  it("has test, bench and scripts imported by nothing but themselves", () => {
    const targets = Object.entries(sources).flatMap(([path, text]) => importsOf(path, text).map((i) => i.path ?? ""));
    expect(targets.filter((path) => /^(test|bench|scripts)\//.test(path))).toEqual([]);
  });
});

describe("the checker", () => {
  it.each<[string, string, string]>([
    ["lib/domain/a.ts", 'import { readFileSync } from "node:fs";', "node:fs"],
    ["lib/domain/a.ts", 'import type { Stats } from "node:fs";', "node:fs"],
    ["lib/domain/a.ts", 'import "@aws-sdk/client-s3";', "@aws-sdk/client-s3"],
    ["lib/domain/a.ts", 'import type { ObjectStore } from "../ports.ts";', "lib/ports.ts"],
    ["lib/domain/b/c.ts", 'export * from "../../workflow/plan.ts";', "lib/workflow/plan.ts"],
    ["lib/domain/a.ts", 'import {\n  one,\n  two,\n} from "../local/machine.ts";', "lib/local/machine.ts"],
    ["lib/domain/a.ts", 'const x = await import("../local/machine.ts");', "lib/local/machine.ts"],
    ["lib/domain/a.ts", "const x = await import(name);", "(computed)"],
    ["lib/domain/a.ts", 'const url = new URL("../local/w.ts", import.meta.url);', "lib/local/w.ts"],
    ["lib/domain/a.ts", 'const fs = require("fs");', "fs"],
    ["lib/ports.ts", 'import { z } from "zod";', "zod"],
    ["lib/ports.ts", 'import { plan } from "./workflow/plan.ts";', "lib/workflow/plan.ts"],
    ["lib/workflow/steps/a.ts", 'import { open } from "../../local/folderStore.ts";', "lib/local/folderStore.ts"],
    ["lib/workflow/steps/a.ts", 'import { s3 } from "../../aws/s3Store.ts";', "lib/aws/s3Store.ts"],
    ["lib/workflow/steps/a.ts", 'import { read } from "../../ingest/index.ts";', "lib/ingest/index.ts"],
    ["lib/workflow/steps/a.ts", 'import { draw } from "../../report/draw.ts";', "lib/report/draw.ts"],
    ["lib/workflow/steps/a.ts", 'import { App } from "../../infra/app.ts";', "lib/infra/app.ts"],
    ["lib/workflow/steps/a.ts", 'import { join } from "node:path";', "node:path"],
    ["lib/workflow/steps/a.ts", 'import { Client } from "@aws-sdk/client-s3";', "@aws-sdk/client-s3"],
    ["lib/ingest/a.ts", 'import { open } from "../local/duckdb/index.ts";', "lib/local/duckdb/index.ts"],
    ["lib/ingest/a.ts", 'import { s3 } from "../aws/s3Store.ts";', "lib/aws/s3Store.ts"],
    ["lib/aws/a.ts", 'import { open } from "../local/folderStore.ts";', "lib/local/folderStore.ts"],
    ["lib/report/a.ts", 'import { open } from "../local/folderStore.ts";', "lib/local/folderStore.ts"],
    ["lib/api/a.ts", 'import { open } from "../local/folderStore.ts";', "lib/local/folderStore.ts"],
    ["lib/api/a.ts", 'import { s3 } from "../aws/s3Store.ts";', "lib/aws/s3Store.ts"],
    ["lib/api/a.ts", 'import { readFileSync } from "node:fs";', "node:fs"],
    ["lib/workflow/steps/a.ts", 'import { createApi } from "../../api/app.ts";', "lib/api/app.ts"],
    ["lib/local/a.ts", 'import { s3 } from "../aws/s3Store.ts";', "lib/aws/s3Store.ts"],
    ["lib/local/a.ts", 'import { run } from "../../bin/rfm.ts";', "bin/rfm.ts"],
    ["lib/infra/a.ts", 'import { ingest } from "../workflow/steps/ingest.ts";', "lib/workflow/steps/ingest.ts"],
    ["lib/infra/a.ts", 'import { plan } from "../workflow/plan.ts";', "lib/workflow/plan.ts"],
    ["lambdas/a.ts", 'import { rfm } from "../bin/rfm.ts";', "bin/rfm.ts"],
    ["lambdas/a.ts", 'import { open } from "../lib/local/folderStore.ts";', "lib/local/folderStore.ts"],
    ["bin/rfm.ts", 'import { handler } from "../lambdas/a.ts";', "lambdas/a.ts"],
    ["bin/rfm.ts", 'import { x } from "../test/x.ts";', "test/x.ts"],
  ])("finds in %s the import %s", (path, text, found) => {
    expect(forbiddenImports({ [path]: text })).toEqual([`${path} imports ${found}`]);
  });

  it.each<[string, string]>([
    [
      "lib/domain/a.ts",
      'import { createHash } from "node:crypto";\nimport table from "./table.json" with { type: "json" };',
    ],
    ["lib/domain/a.ts", '// import { x } from "../local/x.ts";\n/*\nimport { y } from "../local/y.ts";\n*/'],
    ["lib/domain/a.ts", 'const url = "https://example.com"; // import("../local/x.ts")'],
    ["lib/workflow/sql/render.ts", 'import { readFileSync } from "node:fs";'],
    [
      "lib/infra/a.ts",
      'import { EXTERNAL_TABLES } from "../workflow/sql/externalTables.ts";\nimport { App } from "aws-cdk-lib";',
    ],
    ["lib/infra/a.ts", 'const asl = new URL("../workflow/segmentation.asl.json", import.meta.url);'],
    [
      "lib/local/a.ts",
      'import { ingest } from "../workflow/steps/ingest.ts";\nimport { read } from "../ingest/index.ts";',
    ],
    ["lambdas/a.ts", 'import { s3 } from "../lib/aws/s3Store.ts";\nimport middy from "@middy/core";'],
    ["bin/rfm.ts", 'import { run } from "../lib/local/runLocally.ts";'],
  ])("lets pass in %s: %s", (path, text) => expect(forbiddenImports({ [path]: text })).toEqual([]));

  it("finds files that nothing comes to, and imports of files that are not there", () => {
    const planted = {
      "bin/rfm.ts": 'import type { A } from "../lib/local/a.ts";\nimport { g } from "../lib/gone.ts";',
      "lib/local/a.ts": 'const w = new Worker(new URL("./worker.ts", import.meta.url));',
      "lib/local/worker.ts": 'import data from "../data.json" with { type: "json" };',
      "lib/local/dead.ts": 'import { a } from "./a.ts";',
    };
    expect(deadFiles(planted, ["lib/data.json", "lib/stale.json"])).toEqual(["lib/local/dead.ts", "lib/stale.json"]);
    expect(brokenImports(planted, ["lib/data.json"])).toEqual(["bin/rfm.ts imports lib/gone.ts, which is not there"]);
  });

  it("finds every import statement of the real sources that the word `from` suggests", () => {
    for (const [path, text] of Object.entries(sources)) {
      const lines = text.match(/^(import .*|export .*|\} )from "[^"]+"/gm) ?? [];
      expect(importsOf(path, text).length, path).toBeGreaterThanOrEqual(lines.length);
    }
  });
});
