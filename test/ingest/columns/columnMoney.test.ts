import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { moneyOfProducts } from "../../../lib/ingest/columns/columnMoney.ts";

const COLUMNS = { product: 0, quantity: 1, money: 2 };

/** Two purchases of each product, in different numbers; the price of some changes in between. */
const purchases = fc.array(
  fc.record({
    cents: fc.integer({ min: 100, max: 90_000 }),
    few: fc.integer({ min: 1, max: 5 }),
    more: fc.integer({ min: 1, max: 7 }),
    hasChanged: fc.boolean(),
  }),
  { minLength: 12, maxLength: 40 },
);
const rowsOf = (
  bought: readonly { cents: number; few: number; more: number; hasChanged: boolean }[],
  isLine: boolean,
) =>
  bought.flatMap(({ cents, few, more, hasChanged }, i) =>
    [few, few + more].map((pieces, k) => {
      const price = k === 1 && hasChanged && i % 3 === 0 ? Math.round(cents * 1.37) : cents;
      return [`P${i}`, String(pieces), ((isLine ? price * pieces : price) / 100).toFixed(2)];
    }),
  );

describe("moneyOfProducts", () => {
  it.each([
    [true, "line"],
    [false, "unit"],
  ] as const)("tells lines from pieces (line: %s), though prices change", (isLine, verdict) => {
    fc.assert(
      fc.property(purchases, (bought) => {
        expect(moneyOfProducts(rowsOf(bought, isLine), COLUMNS)).toBe(verdict);
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it("says nothing of few products, of one number of pieces, or of contradictions", () => {
    const bought = Array.from({ length: 12 }, (_, i) => ({ cents: 500 + i, few: 1, more: 2, hasChanged: false }));
    expect(moneyOfProducts(rowsOf(bought.slice(0, 4), true), COLUMNS)).toBeUndefined();
    expect(
      moneyOfProducts(
        rowsOf(bought, true).map(([p, , m]) => [p as string, "2", m as string]),
        COLUMNS,
      ),
    ).toBeUndefined();
    const mixed = [...rowsOf(bought.slice(0, 6), true), ...rowsOf(bought, false).slice(12)];
    expect(moneyOfProducts(mixed, COLUMNS)).toBeUndefined();
    expect(
      moneyOfProducts(
        [
          ["P", "x", ""],
          [null, null, null],
        ],
        COLUMNS,
      ),
    ).toBeUndefined();
  });
});
