import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StatementParameters } from "../../lib/workflow/sql/parameters.ts";
import { createTestLake, P2, type TestLake } from "../golden/onlineRetail.ts";
import { effort } from "../support/effort.ts";
import { type RawRow, rawRow, writeRawRows } from "./rawRows.ts";

const POLICY: StatementParameters = {
  ...P2,
  returns: "match",
  snapshot_date: "2024-06-01",
  latest_date: "2024-12-31",
  as_of: "2024-07-01 00:00:00",
  committed_at: "2024-06-30 00:00:00",
};

let lake: TestLake;
let attempts = 0;
beforeAll(async () => {
  lake = await createTestLake();
});
afterAll(() => lake.remove());

interface Match {
  /** Pieces of each line that came back: 0 of a return that was matched; missing of a line that nothing is known of. */
  readonly returned: readonly (number | undefined)[];
  readonly features: Record<string, unknown>[];
  readonly ledger: Record<string, unknown>[];
}

/** Matches and counts the rows of one file. */
async function match(rows: readonly RawRow[], parameters: StatementParameters = {}): Promise<Match> {
  const policy = { ...POLICY, ...parameters };
  const attempt = `m${++attempts}`;
  for (const table of ["transactions", "ingests"]) await lake.engine.query(`delete from ${table}`);
  await writeRawRows(lake, attempt, rows);
  await lake.run("ingest/clean_transactions", { ...policy, ingest_id: attempt });
  await lake.run("ingest/commit_ingest", { ...policy, ingest_id: attempt });
  const pairs = await lake.unload("features/returned_lines", attempt, "returned_lines", policy);
  const byLine = new Map(pairs.map((row) => [Number(row.line_number), Number(row.returned_quantity)]));
  return {
    returned: rows.map((_, i) => byLine.get(i + 2)),
    features: await lake.unload("features/build_features", attempt, "features", policy),
    ledger: await lake.unload("features/history_ledger", attempt, "history_ledger", policy),
  };
}

const bought = (day: string, quantity: number, more: Partial<RawRow> = {}): RawRow =>
  rawRow({ order_id: `O${day}`, order_date: `2024-${day}`, quantity: String(quantity), unit_price: "2.5", ...more });
const back = (day: string, quantity: number, more: Partial<RawRow> = {}): RawRow =>
  bought(day, -quantity, { order_id: `C${day.replace(/\D/g, "")}`, ...more });

