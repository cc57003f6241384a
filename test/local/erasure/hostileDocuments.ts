import { gzipSync, zstdCompressSync } from "node:zlib";
import { pageDataElement, withPageData } from "../../../lib/domain/dashboard/pageData.ts";
import { csvField } from "../../../lib/domain/text/csv.ts";
import { tarOf } from "../../support/tar.ts";
import { workbookOf } from "../../support/workbook.ts";
import { zipOf } from "../../support/zip.ts";

const xml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
export const csvOf = (ids: readonly string[]): string =>
  `customer_id,m\n${ids.map((id, i) => `${csvField(id)},${i}\n`).join("")}`;

/** Documents of the lake's own: written with these customers, read back to them. */
export const OWN: Readonly<
  Record<string, { write: (ids: readonly string[]) => string; read: (text: string) => string[] }>
> = {
  "curated/run_id=r/attempt=a/segments.csv": {
    write: csvOf,
    read: (text) => csvRows(text).map(([id]) => id as string),
  },
  "reports/run_id=r/attempt=a/summary.json": {
    write: (ids) => JSON.stringify({ outliers: { customers: ids.map((customerId) => ({ customerId, m: 1 })) } }),
    read: (text) => JSON.parse(text).outliers.customers.map(({ customerId }: { customerId: string }) => customerId),
  },
  "published/some/rows.json": {
    write: (ids) => ids.map((customer_id) => `${JSON.stringify({ customer_id, n: 2 })}\n`).join(""),
    read: (text) => text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line).customer_id])),
  },
  "reports/run_id=r/attempt=a/dashboard.html": {
    write: (ids) => `<html>${pageDataElement({ top: ids.map((customerId) => ({ customerId, a: "<b>" })) })}</html>`,
    read: (text) => {
      let ids: string[] = [];
      withPageData(text, (data) => {
        ids = (data as { top: { customerId: string }[] }).top.map(({ customerId }) => customerId);
        return data;
      });
      return ids;
    },
  },
};

/** RFC 4180 by the shortest way. */
const csvRows = (text: string): string[][] =>
  [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n)/g)]
    .reduce<string[][]>(
      (rows, [, quoted, plain, end]) => {
        rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
        if (end === "\n") rows.push([]);
        return rows;
      },
      [[]],
    )
    .slice(1, -1);

/** Files as somebody delivered them, which no run has read. */
export const DELIVERED: Readonly<Record<string, (id: string) => Uint8Array | string>> = {
  "a.csv": (id) => csvOf([id]),
  "semicolon.csv": (id) => `customer;m\n"${id.replaceAll('"', '""')}";1\n`,
  "a.json": (id) => JSON.stringify([{ customer: id }]),
  "ascii.json": (id) =>
    JSON.stringify({ who: id }).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
  "nested.csv": (id) => `who,more\nx,${csvField(JSON.stringify({ id }))}\n`,
  "a.xml": (id) => `<order customer="${xml(id).replaceAll('"', "&quot;")}"/>`,
  "codes.xml": (id) => `<c>${[...id].map((c) => `&#${c.codePointAt(0)};`).join("")}</c>`,
  "link.txt": (id) => `https://shop.example/?customer=${encodeURIComponent(id)}&m=1\n`,
  "wide.csv": (id) => Buffer.from(`\ufeff${csvOf([id])}`, "utf16le"),
  "a.csv.gz": (id) => gzipSync(csvOf([id])),
  "a.csv.zst": (id) => zstdCompressSync(csvOf([id])),
  "a.zip": (id) => zipOf([{ name: "in/a.json", content: JSON.stringify({ customer: id }) }]),
  "a.tar": (id) => tarOf([{ name: "a.csv", content: csvOf([id]) }]),
  "twice.zip": (id) => zipOf([{ name: "a.csv.gz", content: gzipSync(csvOf([id])) }]),
  "a.xlsx": (id) => workbookOf([{ name: "a", rows: [["customer"], [id]] }]),
};

/** XML has no such characters at all; workbooks of Excel write them as `_x001B_`. */
export const isBeyondXml = (id: string): boolean => [...id].some((c) => c < " " || (c >= "\ud800" && c <= "\udfff"));

/** The ids of which the first release left something. */
export const EXAMPLES: [string][] = [
  ...["DOM\\alice", 'Ann "Bee" Cee', '{"a":1}', "Esc\u001bape", "<b>&amp;"],
  `${"Lé <b> ".repeat(120)}9`,
].map((id) => [id]);
