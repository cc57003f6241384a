import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { runFeatures } from "../../lib/domain/config/runFeatures.ts";
import { featureParameters, featuresStatement } from "../../lib/workflow/sql/featureParameters.ts";
import type { StatementParameters } from "../../lib/workflow/sql/parameters.ts";
import { createTestLake, P2, type TestLake } from "../golden/onlineRetail.ts";
import { type RawRow, rawRow, writeRawRows } from "./rawRows.ts";

/** What columns of the files make of customers, computed a second time from the rows themselves. */

const CONFIG = parseConfig({
  fileColumns: {
    cost: { from: "Unit Cost", holds: "money" },
    points: { from: "Points", holds: "number" },
    age: { from: "Age", holds: "number" },
    town: { from: "Town", holds: "category" },
  },
  clusters: {
    features: [
      { name: "frequency", withinDays: 60 },
      { name: "margin", of: "cost" },
      { name: "margin", of: "cost", withinDays: 50 },
      { name: "column_sum", of: "points" },
      { name: "attribute", of: "age" },
      { name: "attribute_is", of: "town", is: "L'Aquila" },
    ],
  },
});
const FEATURES = runFeatures(CONFIG);
const SNAPSHOT = 152;
const dateOf = (day: number): string => new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
const policyOf = (returns: string): StatementParameters => ({
  ...{ ...P2, snapshot_date: dateOf(SNAPSHOT), latest_date: "2024-12-31", returns },
  ...{ as_of: "2024-07-01 00:00:00", committed_at: "2024-06-30 00:00:00" },
  ...featureParameters({ all: FEATURES, clustered: CONFIG.clusters.features, until: dateOf(SNAPSHOT) }),
});

/** Ten-thousandths and hundred-millionths: whole numbers, so that sums are exact. */
const sometimes = <T>(value: fc.Arbitrary<T>, of: number) => fc.option(value, { nil: null, freq: of });
const row = fc.record({
  customer: fc.integer({ min: 1, max: 90 }).map((id) => `K${id}`),
  order: fc.integer({ min: 1, max: 90 }).map((id) => `O${id}`),
  day: fc.integer({ min: 0, max: SNAPSHOT - 1 }),
  second: fc.integer({ min: 10, max: 59 }),
  quantity: fc.constantFrom(1, 2, 5, 12, -1, -3),
  cost: sometimes(fc.integer({ min: -500, max: 400_000_000 }), 30),
  points: sometimes(fc.integer({ min: -40, max: 900 }), 30),
  age: sometimes(fc.integer({ min: 16, max: 99 }), 2),
  town: sometimes(fc.constantFrom("L'Aquila", "Bari", "l'aquila"), 2),
});
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;
const ROWS = fc.sample(row, { seed: 20_241_130, numRuns: 420 });
const decimal = (value: number, places: number): string => (value / 10 ** places).toFixed(places);
const rawOf = ({ customer, order, day, second, quantity, cost, points, age, town }: Row, i: number): RawRow => {
  const cells = {
    ...{ cost: cost === null ? null : decimal(cost, 8), points: points === null ? null : decimal(points, 2) },
    ...{ age: age === null ? null : String(age), town },
  };
  return rawRow({
    ...{ customer_id: customer, order_id: order, order_date: `${dateOf(day)} 10:00:${second}` },
    ...{ product_id: `P${i}`, quantity: String(quantity), unit_price: decimal(10_000 + i, 4) },
    file_columns: Object.values(cells).every((cell) => cell === null) ? null : JSON.stringify(cells),
  });
};

let lake: TestLake;
const found = new Map<string, Map<string, Record<string, unknown>>>();
beforeAll(async () => {
  lake = await createTestLake();
  await writeRawRows(lake, "c1", ROWS.map(rawOf));
  await lake.run("ingest/clean_file_columns", { ...policyOf("drop"), ingest_id: "c1" });
  await lake.run("ingest/clean_file_columns", { ...policyOf("drop"), ingest_id: "c1" });
  await lake.run("ingest/commit_ingest", { ...policyOf("drop"), ingest_id: "c1" });
  for (const returns of ["drop", "net"]) {
    const rows = await lake.unload(featuresStatement(FEATURES), returns, "features", policyOf(returns));
    found.set(returns, new Map(rows.map((one) => [String(one.customer_id), one])));
  }
});
afterAll(() => lake.remove());

