import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { StatementParameters } from "../../lib/workflow/sql/parameters.ts";
import { statusParameters } from "../../lib/workflow/sql/policyParameters.ts";
import { createTestLake, P2, type TestLake } from "../golden/onlineRetail.ts";
import { type RawRow, rawRow, writeRawRows } from "./rawRows.ts";

const POLICY: StatementParameters = {
  ...P2,
  snapshot_date: "2024-06-01",
  latest_date: "2024-12-31",
  as_of: "2024-07-01 00:00:00",
  committed_at: "2024-06-30 00:00:00",
};

let lake: TestLake;
let unloads = 0;
const unload = (name: string, parameters: StatementParameters) => lake.unload(name, `a${++unloads}`, name, parameters);

/** Cleans and commits rows as one ingest. */
async function drop(
  ingestId: string,
  rows: readonly RawRow[],
  parameters: StatementParameters = POLICY,
): Promise<void> {
  await writeRawRows(lake, ingestId, rows);
  await lake.run("ingest/clean_transactions", { ...parameters, ingest_id: ingestId });
  await lake.run("ingest/commit_ingest", { ...parameters, ingest_id: ingestId });
}

/** One word per line of the file: kept as purchase or return, or the reason. */
async function outcomes(rows: readonly RawRow[], parameters: Partial<StatementParameters> = {}): Promise<string[]> {
  const policy = { ...POLICY, ...parameters };
  await drop("i1", rows, policy);
  await lake.run("ddl/rejects", policy);
  const rejected = await lake.engine.query("select line_number, drop_reason from rejects");
  const reasons = new Map(rejected.map((row) => [Number(row.line_number), String(row.drop_reason)]));
  const found = rows.map((_, i) => reasons.get(i + 2) ?? "kept");
  // The view reads statuses by their words, the ledger of a run looks them up: they see the same.
  const ledger = await unload("features/history_ledger", policy);
  const counted = [...Map.groupBy(found, (outcome) => outcome)].map(([outcome, of]) => [outcome, String(of.length)]);
  expect(ledger.map(({ outcome, row_count }) => [outcome, row_count])).toEqual(counted.sort());
  return found;
}

beforeAll(async () => {
  lake = await createTestLake();
});
afterAll(() => lake.remove());
beforeEach(async () => {
  await lake.engine.query("delete from transactions");
  await lake.engine.query("delete from ingests");
});

