import { gzipSync, zstdCompressSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import iconv from "iconv-lite";
import { tarOf } from "../support/tar.ts";
import { workbookOf } from "../support/workbook.ts";
import { zipOf } from "../support/zip.ts";

/** Thirty transactions as every format and encoding writes them. */

export interface Sale {
  readonly customer: string;
  readonly order: string;
  /** ISO date and time. */
  readonly at: string;
  readonly product: string;
  readonly description: string;
  readonly quantity: number;
  /** With as many decimals as written. */
  readonly price: string;
  readonly country: string;
}

const PRODUCTS = ["Crème brûlée", "Häagen Müsli", "Señor piñata", "Tea, loose", 'Mug "XL"', "Garçon à café"] as const;

export const SALES: readonly Sale[] = Array.from({ length: 30 }, (_, i) => ({
  customer: `00${170 + (i % 7)}`,
  order: `A${500 + Math.floor(i / 2)}`,
  at: `2024-${String(1 + (i % 12)).padStart(2, "0")}-${String(1 + ((i * 5) % 28)).padStart(2, "0")} ${String(8 + (i % 10)).padStart(2, "0")}:26:00`,
  product: `P${10 + (i % 6)}`,
  description: PRODUCTS[i % 6] as string,
  quantity: (i % 9) + 1,
  price: ["2.55", "0.10", "1234.50", "7", "19.99"][i % 5] as string,
  country: i % 2 === 0 ? "France" : "España",
}));

export const NAMES = [
  "CustomerID",
  "InvoiceNo",
  "InvoiceDate",
  "StockCode",
  "Description",
  "Quantity",
  "UnitPrice",
  "Country",
] as const;

const fieldsOf = (sale: Sale): string[] => [
  sale.customer,
  sale.order,
  sale.at,
  sale.product,
  sale.description,
  String(sale.quantity),
  sale.price,
  sale.country,
];

export function csvOf(
  sales: readonly Sale[],
  { delimiter = ",", newline = "\n", header = true }: { delimiter?: string; newline?: string; header?: boolean } = {},
): string {
  const quote = (field: string) =>
    /["\r\n]/.test(field) || field.includes(delimiter) ? `"${field.replaceAll('"', '""')}"` : field;
  const lines = [...(header ? [[...NAMES]] : []), ...sales.map(fieldsOf)];
  return `${lines.map((line) => line.map(quote).join(delimiter)).join(newline)}${newline}`;
}

/** Numbers stay as written: a JSON writer of decimals keeps their zeros. */
export const jsonOf = (sale: Sale) =>
  `{"CustomerID": ${JSON.stringify(sale.customer)}, "InvoiceNo": "${sale.order}", "InvoiceDate": "${sale.at}", "StockCode": "${sale.product}", "Description": ${JSON.stringify(sale.description)}, "Quantity": ${sale.quantity}, "UnitPrice": ${sale.price}, "Country": "${sale.country}"}`;

export function sheetRows(sales: readonly Sale[]) {
  const rows = sales.map((sale) => [
    sale.customer,
    sale.order,
    new Date(`${sale.at.replace(" ", "T")}Z`),
    sale.product,
    sale.description,
    sale.quantity,
    { raw: sale.price },
    sale.country,
  ]);
  return [[...NAMES], ...rows];
}

export function parquetOf(sales: readonly Sale[]): Buffer {
  const text = (name: string, pick: (sale: Sale) => string) => ({
    name,
    data: sales.map(pick),
    type: "STRING" as const,
  });
  const columnData = [
    text("CustomerID", ({ customer }) => customer),
    text("InvoiceNo", ({ order }) => order),
    {
      name: "InvoiceDate",
      data: sales.map(({ at }) => new Date(`${at.replace(" ", "T")}Z`)),
      type: "TIMESTAMP" as const,
    },
    text("StockCode", ({ product }) => product),
    text("Description", ({ description }) => description),
    { name: "Quantity", data: sales.map(({ quantity }) => quantity), type: "INT32" as const },
    { name: "UnitPrice", data: sales.map(({ price }) => Number(price)), type: "DOUBLE" as const },
    text("Country", ({ country }) => country),
  ];
  return Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 7 }));
}

const encoded = (encoding: string) => iconv.encode(csvOf(SALES), encoding);

export interface Rendering {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format: "csv" | "json" | "parquet" | "xlsx";
  readonly encoding: string;
  /** What follows the name of the dropped file in the source, for its part. */
  readonly part?: string;
  /** Line number of the first sale. */
  readonly firstLine: number;
}