const round4 = (hundredMillionths: bigint): number => {
  const size = hundredMillionths < 0n ? -hundredMillionths : hundredMillionths;
  const rounded = (size + 5_000n) / 10_000n;
  return Number(hundredMillionths < 0n ? -rounded : rounded) / 1e4;
};

function expectedOf(
  all: readonly (Row & { readonly place: number })[],
  returns: string,
): (number | null)[] | undefined {
  const kept = all.filter(({ quantity }) => returns === "net" || quantity > 0);
  const bought = kept.filter(({ quantity }) => quantity > 0);
  if (bought.length === 0) return undefined;
  const within = (days: number) => kept.filter(({ day }) => day >= SNAPSHOT - days);
  const margin = (rows: typeof kept): number | null => {
    if (rows.some(({ cost }) => cost === null)) return null;
    const worth = ({ place, quantity, cost }: (typeof kept)[number]): bigint =>
      BigInt(quantity) * (BigInt(10_000 + place) * 10_000n - BigInt(cost as number));
    return round4(rows.reduce((sum, one) => sum + worth(one), 0n));
  };
  const points = kept.some((one) => one.points === null)
    ? null
    : kept.reduce(
        (sum, one) => sum + (one.quantity < 0 ? -Math.abs(one.points as number) : (one.points as number)),
        0,
      ) / 100;
  const latest = bought.toSorted((a, b) => b.day - a.day || b.second - a.second || b.place - a.place);
  const town = latest.find((one) => one.town !== null)?.town;
  return [
    new Set(
      within(60)
        .filter(({ quantity }) => quantity > 0)
        .map(({ order }) => order),
    ).size,
    ...[margin(kept), margin(within(50)), points],
    latest.find(({ age }) => age !== null)?.age ?? null,
    town === undefined ? null : Number(town === "L'Aquila"),
  ];
}

describe("features of columns of the files", () => {
  it.each(["drop", "net"])(
    "are what the rows say where returns are %s, missing where a line says nothing",
    (returns) => {
      const byCustomer = Map.groupBy(
        ROWS.map((one, place) => ({ ...one, place })),
        ({ customer }) => customer,
      );
      const missing = [0, 0, 0, 0, 0, 0];
      let customers = 0;
      for (const [customer, rows] of byCustomer) {
        const expected = expectedOf(rows, returns);
        if (expected === undefined) continue;
        customers++;
        const one = found.get(returns)?.get(customer) ?? {};
        const cells = [1, 2, 3, 4, 5, 6].map((slot) => one[`measure_${slot}`] ?? null);
        expect([customer, ...cells.map((cell) => (cell === null ? null : Number(cell)))]).toEqual([
          customer,
          ...expected,
        ]);
        for (const [at, value] of expected.entries()) if (value === null) missing[at] = (missing[at] as number) + 1;
      }
      expect(found.get(returns)?.size).toBe(customers);
      expect(missing[0]).toBe(0);
      for (const count of missing.slice(1)) expect(count).toBeGreaterThan(0);
      for (const count of missing.slice(1)) expect(count).toBeLessThan(customers - 10);
    },
  );

  it("take no line twice when they are read again", async () => {
    const [row] = await lake.engine.query("select count(*) as n, count(file_columns) as told from transactions");
    expect(Number(row?.n)).toBe(ROWS.length);
    expect(Number(row?.told)).toBe(ROWS.map(rawOf).filter(({ file_columns }) => file_columns !== null).length);
  });

  it("are asked for by a statement of their own, and others stay as they are", () => {
    expect(featuresStatement(FEATURES)).toBe("features/build_column_features");
    expect(featuresStatement([{ name: "frequency", withinDays: 60 }])).toBe("features/build_wide_features");
  });
});
