import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { refuseIncompleteLake } from "../../../lib/local/doctor/missingPieces.ts";
import { temporaryFolder } from "../../support/lake.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a copy of a lake's models", () => {
  const copy = join(folder, "model");
  beforeEach(() => {
    rmSync(copy, { recursive: true, force: true });
    mkdirSync(join(copy, "models"), { recursive: true });
    writeFileSync(join(copy, "models/aliases.json"), '{"champion":"m-1","run":"r-1"}');
    writeFileSync(join(copy, "models/m-1.json"), "{}");
  });

  it("is enough for scoring, and for nothing else", () => {
    refuseIncompleteLake(copy, { isForScoring: true });
    mkdirSync(join(copy, "attempts"));
    refuseIncompleteLake(copy, { isForScoring: true });
    expect(() => refuseIncompleteLake(copy)).toThrow(/lacks processed\/catalog\.duckdb/);
  });

  it("is refused where the champion is not in it", () => {
    rmSync(join(copy, "models/m-1.json"));
    expect(() => refuseIncompleteLake(copy, { isForScoring: true })).toThrow(/lacks models\/m-1\.json \(a model\)/);
  });

  it("is no lake that lost its history", () => {
    mkdirSync(join(copy, "curated"));
    expect(() => refuseIncompleteLake(copy, { isForScoring: true })).toThrow(/lacks processed\/catalog\.duckdb/);
  });
});
