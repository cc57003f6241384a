import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays, daysBetween } from "../../lib/domain/dates.ts";
import { createTestLake, P2, type TestLake } from "../golden/onlineRetail.ts";
import { effort } from "../support/effort.ts";
import { rawRow, writeRawRows } from "./rawRows.ts";

const FIRST = "2022-01-01";
const FORECAST = "2023-02-05";
const UNTIL = "2023-06-30";
const MOST_DAYS = daysBetween(FIRST, UNTIL) + 20;

let lake: TestLake;
let runs = 0;
beforeAll(async () => {
  lake = await createTestLake();
});
afterAll(() => lake?.remove());

const purchase = fc.record({
  customer: fc.constantFrom("A", "B", "C", "D"),
  day: fc.integer({ min: 0, max: MOST_DAYS }),
  cents: fc.integer({ min: 1, max: 99_999 }),
});
type Purchase = typeof purchase extends fc.Arbitrary<infer T> ? T : never;

const dateOf = ({ day }: Purchase): string => addDays(FIRST, day);
const units = (purchases: readonly Purchase[]): number => purchases.reduce((sum, { cents }) => sum + cents * 100, 0);

/** What a customer had done by the forecast and did later, worked out purchase by purchase. */
function historyOf(own: readonly Purchase[]) {
  const known = own.filter((one) => dateOf(one) <= FORECAST);
  const days = [...new Set(known.map(dateOf))].sort();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const ofYear = known.filter((one) => daysBetween(dateOf(one), FORECAST) < 365);
  const later = own.filter((one) => dateOf(one) > FORECAST && dateOf(one) <= UNTIL);
  return {
    repeat_orders: days.length - 1,
    recency_days: daysBetween(first, last),
    age_days: daysBetween(first, FORECAST),
    spend: units(known),
    repeat_spend: units(known.filter((one) => dateOf(one) > first)),
    last_year_orders: new Set(ofYear.map(dateOf)).size,
    last_year_spend: units(ofYear),
    later_orders: new Set(later.map(dateOf)).size,
    later_spend: units(later),
  };
}

const isMoney = (name: string): boolean => name.endsWith("spend");
/** Numbers of a row, money in ten-thousandths; texts and NULL stay. */
function plain(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const cell = (name: string, value: unknown): unknown => {
    if (value === null || name === "customer_id" || name === "kind") return value;
    return isMoney(name) ? Math.round(Number(value) * 10_000) : Number(value);
  };
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(name, value)]));
}

async function loaded(purchases: readonly Purchase[]) {
  const id = `i${++runs}`;
  const committedAt = `2026-01-01 ${new Date(runs * 1000).toISOString().slice(11, 19)}`;
  const parameters = {
    ...{ ...P2, ingest_id: id, snapshot_date: "2025-01-01", latest_date: "2025-01-01" },
    ...{ committed_at: committedAt, as_of: "2026-01-02 00:00:00", forecast_date: FORECAST, known_until: UNTIL },
  };
  const rows = purchases.map((one, i) =>
    rawRow({
      source: "shop.csv",
      customer_id: one.customer,
      order_id: `O${i}`,
      order_date: `${dateOf(one)} 10:00:00`,
      quantity: "1",
      unit_price: (one.cents / 100).toFixed(2),
    }),
  );
  await writeRawRows(lake, id, rows);
  await lake.run("ingest/clean_transactions", parameters);
  await lake.run("ingest/commit_ingest", parameters);
  await lake.unload("features/build_orders", id, "orders", parameters);
  return (name: string) => lake.unload(`forecast/${name}`, id, name, parameters);
}

describe("the statements of a forecast", () => {
  it("know each customer's history at the forecast, and keep what came later apart", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(purchase, { minLength: 1, maxLength: 40 }), async (purchases) => {
        const unload = await loaded(purchases);
        const histories = ["A", "B", "C", "D"].flatMap((customer) => {
          const history = historyOf(purchases.filter((one) => one.customer === customer));
          return history === undefined ? [] : [{ customer_id: customer, ...history }];
        });
        expect((await unload("forecast_customers")).map(plain)).toEqual(histories);

        const cells = (await unload("forecast_cells")).map(plain);
        const sum = (kind: string, value: (cell: Record<string, number>) => number): number =>
          cells
            .filter((cell) => cell.kind === kind)
            .reduce((total, cell) => total + Number(cell.customers) * value(cell as Record<string, number>), 0);
        const repeat = histories.filter(({ repeat_orders }) => repeat_orders > 0);
        expect(sum("lifetime", () => 1)).toBe(histories.length);
        for (const history of histories) {
          const { repeat_orders, recency_days, age_days } = history;
          const same = (one: object) =>
            Object.entries({ repeat_orders, recency_days, age_days }).every(
              ([name, value]) => (one as Record<string, unknown>)[name] === value,
            );
          const cell = cells.find((one) => one.kind === "lifetime" && same(one));
          expect(cell?.customers).toBe(histories.filter(same).length);
        }
        const spent = repeat.reduce((found, one) => found + one.repeat_spend, 0);
        for (const kind of ["lifetime", "spend"]) {
          const total = cells.filter((cell) => cell.kind === kind).map((cell) => Number(cell.total_repeat_spend));
          expect(total.reduce((found, one) => found + one, 0)).toBe(spent);
        }
        expect(sum("spend", () => 1)).toBe(repeat.length);
        expect(sum("spend", ({ repeat_spend }) => repeat_spend)).toBe(spent);

        const days = (await unload("forecast_days")).map(plain);
        const total = (name: string) => days.reduce((found, row) => found + Number(row[name]), 0);
        expect(total("first_orders")).toBe(histories.length);
        expect(total("repeat_orders")).toBe(
          histories.reduce((found, one) => found + one.repeat_orders + one.later_orders, 0),
        );
      }),
      { numRuns: effort(12, 150) },
    );
  });
});
