import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configSchema } from "../../lib/domain/config/config.ts";
import { featureParameters, featuresStatement } from "../../lib/workflow/sql/featureParameters.ts";
import type { StatementParameters } from "../../lib/workflow/sql/parameters.ts";
import { createTestLake, P2, type TestLake } from "../golden/onlineRetail.ts";
import { type RawRow, rawRow, writeRawRows } from "./rawRows.ts";

/** What the wide features are, computed a second time from the rows themselves. */

const FEATURES = configSchema.parse({
  clusters: {
    features: [
      { name: "gap_days_mean" },
      { name: "category_share", of: "Books" },
      { name: "units" },
      { name: "country_share", of: "Côte d'Ivoire" },
      { name: "payment_share", of: "card" },
    ],
  },
}).clusters.features;
const POLICY: StatementParameters = {
  ...{ ...P2, snapshot_date: "2024-06-01", latest_date: "2024-12-31" },
  ...{ as_of: "2024-07-01 00:00:00", committed_at: "2024-06-30 00:00:00" },
  ...featureParameters({ all: FEATURES, clustered: FEATURES, until: "2024-06-01" }),
};

const row = fc.record({
  customer: fc.integer({ min: 1, max: 160 }).map((id) => `K${id}`),
  order: fc.integer({ min: 1, max: 90 }).map((id) => `O${id}`),
  day: fc.integer({ min: 0, max: 150 }),
  product: fc.constantFrom("P1", "P2", "P3", "P4"),
  quantity: fc.constantFrom(1, 2, 5, -1),
  category: fc.constantFrom("", "Books", "Books", "Toys"),
  country: fc.constantFrom("Côte d'Ivoire", "France", ""),
  payment: fc.constantFrom("card", "cash"),
});
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;
const ROWS = fc.sample(row, { seed: 20_240_601, numRuns: 400 });
const dateOf = (day: number): string => new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
const rawOf = ({ customer, order, day, product, quantity, category, country, payment }: Row, i: number): RawRow =>
  rawRow({
    ...{ customer_id: customer, order_id: order, order_date: `${dateOf(day)} 10:00:00`, product_id: product },
    // No two lines are copies of one another.
    ...{ quantity: String(quantity), unit_price: `1.${1000 + i}`, category, country, payment_method: payment },
  });

let lake: TestLake;
let found: Map<string, Record<string, unknown>>;
let moments: Record<string, unknown>[];
beforeAll(async () => {
  lake = await createTestLake();
  await writeRawRows(lake, "w1", ROWS.map(rawOf));
  await lake.run("ingest/clean_transactions", { ...POLICY, ingest_id: "w1" });
  await lake.run("ingest/commit_ingest", { ...POLICY, ingest_id: "w1" });
  const rows = await lake.unload(featuresStatement(FEATURES), "w1", "features", POLICY);
  found = new Map(rows.map((one) => [String(one.customer_id), one]));
  moments = await lake.unload("features/feature_moments", "w1", "feature_moments", { ...POLICY, asinh_scale: "10" });
});
afterAll(() => lake.remove());

interface Expected {
  readonly [column: string]: number | null;
}

function expectedOf(rows: readonly Row[]): Expected | undefined {
  const bought = rows.filter(({ quantity }) => quantity > 0);
  if (bought.length === 0) return undefined;
  const days = [...new Set(bought.map(({ day }) => day))].sort((a, b) => a - b);
  const gaps = days.slice(1).map((day, i) => day - (days[i] as number));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const orders = new Set(bought.map(({ order }) => order));
  const isWeekend = (day: number): boolean => [0, 6].includes(new Date(`${dateOf(day)}T00:00:00Z`).getUTCDay());
  const weekend = new Set(bought.filter(({ day }) => isWeekend(day)).map(({ order }) => order));
  const shareOf = (of: (one: Row) => string, value: string): number | null => {
    const known = bought.map(of).filter((one) => one !== "");
    return known.length === 0 ? null : known.filter((one) => one === value).length / known.length;
  };
  return {
    lifetime_days: (days.at(-1) as number) - (days[0] as number),
    gap_days_mean: gaps.length === 0 ? null : mean,
    gap_days_spread:
      gaps.length < 2 ? null : Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length),
    lines_per_order: bought.length / orders.size,
    distinct_products: new Set(bought.map(({ product }) => product)).size,
    weekend_share: weekend.size / orders.size,
    share_1: shareOf(({ category }) => category, "Books"),
    share_2: shareOf(({ country }) => country, "Côte d'Ivoire"),
    share_3: shareOf(({ payment }) => payment, "card"),
    share_4: null,
  };
}

const byCustomer = Map.groupBy(ROWS, ({ customer }) => customer);

describe("the wide features", () => {
  it("are what the rows say, missing where they say nothing", () => {
    let customers = 0;
    for (const [customer, rows] of byCustomer) {
      const expected = expectedOf(rows);
      if (expected === undefined) continue;
      customers++;
      for (const [column, value] of Object.entries(expected)) {
        const cell = found.get(customer)?.[column] ?? null;
        if (value === null) expect([customer, column, cell]).toEqual([customer, column, null]);
        else expect(Number(cell), `${customer} ${column}`).toBeCloseTo(value, 10);
      }
    }
    expect(found.size).toBe(customers);
    const nobody = [...found.values()].filter((one) => one.gap_days_spread === null);
    expect(nobody.length).toBeGreaterThan(0);
  });

  it("share out what came back", () => {
    for (const [, one] of found) {
      const { returns_amount: back, monetary, returns_share: share } = one;
      expect(Number(share)).toBeCloseTo(Number(back) / Number(monetary), 10);
    }
    expect([...found.values()].some((one) => Number(one.returns_share) > 0)).toBe(true);
  });

  it("have moments over those who have a value", () => {
    const gaps = [...found.values()].flatMap((one) => (one.gap_days_mean === null ? [] : [Number(one.gap_days_mean)]));
    const moment = moments.find((one) => one.feature === "gap_days_mean" && one.transform === "log1p");
    expect(gaps.length).toBeLessThan(found.size);
    expect([Number(moment?.row_count), Number(moment?.defined_rows)]).toEqual([found.size, gaps.length]);
    expect(Number(moment?.sum)).toBeCloseTo(
      gaps.reduce((sum, gap) => sum + Math.log1p(gap), 0),
      8,
    );
    const columns = ["gap_days_mean", "share_1", "share_2", "share_3", "units"];
    expect([...new Set(moments.map((one) => one.feature))].sort()).toEqual(columns);
  });

  it("are asked for where one is chosen, and else cost nothing", () => {
    expect(featuresStatement(FEATURES)).toBe("features/build_wide_features");
    expect(featuresStatement(configSchema.parse({}).clusters.features)).toBe("features/build_features");
    expect(featuresStatement([{ name: "units" }])).toBe("features/build_features");
  });
});
