import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DuckDbEngine, openDuckDbEngine } from "../../lib/local/duckdb/index.ts";
import { TRINO_FUNCTION_CASES } from "./trinoFunctionCases.ts";

describe("Trino's functions in the local engine", () => {
  let engine: DuckDbEngine;
  const lakeDirectory = mkdtempSync(join(tmpdir(), "rfm-functions-"));
  beforeAll(async () => {
    engine = await openDuckDbEngine({ lakeDirectory, threads: 1, tempDirectory: join(lakeDirectory, "tmp") });
  });
  afterAll(() => {
    engine.close();
    rmSync(lakeDirectory, { recursive: true, force: true });
  });

  it.each(TRINO_FUNCTION_CASES)("%s", async (expression, result) => {
    expect(await engine.query(`select ${expression} as result`)).toEqual([{ result }]);
  });
});
