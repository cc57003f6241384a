import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { originalKey } from "../../../lib/workflow/lake/layout.ts";

const INGEST = "20240101T000000Z-0a1b2c3d";

describe("the copy of a dropped file", () => {
  it("has its name, and where S3 takes no key so long the end of it", () => {
    expect(originalKey(INGEST, "a/käse.csv")).toBe(`raw/ingest_id=${INGEST}/original/a/käse.csv`);
    const long = `${"folder/".repeat(140)}${"ü".repeat(20)}.csv`;
    expect(originalKey(INGEST, long)).toMatch(/\/original\/[0-9a-f]{16}-ü{20}\.csv$/);
    expect(originalKey(INGEST, `x${long}`)).not.toBe(originalKey(INGEST, long));
  });

  it("fits, whatever the file is called", () => {
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 1_000 });
    fc.assert(fc.property(name, (source) => Buffer.byteLength(originalKey(INGEST, source)) <= 1_024));
  });
});
