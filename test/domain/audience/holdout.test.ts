import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HoldoutError, type HoldoutGroup, holdoutSql, holdoutTest } from "../../../lib/domain/audience/holdout.ts";

const MACROS = new URL("../../../sql/local/trino_functions.sql", import.meta.url);
const text = fc.stringMatching(/^[a-zA-Z0-9 '"\\:äß🎉-]{0,12}$/u);
const group = fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), campaign: text, salt: text });
const ids = Array.from({ length: 20_000 }, (_, i) => String(12_346 + i));

describe("the hold-out group", () => {
  it("keeps its share within four standard deviations, for any campaign and salt", () => {
    fc.assert(
      fc.property(fc.constantFrom(0.01, 0.05, 0.1, 0.5), text, text, (share, campaign, salt) => {
        const isHeldOut = holdoutTest({ share, campaign, salt });
        const found = ids.filter(isHeldOut).length / ids.length;
        expect(Math.abs(found - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / ids.length) + 1e-12);
      }),
      { numRuns: 20, seed: 7 },
    );
  });

  it("is nobody at 0, everybody at 1, and only grows with the share", () => {
    const heldOut = (share: number) => ids.slice(0, 500).filter(holdoutTest({ share, campaign: "c", salt: "" }));
    expect(heldOut(0)).toEqual([]);
    expect(heldOut(1)).toHaveLength(500);
    expect(heldOut(0.3)).toEqual(expect.arrayContaining(heldOut(0.1)));
  });

  it("of one campaign says nothing about another: about share² of the customers are in both", () => {
    const [first, second] = ["spring", "autumn"].map((campaign) => holdoutTest({ share: 0.3, campaign, salt: "" }));
    const both = ids.filter((id) => first?.(id) && second?.(id)).length / ids.length;
    expect(Math.abs(both - 0.09)).toBeLessThan(0.01);
  });

  it("is not the same for a salt and campaign that read alike when put together", () => {
    const flags = ({ campaign, salt }: Pick<HoldoutGroup, "campaign" | "salt">) =>
      ids.slice(0, 200).map(holdoutTest({ share: 0.5, campaign, salt }));
    expect(flags({ salt: "a", campaign: "bc" })).not.toEqual(flags({ salt: "ab", campaign: "c" }));
    expect(flags({ salt: "1:", campaign: "" })).not.toEqual(flags({ salt: "", campaign: "1:" }));
  });

  it.each([
    [{ share: -0.1, campaign: "", salt: "" }],
    [{ share: Number.NaN, campaign: "", salt: "" }],
    [{ share: 0.1, campaign: "a\nb", salt: "" }],
    [{ share: 0.1, campaign: "", salt: "x".repeat(101) }],
  ])("refuses %j", (wrong) => {
    expect(() => holdoutTest(wrong)).toThrow(HoldoutError);
    expect(() => holdoutSql(wrong)).toThrow(HoldoutError);
  });
});

describe("the same test in SQL", () => {
  let instance: DuckDBInstance;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(readFileSync(MACROS, "utf8"));
    connection.closeSync();
  });
  afterAll(() => instance.closeSync());

  it("agrees to the customer, whatever the ids, campaign and salt are", async () => {
    const connection = await instance.connect();
    const anyId = fc.string({ unit: "grapheme", maxLength: 12 }).filter((id) => !id.includes("\0"));
    await fc.assert(
      fc.asyncProperty(group, fc.uniqueArray(anyId, { minLength: 1, maxLength: 60 }), async (of, some) => {
        const places = some.map((_, i) => `($${i + 1})`).join(", ");
        const sql = `select ${holdoutSql(of, "id")} as flag from (values ${places}) as customers (id)`;
        const rows = (await connection.runAndReadAll(sql, some)).getRowObjectsJson();
        expect(rows.map(({ flag }) => flag)).toEqual(some.map(holdoutTest(of)));
      }),
      { numRuns: 60 },
    );
    connection.closeSync();
  });
});