describe("drop reasons", () => {
  const lines: readonly (readonly [RawRow, drop: string, net: string, count: string])[] = [
    [rawRow(), "kept", "kept", "kept"],
    [rawRow({ unreadable: "5 columns, not 8" }), "unreadable_line", "unreadable_line", "unreadable_line"],
    [rawRow({ order_date: "last week" }), "invalid_date", "invalid_date", "invalid_date"],
    [rawRow({ order_date: "  " }), "invalid_date", "invalid_date", "invalid_date"],
    [
      rawRow({ order_date: "2030-01-01", customer_id: null }),
      "date_out_of_range",
      "date_out_of_range",
      "date_out_of_range",
    ],
    [rawRow({ order_date: "1970-01-01" }), "date_out_of_range", "date_out_of_range", "date_out_of_range"],
    [rawRow({ customer_id: " \t" }), "missing_customer", "missing_customer", "missing_customer"],
    [rawRow({ quantity: "two" }), "invalid_quantity", "invalid_quantity", "invalid_quantity"],
    [rawRow({ quantity: null }), "invalid_quantity", "invalid_quantity", "invalid_quantity"],
    [rawRow({ unit_price: "1e2" }), "invalid_unit_price", "invalid_unit_price", "invalid_unit_price"],
    [rawRow({ unit_price: "" }), "invalid_unit_price", "invalid_unit_price", "invalid_unit_price"],
    [rawRow({ quantity: null, unit_price: null }), "missing_amount", "missing_amount", "missing_amount"],
    [rawRow({ amount: "£5" }), "invalid_amount", "invalid_amount", "invalid_amount"],
    [rawRow({ quantity: "999999999999", unit_price: "2" }), "amount_overflow", "amount_overflow", "amount_overflow"],
    [rawRow({ order_id: "C77" }), "cancellation", "kept", "kept"],
    [rawRow({ order_id: "CARD" }), "kept", "kept", "kept"],
    [rawRow({ quantity: "-2", product_id: "n" }), "non_positive_quantity", "kept", "kept"],
    [rawRow({ unit_price: "0" }), "non_positive_price", "non_positive_price", "kept"],
    [rawRow({ quantity: "-1", unit_price: "-5" }), "non_positive_quantity", "kept", "kept"],
    [rawRow({ quantity: "1", unit_price: "-5" }), "non_positive_price", "non_positive_price", "kept"],
    [rawRow({ quantity: null, unit_price: null, amount: "-7.5" }), "non_positive_amount", "kept", "kept"],
    [rawRow({ quantity: null, unit_price: null, amount: "0" }), "non_positive_amount", "kept", "kept"],
    [rawRow({ order_status: "left out: not cancelled" }), "status_left_out", "status_left_out", "status_left_out"],
    [rawRow({ order_status: "left out: view", amount: "?" }), "status_left_out", "status_left_out", "status_left_out"],
    [rawRow({ order_status: "returned: Refund" }), "status_return", "kept", "kept"],
    [rawRow({ product_id: "POST" }), "non_product", "non_product", "non_product"],
    [rawRow(), "duplicate", "duplicate", "duplicate"],
    [rawRow({ source: "other.csv" }), "kept", "kept", "kept"],
    [rawRow({ order_date: "2023-12-31" }), "before_window", "before_window", "before_window"],
    [rawRow({ order_date: "2024-01-01" }), "kept", "kept", "kept"],
    [
      rawRow({ order_date: "2024-06-01 00:00:00" }),
      "on_or_after_snapshot",
      "on_or_after_snapshot",
      "on_or_after_snapshot",
    ],
    [rawRow({ order_date: "2024-05-31 23:59:59" }), "kept", "kept", "kept"],
  ];

  it.each([
    ["drop", 1],
    ["net", 2],
    ["count", 3],
  ] as const)("are the first that applies, with returns = %s", async (returns, column) => {
    const actual = await outcomes(
      lines.map(([row]) => row),
      { returns, drop_non_products: "true", window_start: "2024-01-01" },
    );
    expect(actual).toEqual(lines.map((line) => line[column]));
  });

  it("follow the words of a status column: dropped by group, returned, or kept", async () => {
    const statuses: readonly (readonly [string | null, drop: string, net: string, count: string])[] = [
      [null, "kept", "kept", "kept"],
      ["Delivered", "kept", "kept", "kept"],
      ["something new", "kept", "kept", "kept"],
      ["partially_refunded", "kept", "kept", "kept"],
      ["Awaiting Shipment", "kept", "kept", "kept"],
      ...(
        [
          ["CANCELLED", "status_cancelled"],
          ["İptal edildi", "status_cancelled"],
          ["Отменён", "status_cancelled"],
          ["wc-refunded", "status_refunded"],
          ["Shipped - Returned to Seller", "status_refunded"],
          ["Pending payment", "status_pending"],
          ["待付款", "status_pending"],
          ["Échouée", "status_failed"],
          ["Test", "status_test"],
        ] as const
      ).map(([word, reason]) => [word, reason, reason, reason] as const),
      ["Return", "status_return", "kept", "kept"],
    ];
    const rows = statuses.map(([order_status], i) => rawRow({ order_status, order_id: `O${i}` }));
    for (const [column, returns] of [
      [1, "drop"],
      [2, "net"],
      [3, "count"],
    ] as const) {
      expect(await outcomes(rows, { returns }), returns).toEqual(statuses.map((status) => status[column]));
      await lake.engine.query("delete from transactions");
      await lake.engine.query("delete from ingests");
    }
  });

  it("take the money of a returned line off, though its file gives it as positive", async () => {
    await drop("i1", [rawRow(), rawRow({ order_id: "O2", quantity: "1", order_status: "Retoure" })]);
    for (const returns of ["net", "count"]) {
      expect((await unload("features/build_features", { ...POLICY, returns })).map((row) => row.monetary)).toEqual([
        "5.0000",
      ]);
    }
  });

  it("take a line with negative quantity and negative price for the return that it is", async () => {
    await drop("i1", [rawRow(), rawRow({ order_id: "O2", quantity: "-1", unit_price: "-3" })]);
    const money = async (returns: string) =>
      (await unload("features/build_features", { ...POLICY, returns })).map((row) => [row.monetary, row.frequency]);
    expect(await money("drop")).toEqual([["10.0000", "1"]]);
    expect(await money("net")).toEqual([["7.0000", "1"]]);
    expect(await money("count")).toEqual([["7.0000", "2"]]);
  });

  it("leave statuses alone when told to", async () => {
    const patterns = statusParameters({
      keep: null,
      returns: null,
      drop: { cancelled: null, refunded: null, pending: null, failed: null, test: "^probe" },
    });
    const rows = ["cancelled", "refunded", "return", "probe 1"].map((order_status) => rawRow({ order_status }));
    expect(await outcomes(rows, patterns)).toEqual(["kept", "kept", "kept", "status_test"]);
  });

  it("leave duplicates and product codes alone when told to", async () => {
    const rows = [rawRow(), rawRow(), rawRow({ product_id: "POST" })];
    expect(await outcomes(rows, { duplicates: "keep", drop_non_products: "false" })).toEqual(["kept", "kept", "kept"]);
  });

  it("take a line for a duplicate only if nothing at all differs", async () => {
    const rows = [
      rawRow(),
      rawRow({ other_columns: '{"note":"gift"}' }),
      rawRow({ country: "" }),
      rawRow({ country: null }),
    ];
    expect(await outcomes(rows)).toEqual(["kept", "kept", "kept", "duplicate"]);
  });

  it.each<[string, RawRow[], string[]]>([
    ["all orders", [rawRow({ order_id: "C1001" }), rawRow({ order_id: "C1002" })], ["kept", "kept"]],
    ["some orders", [rawRow({ order_id: "C1001" }), rawRow({ order_id: "W1002" })], ["cancellation", "kept"]],
    ["a single order", [rawRow({ order_id: "C1001" })], ["cancellation"]],
    [
      "all orders, of which one takes something back",
      [rawRow({ order_id: "C1001", quantity: "-1" }), rawRow({ order_id: "C1002" })],
      ["cancellation", "cancellation"],
    ],
  ])("read the mark of a cancellation on %s", async (_, rows, expected) => {
    expect(await outcomes(rows)).toEqual(expected);
  });

  it.each<[string, RawRow, string]>([
    ["a day", { order_date: "2024-03-01" }, "kept"],
    ["a day with the midnight that databases add", { order_date: "2024-03-01 00:00:00" }, "kept"],
    ["a blank order", { order_date: "2024-03-01", order_id: " " }, "kept"],
    ["a time of day", { order_date: "2024-03-01 00:00:01" }, "duplicate"],
    ["an order", { order_date: "2024-03-01", order_id: "O1" }, "duplicate"],
  ])("take equal lines with %s for what it says of them", async (_, row, outcome) => {
    const line = rawRow({ order_id: null, product_id: null, ...row });
    expect(await outcomes([line, line])).toEqual(["kept", outcome]);
  });

  it.each<[string, (i: number) => RawRow, number]>([
    ["lines that another column numbers", (i) => ({ amount: "7", other_columns: `{"no":"${i % 24}"}` }), 1],
    ["lines of one channel", (i) => ({ amount: String(i >> 1), other_columns: `{"channel":"${i % 4 > 1}"}` }), 0],
    ["lines without other columns", (i) => ({ amount: String(i >> 1) }), 0],
  ])("tell copies among %s", async (_, row, copies) => {
    const lines = Array.from({ length: 25 }, (__, i) =>
      rawRow({ order_id: null, order_date: "2024-03-01", ...row(i) }),
    );
    expect((await outcomes(lines)).filter((one) => one === "duplicate")).toHaveLength(copies);
  });

  it("keep what was wrong for people to see", async () => {
    await drop("i1", [
      rawRow({ quantity: "two" }),
      rawRow({ unreadable: "no closing quote" }),
      rawRow({ order_date: "soon" }),
    ]);
    const rows = await lake.engine.query("select invalid_value from transactions order by line_number");
    expect(rows.map((row) => row.invalid_value)).toEqual(["two", "no closing quote", "soon"]);
  });
});

