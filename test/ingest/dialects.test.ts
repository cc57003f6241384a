import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Role } from "../../lib/domain/roles.ts";
import synonyms from "../../lib/ingest/columns/columnSynonyms.json" with { type: "json" };
import { effort } from "../support/effort.ts";
import { tarOf } from "../support/tar.ts";
import { zipOf } from "../support/zip.ts";
import { openWorkbench, type Row } from "./helpers.ts";

/** Random rows in random dialects give the same canonical rows. */

interface Sale {
  readonly customer: string;
  readonly order: string;
  /** Days since 2020-01-01. */
  readonly day: number;
  readonly quantity: number;
  readonly cents: number;
  readonly text: string;
}

// Letters of Windows-1252 only, so that every encoding can hold them; quotes, delimiters and line breaks are welcome.
const text = fc.string({ unit: fc.constantFrom(..."ab Zé€ß,;|\t\"'\\\n.0-".split("")), maxLength: 12 });
const sale: fc.Arbitrary<Sale> = fc.record({
  customer: fc.stringMatching(/^[A-Z0][A-Z0-9]{0,5}x$/),
  order: fc.stringMatching(/^[A-Z]{1,2}[0-9]{1,4}$/),
  day: fc.integer({ min: 0, max: 3000 }),
  quantity: fc.integer({ min: -1000, max: 100_000 }),
  cents: fc.integer({ min: 0, max: 10_000_000 }),
  text: text.filter((value) => value.trim() !== ""),
});
/** Names of a role that every encoding here can hold, written as people write them. */
const nameOf = (role: Role) =>
  fc
    .tuple(
      fc.constantFrom(...(synonyms[role][0] as string[]).filter((name) => /^[a-zA-Z ]+$/.test(name))),
      fc.constantFrom(
        (name: string) => name,
        (name: string) => name.toUpperCase(),
        (name: string) => name.replaceAll(" ", "_"),
        (name: string) => name.replace(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase()),
        (name: string) => ` ${name} `,
      ),
    )
    .map(([name, write]) => write(name));
const names = fc.record({
  customer: nameOf("customer"),
  order: nameOf("order"),
  date: nameOf("date"),
  quantity: nameOf("quantity"),
  price: nameOf("price"),
  text: nameOf("description"),
});

const dialect = fc.record({
  names,
  delimiter: fc.constantFrom(",", ";", "\t", "|"),
  newline: fc.constantFrom("\n", "\r\n", "\r", "\n\r"),
  encoding: fc.constantFrom("utf8", "utf8-mark", "utf16le", "windows-1252"),
  quoteAll: fc.boolean(),
  endsWithNewline: fc.boolean(),
  packed: fc.constantFrom("plain", "gzip", "zstd", "zip", "tar", "tar.gz"),
  date: fc.constantFrom(
    "iso",
    "dmy",
    "mdy",
    "dots",
    "month",
    "short",
    "compact",
    "german",
    "french",
    "spanish",
    "ebay",
  ),
  number: fc.constantFrom("plain", "english", "german", "swiss", "french", "dollars", "trailing"),
  columns: fc.shuffledSubarray(["customer", "order", "date", "quantity", "price", "text"] as const, { minLength: 6 }),
});
type Rendering = typeof dialect extends fc.Arbitrary<infer T> ? T : never;

const isoDay = (day: number) => new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10);

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
// Of Windows-1252 only, as all letters here.
const GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(" ");
const FRENCH = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split(" ");
const SPANISH = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(" ");

function renderDate(day: number, layout: string): string {
  const [y, m, d] = isoDay(day).split("-").map(Number) as [number, number, number];
  const two = (n: number) => String(n).padStart(2, "0");
  return (
    {
      iso: isoDay(day),
      dmy: `${two(d)}/${two(m)}/${y}`,
      mdy: `${m}/${d}/${y}`,
      dots: `${two(d)}.${two(m)}.${y}`,
      month: `${d}-${MONTHS[m - 1]}-${y % 100}`,
      short: `${two(d)}.${two(m)}.${y % 100}`,
      compact: isoDay(day).replaceAll("-", ""),
      german: `${d}. ${GERMAN[m - 1]} ${y}`,
      french: `${two(d)}-${FRENCH[m - 1]}-${y % 100}`,
      spanish: `${d} de ${SPANISH[m - 1]} de ${y}`,
      ebay: `${MONTHS[m - 1]}-${two(d)}-${y % 100}`,
    }[layout] ?? ""
  );
}

function renderPrice(cents: number, style: string): string {
  const [whole, fraction] = (cents / 100).toFixed(2).split(".") as [string, string];
  const grouped = (mark: string) => whole.replace(/\B(?=(\d{3})+$)/g, mark);
  return (
    {
      plain: `${whole}.${fraction}`,
      english: `${grouped(",")}.${fraction}`,
      german: `${grouped(".")},${fraction}`,
      swiss: `${grouped("'")}.${fraction}`,
      french: `${grouped("\u00a0")},${fraction}`,
      dollars: `$${grouped(" ")}.${fraction}`,
      trailing: `${whole}.${fraction} EUR`,
    }[style] ?? ""
  );
}