describe("a return", () => {
  it.each<[string, readonly RawRow[], readonly (number | undefined)[]]>([
    ["takes its purchase back", [bought("01-18 10:01:00", 74215), back("01-18 10:17:00", 74215)], [74215, 0]],
    ["counts in the same minute", [back("01-18 10:01:10", 5), bought("01-18 10:01:50", 5)], [0, 5]],
    [
      "never comes before its purchase",
      [back("01-18 10:00:59", 5), bought("01-18 10:01:00", 5)],
      [undefined, undefined],
    ],
    ["may be of fewer pieces", [bought("01-01", 10), back("01-02", 4)], [4, 0]],
    ["may not be of more", [bought("01-01", 10), back("01-02", 12)], [undefined, undefined]],
    ["is of the same product", [bought("01-01", 5), back("01-02", 5, { product_id: "other" })], [undefined, undefined]],
    ["is of the same customer", [bought("01-01", 5), back("01-02", 5, { customer_id: "77" })], [undefined, undefined]],
    ["is priced alike", [bought("01-01", 5), back("01-02", 5, { unit_price: "2.4" })], [undefined, undefined]],
    ["goes with equal pieces first", [bought("01-01", 10), bought("01-05", 4), back("01-06", 4)], [undefined, 4, 0]],
    ["looks past a smaller purchase", [bought("01-01", 10), bought("01-05", 4), back("01-06", 10)], [10, undefined, 0]],
    ["goes with the latest of equals", [bought("01-01", 5), bought("01-05", 5), back("01-06", 5)], [undefined, 5, 0]],
    [
      "leaves the next of equals to the next return",
      [bought("01-01", 5), bought("01-05", 5), back("01-06", 5), back("01-07", 5), back("01-08", 5)],
      [5, 5, undefined, 0, 0],
    ],
    ["adds up over one purchase", [bought("01-01", 10), back("01-02", 4), back("01-03", 6)], [10, 0, 0]],
    [
      "goes on to the purchase before where the latest is used up",
      [bought("01-01", 2), bought("02-01", 2), ...["03-01", "03-02", "03-03", "03-04"].map((day) => back(day, 1))],
      [2, 2, 0, 0, 0, 0],
    ],
    [
      "goes on where it does not fit into what is left",
      [bought("01-01", 5), bought("01-05", 5), back("01-06", 3), back("01-07", 3)],
      [3, 3, 0, 0],
    ],
    [
      "leaves those their purchase whose latest it is",
      [
        ...[bought("01-01", 3), back("01-02", 2), bought("01-05", 2)],
        ...["01-06", "01-07", "01-08", "01-09"].map((day) => back(day, 1)),
      ],
      [3, 0, 2, 0, 0, 0, undefined],
    ],
    ["never takes more than was bought", [bought("01-01", 10), back("01-02", 4), back("01-03", 7)], [4, 0, undefined]],
    ["is not known before its day", [bought("01-01", 5), back("06-01", 5)], [undefined, undefined]],
    [
      "needs no price of a piece",
      [bought("01-01", 3, { unit_price: null, amount: "10" }), back("01-02", 1, { unit_price: null, amount: "-3.33" })],
      [1, 0],
    ],
    [
      "needs no pieces",
      [
        bought("01-01", 1, { quantity: null, unit_price: null, amount: "10" }),
        back("01-02", 1, { quantity: null, unit_price: null, amount: "-10" }),
      ],
      [1, 0],
    ],
  ])("%s", async (_what, rows, expected) => {
    expect((await match(rows)).returned).toEqual(expected);
  });

  it("makes an order that came back whole no order, and a customer without any no customer", async () => {
    const { features } = await match([
      bought("01-18 10:01:00", 74215, { customer_id: "12346" }),
      back("01-18 10:17:00", 74215, { customer_id: "12346" }),
      bought("05-18 09:52:00", 1, { customer_id: "16446" }),
      bought("05-29 09:15:00", 80995, { customer_id: "16446" }),
      back("05-29 09:27:00", 80995, { customer_id: "16446" }),
    ]);
    expect(features).toMatchObject([
      { customer_id: "16446", recency_days: 14, frequency: "1", monetary: "2.5000", returns_amount: "202487.5000" },
    ]);
  });

  it("reduces an order of which a part came back, and what belongs to nothing is left out", async () => {
    const { features, ledger } = await match([
      bought("01-01", 10),
      back("01-02", 4),
      back("01-03", 1, { product_id: "x" }),
    ]);
    expect(features).toMatchObject([
      {
        ...{ frequency: "1", monetary: "15.0000", units: "6.0000", lines: "1" },
        ...{ returns_amount: "12.5000", returns_taken_off: "10.0000" },
      },
    ]);
    expect(
      ledger.map((row) => [row.outcome, row.amount, row.line_value, row.return_value, row.returned_worth]),
    ).toEqual([
      ["cancellation", "-2.5000", "-2.5000", "2.5000", "0.0000"],
      ["kept", "25.0000", "15.0000", "0.0000", "10.0000"],
      ["matched_return", "-10.0000", "-10.0000", "10.0000", "0.0000"],
    ]);
  });

  it("of a purchase before the window takes no other one", async () => {
    const rows = [bought("01-01", 5), bought("03-01", 7), back("03-02", 5)];
    const { returned, features } = await match(rows, { window_start: "2024-02-01" });
    expect(returned).toEqual([5, undefined, 0]);
    expect(features).toMatchObject([{ monetary: "17.5000", returns_taken_off: "0.0000", returns_amount: "12.5000" }]);
  });

  it("adds up: no purchase gives back more than it has, and each matched return is one of them", async () => {
    const line = fc.record({
      day: fc.integer({ min: 1, max: 28 }),
      quantity: fc.constantFrom(1, 1, 2, 2, 3, 5, -1, -1, -2, -3),
      price: fc.constantFrom("2", "2", "3"),
      customer: fc.constantFrom("1", "2"),
    });
    const files = fc.sample(fc.array(line, { minLength: 1, maxLength: 25 }), { seed: 5, numRuns: effort(6, 60) });
    for (const file of files) {
      const rows = file.map(({ day, quantity, price, customer }, i) =>
        rawRow({
          ...{ customer_id: customer, order_id: `${quantity < 0 ? "C" : "O"}${i}`, quantity: String(quantity) },
          ...{ order_date: `2024-01-${String(day).padStart(2, "0")}`, unit_price: price },
        }),
      );
      const { returned, features } = await match(rows);
      const pieces = file.map(({ quantity }, i) =>
        returned[i] === undefined ? 0 : quantity < 0 ? -quantity : returned[i],
      );
      const of = (isReturn: boolean) =>
        file.reduce(
          (sum, { quantity, price }, i) => sum + (quantity < 0 === isReturn ? Number(price) * (pieces[i] ?? 0) : 0),
          0,
        );
      expect(of(true)).toBe(of(false));
      for (const [i, { quantity }] of file.entries()) if (quantity > 0) expect(pieces[i]).toBeLessThanOrEqual(quantity);
      const all = file.reduce((sum, { quantity, price }) => sum + (quantity > 0 ? quantity * Number(price) : 0), 0);
      expect(features.reduce((sum, row) => sum + Number(row.monetary), 0)).toBe(all - of(false));
    }
  });
});

describe("what came back", () => {
  const rows = [
    bought("01-01", 10),
    back("01-02", 4),
    back("01-03", 1, { product_id: "x" }),
    bought("01-04", 1, { order_status: "returned: Refund" }),
  ];

  it.each([
    ["drop", "25.0000", "0.0000"],
    ["match", "12.5000", "12.5000"],
    ["net", "10.0000", "15.0000"],
    ["count", "10.0000", "15.0000"],
  ])("is told under every policy: %s", async (returns, monetary, returns_taken_off) => {
    const { features } = await match(rows, { returns });
    expect(features).toMatchObject([{ monetary, returns_taken_off, returns_amount: "15.0000" }]);
  });
});
