import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { scoreBinsOf } from "../../lib/domain/config/scoreSettings.ts";
import { decimalTextToUnits } from "../../lib/domain/money.ts";
import type { ScoreBins } from "../../lib/domain/rfm/scoring.ts";
import { compileSegmentTable, DEFAULT_SEGMENT_TABLE, segmentOf } from "../../lib/domain/rfm/segments.ts";
import type { LedgerLine, SegmentGroup, Summary } from "../../lib/domain/run/summary.ts";
import { type LocalLake, openLocalLake } from "../../lib/local/run/runLocally.ts";
import { effort } from "../support/effort.ts";
import { bodyOf, temporaryFolder } from "../support/lake.ts";
import { writeText } from "../support/shop.ts";

// Whole runs in processes of their own take long on a busy machine.
const HEADER = "customer_id,order_id,order_date,product_id,quantity,unit_price";
/** Never in the generated rows otherwise, so that at least this customer is always there to be segmented. */
const SURE = "sure,O-sure,2024-06-30,P,2,7.25";

const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd });
const customer = mostly(
  fc.integer({ min: 0, max: 25 }).map((n) => `k${n}`),
  fc.constantFrom("", "  ", "00k1", "é", '"a,b"', "🛒"),
);
const order = mostly(
  fc.integer({ min: 0, max: 60 }).map((n) => `O${n}`),
  fc.integer({ min: 0, max: 9 }).map((n) => `C${n}`),
);
const date = mostly(
  fc.integer({ min: 1, max: 28 }).map((day) => `2024-05-${String(day).padStart(2, "0")}`),
  fc.constantFrom("", "soon", "2024-02-31", "1970-01-01", "2099-01-01"),
);
const quantity = mostly(
  fc.integer({ min: 1, max: 9 }).map(String),
  fc.constantFrom("", "0", "-3", "many", "1.5", "99999999999999999999"),
);
const price = mostly(
  fc.integer({ min: 1, max: 99_999 }).map((cents) => (cents / 100).toFixed(2)),
  fc.constantFrom("", "0", "-1.50", "free", "0.001", "1e3"),
);
const product = fc.constantFrom("P1", "P2", "POST");
const row = mostly(
  fc.tuple(customer, order, date, product, quantity, price).map((cells) => cells.join(",")),
  fc.constantFrom("a,b", "k1,O1,2024-05-05,P1,1,2.00,9,9", 'k1,"open'),
);
/** Dirty rows, some of them twice. */
const rows = fc.array(row, { minLength: 0, maxLength: 80 }).map((lines) => [...lines, ...lines.slice(0, 3), SURE]);

const policy = fc.record({
  returns: fc.constantFrom("drop" as const, "net" as const, "count" as const),
  duplicates: fc.constantFrom("drop" as const, "keep" as const),
  scores: fc.record({
    method: fc.constantFrom("quantile" as const, "ntile" as const),
    bins: fc.constantFrom(3, 10, { recency: 2, frequency: 7, monetary: 4 }),
  }),
});

const unitsOf = (amount: number): bigint => BigInt(Math.round(amount * 10_000));
const sumOf = <T>(items: readonly T[], pick: (item: T) => number): number =>
  items.reduce((sum, item) => sum + pick(item), 0);

describe("a run on arbitrary dirty rows", () => {
  const folder = temporaryFolder();
  let lake: LocalLake;
  beforeAll(async () => {
    lake = await openLocalLake({ lakeDirectory: join(folder, "lake"), threads: 2 });
  });
  afterAll(async () => {
    await lake.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("accounts for every row, and divides all customers and all kept money into segments and into clusters", async () => {
    const lenient = { warn: 1, refuse: 1 };
    const quality = { unreadable: lenient, invalid: lenient, missingCustomer: lenient, dropped: lenient };
    await fc.assert(
      fc.asyncProperty(rows, policy, async (lines, settings) => {
        const file = writeText(join(folder, "shop.csv"), `${HEADER}\n${lines.join("\n")}\n`);
        const { summary, store } = await lake.run({
          files: [file],
          config: parseConfig({ ...settings, quality, cancellationPattern: "^C[0-9]" }),
        });
        const csv = Buffer.from(await store.read(summary.outputs.segmentsCsv as string)).toString();
        expectBalance(summary);
        expectPartition(summary, csv, scoreBinsOf(parseConfig(settings).scores));
      }),
      { numRuns: effort(4, 8), seed: 20_240_630 },
    );
  });
});

/** Rows in are the rows kept and dropped, of the drop and of the history. */
function expectBalance({ drop, history }: Summary): void {
  const rowsOf = (ledger: readonly LedgerLine[]): number => sumOf(ledger, (line) => line.rows);
  expect(rowsOf(drop?.ledger ?? [])).toBe(drop?.rowsIn);
  expect(rowsOf(history.ledger)).toBe(history.rowsIn);
  expect(history.rowsIn).toBe(drop?.rowsIn);
  expect(history.ledger.find(({ reason }) => reason === "kept")?.rows).toBe(history.rowsKept);
}

/** Every customer has one line, one segment and one cluster, and their money adds up to the money of the kept rows. */
function expectPartition(
  { totals, segments, clusters, history, policy: { returns } }: Summary,
  csv: string,
  bins: ScoreBins,
): void {
  const cells = bodyOf(csv)
    .trimEnd()
    .split("\n")
    .map((line) => /^(?:"(?:[^"]|"")*"|[^",]*),(.*)$/s.exec(line)?.[1]?.split(",") as string[]);
  expect(cells).toHaveLength(totals.customers);
  const money = cells.reduce((sum, row) => sum + decimalTextToUnits(row[2] as string), 0n);
  const divisions: readonly (readonly SegmentGroup[])[] = [segments, clusters];
  for (const groups of divisions) {
    expect(sumOf(groups, (group) => group.customers)).toBe(totals.customers);
    expect(groups.reduce((sum, group) => sum + unitsOf(group.revenue), 0n)).toBe(money);
  }
  expect(unitsOf(totals.revenue)).toBe(money);
  expect(sumOf(cells, (row) => Number(row[1]))).toBe(totals.orders);
  const kept = unitsOf(history.ledger.find(({ reason }) => reason === "kept")?.amount ?? 0);
  // Netted returns of customers without a purchase are in no customer's total.
  if (returns !== "net") expect(money).toBe(kept);
  const table = compileSegmentTable(DEFAULT_SEGMENT_TABLE, bins);
  for (const row of cells) expect(row[6]).toBe(segmentOf(table, Number(row[3]), Number(row[4]), Number(row[5])));
}
