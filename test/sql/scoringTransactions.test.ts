import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FeatureIdentity, featureOfKey, featureSources } from "../../lib/domain/clustering/space/features.ts";
import type { Config } from "../../lib/domain/config/config.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { decimalTextToUnits } from "../../lib/domain/money.ts";
import { aggregateCustomer, NoPurchaseError } from "../../lib/domain/rfm/scoringTransactions.ts";
import { featuresOfLines } from "../../lib/domain/rfm/transactionFeatures.ts";
import { readDrop } from "../../lib/ingest/readDelivery.ts";
import { featureParameters } from "../../lib/workflow/sql/featureParameters.ts";
import type { StatementParameters } from "../../lib/workflow/sql/parameters.ts";
import { policyParameters } from "../../lib/workflow/sql/policyParameters.ts";
import { createTestLake, P2, type TestLake } from "../golden/onlineRetail.ts";

/** Lines that the batch takes from a file and the API as they come: both must see the same customers in them. */

interface Line {
  readonly customer: string;
  readonly order: string;
  readonly date: string;
  readonly product: string;
  readonly amount: string;
  readonly status: string;
  readonly currency: string;
}

const negated = (amount: string): string => (amount.startsWith("-") ? amount.slice(1) : `-${amount}`);

const STATUSES = [
  ...["", "", "paid", "Shipped", "CANCELLED", "İptal", "Отменён", "Partially refunded", "wc-refunded", "Retoure"],
  ...["Return", "pending payment", "on-hold", "Fraud", "TEST", "odd one", "Échouée", "待付款"],
];
const line: fc.Arbitrary<Line> = fc.record({
  customer: fc.integer({ min: 1, max: 60 }).map((id) => `K${id}`),
  order: fc.constantFrom("", "O1", "O2", "O3", "C77", "CARD", "c5"),
  date: fc.integer({ min: 0, max: 500 }).map((day) => new Date(Date.UTC(2023, 0, 1 + day)).toISOString().slice(0, 10)),
  product: fc.constantFrom("P1", "P2", "POST"),
  amount: fc
    .oneof(fc.integer({ min: -50_000, max: 900_000 }), fc.constantFrom(0, 1, -1, 200_000_000_000))
    .map(
      (units) =>
        `${units < 0 ? "-" : ""}${Math.trunc(Math.abs(units) / 10_000)}.${String(Math.abs(units) % 10_000).padStart(4, "0")}`,
    ),
  status: fc.constantFrom(...STATUSES),
  currency: fc.constantFrom("EUR", "EUR", "USD", "GBP", "JPY"),
});
const LINES = fc
  .sample(line, { seed: 20_111_209, numRuns: 900 })
  .flatMap((one, i) => (i % 6 === 0 ? [one, one] : [one]))
  // Some come back, on another day or the same.
  .flatMap((one, i) =>
    i % 5 === 0
      ? [one, { ...one, amount: negated(one.amount), date: i % 2 === 0 ? one.date : "2024-03-20", order: `R${i}` }]
      : [one],
  );

const RATES = [
  { currency: "EUR", rate: "1" },
  { currency: "USD", rate: "0.92345678" },
  { currency: "USD", rate: "0.9", date: "2023-06-01" },
  { currency: "USD", rate: "123456.5", date: "2024-01-01" },
  { currency: "GBP", rate: "1.17" },
  { currency: "JPY", rate: "0.00612345" },
];
const SNAPSHOT = "2024-04-01";

/** What batch and request count in ways of their own: seven names, windows that cut histories, and none. */
const MEASURED_KEYS = [
  ...[
    "recency_mean:3",
    "recency_mean:2:60d",
    "monetary:120d",
    "average_order_value:200d",
    "lines:60d",
    "frequency:90d",
  ],
  ...["active_days", "lines", "average_order_value", "tenure_days", "lifetime_days", "lines_per_order"],
];
const MEASURED = MEASURED_KEYS.map((key) => featureOfKey(key) as FeatureIdentity);
const SOURCES = featureSources(MEASURED);

