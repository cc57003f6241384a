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
    ["Sale", "Sale Line", "Payment"],
    ["Cash", "Pledge", "Soft credit"],
    ["Rechnung", "Zahlung"],
  ])("asks about %s, %s", (...words) => {
    expect(codes(kinds(words, "transaction_type"))).toEqual(["KINDS_OF_ROWS"]);
    expect(codes(kinds(words, "transaction_type"), { status: "transaction_type" })).toEqual([]);
    const [question] = understand(kinds(words, "transaction_type")).questions;
    expect(question?.flags[0]).toMatch(/^--rows "transaction_type=(sale|cash|rechnung)"$/);
    expect(question?.error.message).toContain(`"${words[1]?.toLowerCase()}" `);
  });

  it.each([
    ["views", ["view", "purchase", "cart"], ["purchase"], undefined],
    ["quotes in German", ["Angebot", "Rechnung"], ["rechnung"], undefined],
    ["views and refunds", ["page_view", "Refund", "Order"], ["order"], ["refund"]],
  ])("leaves %s out", (_, words, purchases, returns) => {
    const { questions, reading, notes } = understand(kinds(words, "event_type"));
    expect(questions).toEqual([]);
    expect(reading?.purchases).toEqual({ column: "event_type", index: 3, words: purchases });
    expect(reading?.returns?.words).toEqual(returns);
    expect(notes.join()).toContain("do not count");
  });

  it("counts one kind of several that add up to the same in each order", () => {
    const rows = many(
      5,
      (i) =>
        `${i},C${i % 2},${day(i)},Sale,3${i}.50|${i},C${i % 2},${day(i)},Sale Line,3${i}.00|${i},C${i % 2},${day(i)},Sale Line,0.50|${i},C${i % 2},${day(i)},Payment,3${i}.50`,
    ).flatMap((row) => row.split("|"));
    const lines = ["order_id,customer_id,order_date,Line Type,amount", ...rows];
    expect(understand(lines)).toMatchObject({ questions: [], reading: { purchases: { words: ["sale"] } } });
    const differing = lines.map((line, i) => (i % 4 === 0 ? line.replace(/[^,]+$/, "7.77") : line));
    expect(codes(differing)).toContain("KINDS_OF_ROWS");
  });

  it("takes no kinds from a column of means, of customers or of products", () => {
    for (const [name, words] of [
      ["Payment Type", ["Card", "Cash", "PayPal"]],
      ["Customer Type", ["New", "Returning"]],
      ["Product Type", ["Mug", "Plate"]],
      ["Means", ["Payment on invoice", "Card"]],
    ] as const)
      expect(codes(kinds(words, name)), name).toEqual([]);
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
    ["pieces_or_money", table("AMOUNT,SALES_PRICE", (i) => `${1 + (i % 3)},${30 * (1 + (i % 3)) + i}`)],
    ["growing_price", table("quantity,price", (i) => `${1 + (i % 2)},${(1 + (i % 2)) * 300.08 + 9 * i}`)],
    ["cost_or_price", table("quantity,price,cost", (i) => `${1 + (i % 2)},20.00,${i % 2 === 0 ? 12 : 24}.00`)],
    ["discount_beside_price", table("quantity,unit_price,discount", (i) => `2,20.00,${i % 2 === 0 ? "0.15" : "0"}`)],
    ["taken_back", table("amount,amount_refunded", (i) => `2${i}.50,${i === 3 ? "5.00" : "0.00"}`)],
    ["negative_sales", table("amount", (i) => `-2${i}.50`)],
  ])("asks %s", (code, lines) => {
    expect(codes(lines)).toEqual([code]);
  });

  it.each<[string, string[], Record<string, string>]>([
    [
      "pieces beside money",
      table("AMOUNT,SALES_PRICE", (i) => `${1 + (i % 3)},${30 * (1 + (i % 3))}`),
      { quantity: "AMOUNT", amount: "SALES_PRICE" },
    ],
    [
      "a price of the line",
      table(
        "category,quantity,price",
        (i) => `${i % 2},${1 + (i % 3)},${(1 + (i % 3)) * (i % 2 === 0 ? 300.08 : 12.5)}`,
      ),
      { quantity: "quantity", amount: "price" },
    ],
    [
      "what the shop paid for a piece",
      table("quantity,price,cost", (i) => `${1 + (i % 2)},20.00,12.0${i % 9}`),
      { quantity: "quantity", price: "price" },
    ],
    [
      "what was paid before a fee",
      table("Gross,Fee,Amount", (i) => `${20 + i}.00,-1.50,${18 + i}.50`),
      { amount: "Gross" },
    ],
    [
      "a price after its discount",
      table(
        "Price (Rs.),Discount (%),Final_Price(Rs.)",
        (i) => `${100 + i},${10 * (i % 4)},${((100 + i) * (100 - 10 * (i % 4))) / 100}`,
      ),
      { amount: "Final_Price(Rs.)" },
    ],
  ])("decides %s by arithmetic", (_, lines, roles) => {
    const { columns, questions } = understand(lines);
    expect(questions).toEqual([]);
    const money = (["amount", "price", "quantity"] as const).flatMap((role) =>
      columns[role] ? [[role, columns[role].column]] : [],
    );
    expect(Object.fromEntries(money)).toEqual(roles);
  });

  it("asks where an amount stands on some lines alone, and is not quantity × price on others", () => {
    const lines = table("quantity,price,Total", (i) => `2,10.00,${i % 2 === 0 ? "30.00" : ""}`);
    expect(codes(lines)).toEqual(["mixed_amounts"]);
    expect(codes(table("quantity,price,Total", (i) => `2,10.00,${i % 2 === 0 ? "20.00" : ""}`))).toEqual([]);
  });

  it("does not ask about a price that grows where totals prove it one piece's", () => {
    const lines = table(
      "quantity,price,order_total",
      (i) => `${1 + (i % 2)},${(1 + (i % 2)) * 300 + i},${(1 + (i % 2)) * ((1 + (i % 2)) * 300 + i)}`,
    );
    expect(codes(lines)).toEqual([]);
  });

  it("answers a discount by every way to take it off, and a refund with it", () => {
    const flags = (lines: readonly string[]): readonly string[] =>
      understand(lines).questions.flatMap((one) => one.flags);
    expect(flags(table("quantity,unit_price,Discount %", () => "2,20.00,10"))).toEqual([
      '--amount "quantity * unit_price * (1 - [Discount %] / 100)"',
      '--amount "quantity * unit_price"',
    ]);
    expect(flags(table("quantity,unit_price,discount", () => "2,20.00,5"))).toEqual([
      '--amount "quantity * unit_price * (1 - discount / 100)"',
      '--amount "quantity * unit_price - discount"',
      '--amount "quantity * unit_price"',
    ]);
    expect(flags(table("quantity,returned_quantity,unit_price", (i) => `2,${i % 2},20.00`))).toEqual([
      '--amount "(quantity - returned_quantity) * unit_price"',
      '--amount "quantity * unit_price"',
    ]);
    expect(flags(table("amount,Amount Refunded", (i) => `2${i}.50,${i === 3 ? "5.00" : "0.00"}`))[0]).toBe(
      '--amount "amount - [Amount Refunded]"',
    );
  });

  it("asks about a total on each row of an order, and believes the answer", () => {
    const lines = [
      "order_no,customer_no,order_date,flavour,order_total",
      ...["1,M1,2024-02-01,cherry,50", "1,M1,2024-02-01,lemon,50", "2,M1,2024-02-02,cherry,60"],
    ];
    expect(codes(lines)).toEqual(["repeated_total"]);
    expect(codes(lines, { amount: "ORDER_TOTAL" })).toEqual([]);
  });
});