describe("foreign money", () => {
  it("is seen across drops: one name, none, or several", async () => {
    const bounds = async () =>
      (await unload("ingest/history_bounds", POLICY)).map((row) => [row.currency, row.currencies]);
    await drop("i1", [rawRow({ currency: "EUR" }), rawRow({ currency: "EUR", order_id: "O2" })]);
    expect(await bounds()).toEqual([["EUR", "1"]]);
    await drop("i2", [rawRow({ source: "b.csv", order_id: "O3" })]);
    expect(await bounds()).toEqual([[null, "1"]]);
    await drop("i3", [rawRow({ source: "c.csv", order_id: "O4", currency: "USD" })]);
    expect(await bounds()).toEqual([[null, "2"]]);
  });

  it("is converted exactly, rounded once, and counted in the target currency", async () => {
    const foreign = { currency: "USD", exchange_rate: "0.92345678" };
    const rows = [
      rawRow({ order_id: "O1", quantity: "3", unit_price: "9.99", ...foreign }),
      rawRow({ order_id: "O2", quantity: null, unit_price: null, amount: "1234567.89", ...foreign }),
      rawRow({ order_id: "O3", quantity: "-1", unit_price: "0.01", ...foreign }),
      rawRow({ order_id: "O4", currency: "EUR" }),
      rawRow({ order_id: "O5", quantity: "1", unit_price: "900000000000", currency: "IDR", exchange_rate: "2" }),
    ];
    await drop("i1", rows, { ...POLICY, target_currency: "EUR" });
    const found = await lake.engine.query(
      "select cast(amount as varchar) as amount, cast(unit_price as varchar) as price, currency, invalid_reason from transactions order by line_number",
    );
    expect(found.map((row) => [row.amount, row.price, row.currency, row.invalid_reason])).toEqual([
      ["27.6760", "9.2253", "EUR", null],
      ["1140070.0884", null, "EUR", null],
      ["-0.0092", "0.0092", "EUR", null],
      ["10.0000", "5.0000", "EUR", null],
      [null, null, "EUR", "amount_overflow"],
    ]);
  });
});

