import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { inspectDrop } from "../../lib/ingest/inspectDelivery.ts";
import { readDrop } from "../../lib/ingest/readDelivery.ts";
import { readingSettings } from "../../lib/workflow/sql/readingSettings.ts";

/** Layouts of shops, which are no part of the repository. */
const INPUTS = new URL("../../../shared/inputs/", import.meta.url).pathname;
const FLAGS = JSON.parse(readFileSync(new URL("caseFlags.json", import.meta.url), "utf8")) as Record<string, string[]>;

const filesOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith("input") || /^F\d\d/.test(name))
    .sort();

interface Case {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly source: string }[];
}

function allCases(): Case[] {
  const folders = readdirSync(join(INPUTS, "cases")).map((name) => {
    const folder = join(INPUTS, "cases", name);
    return { name, files: filesOf(folder).map((file) => ({ path: join(folder, file), source: file })) };
  });
  const minimal = filesOf(join(INPUTS, "minimal")).map((file) => ({
    name: file,
    files: [{ path: join(INPUTS, "minimal", file), source: file }],
  }));
  return [...folders, ...minimal];
}

describe.skipIf(!existsSync(INPUTS))("layouts of shops (skipped without ../shared)", () => {
  let scratchDirectory: string;
  beforeAll(() => {
    scratchDirectory = mkdtempSync(join(tmpdir(), "cases-"));
  });
  afterAll(() => rmSync(scratchDirectory, { recursive: true, force: true }));

  it("are asked about by inspect and by run alike, and each question offers an answer or says what to do", async () => {
    const config = parseConfig({});
    for (const { name, files } of allCases()) {
      const request = { ...readingSettings(config), files, scratchDirectory, threads: 1 };
      const code = (error: unknown): string => (error as { code?: string }).code ?? String(error);
      const inspected = await inspectDrop({ ...request, cancellationPattern: config.cancellationPattern }).then(
        ({ questions }) => questions.map((question) => question.code),
        (error: unknown) => [code(error)],
      );
      const run = await readDrop({ ...request, outputPath: join(scratchDirectory, "rows.parquet") }).then(
        () => [],
        (error: unknown) => [code(error)],
      );
      expect(inspected.slice(0, 1), name).toEqual(run);
    }
  }, 300_000);

  it("are known by the names of the flags that answer them", () => {
    const names = new Set(allCases().map(({ name }) => name));
    for (const name of Object.keys(FLAGS)) expect(names.has(name), name).toBe(true);
  });
});
