import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { StatementParameters } from "../../lib/workflow/sql/parameters.ts";
import { createTestLake, P2, type TestLake } from "../golden/onlineRetail.ts";
import { effort } from "../support/effort.ts";
import { type RawRow, rawRow, writeRawRows } from "./rawRows.ts";

const POLICY: StatementParameters = { ...P2, snapshot_date: "2024-06-01", latest_date: "2024-12-31" };

let lake: TestLake;
let steps = 0;
/** Each step is a minute after the one before. */
const moment = (step: number) =>
  new Date(Date.UTC(2024, 6, 1) + step * 60_000).toISOString().slice(0, 19).replace("T", " ");

interface Dropped {
  readonly ingestId: string;
  readonly overlaps: Record<string, unknown>[];
}

async function drop(rows: readonly RawRow[], options: { commit?: boolean } = {}): Promise<Dropped> {
  steps += 1;
  const ingestId = `i${String(steps).padStart(5, "0")}`;
  const parameters = { ...POLICY, ingest_id: ingestId, as_of: moment(steps), committed_at: moment(steps) };
  await writeRawRows(lake, ingestId, rows);
  await lake.run("ingest/clean_transactions", parameters);
  await lake.run("ingest/find_shared_orders", parameters);
  const overlaps = await lake.unload("ingest/describe_overlap", `o${steps}`, "overlap", parameters);
  if (options.commit !== false) await lake.run("ingest/commit_ingest", parameters);
  return { ingestId, overlaps };
}

async function remove(source: string): Promise<void> {
  steps += 1;
  await lake.run("ingest/remove_source", { ingest_id: `r${steps}`, source, removed_at: moment(steps) });
}

/** Rows and money by outcome, in the order of the names. */
async function ledger(policy: Partial<StatementParameters> = {}): Promise<string[]> {
  steps += 1;
  const rows = await lake.unload("features/history_ledger", `l${steps}`, "ledger", {
    ...POLICY,
    as_of: moment(steps),
    ...policy,
  });
  return rows.map((row) => `${row.outcome} ${row.row_count} ${Number(row.amount)}`);
}

async function features(policy: Partial<StatementParameters> = {}): Promise<string[]> {
  steps += 1;
  const rows = await lake.unload("features/build_features", `f${steps}`, "features", {
    ...POLICY,
    as_of: moment(steps),
    ...policy,
  });
  return rows.map((row) => `${row.customer_id} ${row.recency_days} ${row.frequency} ${Number(row.monetary)}`);
}

const line = (source: string, order_id: string | null, product_id: string, quantity = "1"): RawRow =>
  rawRow({ source, order_id, product_id, quantity, unit_price: "10" });

beforeAll(async () => {
  lake = await createTestLake();
});
afterAll(() => lake.remove());
beforeEach(async () => {
  for (const table of ["transactions", "ingests", "shared_orders"]) await lake.engine.query(`delete from ${table}`);
});