const csv = (name: string, bytes: Uint8Array | string, encoding = "utf-8", firstLine = 2): Rendering => ({
  name,
  bytes: Buffer.from(bytes as string),
  format: "csv",
  encoding,
  firstLine,
});
const json = (name: string, text: string): Rendering => ({
  name,
  bytes: Buffer.from(text),
  format: "json",
  encoding: "utf-8",
  firstLine: 1,
});

export const RENDERINGS: readonly Rendering[] = [
  csv("UTF-8", csvOf(SALES)),
  csv("UTF-8 with mark", `\ufeff${csvOf(SALES)}`),
  csv("CRLF and semicolons", csvOf(SALES, { delimiter: ";", newline: "\r\n" })),
  csv("CR and tabs", csvOf(SALES, { delimiter: "\t", newline: "\r" })),
  csv("pipes", csvOf(SALES, { delimiter: "|" })),
  csv("carets", csvOf(SALES, { delimiter: "^" })),
  csv("Excel's sep line", `sep=;\r\n${csvOf(SALES, { delimiter: ";", newline: "\r\n" })}`, "utf-8", 3),
  csv("titles above the header", `Orders of the shop\nexported 2024-12-31\n\n${csvOf(SALES)}`, "utf-8", 5),
  csv("UTF-16 LE with mark", iconv.encode(csvOf(SALES), "utf-16le", { addBOM: true }), "utf-16le"),
  csv("UTF-16 BE with mark", iconv.encode(csvOf(SALES), "utf-16be", { addBOM: true }), "utf-16be"),
  csv("UTF-16 LE", encoded("utf-16le"), "utf-16le"),
  csv("UTF-16 BE", encoded("utf-16be"), "utf-16be"),
  csv("Windows-1252", encoded("windows-1252"), "windows-1252"),
  csv("Latin-1", encoded("iso-8859-1"), "windows-1252"),
  csv("Mac Roman", encoded("macintosh"), "macintosh"),
  csv("code page 437", encoded("cp437"), "cp437"),
  csv("code page 850", encoded("cp850"), "cp437"),
  csv("gzip", gzipSync(csvOf(SALES))),
  csv("zstd", zstdCompressSync(csvOf(SALES))),
  csv("gzipped Mac Roman", gzipSync(encoded("macintosh")), "macintosh"),
  { ...csv("zip", zipOf([{ name: "a/sales.csv", content: csvOf(SALES) }])), part: "/a/sales.csv" },
  {
    ...csv(
      "zip64 with what a Mac adds",
      zipOf([
        { name: "__MACOSX/._sales.csv", content: "\0\x05\x16" },
        { name: ".DS_Store", content: "x" },
        { name: "sales.csv.gz", content: gzipSync(csvOf(SALES)), isZip64: true },
      ]),
    ),
    part: "/sales.csv.gz",
  },
  { ...csv("tar", tarOf([{ name: "a/sales.csv", content: csvOf(SALES) }])), part: "/a/sales.csv" },
  {
    ...csv("gzipped tar", gzipSync(tarOf([{ name: "sales.csv", content: encoded("cp437") }])), "cp437"),
    part: "/sales.csv",
  },
  json("JSON lines", SALES.map(jsonOf).join("\n")),
  json("JSON lines with CRLF and blank lines", `\ufeff${SALES.map(jsonOf).join("\r\n\r\n")}\r\n`),
  json("a JSON array", `[\n  ${SALES.map(jsonOf).join(",\n  ")}\n]\n`),
  json("JSON objects over several lines", SALES.map((sale) => jsonOf(sale).replaceAll(', "', ',\n  "')).join("\n")),
  json(
    "a JSON array in an envelope",
    `{"count": 30, "next": null, "orders": [${SALES.map(jsonOf).join(",")}], "ok": true}`,
  ),
  { ...json("gzipped JSON lines", ""), bytes: gzipSync(SALES.map(jsonOf).join("\n")) },
  {
    name: "Parquet in several row groups",
    bytes: parquetOf(SALES),
    format: "parquet",
    encoding: "utf-8",
    firstLine: 1,
  },
  {
    name: "a workbook",
    bytes: workbookOf([{ name: "Sales", rows: sheetRows(SALES) }]),
    format: "xlsx",
    encoding: "utf-8",
    part: "/Sales",
    firstLine: 2,
  },
  {
    name: "a workbook with titles and a sheet of notes",
    bytes: workbookOf([
      { name: "Read me", rows: [["This workbook"], [null, "was made by hand"]] },
      { name: "Sales", rows: [["Sales of the shop"], [], [null, null, "all of 2024"], ...sheetRows(SALES)] },
    ]),
    format: "xlsx",
    encoding: "utf-8",
    part: "/Sales",
    firstLine: 5,
  },
];
