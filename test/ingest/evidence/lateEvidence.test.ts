import { afterAll, describe, expect, it } from "vitest";
import { IngestError } from "../../../lib/ingest/errors.ts";
import type { DropRequest } from "../../../lib/ingest/types.ts";
import { openWorkbench } from "../helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

/** So many rows that what stands in a few of them is in none of the five places that a sample is from. */
const ROWS = 6_000;
const LATE = 2_000;

/** A table of one kind of rows, with others in the place of some late ones. */
function table(header: string, usual: (i: number) => string, late: readonly string[]): string {
  const lines = Array.from({ length: ROWS }, (_, i) => usual(i));
  lines.splice(LATE, late.length, ...late);
  return `${header}\n${lines.join("\n")}\n`;
}
const many = (count: number, line: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => line(i));
const day = (i: number): string => new Date(Date.UTC(2024, 0, 1 + Math.floor(i / 30))).toISOString().slice(0, 10);
const customer = (i: number): string => `K${i % 97}`;

async function outcome(text: string, options: Partial<DropRequest> = {}) {
  try {
    const { file, rows } = await bench.drop(text, options);
    return { rows, notes: file.notes.join(" "), columns: file.columns };
  } catch (error) {
    if (!(error instanceof IngestError)) throw error;
    return { code: error.code, message: error.message };
  }
}

describe("what stands late in a large file", () => {
  it("is a price of the line, not of a piece", async () => {
    const header = "order_id,customer_id,order_date,sku,quantity,price";
    const usual = (i: number) => `${i},${customer(i)},${day(i)},P${i % 40},1,${10 + (i % 40)}.50`;
    const late = many(12, (i) => `${LATE + i},${customer(i)},${day(LATE)},P${i},3,${3 * (10 + i) + 1}.50`);
    const found = await outcome(table(header, usual, late));
    expect(found.code).toBe("LINE_OR_UNIT_PRICE");
    expect(await outcome(table(header, usual, []))).toMatchObject({ columns: { price: { column: "price" } } });
  });

  it("is a price that grows with the pieces", async () => {
    const header = "order_id,customer_id,order_date,quantity,price";
    const usual = (i: number) => `${i},${customer(i)},${day(i)},1,${10 + ((i * 7) % 13)}.50`;
    const late = many(12, (i) => `${LATE + i},${customer(i)},${day(LATE)},${2 + (i % 3)},${40 + 9 * (i % 3) + i}.50`);
    expect(await outcome(table(header, usual, late))).toMatchObject({ code: "growing_price" });
  });

  it("is orders of several lines with one total", async () => {
    const header = "order_id,customer_id,order_date,sku,quantity,price,total";
    const usual = (i: number) => `${i},${customer(i)},${day(i)},P${i % 40},1,${10 + (i % 40)}.50,${10 + (i % 40)}.50`;
    const late = many(
      12,
      (i) => `A${i >> 1},${customer(i >> 1)},${day(LATE)},P${i},1,${5 + i}.50,${12 + 4 * (i >> 1)}.00`,
    );
    const found = await outcome(table(header, usual, late));
    expect(
      found.code ?? found.rows?.filter((row) => row.order_id?.startsWith("A")).map((row) => row.amount),
    ).not.toContain("12.00");
  });

  it("is a discount that the totals of orders take off", async () => {
    const header = "order_id,customer_id,order_date,sku,quantity,price,discount,Total of cart";
    const usual = (i: number) =>
      `${i},${customer(i)},${day(i)},P${i % 40},2,${10 + (i % 40)}.50,0,${2 * (10 + (i % 40)) + 1}.00`;
    const late = many(
      5,
      (i) => `${LATE + i},${customer(i)},${day(LATE)},P${i},2,${10 + i}.50,3.00,${2 * (10 + i) - 2}.00`,
    );
    expect((await outcome(table(header, usual, late))).code).toBe("order_total_differs");
    expect((await outcome(table(header, usual, []))).code).toBeUndefined();
  });

  it("is a discount in a column of another language", async () => {
    const header = "order_id,customer_id,order_date,quantity,unit_price,İndirim";
    const usual = (i: number) => `${i},${customer(i)},${day(i)},1,${10 + (i % 40)}.50,`;
    const late = [`${LATE},K1,${day(LATE)},1,80.00,20`];
    expect((await outcome(table(header, usual, late))).code).toBe("discount_beside_price");
  });

  it("is order numbers that start again", async () => {
    const header = "receipt_no,customer_id,order_date,amount";
    const usual = (i: number) => `${1 + (i % 3_000)},${customer(i)},${day(i)},${10 + (i % 40)}.50`;
    const found = await outcome(table(header, usual, []));
    expect(found).toMatchObject({ code: "restarting_orders" });
    expect(found.message).toMatch(/3000 of 3000 numbers whose rows stand apart, like \d+ for K\d+ on 2024/);
  });

  it("is one order number for two customers, which is said", async () => {
    const header = "receipt_no,customer_id,order_date,amount";
    const usual = (i: number) => `${1 + i},${customer(i)},${day(i)},${10 + (i % 40)}.50`;
    const found = await outcome(table(header, usual, ["7,K50,2024-03-09,8.00"]));
    expect(found.notes).toContain(
      "one number stands on other days for other customers (7 for K6 on 2024-01-01 and for K50 on 2024-03-09)",
    );
  });

  it("is a cancellation in a column that is blank elsewhere, or says one thing", async () => {
    for (const [name, usual, late] of [
      ["Order Status", "", "Cancelled"],
      ["Zustand", "bezahlt", "storniert"],
      ["Void", "", "X"],
      ["Annulé le", "", "2024-03-05"],
    ] as const) {
      const text = table(
        `order_id,customer_id,order_date,amount,${name}`,
        (i) => `${i},${customer(i)},${day(i)},5.00,${usual}`,
        [`${LATE},K1,${day(LATE)},80.00,${late}`],
      );
      const { rows } = await outcome(text);
      expect(rows?.[LATE]?.order_status, name).toMatch(/cancelled|storniert/i);
    }
  });

  it("is a deleted row in a feed of insertions", async () => {
    const header = "op,order_id,customer_id,order_date,amount";
    const usual = (i: number) => `I,${i},${customer(i)},${day(i)},5.00`;
    const { rows } = await outcome(table(header, usual, [`D,5,${customer(5)},${day(5)},5.00`]));
    expect(rows?.some((row) => row.order_id === "5")).toBe(false);
  });

  it("is an amount that is blank beside quantity and price", async () => {
    const header = "order_id,customer_id,order_date,quantity,price,amount";
    const usual = (i: number) => `${i},${customer(i)},${day(i)},2,${10 + (i % 40)}.50,${15 + (i % 40)}.00`;
    expect((await outcome(table(header, usual, [`${LATE},K1,${day(LATE)},2,8.00,`]))).code).toBe("mixed_amounts");
  });

  it("is customers who are named once for several rows", async () => {
    const header = "customer,order_date,amount";
    const usual = (i: number) => `${customer(i)},${day(i)},5.00`;
    const late = many(900, (i) => (i % 3 === 0 ? `Q${i},${day(LATE)},7.00` : `,${day(LATE)},8.00`));
    const found = await outcome(table(header, usual, late));
    expect(found.code ?? "read").toBe("read");
    expect(found.rows?.filter((row) => row.customer_id === null)).toHaveLength(600);
  });
});