describe("a drop that shares orders with another source", () => {
  it("counts each order once, in the latest version, and says so in the ledger", async () => {
    const { ingestId } = await drop([line("a", "O1", "P1"), line("a", "O2", "P1"), line("a", "O2", "P2")]);
    const { overlaps } = await drop([line("b", "O2", "P1"), line("b", "O2", "P2"), line("b", "O3", "P1")]);
    expect(overlaps).toEqual([
      {
        source: "b",
        other_ingest_id: ingestId,
        other_source: "a",
        shared_orders: "1",
        identical_lines: "2",
        identical_amount: "20.0000",
        own_lines: "3",
        other_lines: "3",
        order_lines: "2",
      },
    ]);
    expect(await ledger()).toEqual(["kept 4 40", "superseded_order 2 20"]);
    expect(await ledger({ overlap: "keep" })).toEqual(["kept 6 60"]);
    expect(await features()).toEqual(["C1 92 3 40"]);
  });

  it("takes a corrected order whole from the later source, and tells how many lines differ", async () => {
    await drop([line("a", "O1", "P1"), line("a", "O1", "P2", "5")]);
    const { overlaps } = await drop([line("b", "O1", "P1"), line("b", "O1", "P2", "4")]);
    expect(overlaps).toMatchObject([{ identical_lines: "1", order_lines: "2" }]);
    expect(await ledger()).toEqual(["kept 2 50", "superseded_order 2 60"]);
  });

  it("takes an order of one line for the same although its amount was corrected", async () => {
    await drop([line("a", "O1", ""), line("a", "O2", "", "3"), line("a", "O3", "")]);
    const { overlaps } = await drop([line("b", "O2", "", "2"), line("b", "O3", ""), line("b", "O4", "")]);
    expect(overlaps).toMatchObject([{ shared_orders: "2", identical_lines: "1", identical_amount: "10.0000" }]);
    expect(await ledger()).toEqual(["kept 4 50", "superseded_order 2 40"]);
  });

  it("takes no order of several lines for corrected on the strength of its number", async () => {
    await drop([line("a", "O1", ""), line("a", "O1", "", "2"), line("a", null, "", "3")]);
    expect((await drop([line("b", "O1", "", "3"), line("b", null, "", "4")])).overlaps).toEqual([]);
    expect(await ledger()).toEqual(["kept 5 130"]);
  });

  it("loses nothing of an order that merely goes on in another file, nor of a number that another shop uses too", async () => {
    await drop([line("a", "O1", "P1")]);
    const { overlaps } = await drop([
      line("b", "O1", "P2"),
      { ...line("b", "O1", "P1"), order_date: "2024-03-02 10:00:00" },
      { ...line("b", "O1", "P1"), customer_id: "C2" },
    ]);
    expect(overlaps).toEqual([]);
    expect(await ledger()).toEqual(["kept 4 40"]);
  });

  it("looks at lines one by one where there are no order ids", async () => {
    await drop([line("a", null, "P1"), line("a", null, "P2")]);
    await drop([line("b", null, "P1"), line("b", null, "P3")]);
    expect(await ledger()).toEqual(["kept 3 30", "superseded_order 1 10"]);
  });

  it("works within one drop too", async () => {
    const { overlaps } = await drop([line("a", "O1", "P1"), line("b", "O1", "P1"), line("b", "O2", "P1")]);
    expect(overlaps).toMatchObject([{ source: "b", other_source: "a", identical_lines: "1" }]);
    expect(await ledger()).toEqual(["kept 2 20", "superseded_order 1 10"]);
  });

  it("compares with what is live, and not with its own earlier self", async () => {
    await drop([line("a", "O1", "P1"), line("b", "O1", "P1")]);
    expect((await drop([line("a", "O1", "P1"), line("b", "O2", "P1")])).overlaps).toEqual([]);
    await remove("b");
    expect((await drop([line("c", "O2", "P1")])).overlaps).toEqual([]);
    expect(await ledger()).toEqual(["kept 2 20"]);
  });

  it("gives the earlier version back when the later source goes", async () => {
    await drop([line("a", "O1", "P1")]);
    await drop([line("b", "O1", "P1"), line("b", "O1", "P2")]);
    expect(await ledger()).toEqual(["kept 2 20", "superseded_order 1 10"]);
    const then = moment(steps);
    await remove("b");
    expect(await ledger()).toEqual(["kept 1 10"]);
    expect(await ledger({ as_of: then })).toEqual(["kept 2 20", "superseded_order 1 10"]);
  });

  it("is found when both were being committed at the same time", async () => {
    const first = await drop([line("a", "O1", "P1")], { commit: false });
    const second = await drop([line("b", "O1", "P1")], { commit: false });
    for (const [index, { ingestId }] of [second, first].entries())
      await lake.run("ingest/commit_ingest", { ...POLICY, ingest_id: ingestId, committed_at: moment(steps + index) });
    steps += 2;
    expect(await ledger()).toEqual(["kept 1 10", "superseded_order 1 10"]);
  });

  it("counts copies on both sides, so that a whole copy is told from a file with other repetitions", async () => {
    const rows = (source: string, repeats: number[]) =>
      repeats.flatMap((count, i) => Array.from({ length: count }, () => line(source, "O1", `P${i}`)));
    await drop(rows("a", [2, 1]));
    expect((await drop(rows("b", [2, 1]))).overlaps).toMatchObject([{ identical_lines: "3", own_lines: "3" }]);
    await remove("b");
    expect((await drop(rows("c", [1, 2]))).overlaps).toMatchObject([{ identical_lines: "2", own_lines: "3" }]);
  });
});

describe("any sequence of drops, drops again and removals", () => {
  const order = fc.integer({ min: 0, max: 11 });
  const sourceName = fc.constantFrom("a", "b", "c", "d");
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ source: sourceName, orders: fc.uniqueArray(order, { maxLength: 6, minLength: 1 }) }),
    },
    { weight: 1, arbitrary: fc.record({ source: sourceName, orders: fc.constant(undefined) }) },
  );
  /** An order is the same wherever it is, as exports of one shop that overlap have it. */
  const linesOf = (source: string, orders: readonly number[]): RawRow[] =>
    orders.flatMap((n) =>
      Array.from({ length: 1 + (n % 3) }, (_, i) => ({
        ...line(source, n === 7 ? null : `${n === 5 ? "C" : ""}${n}`, `P${i}`, n === 5 ? "-1" : String(1 + n)),
        customer_id: `K${n % 4}`,
        order_date: `2024-0${1 + (n % 5)}-11 09:00:0${i}`,
      })),
    );

  it("ends in the same customers as one run over what is live at the end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 7 }), async (sequence) => {
        for (const table of ["transactions", "ingests", "shared_orders"])
          await lake.engine.query(`delete from ${table}`);
        const live = new Map<string, number[]>();
        for (const { source, orders } of sequence) {
          if (orders === undefined) {
            live.delete(source);
            await remove(source);
          } else {
            live.set(source, orders);
            await drop(linesOf(source, orders));
          }
        }
        const net = { returns: "net" };
        const stepwise = await features(net);
        const everyOrderOnce = [...new Set([...live.values()].flat())].sort((x, y) => x - y);
        for (const table of ["transactions", "ingests", "shared_orders"])
          await lake.engine.query(`delete from ${table}`);
        if (everyOrderOnce.length > 0) await drop(linesOf("all", everyOrderOnce));
        expect(stepwise).toEqual(await features(net));
      }),
      { numRuns: effort(5, 12), seed: 5 },
    );
  });
});
