import { afterAll, expect, it } from "vitest";
import { openWorkbench } from "../helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

const HEADER = "CustomerID,InvoiceNo,InvoiceDate,Total amount";
const lineOf = (i: number): string =>
  `${1 + (i % 97)},${5000 + i},2024-01-${String(1 + (i % 28)).padStart(2, "0")},${1 + (i % 50)}.25`;

it.each([
  ["a report", 900],
  ["a file too large to look for totals everywhere", 20_100],
])("leaves out what reports print between rows: %s", async (_, count) => {
  const lines = [HEADER, ...Array.from({ length: count }, (__, i) => lineOf(i))];
  // Another spelling of the header, blank cells, a row of some blank cells, and the totals.
  lines.splice(500, 0, "customerid, InvoiceNo,INVOICEDATE,Total Amount", ", ,,", ",,,7.00");
  lines.push("--------,,,-------", "Grand total,,,123456.00");
  const { reading, rows } = await bench.drop(`${lines.join("\n")}\n`);
  expect(reading.files[0]?.notes.filter((note) => note.includes("skipped"))).toEqual([
    `1 row of ruled lines skipped (line ${count + 5})`,
    `1 row of totals skipped (line ${count + 6})`,
    "1 row repeating the header skipped (line 501)",
    "1 row without any value skipped (line 502)",
  ]);
  expect(rows).toHaveLength(count + 1);
  expect(rows.at(499)).toMatchObject({ customer_id: null, amount: "7.00" });
});
