import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScratchEngine, type ScratchEngine } from "../../../../lib/ingest/engine.ts";
import { columnsOf, FormulaError, formulaName, parseFormula } from "../../../../lib/ingest/evidence/answers/formula.ts";
import { formulaSql } from "../../../../lib/ingest/evidence/answers/rowSql.ts";

const HEADER = ["Quantity", "Unit Price", "Discount", "Discount (%)"];
const parse = (text: string) => parseFormula(text, (name) => HEADER.indexOf(name));

let engine: ScratchEngine;
beforeAll(async () => {
  engine = await openScratchEngine({ threads: 1, temporaryDirectory: "/nonexistent" });
});
afterAll(() => engine.close());

/** What a formula makes of one row of texts. */
async function compute(text: string, row: readonly (string | null)[]): Promise<unknown> {
  const formula = parse(text);
  const cells = row.map((cell, i) => `${cell === null ? "cast(null as varchar)" : `'${cell}'`} as c${i}`);
  const sql = formulaSql(formula, columnsOf(formula), (index) => `c${index}`);
  return (await engine.rows(`select ${sql} from (select ${cells.join(", ")})`))[0]?.[0];
}

describe("what a line is worth", () => {
  it.each([
    ["Quantity * [Unit Price] * (1 - Discount)", ["3", "10.50", "0.15", null], "26.7750"],
    ["Quantity × [Unit Price] − Discount", ["3", "10.50", "1", null], "30.5000"],
    ["Quantity * [Unit Price] * (1 - [Discount (%)] / 100)", ["1", "9.99", null, "10"], "8.9910"],
    ["Quantity * [Unit Price] * (1 - Discount)", ["2", "20", "25%", null], "30.0000"],
    ["-Discount", [null, null, "7.50", null], "-7.5000"],
    ["Quantity - Discount - 1", ["10", null, "2", null], "7.0000"],
    ["Quantity / Discount / 2", ["12", null, "3", null], "2.0000"],
    ["[Unit Price] - Discount", [null, "5", null, null], "5.0000"],
  ])("%s of %j is %s", async (text, row, worth) => {
    expect(await compute(text, row)).toBe(worth);
  });

  it("is nothing where all cells are blank, and what is no number where one is", async () => {
    expect(await compute("[Unit Price] - Discount", [null, null, null, null])).toBeNull();
    expect(await compute("[Unit Price] - Discount", [null, "5", "free", null])).toBe("free");
    expect(await compute("Quantity / Discount", ["1", null, "0", null])).toBeNull();
  });

  it("is exact to four decimals, as whole numbers have it", async () => {
    const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
    await fc.assert(
      fc.asyncProperty(
        cents,
        fc.integer({ min: -10_000, max: 10_000 }),
        fc.integer({ min: 0, max: 100 }),
        async (price, quantity, percent) => {
          const row = [String(quantity), (price / 100).toFixed(2), null, String(percent)];
          const worth = await compute("Quantity * [Unit Price] * (100 - [Discount (%)]) / 100", row);
          const wanted = BigInt(price) * BigInt(quantity) * BigInt(100 - percent);
          expect(BigInt(String(worth).replace(".", ""))).toBe(wanted);
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each([
    "",
    "1 + 2",
    "Quantity +",
    "Quantity Discount",
    "(Quantity",
    "Quantity)",
    "Quantity $ 2",
    "* Quantity",
    "[Quantity",
  ])("refuses %j", (text) => {
    expect(() => parse(text)).toThrow(FormulaError);
  });

  it("names columns so that it reads them again", () => {
    for (const [index, name] of HEADER.entries())
      expect(parse(formulaName(HEADER, index)), name).toEqual({ kind: "column", index });
    expect(formulaName(["Total", "total"], 1)).toBe("[2]");
    expect(formulaName(["cost in $"], 0)).toBe("[1]");
  });
});
