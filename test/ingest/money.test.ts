import { afterAll, describe, expect, it } from "vitest";
import { parseExchangeRates } from "../../lib/domain/quality/exchangeRates.ts";
import { DEFAULT_STATUS_PATTERNS } from "../../lib/domain/quality/statuses.ts";
import { columnOf, openWorkbench } from "./helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

const csv = (header: string, ...lines: string[]) => `${header}\n${lines.join("\n")}\n`;
const POLICY = {
  unreadLimit: 1,
  statuses: DEFAULT_STATUS_PATTERNS,
  nonProducts: { drop: false, pattern: "^(POST|FEE)$" },
};

describe("currencies", () => {
  const HEADER = "customer,order,date,amount,currency";
  const MIXED = csv(
    HEADER,
    "1,A,2024-01-05,10,EUR",
    "2,B,2024-02-05,20,usd",
    "3,C,2024-03-05,30,€",
    "4,D,2024-03-06,1,",
  );

  it("are refused when mixed, with their counts and what to do", async () => {
    await expect(bench.drop(MIXED)).rejects.toMatchObject({ code: "MIXED_CURRENCIES" });
    await expect(bench.drop(MIXED)).rejects.toThrow(/drop\.csv: .*EUR 2 rows, USD 1 rows.*--rates FILE/);
  });

  it("are refused when only the signs beside the amounts tell, also across files", async () => {
    const signs = csv("customer;date;amount", "1;2024-01-05;€10.50", "2;2024-01-06;$3.00");
    await expect(bench.drop(signs)).rejects.toMatchObject({ code: "MIXED_CURRENCIES" });
    const one = bench.write(csv("customer;date;amount", "1;2024-01-05;10.50 €"), "a.csv");
    const two = bench.write(csv("customer;date;amount", "1;2024-01-05;USD 10.50"), "b.csv");
    await expect(bench.read([one, two])).rejects.toThrow(/2 files: .*EUR 1 rows, USD 1 rows/);
  });

  it("are told where there is one alone, by code, sign or word", async () => {
    const { reading, rows } = await bench.drop(csv("customer;date;amount", "1;2024-01-05;£10.50", "2;2024-01-06;£3"));
    expect(reading.currencies).toEqual([{ currency: "GBP", rows: 2 }]);
    expect(columnOf(rows, "currency")).toEqual(["GBP", "GBP"]);
    expect(columnOf(rows, "exchange_rate")).toEqual([null, null]);
    expect((await bench.drop(csv("customer,date,amount", "1,2024-01-05,5"))).reading.currencies).toEqual([]);
  });

  it("get the rate of their day, in the order of the lines", async () => {
    const currency = parseExchangeRates("currency,rate,date\nEUR,1\nUSD,0.90\nUSD,0.95,2024-02-01\n", "rates.csv");
    const more = `${MIXED}5,E,2024-01-31,7,USD\n`;
    const { rows, reading } = await bench.drop(more, { currency });
    expect(columnOf(rows, "customer_id")).toEqual(["1", "2", "3", "4", "5"]);
    expect(columnOf(rows, "exchange_rate")).toEqual([null, "0.95", null, null, "0.90"]);
    expect(columnOf(rows, "amount")).toEqual(["10", "20", "30", "1", "7"]);
    expect(reading.currencies).toEqual([
      { currency: "EUR", rows: 2 },
      { currency: "USD", rows: 2 },
    ]);
  });

  it("are refused where a rate is missing, at all or as early", async () => {
    const without = parseExchangeRates("EUR,1\nGBP,1.2\n", "r.csv");
    await expect(bench.drop(MIXED, { currency: without })).rejects.toThrow(
      /no rate for USD \(1 rows, first in line 3\)/,
    );
    const late = parseExchangeRates("EUR,1\nUSD,0.9,2024-12-01\n", "r.csv");
    await expect(bench.drop(MIXED, { currency: late })).rejects.toThrow(/no rate for USD as early as 2024-02-05/);
  });

  it.each([
    ["no target", "USD,0.9\n", /exactly one currency must have the rate 1.*None has/],
    ["two targets", "USD,1\nEUR,1.0\n", /USD and EUR have/],
    ["no number", "EUR,1\nUSD,0,9\n", /line 2: "USD,0,9" is not a rate/],
    ["zero", "EUR,1\nUSD,0.00\n", /line 2/],
    ["too many decimals", "EUR,1\nUSD,0.123456789\n", /line 2/],
    ["a word for a currency", "EUR,1\nDollar,0.9\n", /line 2/],
  ])("take no rates with %s", (_name, text, message) => {
    expect(() => parseExchangeRates(text, "r.csv")).toThrow(message);
  });
});

