import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expandPatterns } from "../../../lib/local/run/globPaths.ts";

const folder = mkdtempSync(join(tmpdir(), "rfm-glob-"));
beforeAll(() => {
  for (const directory of ["a", "b/deep"]) mkdirSync(join(folder, directory), { recursive: true });
  for (const name of ["a/2024-02.csv", "a/2024-01.csv", "a/.hidden.csv", "b/deep/x.json", "b/[1].csv", "b/1.csv"]) {
    writeFileSync(join(folder, name), "x");
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const expand = async (...patterns: string[]) =>
  (await expandPatterns(patterns.map((pattern) => join(folder, pattern)))).map((path) => relative(folder, path));

describe("expandPatterns", () => {
  it.each<[string, string[]]>([
    ["a/*.csv", ["a/2024-01.csv", "a/2024-02.csv"]],
    ["a/2024-0[2-9].csv", ["a/2024-02.csv"]],
    ["**/*.{json,csv}", ["a/2024-01.csv", "a/2024-02.csv", "b/1.csv", "b/[1].csv", "b/deep/x.json"]],
    ["?", []],
  ])("%s gives files in the order of their names", async (pattern, expected) => {
    if (expected.length === 0) await expect(expand(pattern)).rejects.toMatchObject({ code: "NO_MATCH" });
    else expect(await expand(pattern)).toEqual(expected);
  });

  it("leaves paths that exist, folders and missing files as they are, and names each once", async () => {
    expect(await expand("b/[1].csv", "b", "none.csv", "b/*.csv")).toEqual(["b/[1].csv", "b", "none.csv", "b/1.csv"]);
  });
});
