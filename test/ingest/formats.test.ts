import { afterAll, describe, expect, it } from "vitest";
import { columnOf, openWorkbench, type Row } from "./helpers.ts";
import { RENDERINGS, SALES } from "./renderings.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

/** What is compared: prices by value, since a workbook and Parquet hold numbers, not their zeros. */
const saleOf = (row: Row) => ({
  customer: row.customer_id,
  order: row.order_id,
  at: row.order_date,
  product: row.product_id,
  description: row.description,
  quantity: Number(row.quantity),
  price: Number(row.unit_price),
  country: row.country,
  unreadable: row.unreadable,
});

describe("the same thirty sales in every format and encoding", () => {
  const expected = SALES.map((sale) => ({ ...sale, price: Number(sale.price), unreadable: null }));

  it.each(RENDERINGS.map((rendering) => [rendering.name, rendering] as const))("%s", async (_, rendering) => {
    const { rows, file, reading } = await bench.drop(rendering.bytes);
    expect(rows.map(saleOf)).toEqual(expected);
    expect(reading.files).toHaveLength(1);
    expect(file).toMatchObject({
      format: rendering.format,
      encoding: rendering.encoding,
      source: `drop.csv${rendering.part ?? ""}`,
      rows: 30,
      unreadableRows: 0,
    });
    expect(file.container).toBe(rendering.part === undefined ? undefined : "drop.csv");
    expect(file.contentHash).toMatch(/^[0-9a-f]{64}$/);
    const lines = columnOf(rows, "line_number").map(Number);
    expect(lines[0]).toBe(rendering.firstLine);
    expect(new Set(lines).size).toBe(30);
  });
});
