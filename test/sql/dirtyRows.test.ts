import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StatementParameters } from "../../lib/workflow/sql/parameters.ts";
import { createTestLake, P2, type TestLake } from "../golden/onlineRetail.ts";
import { effort } from "../support/effort.ts";
import { type RawRow, writeRawRows } from "./rawRows.ts";

const numberText = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: -20, max: 200 }).map(String) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.integer({ min: -5, max: 9_999_999 }), fc.nat(999_999)).map(([a, b]) => `${a}.${b}`),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[
        "1e5",
        "1_000",
        "0x1F",
        " 12 ",
        "+5",
        "-0",
        "00012",
        "1.",
        ".5",
        "1,5",
        "NaN",
        "Infinity",
        "١٢",
        "12\n34",
        "--1",
      ],
      ...[
        "99999999999999.9999",
        "100000000000000",
        "999999999999.9999",
        "1000000000000",
        "0.00001",
        "0.00005",
        "1e999",
      ],
      ...[
        "9".repeat(40),
        `0.${"1".repeat(60)}`,
        `${"0".repeat(50)}7`,
        `-${"9".repeat(13)}`,
        "123456",
        "1234567",
        "12345678.9999",
        "999999999",
        "99999999.9999",
      ],
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, "", "  ", "\t") },
);
const dateText = fc.oneof(
  {
    weight: 30,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 }), fc.nat(23))
      .map(
        ([month, day, hour]) =>
          `2024-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")} ${String(hour).padStart(2, "0")}:59:59`,
      ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        "2024-01-31",
        "2023-02-29",
        "1970-01-01",
        "2099-12-31",
        "9999-12-31",
        "0000-00-00",
        "0001-01-01",
        "2024-13-01",
      ],
      ...[
        "2024-01-01 24:00:00",
        "2024-01-01 23:59:60",
        "2024-01-01T10:00:00",
        "2024-01-01 10:00:00.123456",
        "12/1/2010 8:26",
      ],
      ...["2024-1-1", "-2024-01-01", "infinity", "epoch", "2024-01-01 10:00:00+02", "2024-01-01 10:00", "20240101"],
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, "", " ") },
);
const text = fc.oneof(
  fc.constantFrom(
    null,
    "",
    " ",
    "A",
    "a",
    "C1",
    "c12",
    "O'Brien",
    '"quoted"',
    "x,y",
    "a\nb",
    "\u00a0",
    "🛒",
    "'; drop table ingests; --",
  ),
  fc.string({ unit: "grapheme", maxLength: 10 }).map((value) => value.replaceAll("\0", "")),
);
const row: fc.Arbitrary<RawRow> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      source: fc.constantFrom("a.csv", "b's.csv"),
      customer_id: fc.oneof({ weight: 4, arbitrary: fc.constantFrom("1", "17850.0", "0017850.0", " 1 ", "2") }, text),
      order_id: fc.oneof(fc.constantFrom("O1", "C1", "c77", "CARD"), text),
      order_date: dateText,
      product_id: text,
      description: text,
      quantity: numberText,
      unit_price: numberText,
      amount: fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, numberText),
      country: text,
      other_columns: fc.constantFrom(null, "{}"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      source: fc.constant("a.csv"),
      unreadable: fc.constantFrom("too many columns", "unclosed quote"),
    }),
  },
);
/** Rows with copies among them. */
const rows = fc
  .tuple(fc.array(row, { minLength: 1, maxLength: 25 }), fc.array(fc.nat(24), { maxLength: 6 }))
  .map(([some, copies]) => [...some, ...copies.map((i) => some[i % some.length] as RawRow)]);

const policy: fc.Arbitrary<StatementParameters> = fc.record({
  returns: fc.constantFrom("drop", "net", "count"),
  duplicates: fc.constantFrom("drop", "keep"),
  drop_non_products: fc.constantFrom("true", "false"),
  frequency_basis: fc.constantFrom("orders", "active_days", "lines"),
  window_start: fc.constantFrom("0001-01-01", "2024-02-01"),
  snapshot_date: fc.constantFrom("2024-06-01", "9999-12-31"),
});

/** Decimal text as whole ten-thousandths. */
const scaled = (value: unknown) => BigInt(String(value).replace(".", ""));
const sum = (values: bigint[]) => values.reduce((total, value) => total + value, 0n);

/** Division with the half rounded away from zero. */
function divideRound(value: bigint, divisor: bigint): bigint {
  const magnitude = value < 0n ? -value : value;
  const rounded = (magnitude + divisor / 2n) / divisor;
  return value < 0n ? -rounded : rounded;
}

/** Number text as a whole number of 10^-scale, or undefined when it is no plain decimal below 10^12. */
function parseScaled(value: string, scale: number): bigint | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value);
  if (match === null) return undefined;
  const [, sign, whole, fraction = ""] = match;
  const excess = Math.max(fraction.length - scale, 0);
  const digits = BigInt(`${whole}${fraction.padEnd(scale, "0")}`);
  const rounded = divideRound(sign === "-" ? -digits : digits, 10n ** BigInt(excess));
  return (rounded < 0n ? -rounded : rounded) < 10n ** BigInt(12 + scale) ? rounded : undefined;
}