describe("customers", () => {
  it("are told apart by their trimmed ids, leading zeros and all", async () => {
    const ids = [
      "17850",
      " 17850",
      "17850.0",
      "017850",
      "17850.00",
      "\ufeff17850",
      "\ufeff 17850.0",
      "A.0",
      "🛒",
      "O'Hara",
    ];
    await drop(
      "i1",
      ids.map((customer_id, i) => rawRow({ customer_id, order_id: `O${i}` })),
    );
    const features = await unload("features/build_features", POLICY);
    expect(features.map((row) => [row.customer_id, row.frequency])).toEqual([
      ["017850", "1"],
      ["17850", "5"],
      ["17850.00", "1"],
      ["A.0", "1"],
      ["O'Hara", "1"],
      ["🛒", "1"],
    ]);
  });

  it("have returns taken off their money whatever sign the file gives them, and never counted as visits", async () => {
    await drop("i1", [
      rawRow({ quantity: "10", unit_price: "5" }),
      rawRow({ order_id: "C1", order_date: "2024-05-01", quantity: "2", unit_price: "5" }),
      rawRow({ order_id: "O2", order_date: "2024-05-02", quantity: "-1", unit_price: "5" }),
      rawRow({ customer_id: "C2", order_id: "C9", quantity: "-3", unit_price: "1" }),
    ]);
    const [customer, ...others] = await unload("features/build_features", { ...POLICY, returns: "net" });
    expect(others).toEqual([]);
    expect(customer).toMatchObject({
      customer_id: "C1",
      frequency: "1",
      monetary: "35.0000",
      returns_amount: "15.0000",
      recency_days: 92,
      last_purchase: "2024-03-01",
      lines: "1",
      units: "10.0000",
    });
    expect(await unload("features/returns_only_customers", { ...POLICY, returns: "net" })).toEqual([
      { customer_id: "C2", return_lines: "1", returns_amount: "3.0000", last_return: "2024-03-01" },
    ]);
  });

  it("visit once a day where there is no order id", async () => {
    await drop("i1", [
      rawRow({ order_id: null }),
      rawRow({ order_id: "", order_date: "2024-03-01 18:00:00" }),
      rawRow({ order_id: null, order_date: "2024-03-02" }),
      rawRow({ order_id: "O9", order_date: "2024-03-02" }),
    ]);
    const frequency = async (frequency_basis: string) =>
      (await unload("features/build_features", { ...POLICY, frequency_basis })).map((row) => row.frequency);
    expect(await frequency("orders")).toEqual(["3"]);
    expect(await frequency("active_days")).toEqual(["2"]);
    expect(await frequency("lines")).toEqual(["4"]);
  });
});