describe("orders of several lines", () => {
  it("take what stands on their first line alone for all lines, and no order's total for a line's amount", async () => {
    const lines = [1, 2, 3, 4].flatMap((i) => [
      `#${i},a${i}@x.test,paid,EUR,30.00,2024-01-0${i},2,10.00,MUG`,
      `#${i},a${i}@x.test,,,,2024-01-0${i},1,5.00,CUP`,
      `#${i},a${i}@x.test,,,,2024-01-0${i},1,5.00,PEN`,
    ]);
    const header =
      "Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem price,Lineitem sku";
    const { rows, file } = await bench.drop(csv(header, ...lines, "#9,,refunded,EUR,1.00,2024-01-09,1,1.00,PIN"));
    expect(columnOf(rows, "order_status")).toEqual([...Array(12).fill("paid"), "refunded"]);
    expect(new Set(columnOf(rows, "currency"))).toEqual(new Set(["EUR"]));
    expect(columnOf(rows, "amount").every((amount) => amount === null)).toBe(true);
    expect(columnOf(rows, "line_number")).toEqual(rows.map((_, i) => String(i + 2)));
    expect(file.notes.join("\n")).toMatch(/"Financial Status", "Currency" stand on the first line of each order/);
    expect(file.notes.join("\n")).toMatch(/"Total" holds one value per order .* so quantity × price is used/);
  });

  it("ask what a line is worth where a payment is repeated on each", async () => {
    const lines = [1, 2, 3, 4].flatMap((i) => [
      `O${i},K,2024-01-0${i},20.50,P1,45.00`,
      `O${i},K,2024-01-0${i},19.50,P2,45.00`,
    ]);
    const content = csv("order_id,customer_id,date,price,product_id,payment_value", ...lines);
    await expect(bench.drop(content)).rejects.toThrow(/"payment_value" holds one value per order.*--map amount=price/);
    const { rows } = await bench.drop(content, { mapping: { amount: "price" } });
    expect(rows[0]).toMatchObject({ amount: "20.50", unit_price: null });
  });

  it("keep line amounts that happen to be alike", async () => {
    const lines = [1, 2, 3, 4].flatMap((i) => [
      `O${i},K,2024-01-0${i},2,2.50,P1,5.00`,
      `O${i},K,2024-01-0${i},1,5.00,P2,5.00`,
    ]);
    const { rows } = await bench.drop(
      csv("order_id,customer_id,date,quantity,unit price,product_id,line total", ...lines),
    );
    expect(rows[0]?.amount).toBe("5.00");
  });
});

describe("what is found in a drop", () => {
  const HEADER = "customer,order,date,product_id,quantity,unit price,line total,status";
  const messages = async (...lines: string[]) =>
    (await bench.drop(csv(HEADER, ...lines), { policy: POLICY })).reading.findings.map(
      ({ level, message }) => `${level} ${message}`,
    );

  it("says how often quantity × price is not the amount, with the first such line", async () => {
    const [finding, ...others] = await messages(
      "1,A,2024-01-05,P1,2,3.50,7.00,paid",
      "1,A,2024-01-05,P1,2,3.50,6.30,paid",
      "1,B,2024-01-06,P1,-1,3.50,-3.50,paid",
      "1,C,2024-01-06,P1,1,3.50,3.51,paid",
      "1,C,2024-01-06,P1,1,x,3.00,paid",
    );
    expect(finding).toBe(
      "warn Quantity × price is not the amount on 1 of 4 lines (25.0%), like line 3: 2 × 3.50, but 6.30. The amount counts.",
    );
    expect(others).toEqual([]);
  });

  it("names statuses that set lines apart, and those that no rule knows", async () => {
    const line = (status: string) => `1,A${status},2024-01-05,P1,1,2.00,2.00,${status}`;
    const found = await messages(line("paid"), line("Cancelled"), line("cancelled "), line("weird"), line("refunded"));
    expect(found[0]).toContain('"Cancelled" 1');
    expect(found[0]).toContain('"refunded" 1');
    expect(found[1]).toContain('kept: "weird" 1;');
    expect(found).toHaveLength(2);
  });

  it("counts lines that are no products, with their money", async () => {
    const found = await messages(
      "1,A,2024-01-05,P1,1,2.00,2.00,paid",
      "1,A,2024-01-05,POST,1,4.90,4.90,paid",
      "2,B,2024-01-05,POST,1,5.10,5.10,paid",
      "2,B,2024-01-05,FEE,1,1.00,1.00,paid",
    );
    expect(found).toEqual([
      "info 3 lines are not products (postage, fees, manual entries), worth 11.00: POST 2 (10.00), FEE 1 (1.00). They count; nonProducts.drop in the configuration drops them.",
    ]);
  });

  it("says how visits are counted without order ids", async () => {
    const { reading } = await bench.drop(csv("customer,date,amount", "1,2024-01-05,5"));
    expect(reading.findings.map(({ message }) => message)).toEqual([
      "No order ids: a day with a purchase is an order.",
    ]);
  });
});
