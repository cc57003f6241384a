import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEMO_COLUMNS, type DemoShopSummary, writeDemoShop } from "../../../lib/local/demo/demoShop.ts";
import { moveLastMonth } from "../../../lib/local/demo/splitShop.ts";
import { isFullEffort } from "../../support/effort.ts";

const directory = mkdtempSync(join(tmpdir(), "demo-shop-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Line = Record<(typeof DEMO_COLUMNS)[number], string>;

/** RFC 4180 without line breaks in fields, which the generator never writes. */
function parse(text: string): Line[] {
  const rows = text.trimEnd().split("\n");
  expect(rows[0]).toBe(DEMO_COLUMNS.join(","));
  return rows.slice(1).map((row) => {
    const fields = [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)];
    const values = fields.map((field) => field[1]?.replaceAll('""', '"') ?? field[2] ?? "");
    expect(values).toHaveLength(DEMO_COLUMNS.length);
    return Object.fromEntries(DEMO_COLUMNS.map((name, index) => [name, values[index]])) as Line;
  });
}

const hash = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

describe("the demo shop", () => {
  let summary: DemoShopSummary;
  let lines: Line[];
  let sales: Line[];
  const share = (select: (line: Line) => boolean) => lines.filter(select).length / lines.length;

  beforeAll(async () => {
    summary = await writeDemoShop({ path: join(directory, "shop.csv") });
    lines = parse(readFileSync(summary.path, "utf8"));
    sales = lines.filter((line) => line.customer_id !== "" && Number(line.quantity) > 0 && Number(line.unit_price) > 0);
  });

  it("is large enough and says how large it is", () => {
    expect(lines).toHaveLength(summary.lines);
    expect(lines.length).toBeGreaterThanOrEqual(60_000);
    expect(new Set(lines.map((line) => line.order_id)).size).toBe(summary.orders);
    const customers = new Set(sales.filter((line) => /^\d/.test(line.order_date)).map((line) => line.customer_id));
    expect(customers.size).toBeGreaterThanOrEqual(5_900);
    expect(customers.size).toBeLessThanOrEqual(summary.customers);
  });

  it("has two years of history up to a fixed day, in order", () => {
    const dates = lines.map((line) => line.order_date).filter((date) => /^\d/.test(date));
    expect(dates).toEqual(dates.toSorted());
    expect(dates[0]).toMatch(/^2024-01-0\d \d\d:\d\d:\d\d$/);
    expect(dates.at(-1)).toMatch(/^2025-12-31/);
  });

  it("has guests, returns, repeated lines, free samples and unreadable values", () => {
    const guests = share((line) => line.customer_id === "");
    expect(guests).toBeGreaterThan(0.15);
    expect(guests).toBeLessThan(0.2);
    const returns = lines.filter((line) => line.order_id.startsWith("C"));
    expect(returns.length).toBeGreaterThan(500);
    expect(returns.filter((line) => Number(line.quantity) >= 0)).toEqual([]);
    expect(lines.filter((line) => Number(line.quantity) < 0 && !line.order_id.startsWith("C"))).toEqual([]);
    const distinct = new Set(lines.map((line) => JSON.stringify(line)));
    expect(lines.length - distinct.size).toBeGreaterThan(lines.length * 0.005);
    expect(lines.filter((line) => line.unit_price === "0.00").length).toBeGreaterThan(50);
    expect(lines.filter((line) => Number.isNaN(Date.parse(line.order_date))).length).toBeGreaterThan(2);
    expect(lines.filter((line) => Number.isNaN(Number(line.quantity))).length).toBeGreaterThan(2);
  });

  it("has countries, a catalogue with one name per product, and a Christmas season", () => {
    expect(new Set(lines.map((line) => line.country)).size).toBeGreaterThanOrEqual(6);
    const names = new Map(lines.map((line) => [line.product_id, line.description]));
    expect(names.size).toBeGreaterThan(200);
    expect(lines.filter((line) => names.get(line.product_id) !== line.description)).toEqual([]);
    const inMonth = (month: string) => share((line) => line.order_date.slice(5, 7) === month);
    expect(inMonth("12")).toBeGreaterThan(1.8 * inMonth("02"));
  });

  it("has customers that buy once, customers that return, and a few that dominate", () => {
    const revenue = new Map<string, number>();
    const orders = new Map<string, Set<string>>();
    for (const { customer_id: id, order_id, quantity, unit_price } of sales) {
      revenue.set(id, (revenue.get(id) ?? 0) + Number(quantity) * Number(unit_price));
      orders.set(id, (orders.get(id) ?? new Set()).add(order_id));
    }
    const once = [...orders.values()].filter((set) => set.size === 1).length / orders.size;
    expect(once).toBeGreaterThan(0.2);
    expect(once).toBeLessThan(0.5);
    const sorted = [...revenue.values()].sort((a, b) => b - a);
    const total = sorted.reduce((sum, value) => sum + value, 0);
    const top = sorted.slice(0, Math.round(sorted.length * 0.005)).reduce((sum, value) => sum + value, 0);
    expect(top / total).toBeGreaterThan(0.1);
    expect(top / total).toBeLessThan(0.3);
    // Nobody stands apart: each percent of the customers brings not much more than the next one does.
    const percent = (i: number): number => {
      const part = sorted.slice(Math.round((i * sorted.length) / 100), Math.round(((i + 1) * sorted.length) / 100));
      return part.reduce((sum, value) => sum + value, 0) / part.length;
    };
    for (let i = 1; i < 20; i++) expect(percent(i - 1) / percent(i)).toBeLessThan(2.6);
  });

  it("has new customers in every month, some of whom return in the next", () => {
    const months = new Map<string, Set<string>>();
    for (const { customer_id: id, order_date } of sales)
      if (/^\d/.test(order_date)) months.set(id, (months.get(id) ?? new Set()).add(order_date.slice(0, 7)));
    const cohorts = new Map<string, { all: number; back: number }>();
    for (const seen of months.values()) {
      const [first = "", second = ""] = [...seen].sort();
      const [year = 0, month = 0] = first.split("-").map(Number);
      const next = new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7);
      const cohort = cohorts.get(first) ?? { all: 0, back: 0 };
      cohorts.set(first, { all: cohort.all + 1, back: cohort.back + (second === next ? 1 : 0) });
    }
    expect(cohorts.size).toBe(24);
    for (const [month, { all, back }] of cohorts) if (month !== "2025-12") expect(back / all).toBeGreaterThan(0.1);
  });

  it("comes in two deliveries that are the whole together", async () => {
    const path = join(directory, "parts.csv");
    await writeDemoShop({ path, customers: 300 });
    const whole = readFileSync(path, "utf8").trimEnd().split("\n");
    await moveLastMonth(path, join(directory, "december.csv"));
    const [earlier = [], later = []] = ["parts.csv", "december.csv"].map((name) =>
      readFileSync(join(directory, name), "utf8").trimEnd().split("\n"),
    );
    expect([...earlier, ...later.slice(1)].sort()).toEqual([...whole].sort());
    expect(later.length).toBeGreaterThan(100);
    expect(earlier.filter((line) => line.includes(",2025-12-"))).toEqual([]);
    expect(later.slice(1).filter((line) => !line.includes(",2025-12-"))).toEqual([]);
  });

  it("repeats itself byte for byte, and differs with another seed", async () => {
    const again = await writeDemoShop({ path: join(directory, "again.csv"), seed: 7, customers: 6000 });
    expect(hash(again.path)).toBe(hash(summary.path));
    const other = await writeDemoShop({ path: join(directory, "other.csv"), seed: 8 });
    expect(hash(other.path)).not.toBe(hash(summary.path));
  });

  it("works with one customer and with none", async () => {
    const one = await writeDemoShop({ path: join(directory, "one.csv"), customers: 1 });
    expect(new Set(parse(readFileSync(one.path, "utf8")).map((line) => line.customer_id)).has("20001")).toBe(true);
    expect(one).toMatchObject({ customers: 1 });
    const none = await writeDemoShop({ path: join(directory, "none.csv"), customers: 0 });
    expect(none).toMatchObject({ lines: 0, orders: 0 });
  });

  it("has exactly so many rows as asked for, the same customers first, over blocks of customers too", async () => {
    const few = await writeDemoShop({ path: join(directory, "few.csv"), rows: 5 });
    expect(few.lines).toBe(5);
    expect(parse(readFileSync(few.path, "utf8"))).toHaveLength(5);
    const no = await writeDemoShop({ path: join(directory, "no.csv"), rows: 0 });
    expect(no).toMatchObject({ lines: 0, orders: 0, customers: 0 });
    if (!isFullEffort) return;
    const many = await writeDemoShop({ path: join(directory, "many.csv"), rows: 400_000 });
    const text = readFileSync(many.path, "utf8");
    expect(text.trimEnd().split("\n")).toHaveLength(400_001);
    // More than a block: later blocks have other customers, and order ids go on.
    expect(many.customers).toBeGreaterThan(20_000);
    const orderIds = [...text.matchAll(/^C?(\d+),/gm)].map(([, id]) => Number(id));
    expect(orderIds.every((id, i) => i === 0 || id - (orderIds[i - 1] as number) <= 1)).toBe(true);
    expect(new Set([...text.matchAll(/^[^,]*,[^,]*,(\d+),/gm)].map(([, id]) => id)).size).toBe(many.customers);
  });
});