describe("any rows whatever", () => {
  let lake: TestLake;
  let round = 0;
  beforeAll(async () => {
    lake = await createTestLake();
  });
  afterAll(() => lake.remove());

  async function ingest(raw: readonly RawRow[], settings: StatementParameters): Promise<StatementParameters> {
    round += 1;
    const parameters = {
      ...P2,
      ...settings,
      ingest_id: `dirty-${round}`,
      committed_at: `2024-07-01 00:00:00.${String(round).padStart(6, "0")}`,
      as_of: "2024-07-02 00:00:00",
      latest_date: "2098-01-01",
      non_product_pattern: "^[Aa]$",
    };
    // Both sources are dropped again, so that each round sees its own rows alone.
    const present = ["a.csv", "b's.csv"].map((source) => ({ source, unreadable: "so that both sources are there" }));
    await writeRawRows(lake, parameters.ingest_id, [...present, ...raw]);
    await lake.run("ingest/clean_transactions", parameters);
    return parameters;
  }

  it("balance to the row and the penny, and the features to the kept lines", async () => {
    await fc.assert(
      fc.asyncProperty(rows, policy, async (raw, settings) => {
        const parameters = await ingest(raw, settings);
        const attempt = `a${round}`;
        const reconciliation = await lake.unload("ingest/reconcile_ingest", attempt, "reconcile", parameters);
        for (const source of ["a.csv", "b's.csv"]) {
          const outcomes = reconciliation.filter((outcome) => outcome.source === source);
          const counted = sum(outcomes.map((outcome) => BigInt(outcome.row_count as string)));
          expect(counted).toBe(BigInt(raw.filter((line) => line.source === source).length + 1));
          expect(outcomes.every((outcome) => outcome.rows_in === String(counted))).toBe(true);
        }
        const [stored] = await lake.engine.query(
          `select count(*) as n, cast(coalesce(sum(amount), 0) as decimal(38, 4)) as amount from transactions where ingest_id = '${parameters.ingest_id}'`,
        );
        expect(sum(reconciliation.map((outcome) => scaled(outcome.amount)))).toBe(scaled(stored?.amount));

        await lake.run("ingest/commit_ingest", parameters);
        const ledger = await lake.unload("features/history_ledger", attempt, "ledger", parameters);
        expect(sum(ledger.map((outcome) => BigInt(outcome.row_count as string)))).toBe(BigInt(raw.length + 2));
        expect(sum(ledger.map((outcome) => scaled(outcome.amount)))).toBe(scaled(stored?.amount));

        const features = await lake.unload("features/build_features", attempt, "features", parameters);
        const returnsOnly = await lake.unload("features/returns_only_customers", attempt, "returns_only", parameters);
        const kept = ledger.find((outcome) => outcome.outcome === "kept");
        const lines = sum(features.map((feature) => BigInt(feature.lines as string)));
        expect(lines).toBe(BigInt((kept?.row_count as string) ?? 0) - BigInt((kept?.return_rows as string) ?? 0));
        expect(
          sum(features.map((feature) => scaled(feature.monetary))) -
            sum(returnsOnly.map((one) => scaled(one.returns_amount))),
        ).toBe(scaled(kept?.line_value ?? "0"));
        for (const feature of features) {
          expect(Number(feature.recency_days)).toBeGreaterThan(0);
          expect(Number(feature.frequency)).toBeGreaterThan(0);
        }
        const orders = await lake.unload("features/build_orders", attempt, "orders", parameters);
        expect(sum(orders.map((order) => scaled(order.revenue)))).toBe(scaled(kept?.line_value ?? "0"));
        for (const statement of [
          "features/score_breakpoints",
          "features/feature_quantiles",
          "features/feature_moments",
          "marts/totals",
          "marts/concentration_summary",
        ]) {
          await lake.unload(statement, attempt, statement, parameters);
        }
        await lake.run("ddl/rejects", parameters);
        const [rejects] = await lake.engine.query("select count(*) as n from rejects");
        expect(Number(rejects?.n) + Number(kept?.row_count ?? 0)).toBe(raw.length + 2);
      }),
      { numRuns: effort(8, 20) },
    );
  });

  it("multiply exactly, whichever arithmetic they need", async () => {
    const plain = numberText.filter((value) => value !== null && /^-?\d+(\.\d+)?$/.test(value)) as fc.Arbitrary<string>;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(plain, plain), { minLength: 1, maxLength: 200 }), async (pairs) => {
        const raw = pairs.map(([quantity, unit_price]) => ({
          source: "a.csv",
          order_date: "2024-01-01",
          quantity,
          unit_price,
        }));
        const { ingest_id } = await ingest(raw, {});
        const stored = await lake.engine.query(
          `select amount, invalid_reason from transactions where ingest_id = '${ingest_id}' and line_number > 3 order by line_number`,
        );
        const expected = pairs.map(([quantity, price]) => {
          const q = parseScaled(quantity, 4);
          const p = parseScaled(price, 8);
          const amount = q === undefined || p === undefined ? undefined : divideRound(q * p, 10n ** 8n);
          const fits = amount !== undefined && amount < 10n ** 16n && amount > -(10n ** 16n);
          return fits ? { amount, reason: null } : { amount: undefined, reason: "amount_overflow" };
        });
        const actual = stored.map((line) => ({
          amount: line.invalid_reason === null ? scaled(line.amount) : undefined,
          reason: line.invalid_reason,
        }));
        expect(actual).toEqual(expected);
      }),
      {
        numRuns: effort(6, 15),
        examples: [
          [[["999999", "99999999.9999"]]],
          [[["1000000", "99999999.9999"]]],
          [[["999999999", "99999999.9999"]]],
          [[["10000", "0.00125"]]],
        ],
      },
    );
  });
});
