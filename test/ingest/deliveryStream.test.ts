import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { columnOf, openWorkbench } from "./helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

/** An object as Firehose writes it: the records as they were put, a newline appended to each, the whole in gzip. */
const objectOf = (records: readonly string[]): Buffer => gzipSync(records.map((record) => `${record}\n`).join(""));

const saleOf = (i: number): string =>
  JSON.stringify({
    customer_id: `00${i % 7}`,
    order_id: `A-${i}`,
    order_date: `2026-11-${10 + (i % 10)}T10:05:00Z`,
    product_id: "p1",
    quantity: 2,
    unit_price: 2.5,
  });

describe("objects of a delivery stream", () => {
  it("are read as one drop, each a source by its key, whatever newlines the producer sent along", async () => {
    const hour = "stream/2026/11/21/10/";
    const contents: [string, readonly string[]][] = [
      [`${hour}rfm-prod-stream-1-2026-11-21-10-00-03-6f.jsonl.gz`, Array.from({ length: 20 }, (_, i) => saleOf(i))],
      [`${hour}rfm-prod-stream-1-2026-11-21-10-05-03-7a.jsonl.gz`, [20, 21, 22].map((i) => `${saleOf(i)}\n`)],
      [`${hour}rfm-prod-stream-1-2026-11-21-10-10-03-0b.jsonl.gz`, [saleOf(23)]],
      [`${hour}rfm-prod-stream-1-2026-11-21-10-15-03-2c.jsonl.gz`, [`${saleOf(24)}\r\n`, "{cut", saleOf(25)]],
    ];
    const files = contents.map(([source, records], i) => ({
      ...bench.write(objectOf(records), `object-${i}`),
      source,
    }));
    const { reading, outputPath } = await bench.read(files);
    const rows = await bench.rows(outputPath, "select * from rows order by source, line_number");
    expect(
      reading.files.map(({ source, container, format, compression, rows: count, unreadableRows }) => [
        source,
        container,
        format,
        compression,
        count,
        unreadableRows,
      ]),
    ).toEqual(
      contents.map(([source, records], i) => [source, undefined, "json", "gzip", records.length, i === 3 ? 1 : 0]),
    );
    const readable = rows.filter(({ unreadable }) => unreadable === null);
    expect(columnOf(readable, "order_id")).toEqual(Array.from({ length: 26 }, (_, i) => `A-${i}`));
    expect(new Set(columnOf(readable, "customer_id"))).toEqual(
      new Set(["000", "001", "002", "003", "004", "005", "006"]),
    );
    expect(readable[0]).toMatchObject({
      order_date: expect.stringContaining("2026-11-10"),
      quantity: "2",
      unit_price: "2.5",
    });
  });

  it("may hold an order with its lines in one record, as the guide asks for", async () => {
    const order = (id: number): string =>
      JSON.stringify({
        customer_id: `c${id}`,
        order_id: `A-${id}`,
        order_date: "2026-11-21T10:05:00Z",
        line_items: [
          { sku: "p1", quantity: 2, unit_price: 2.5 },
          { sku: "p2", quantity: 1, unit_price: 10 },
        ],
      });
    const { rows } = await bench.drop(objectOf([order(1), order(2)]));
    expect(rows.map((row) => [row.order_id, row.customer_id, row.product_id, row.quantity, row.unit_price])).toEqual([
      ["A-1", "c1", "p1", "2", "2.5"],
      ["A-1", "c1", "p2", "1", "10"],
      ["A-2", "c2", "p1", "2", "2.5"],
      ["A-2", "c2", "p2", "1", "10"],
    ]);
  });
});