describe("the history", () => {
  const sources = async (parameters: StatementParameters = POLICY) =>
    (await unload("ingest/describe_history", parameters)).map((row) => `${row.source}:${row.ingest_id}`);
  const customers = async (as_of: string) =>
    (await unload("features/build_features", { ...POLICY, as_of })).map((row) => row.customer_id);

  it("shows a source's latest ingest alone, as of any moment, and nothing that was not committed", async () => {
    await drop("i1", [rawRow({ customer_id: "old" })], { ...POLICY, committed_at: "2024-06-01 00:00:00" });
    await drop("i2", [rawRow({ customer_id: "new" })], { ...POLICY, committed_at: "2024-06-02 00:00:00" });
    await drop("i3", [rawRow({ customer_id: "more", source: "b.csv" })], {
      ...POLICY,
      committed_at: "2024-06-03 00:00:00",
    });
    await writeRawRows(lake, "i4", [rawRow({ customer_id: "ghost" })]);
    await lake.run("ingest/clean_transactions", { ...POLICY, ingest_id: "i4" });
    expect(await customers("2024-05-31 00:00:00")).toEqual([]);
    expect(await customers("2024-06-01 00:00:00")).toEqual(["old"]);
    expect(await customers("2024-06-02 12:00:00")).toEqual(["new"]);
    expect(await customers("2024-07-01 00:00:00")).toEqual(["more", "new"]);
    expect(await sources()).toEqual(["b.csv:i3", "shop.csv:i2"]);
  });

  it("lets a source go, and come back", async () => {
    await drop("i1", [rawRow({ source: "it's.csv" })]);
    const removal = { ingest_id: "r1", source: "it's.csv", removed_at: "2024-06-30 10:00:00" };
    await lake.run("ingest/remove_source", removal);
    expect(await sources()).toEqual([]);
    expect(await sources({ ...POLICY, as_of: "2024-06-30 09:00:00" })).toEqual(["it's.csv:i1"]);
    await drop("i2", [rawRow({ source: "it's.csv" })], { ...POLICY, committed_at: "2024-06-30 11:00:00" });
    expect(await sources()).toEqual(["it's.csv:i2"]);
  });

  it("is committed once however often the commit is repeated", async () => {
    await drop("i1", [rawRow(), rawRow({ source: "b.csv" })]);
    await lake.run("ingest/commit_ingest", { ...POLICY, ingest_id: "i1" });
    expect(await lake.engine.query("select source, rows_in from ingests order by source")).toEqual([
      { source: "b.csv", rows_in: "1" },
      { source: "shop.csv", rows_in: "1" },
    ]);
  });

  it("remembers what Ingest knows of the file", async () => {
    const folder = `${lake.directory}/raw/ingest_id=hashed/sources`;
    mkdirSync(folder, { recursive: true });
    await lake.engine.query(
      `copy (select 'shop.csv' as source, 'abc123' as content_hash, 'incoming/shop.csv' as object_key) to '${folder}/part-00000.parquet'`,
    );
    await drop("hashed", [rawRow()]);
    expect(await unload("ingest/describe_history", POLICY)).toMatchObject([
      { source: "shop.csv", ingest_id: "hashed", content_hash: "abc123", object_key: "incoming/shop.csv" },
    ]);
  });

  it("reconciles against the raw lines: what the table lacks or has twice shows", async () => {
    await drop("i1", [rawRow(), rawRow({ source: "b.csv" })]);
    const total = async () =>
      (await unload("ingest/reconcile_ingest", { ...POLICY, ingest_id: "i1" })).map((row) => [
        row.source,
        row.outcome,
        row.rows_in,
        row.row_count,
      ]);
    expect(await total()).toEqual([
      ["b.csv", "kept", "1", "1"],
      ["shop.csv", "kept", "1", "1"],
    ]);
    await lake.engine.query("delete from transactions where source = 'b.csv'");
    await lake.engine.query("insert into transactions from transactions");
    expect(await total()).toEqual([
      ["b.csv", "lost", "1", "0"],
      ["shop.csv", "kept", "1", "2"],
    ]);
  });

  it("is empty without failing when nothing was ever dropped", async () => {
    expect(await unload("features/build_features", POLICY)).toEqual([]);
    expect(await unload("ingest/history_bounds", POLICY)).toEqual([
      { first_date: null, last_date: null, row_count: "0", customers: "0", currency: null, currencies: "0" },
    ]);
    expect(await unload("features/history_ledger", POLICY)).toEqual([]);
    for (const name of [
      "features/score_breakpoints",
      "features/feature_quantiles",
      "features/feature_moments",
      "marts/by_month",
      "marts/by_product",
    ]) {
      expect(await unload(name, POLICY), name).toEqual([]);
    }
    expect(await unload("marts/concentration_summary", POLICY)).toMatchObject([
      { customers: "0", customers_for_80_percent: null, gini: null },
    ]);
    expect(await unload("ingest/profile_ingest", { ...POLICY, ingest_id: "none" })).toMatchObject([
      { row_count: "0", duplicate_rows: "0", invalid_rows: "0", amount: "0.0000", first_ordered_at: null },
    ]);
    expect(await unload("marts/totals", POLICY)).toMatchObject([{ orders: "0", revenue: "0.0000" }]);
  });
});