function render(sales: readonly Sale[], how: Rendering): Buffer {
  const lines = sales.map((row) => ({
    customer: row.customer,
    order: row.order,
    date: renderDate(row.day, how.date),
    quantity: String(row.quantity),
    price: renderPrice(row.cents, how.number),
    text: row.text,
  }));
  const field = (value: string) =>
    how.quoteAll || /["\r\n]/.test(value) || value.includes(how.delimiter) ? `"${value.replaceAll('"', '""')}"` : value;
  const body = [how.names, ...lines].map((line) =>
    how.columns.map((column) => field(line[column])).join(how.delimiter),
  );
  const whole = body.join(how.newline) + (how.endsWithNewline ? how.newline : "");
  const bytes = {
    utf8: () => Buffer.from(whole),
    "utf8-mark": () => Buffer.from(`\ufeff${whole}`),
    utf16le: () => Buffer.from(`\ufeff${whole}`, "utf16le"),
    "windows-1252": () => Buffer.from(whole.replaceAll("€", "\x80"), "latin1"),
  }[how.encoding]();
  const entries = [{ name: "sales.csv", content: bytes }];
  const pack = {
    plain: () => bytes,
    gzip: () => gzipSync(bytes),
    zstd: () => zstdCompressSync(bytes),
    zip: () => zipOf(entries),
    tar: () => tarOf(entries),
    "tar.gz": () => gzipSync(tarOf(entries)),
  };
  return pack[how.packed]();
}

describe("random rows in random dialects", () => {
  const bench = openWorkbench();
  afterAll(() => bench.close());

  it("give the same canonical rows", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sale, { minLength: 1, maxLength: 12 }), dialect, async (sales, how) => {
        // A row that settles the order of day and month, and the decimal mark.
        const rows = [...sales, { customer: "Lx", order: "L1", day: 30, quantity: 1, cents: 150, text: "last" }];
        const { rows: found, reading } = await bench.drop(render(rows, how));
        const expected = rows.map((row) => ({
          customer_id: row.customer,
          order_id: row.order,
          order_date: isoDay(row.day),
          quantity: String(row.quantity),
          unit_price: (row.cents / 100).toFixed(2),
          description: row.text,
          unreadable: null,
        }));
        expect(reading.rows).toBe(rows.length);
        expect(
          found.map(({ customer_id, order_id, order_date, quantity, unit_price, description, unreadable }: Row) => ({
            customer_id,
            order_id,
            order_date,
            quantity,
            unit_price,
            description,
            unreadable,
          })),
        ).toEqual(expected);
      }),
      { numRuns: effort(10, 30), seed: 20_101_201 },
    );
  });

  it("are read line by line where line ends are mixed and some lines are broken", async () => {
    const end = fc.constantFrom("\n", "\r\n", "\r", "\n\r", "\r\r\n");
    const line = fc.record({ end, flaw: fc.constantFrom("", "", "", '"x', "\r", ",9") });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 3, maxLength: 40 }), async (lines) => {
        const body = lines.map((each, i) => `c${i % 7},2024-01-31,"o${i}",5${each.flaw}${each.end}`).join("");
        const { reading } = await bench.drop(`customer_id,order_date,order_id,amount\n${body}`);
        // A lone carriage return may end a line or be a part of it: no line is lost, and none is joined unseen.
        expect(reading.rows).toBeGreaterThanOrEqual(lines.filter(({ end: e }) => e.includes("\n")).length);
      }),
      { numRuns: effort(10, 60), seed: 7 },
    );
  });

  it("account for every record of arbitrary bytes, or refuse them by name", async () => {
    const dirty = fc.array(fc.constantFrom("a", '"', ",", "\n", "\r", '""', "\0", "é", " ", "7,2024-01-31,5\n"), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(dirty, async (pieces) => {
        const content = `customer,date,amount\n7,2024-01-31,5\n${pieces.join("")}`;
        const { reading, rows } = await bench.drop(content);
        expect(rows).toHaveLength(reading.rows);
        expect(rows.filter(({ unreadable }) => unreadable !== null)).toHaveLength(reading.unreadableRows);
        const lines = rows.map(({ line_number }) => Number(line_number));
        expect(lines).toEqual([...lines].sort((a, b) => a - b));
        expect(new Set(lines).size).toBe(lines.length);
        expect(Math.max(...lines)).toBeLessThanOrEqual(content.split(/\r\n|\n|\r/).length);
      }),
      { numRuns: effort(15, 50), seed: 7 },
    );
  });
});
