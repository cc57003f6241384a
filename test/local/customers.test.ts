import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { scoreRfm } from "../../lib/domain/rfm/scoring.ts";
import { trySettings } from "../../lib/local/bi/trySettings.ts";
import { describeCustomer, listCustomers } from "../../lib/local/lake/customers.ts";
import { openLocalLake } from "../../lib/local/run/runLocally.ts";
import { rfmHere } from "../support/cli.ts";
import { bodyOf, manifestsOf, segmentsCsvOf, temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";

const folder = temporaryFolder();
const lake = join(folder, "lake");
const file = join(folder, "shop.csv");
const SETTINGS = { clusters: { minK: 3, maxK: 4 }, snapshotDate: "2025-01-01" } as const;
/** Rows of the current run's segments.csv. */
let rows: string[][];
let runIds: string[];

beforeAll(async () => {
  const shop = shopCsv({ seed: 5, customers: 120, lines: 500 });
  writeText(file, `${shop}Ann@Shop.example,77777,2024-12-30,P1,1,9999.00\n`);
  const open = await openLocalLake({ lakeDirectory: lake, threads: 1 });
  const first = await open.run({ files: [file], config: parseConfig({ ...SETTINGS, snapshotDate: "2024-10-01" }) });
  const second = await open.run({ files: [], config: parseConfig(SETTINGS) });
  await open.close();
  runIds = [first.summary.runId, second.summary.runId];
  const manifest = manifestsOf(lake).find(({ runId }) => runId === second.summary.runId);
  const csv = segmentsCsvOf(lake, { runId: second.summary.runId, attempt: manifest?.attempt ?? "" });
  rows = bodyOf(csv)
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ask = { segments: [], order: "monetary", limit: 1_000 } as const;

describe("the customers of a run", () => {
  it("are all there, by the order asked for, and as segments.csv has them", async () => {
    const { customers, total } = await listCustomers(lake, ask);
    expect(total).toBe(rows.length);
    expect(customers.map((one) => [one.customerId, one.monetary, one.segment]).sort()).toEqual(
      rows.map((row) => [row[0], row[3], row[7]]).sort(),
    );
    const money = customers.map(({ monetary }) => Number(monetary));
    expect(money).toEqual(money.toSorted((a, b) => b - a));
    const quiet = (await listCustomers(lake, { ...ask, order: "quiet", limit: 7 })).customers;
    expect(quiet).toHaveLength(7);
    expect(quiet[0]?.recencyDays).toBe(Math.max(...rows.map((row) => Number(row[1]))));
  });

  it("are those of a segment, and those whose id contains a text in any case", async () => {
    const segment = rows[0]?.[7] as string;
    const { customers, total } = await listCustomers(lake, { ...ask, segments: [segment.toUpperCase()], limit: 2 });
    expect(total).toBe(rows.filter((row) => row[7] === segment).length);
    expect(customers.every((one) => one.segment === segment)).toBe(true);
    const found = await listCustomers(lake, { ...ask, search: "SHOP.ex" });
    expect(found.customers.map(({ customerId }) => customerId)).toEqual(["ann@shop.example"]);
    expect((await listCustomers(lake, { ...ask, search: "%'" })).total).toBe(0);
    await expect(listCustomers(lake, { ...ask, segments: ["Campions"] })).rejects.toThrow("Champions");
    await expect(listCustomers(join(folder, "none"), ask)).rejects.toMatchObject({ code: "NO_LAKE" });
  });
});

describe("one customer", () => {
  it("has orders that add up to its figures, scores that follow from the breakpoints, and its past", async () => {
    for (const row of rows.slice(0, 12)) {
      const details = await describeCustomer(lake, row[0] as string);
      const { customer, orders, scoreEdges, history } = details;
      const money = orders.reduce((sum, { revenue }) => sum + Math.round(Number(revenue) * 1e4), 0);
      expect(money).toBe(Math.round(Number(row[3]) * 1e4));
      expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(Number(row[2]));
      expect(orders[0]?.day).toBe(customer.lastPurchase);
      const scores = scoreRfm(scoreEdges, customer.recencyDays, customer.frequency, Number(customer.monetary));
      expect(customer.scores).toBe(`${scores.rScore}${scores.fScore}${scores.mScore}`);
      expect(history.map(({ runId }) => runId)).toEqual([...runIds].reverse());
      expect(history[0]?.customer).toEqual(customer);
    }
  });

  it("is found by another spelling of its id, and is not in a run before its first purchase", async () => {
    const { customer, history } = await describeCustomer(lake, " ANN@shop.example ");
    expect(customer.customerId).toBe("ann@shop.example");
    expect(history.at(-1)?.customer).toBeNull();
    const earlier = await describeCustomer(lake, rows[0]?.[0] as string, runIds[0]).catch((error) => error);
    expect(earlier).toMatchObject({ runId: runIds[0] });
    await expect(describeCustomer(lake, "nobody")).rejects.toMatchObject({ code: "NO_CUSTOMER" });
  });
});

describe("rfm customers and rfm customer", () => {
  it("print what people look for", async () => {
    const listed = await rfmHere(["customers", "--limit", "3"], { cwd: folder });
    expect(listed.stdout).toMatch(
      new RegExp(`^3 of ${rows.length} customers of run .*\\n\\n.*customer .*\\n.*ann@shop`),
    );
    const one = await rfmHere(["customer", "ann@shop.example"], { cwd: folder });
    expect(one.stdout).toContain("77777");
    expect(one.stdout).toContain("not in it");
    const json = await rfmHere(["customer", "ann@shop.example", "--json"], { cwd: folder });
    expect(JSON.parse(json.stdout)).toMatchObject({ customer: { monetary: "9999.00" } });
    expect(readFileSync(file, "utf8")).toContain("Ann@Shop.example");
  });
});

describe("settings that are tried", () => {
  it("move nobody where they are the run's own, and else those whom a run would move", async () => {
    const same = await trySettings(lake, {});
    expect([same.moved, same.customers]).toEqual([0, rows.length]);
    const method = await trySettings(lake, { scores: { bins: 3 }, segments: "klaviyo" });
    expect(method.moved).toBeGreaterThan(0);
    expect(method.segments.reduce((sum, { after }) => sum + after, 0)).toBe(rows.length);
    for (const { name, before } of method.segments) expect(before).toBe(rows.filter((row) => row[7] === name).length);
    const text = await rfmHere(
      ["config", "try", "--lake", lake, "--set", "scores.bins=3", "--set", "segments=klaviyo"],
      { cwd: folder },
    );
    expect(text.stdout).toContain(`${method.moved} of ${rows.length} customers of run ${runIds[1]}`);
    await expect(trySettings(lake, { returns: "net" })).rejects.toThrow(/Only scores and segments can be tried/);
  });
});