describe("the profile of a drop", () => {
  it("tells extremes and first defects with their places, and the longest gap between days", async () => {
    await drop("i1", [
      rawRow({ line_number: 2, order_date: "2024-01-01", quantity: "3", unit_price: "2" }),
      rawRow({ line_number: 3, order_date: "2024-01-05", quantity: "-7", unit_price: "2", customer_id: null }),
      rawRow({ line_number: 4, order_date: "2024-01-06", quantity: "9", unit_price: "0.5" }),
      rawRow({ source: "more.csv", line_number: 10, order_date: "2024-01-06", quantity: "9", unit_price: "1" }),
      rawRow({ source: "more.csv", line_number: 11, order_date: "2024-01-10", quantity: "9", unit_price: "1" }),
      rawRow({ source: "more.csv", line_number: 12, order_date: "2024-01-10", quantity: "9", unit_price: "1" }),
    ]);
    expect(await unload("ingest/profile_ingest", { ...POLICY, ingest_id: "i1" })).toMatchObject([
      {
        row_count: "6",
        days: "4",
        longest_gap_days: "3",
        longest_gap_after: "2024-01-01",
        min_quantity: "-7.0000",
        min_quantity_at: "000000000003 shop.csv",
        max_quantity: "9.0000",
        max_quantity_at: "000000000004 shop.csv",
        min_amount: "-14.0000",
        max_amount: "9.0000",
        max_amount_at: "000000000010 more.csv",
        first_missing_customer: "000000000003 shop.csv",
        first_duplicate: "000000000012 more.csv",
        first_cancellation: null,
      },
    ]);
  });

  it("stands beside the rows of the drops before it, the newest first, removals apart", async () => {
    const at = (day: string) => ({ ...POLICY, committed_at: `2024-06-${day} 00:00:00` });
    await drop("i1", [rawRow({ line_number: 2 })], at("01"));
    await drop("i2", [rawRow({ line_number: 2 }), rawRow({ source: "b.csv", line_number: 2 })], at("02"));
    await drop("i3", [rawRow({ line_number: 2 })], at("03"));
    const asOf = (day: string) =>
      unload("ingest/earlier_ingests", { ...at("03"), as_of: `2024-06-${day} 00:00:00`, ingest_id: "i3" });
    expect(await asOf("03")).toMatchObject([
      { ingest_id: "i2", row_count: "2" },
      { ingest_id: "i1", row_count: "1" },
    ]);
    expect(await asOf("01")).toEqual([]);
  });
});