describe("transactions scored one by one", () => {
  let lake: TestLake;
  const base = { currency: { target: "EUR", rates: RATES } } as const;
  beforeAll(async () => {
    lake = await createTestLake();
    const path = join(lake.directory, "shop.csv");
    const names = ["customer", "order", "date", "product", "amount", "status", "currency"] as const;
    writeFileSync(
      path,
      [names, ...LINES.map((one) => names.map((name) => one[name]))].map((row) => row.join("\t")).join("\n"),
    );
    const folder = join(lake.directory, "raw/ingest_id=i1/rows");
    mkdirSync(folder, { recursive: true });
    const { target, rates } = parseConfig(base).currency;
    await readDrop({
      files: [{ path, source: "shop.csv" }],
      // Seven order ids over five hundred days look like receipts that are numbered anew each day.
      mapping: { order: "order" },
      scratchDirectory: lake.directory,
      outputPath: join(folder, "part-00000.parquet"),
      currency: { target: target as string, rates },
      threads: 1,
    });
    const parameters = { ...P2, ingest_id: "i1", target_currency: "EUR" };
    await lake.run("ingest/clean_transactions", parameters);
    await lake.run("ingest/commit_ingest", parameters);
  });
  afterAll(() => lake.remove());

  const ofBatch = async (attempt: string, config: Config) => {
    const parameters: StatementParameters = {
      ...P2,
      ...policyParameters(config, new Date("2024-06-01")),
      frequency_basis: config.frequencyBasis === "auto" ? "orders" : config.frequencyBasis,
      snapshot_date: SNAPSHOT,
      window_start: "2023-02-01",
      ...featureParameters({ all: MEASURED, clustered: [], until: SNAPSHOT }),
    };
    if (config.returns === "match") await lake.unload("features/returned_lines", attempt, "returned_lines", parameters);
    const rows = await lake.unload("features/build_wide_features", attempt, "features", parameters);
    return rows.map((row) => [
      ...[row.customer_id, Number(row.recency_days), Number(row.frequency), Number(row.monetary)],
      ...[String(row.first_purchase), String(row.last_purchase), Number(row.active_days), Number(row.repeat_monetary)],
      Object.fromEntries(SOURCES.map(({ key, column }) => [key, Number(row[column])])),
    ]);
  };

  const ofLines = (config: Config) =>
    [...Map.groupBy(LINES, ({ customer }) => customer)]
      .flatMap(([customer, lines]) => {
        const transactions = lines.map(({ date, amount, order, product, status, currency }) => ({
          date,
          amountUnits: decimalTextToUnits(amount),
          product,
          currency,
          order: order === "" ? undefined : order,
          status: status === "" ? undefined : status,
        }));
        try {
          const window = { snapshotDate: SNAPSHOT, windowStart: "2023-02-01" };
          const { rfm, purchases, counted } = aggregateCustomer(transactions, config, window);
          const basis = config.frequencyBasis;
          const told = featuresOfLines(MEASURED_KEYS, { lines: counted, basis, snapshotDate: SNAPSHOT });
          const { firstPurchase, lastPurchase, activeDays, repeatMonetary } = purchases;
          const measures = [rfm.recencyDays, rfm.frequency, rfm.monetary];
          return [[customer, ...measures, firstPurchase, lastPurchase, activeDays, repeatMonetary, told] as const];
        } catch (error) {
          if (error instanceof NoPurchaseError) return [];
          throw error;
        }
      })
      .sort(([a], [b]) => (a < b ? -1 : 1));

  it.each([
    ["drop", {}],
    ["net", { returns: "net" }],
    ["count", { returns: "count" }],
    ["match", { returns: "match" }],
    ["matchAll", { returns: "match", duplicates: "keep", statuses: { returns: "odd|paid" } }],
    ["keep", { returns: "net", duplicates: "keep", nonProducts: { drop: true }, frequencyBasis: "active_days" }],
    ["lines", { frequencyBasis: "lines" }],
    [
      "own",
      { returns: "count", statuses: { keep: null, returns: "^odd", drop: { cancelled: "^paid$", failed: null } } },
    ],
  ] as const)("count as in the batch: %s", async (name, settings) => {
    const config = parseConfig({ ...base, ...settings });
    const batch = await ofBatch(name, config);
    expect(batch.length).toBeGreaterThan(30);
    expect(ofLines(config)).toEqual(batch);
  });
});
