import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFormat } from "../../lib/domain/dashboard/format.ts";
import { customerListsOf, type ListedCustomer } from "../../lib/domain/dashboard/segment/customerLists.ts";
import { customersTitle, shownList } from "../../lib/domain/dashboard/segment/customerTitles.ts";
import type { MartRow } from "../../lib/tables/marts.ts";

const format = createFormat({ locale: "en-US", currency: null });
const facts = { revenue: 1_000, earlierDate: "2024-05-01", hasForecast: true };
const SEGMENTS = ["A", "B", "C"];

interface Customer {
  readonly id: string;
  readonly segment: string;
  readonly monetary: number;
}

function topRow({ id, segment, monetary }: Customer, rank: number, of: number): MartRow<"segment_customers"> {
  return {
    ...{ rfm_segment: segment, list_name: "top", list_rank: rank, list_customers: of, customer_id: id, monetary },
    ...{ recency_days: 3, frequency: 2, r_score: 1, f_score: 2, m_score: 3 },
    ...{ p_alive: 0.25, is_late: null, expected_value_90d: 1.005 },
  };
}

/** The lists as the statement makes them. */
const topRows = (customers: readonly Customer[]): MartRow<"segment_customers">[] =>
  SEGMENTS.flatMap((segment) => {
    const own = customers.filter((one) => one.segment === segment).sort((a, b) => b.monetary - a.monetary);
    return own.slice(0, 25).map((one, i) => topRow(one, i + 1, own.length));
  });

const listsOf = (segment_customers: readonly MartRow<"segment_customers">[], hasIds = true) =>
  customerListsOf({ segment_customers, segment_movers: [] }, hasIds);

const customers: fc.Arbitrary<Customer[]> = fc
  .uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 120 })
  .chain((amounts) =>
    fc.tuple(
      ...amounts.map((monetary, i) =>
        fc.constantFrom(...SEGMENTS).map((segment) => ({ id: `K${i}`, segment, monetary })),
      ),
    ),
  );

describe("customers listed by name", () => {
  it("are those who spent most, of a segment and of everybody, as the title says", () => {
    fc.assert(
      fc.property(customers, fc.constantFrom(null, ...SEGMENTS), (all, segment) => {
        const own = all.filter((one) => segment === null || one.segment === segment);
        const shown = shownList(listsOf(topRows(all)), "top", segment);
        const longest =
          segment === null
            ? Math.max(...SEGMENTS.map((name) => Math.min(25, all.filter((one) => one.segment === name).length)))
            : 25;
        const wanted = own.sort((a, b) => b.monetary - a.monetary).slice(0, longest);
        expect(shown.rows.map((row) => row.customer_id)).toEqual(wanted.map(({ id }) => id));
        const spent = wanted.reduce((sum, { monetary }) => sum + monetary, 0);
        const title = customersTitle(shown, { ...facts, revenue: 2 * spent || 1 }, format);
        if (wanted.length === 0) {
          expect(title).toMatch(/no customer is listed$/);
          return;
        }
        expect(title).toContain(`brought ${format.money(spent)}, 50% of ${segment === null ? "all" : "its"} revenue`);
        expect(title.includes("who spent most")).toBe(wanted.length < own.length);
        expect(title.includes(`${wanted.length} customers`)).toBe(wanted.length > 1);
      }),
    );
  });

  it("are nobody where the configuration names nobody", () => {
    expect(listsOf(topRows([{ id: "K1", segment: "A", monetary: 1 }]), false)).toEqual([]);
  });

  it("are fewer of each list, and the same number, where ids are long; ids that nobody reads are left out", () => {
    const long = (length: number) =>
      Array.from({ length: 40 * 25 }, (_, i) =>
        topRow({ id: `${i}`.padStart(length, "x"), segment: `S${i % 40}`, monetary: 1 }, 1 + Math.floor(i / 40), 25),
      );
    const lengths = (rows: readonly ListedCustomer[]) =>
      [...Map.groupBy(rows, ({ segment }) => segment).values()].map((list) => list.length);
    const some = listsOf(long(180));
    expect(new Set(lengths(some)).size).toBe(1);
    expect(lengths(some)[0]).toBeLessThan(25);
    expect(lengths(some)[0]).toBeGreaterThan(10);
    expect(JSON.stringify(some).length).toBeLessThan(300_000);
    expect(listsOf(long(5_000))).toEqual([]);
  });
});

describe("the title of a list", () => {
  const row = (list: ListedCustomer["list"], segment: string, of: number): ListedCustomer => ({
    ...{ segment, list, rank: 1, of, customer_id: `${segment}1`, recencyDays: 1, frequency: 1, monetary: 10 },
    ...{ scores: null, otherSegment: null, isThresholdOnly: false },
    ...{ aliveProbability: null, isLate: false, expectedValue90d: null },
  });
  const rows = [row("in", "A", 3), row("in", "B", 1), row("out", "A", 1), row("quiet", "A", 7), row("quiet", "B", 1)];
  const titleOf = (list: ListedCustomer["list"], segment: string | null, other = {}) =>
    customersTitle(shownList(rows, list, segment), { ...facts, ...other }, format);

  it("counts all of whom it lists the first", () => {
    expect(titleOf("in", "A")).toBe("A: 3 customers came in since the run as of May 1, 2024");
    expect(titleOf("in", null)).toBe(
      "4 customers came into another segment, or came new, since the run as of May 1, 2024",
    );
    expect(titleOf("out", null)).toBe("1 customer left its segment since the run as of May 1, 2024");
    expect(titleOf("out", "B")).toBe("B: 0 customers left since the run as of May 1, 2024");
    expect(titleOf("quiet", "A")).toBe("A: 7 customers have been quiet for too long; the 1 listed had brought 10.00");
    expect(titleOf("quiet", "B")).toBe("B: 1 customer has been quiet for too long; they had brought 10.00");
    expect(titleOf("quiet", "C")).toBe("C: nobody has been quiet for too long");
  });

  it("says why a list is empty", () => {
    expect(titleOf("in", "A", { earlierDate: null })).toMatch(/^Nobody has moved yet: there is no run before/);
    expect(titleOf("quiet", "A", { hasForecast: false })).toMatch(/^The history is too short/);
  });
});