describe("features", () => {
  it("are summed exactly: money that no double holds, and averages rounded half up", async () => {
    const order = (customer_id: string, order_id: string, amount: string) =>
      rawRow({ customer_id, order_id, amount, quantity: null, unit_price: null });
    await drop("i1", [
      order("a", "O1", "999999999999.9997"),
      order("a", "O2", "999999999999.9996"),
      order("b", "O3", "10.01"),
      ...["O4", "O5", "O6", "O7", "O8", "O9", "O10"].map((id) => order("b", id, "0")),
    ]);
    const policy = { ...POLICY, returns: "count", feature_names: "monetary,average_order_value" };
    const features = await lake.unload("features/build_features", "exact", "features", policy);
    expect(features[1]?.average_order_value).toBe(1.25125);
    const moments = await lake.unload("features/feature_moments", "exact", "moments", policy);
    const sums = moments.filter((row) => row.transform === "identity");
    expect(sums).toMatchObject([
      { feature: "average_order_value", sum: "1000000000001.2509", min_value: 1.25125 },
      { feature: "monetary", sum: "2000000000010.0093", max_value: 1999999999999.9993 },
    ]);
  });

  it("move through asinh and log1p, and say where log1p does not exist", async () => {
    await drop("i1", [
      rawRow({ customer_id: "a", quantity: "1", unit_price: "100" }),
      rawRow({ customer_id: "b", quantity: "1", unit_price: "1" }),
      rawRow({ customer_id: "b", order_id: "O2", quantity: "-301", unit_price: "1" }),
    ]);
    const policy = { ...POLICY, returns: "net", feature_names: "monetary" };
    await lake.unload("features/build_features", "net", "features", policy);
    const moments = await lake.unload("features/feature_moments", "net", "moments", policy);
    const of = (transform: string) => moments.find((row) => row.transform === transform);
    expect(of("identity")).toMatchObject({
      row_count: "2",
      sum: "-200.0000",
      sum_of_squares: "100000.00000000",
      min_value: -300,
      max_value: 100,
    });
    expect(of("log1p")).toMatchObject({ row_count: "2", defined_rows: "1" });
    expect(Number(of("log1p")?.sum)).toBeCloseTo(Math.log1p(100), 11);
    expect(Number(of("asinh")?.sum)).toBeCloseTo(Math.asinh(100 / 10) + Math.asinh(-300 / 10), 11);
  });
});
