import { describe, expect, it } from "vitest";
import { understandColumns } from "../../../lib/ingest/columns/columnMapping.ts";
import type { ColumnMapping } from "../../../lib/ingest/types.ts";

/** What is asked of a table given as lines of CSV without quotes. */
function understand(lines: readonly string[], mapping: ColumnMapping = {}) {
  const [header = [], ...rows] = lines.map((line) => line.split(","));
  return understandColumns(header, mapping, "f.csv", { blocks: [rows], isNamed: true });
}
const codes = (lines: readonly string[], mapping: ColumnMapping = {}): string[] =>
  understand(lines, mapping).questions.map(({ error }) => error.code);
const many = (count: number, line: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => line(i));
const day = (i: number): string => `2024-01-${String(i + 10)}`;

describe("what rows are", () => {
  const kinds = (words: readonly string[], column = "type"): string[] => [
    `order_id,customer_id,order_date,${column},amount`,
    ...many(8, (i) => `A${i},C${i % 3},${day(i)},${words[i % words.length]},1${i}.50`),
  ];

  it("takes sales and refunds as statuses", () => {
    expect(understand(kinds(["Sale", "Refund"]))).toMatchObject({
      questions: [],
      columns: { status: { column: "type" } },
    });
  });

  it.each([
    ["view", "purchase"],
    ["Sale", "Sale Line", "Payment"],
  ])("asks about %s, %s", (...words) => {
    expect(codes(kinds(words, "event_type"))).toEqual(["kinds_of_rows"]);
    expect(codes(kinds(words, "event_type"), { status: "event_type" })).toEqual([]);
  });

  it("reads a mark of cancellation, as yes and as a date", () => {
    const lines = (name: string, mark: string): string[] => [
      `order_id,customer_id,order_date,${name},total`,
      ...many(8, (i) => `A${i},C${i % 3},${day(i)},${i === 2 ? mark : ""},1${i}.50`),
    ];
    expect(understand(lines("is_canceled", "1")).statusFlags).toMatchObject([{ status: "cancelled", kind: "yes" }]);
    expect(understand(lines("Cancelled at", day(9))).statusFlags).toMatchObject([{ kind: "date" }]);
    expect(understand(lines("cancellation note", "late")).statusFlags).toEqual([]);
  });

  it("asks where rows count orders", () => {
    const lines = ["customer_id,date,orders,amount", ...many(6, (i) => `C${i},${day(i)},${i + 2},9${i}.50`)];
    expect(codes(lines)).toEqual(["summary_rows"]);
  });

  it("asks where receipts start anew each day, not where an order has lines of its own", () => {
    const till = many(12, (i) => `${i % 4},C${(i * 5) % 7},2024-01-${10 + Math.floor(i / 4)},${i}.50`);
    expect(codes(["receipt_no,customer_id,date,total", ...till])).toEqual(["restarting_orders"]);
    const lines = many(12, (i) => `${i >> 1},C${i >> 1},${day(i >> 1)},${i}.50`);
    expect(codes(["receipt_no,customer_id,date,total", ...lines])).toEqual([]);
  });
});

describe("which money", () => {
  const table = (columns: string, line: (i: number) => string): string[] => [
    `order_id,customer_id,order_date,${columns}`,
    ...many(12, (i) => `A${i},C${i % 3},${day(i)},${line(i)}`),
  ];

  it.each([
    ["pieces_or_money", table("AMOUNT,SALES_PRICE", (i) => `${1 + (i % 3)},${30 * (1 + (i % 3))}`)],
    ["growing_price", table("quantity,price", (i) => `${1 + (i % 2)},${(1 + (i % 2)) * 300.08}`)],
    ["cost_or_price", table("quantity,price,cost", (i) => `${1 + (i % 2)},20.00,12.0${i % 9}`)],
    ["discount_beside_price", table("quantity,unit_price,discount", (i) => `2,20.00,${i % 2 === 0 ? "0.15" : "0"}`)],
    ["taken_back", table("amount,amount_refunded", (i) => `2${i}.50,${i === 3 ? "5.00" : "0.00"}`)],
    ["negative_sales", table("amount", (i) => `-2${i}.50`)],
  ])("asks %s", (code, lines) => {
    expect(codes(lines)).toEqual([code]);
  });

  it("asks about a total on each row of an order, and believes the answer", () => {
    const lines = [
      "order_no,customer_no,order_date,flavour,order_total",
      ...["1,M1,2024-02-01,cherry,50", "1,M1,2024-02-01,lemon,50", "2,M1,2024-02-02,cherry,60"],
    ];
    expect(codes(lines)).toEqual(["repeated_total"]);
    expect(codes(lines, { amount: "order_total" })).toEqual([]);
  });
});
