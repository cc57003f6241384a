import { gzipSync } from "node:zlib";
import { tarOf } from "../support/tar.ts";
import { workbookOf } from "../support/workbook.ts";
import { zipOf } from "../support/zip.ts";

/** A file that costs a careless reader more than its bytes, at a size of choice. */
export interface HostileFile {
  readonly extension: string;
  /** Size from which the meter doubles twice; large enough that a quadratic reader shows. */
  readonly size: number;
  readonly make: (size: number) => string | Uint8Array;
  /** What becomes of it: rows that are read, or what the refusal says. */
  readonly outcome: "read" | RegExp;
}

const HEADER = "customer_id,order_date,order_id,amount\n";
const line = (i: number): string => `c${i % 97},2024-01-${String(1 + (i % 28)).padStart(2, "0")},o${i},${i % 50}.5\n`;
const times = (count: number, text: (i: number) => string): string =>
  Array.from({ length: Math.floor(count) }, (_, i) => text(i)).join("");
const table = (size: number): string => HEADER + times(size / 25, line);
const manyFiles = (count: number): { name: string; content: string }[] =>
  Array.from({ length: count }, (_, i) => ({ name: `f${i}.csv`, content: HEADER + times(20, line) }));
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `k${i}`);
const record = (i: number, rest = ""): string => `{"customer":"c${i % 90}","date":"2024-01-03","amount":3${rest}}\n`;
const TOP = ["customer", "date", "amount"];

const csv = (make: (size: number) => string, outcome: HostileFile["outcome"] = "read", size = 1e6): HostileFile => ({
  extension: "csv",
  size,
  make,
  outcome,
});
const json = (make: (size: number) => string, outcome: HostileFile["outcome"] = "read", size = 1e6): HostileFile => ({
  extension: "jsonl",
  size,
  make,
  outcome,
});
const sheet = (
  rows: (size: number) => readonly (readonly (string | number | null)[])[],
  outcome: HostileFile["outcome"] = "read",
  size = 1e6,
): HostileFile => ({
  extension: "xlsx",
  size,
  make: (bytes) => workbookOf([{ name: "S", rows: [TOP, ...rows(bytes)] }]),
  outcome,
});

export const HOSTILE_FILES: Readonly<Record<string, HostileFile>> = {
  "plain lines": csv(table),
  "lines that end in \\n\\r": csv((size) => table(size).replaceAll("\n", "\n\r")),
  "lines that end in \\r": csv((size) => table(size).replaceAll("\n", "\r")),
  "lines that end in turns": csv((size) => {
    let at = 0;
    return table(size).replaceAll("\n", () => ["\n", "\r\n", "\r"][at++ % 3] as string);
  }),
  "a quote in every line": csv((size) => table(size / 2) + times(size / 16, () => 'a"b\n'), "read", 5e5),
  "an open quote in every line": csv((size) => table(size / 2) + times(size / 16, (i) => `"a${i},b\n`), "read", 5e5),
  "one endless line": csv((size) => table(1000) + "x".repeat(size)),
  "blank lines": csv((size) => table(1000) + "\n".repeat(size)),
  "a million columns": csv(
    (size) => `${names(size / 8).join(",")}\n${"1,".repeat(size / 8)}\n`,
    /first line|1,000 columns/,
  ),
  "1,001 columns": csv(
    (size) => `${names(1001).join(",")}\n${"1,".repeat(size / 2)}\n`,
    /more than 1,000 columns/,
    1e4,
  ),
  "lines far shorter than the header": csv(
    (size) => `customer,date,amount,${names(900).join(",")}\n${"x\n".repeat(size / 2)}`,
    /cells, nearly all of them empty/,
  ),
  "names that are ever new": json((size) => times(size / 20, (i) => `{"k${i}":${i}}\n`), /1,000 different names/),
  "names that are ever new, within": json(
    (size) => times(size / 60, (i) => record(i, `,"items":{"s${i}":2}`)),
    /1,000 different names/,
  ),
  "a zero byte in a name": json((size) => times(size / 60, (i) => record(i, ',"a\\u0000b":"x"'))),
  "an order that all its lines repeat": {
    extension: "json",
    size: 1e6,
    make: (size) => {
      const order = `${names(900)
        .map((name) => `"${name}":1`)
        .join(",")},"customer":"c","date":"2024-01-01"`;
      return `[{${order},"lines":[${times(size / 20, (i) => `${i === 0 ? "" : ","}{"price":1,"sku":2}`)}]}]`;
    },
    outcome: /cells, nearly all of them empty/,
  },
  "brackets alone": { extension: "json", size: 1e6, make: (size) => "[".repeat(size), outcome: /ends within record/ },
  "a long text in JSON": json((size) => record(1, `,"t":"${"\\n".repeat(size / 2)}"`) + times(10, record)),
  "a long text in a workbook": sheet((size) => [["x".repeat(size), "2024-01-03", 1], ...rowsOf(10)], "read", 3e6),
  "a longer text in a workbook": sheet((size) => [["x".repeat(size)]], /longer than 16,000,000 characters/, 17e6),
  "a column far out in a workbook": sheet(
    (size) => [["c", "2024-01-03", 1, ...new Array<null>(16_000).fill(null), "z"], ...rowsOf(size / 40)],
    /more than 1,000 columns/,
  ),
  "one text in all cells": {
    extension: "xlsx",
    size: 1e6,
    make: (size) => {
      const rows = Array.from({ length: size / 1500 }, () => [
        "c",
        "2024-01-03",
        1,
        ...new Array<string>(40).fill(LONG),
      ]);
      return workbookOf([{ name: "S", rows: [[...TOP, ...names(40)], ...rows] }]);
    },
    outcome: "read",
  },
  "a workbook": sheet((size) => rowsOf(size / 20), "read", 5e5),
  "a gzip of blank lines": {
    extension: "csv.gz",
    size: 1e6,
    make: (size) => gzipSync(table(1000) + "\n".repeat(size)),
    outcome: "read",
  },
  "a tar of one file": {
    extension: "tar",
    size: 1e6,
    make: (size) => tarOf([{ name: "a.csv", content: table(size) }]),
    outcome: "read",
  },
  "a zip of ever more files": {
    extension: "zip",
    size: 1250,
    make: (size) => zipOf(manyFiles(size)),
    outcome: "read",
  },
  "a tar of ever more files": {
    extension: "tar",
    size: 250,
    make: (size) => tarOf(manyFiles(size)),
    outcome: "read",
  },
  "a zip of one file": {
    extension: "zip",
    size: 1e6,
    make: (size) => zipOf([{ name: "a.csv", content: table(size) }]),
    outcome: "read",
  },
};

const LONG = "y".repeat(30_000);

function rowsOf(count: number): (string | number)[][] {
  return Array.from({ length: Math.floor(count) }, (_, i) => [`c${i % 90}`, "2024-01-03", i]);
}
