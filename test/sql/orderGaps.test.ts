import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { edgesOf } from "../../lib/domain/rfm/breakpoints.ts";
import { scoreBreakpoints } from "../../lib/domain/rfm/quantile.ts";
import { createTestLake, P2, type TestLake } from "../golden/onlineRetail.ts";
import { breakpointRows } from "../support/breakpointRows.ts";
import { effort } from "../support/effort.ts";
import { rawRow, writeRawRows } from "./rawRows.ts";

const DAY = 86_400_000;
const FIRST = Date.UTC(2022, 0, 1);

let lake: TestLake;
let runs = 0;
beforeAll(async () => {
  lake = await createTestLake();
});
afterAll(() => lake?.remove());

const purchase = fc.record({
  customer: fc.constantFrom("A", "B", "C"),
  day: fc.integer({ min: 0, max: 800 }),
  cents: fc.integer({ min: 1, max: 99_999 }),
});
type Purchase = typeof purchase extends fc.Arbitrary<infer T> ? T : never;

/** Weeks → purchase days, customers and ten-thousandths, worked out from the purchases one by one. */
function expectedGaps(purchases: readonly Purchase[]): Record<number, [number, number, number]> {
  const found: Record<number, [number, Set<string>, number]> = {};
  for (const customer of new Set(purchases.map((one) => one.customer))) {
    const own = purchases.filter((one) => one.customer === customer);
    const days = [...new Set(own.map(({ day }) => day))].sort((a, b) => a - b);
    days.slice(1).forEach((day, i) => {
      const weeks = Math.min(52, Math.floor((day - (days[i] as number)) / 7));
      const sums = found[weeks] ?? [0, new Set<string>(), 0];
      const spent = own.filter((one) => one.day === day).reduce((sum, { cents }) => sum + cents * 100, 0);
      found[weeks] = [sums[0] + 1, sums[1].add(customer), sums[2] + spent];
    });
  }
  return Object.fromEntries(Object.entries(found).map(([weeks, [n, who, sum]]) => [weeks, [n, who.size, sum]]));
}

/** Quantiles of the days between purchase days before June 2023, worked out one by one. */
function expectedIntervals(purchases: readonly Purchase[], parts: number): number[] {
  const known = purchases.filter(({ day }) => FIRST + day * DAY < Date.UTC(2023, 5, 1));
  const gaps = ["A", "B", "C"].flatMap((customer) => {
    const own = known.filter((one) => one.customer === customer).map(({ day }) => day);
    const days = [...new Set(own)].sort((a, b) => a - b);
    return days.slice(1).map((day, i) => day - (days[i] as number));
  });
  if (gaps.length === 0) return [];
  return scoreBreakpoints(Float64Array.from(gaps), parts).map((edge) => expect.closeTo(edge, 9));
}

describe("order_gaps", () => {
  it("counts the weeks since each customer's previous purchase day, as one would by hand", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(purchase, { minLength: 1, maxLength: 40 }), async (purchases) => {
        const id = `i${++runs}`;
        const policy = { ...P2, ingest_id: id, snapshot_date: "2025-01-01" };
        const committed = {
          ...policy,
          latest_date: "2025-01-01",
          committed_at: `2026-01-01 00:00:00`,
          as_of: "2026-01-02 00:00:00",
        };
        await writeRawRows(
          lake,
          id,
          purchases.map(({ customer, day, cents }, i) =>
            rawRow({
              source: "shop.csv",
              customer_id: customer,
              order_id: `O${i}`,
              order_date: `${new Date(FIRST + day * DAY).toISOString().slice(0, 10)} 10:00:00`,
              quantity: "1",
              unit_price: (cents / 100).toFixed(2),
            }),
          ),
        );
        const committedAt = `2026-01-01 ${new Date(runs * 1000).toISOString().slice(11, 19)}`;
        const parameters = { ...committed, committed_at: committedAt };
        await lake.run("ingest/clean_transactions", parameters);
        await lake.run("ingest/commit_ingest", parameters);
        await lake.unload("features/build_orders", id, "orders", parameters);
        const rows = await lake.unload("marts/order_gaps", id, "order_gaps", parameters);
        const actual = Object.fromEntries(
          rows.map((row) => [
            Number(row.weeks_since_previous),
            [Number(row.purchase_days), Number(row.customers), Math.round(Number(row.revenue) * 10_000)],
          ]),
        );
        expect(actual).toEqual(expectedGaps(purchases));
        const cut = { ...parameters, cut_date: "2023-06-01", recency_bins: "7" };
        const intervals = await lake.unload("features/repeat_intervals", id, "intervals", cut);
        expect(edgesOf(breakpointRows(intervals), "interval_days")).toEqual(expectedIntervals(purchases, 7));
      }),
      {
        numRuns: effort(15, 200),
        examples: [
          [
            [
              { customer: "A", day: 0, cents: 5 },
              { customer: "A", day: 364, cents: 7 },
            ],
          ],
        ],
      },
    );
  });
});
