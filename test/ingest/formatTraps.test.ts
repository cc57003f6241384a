import { readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import iconv from "iconv-lite";
import readWorkbook from "read-excel-file/node";
import { afterAll, describe, expect, it } from "vitest";
import { SegmentationError } from "../../lib/domain/errors.ts";
import { isAligned } from "../../lib/ingest/text/alignedText.ts";
import type { DropRequest } from "../../lib/ingest/types.ts";
import { effort } from "../support/effort.ts";
import { workbookOf } from "../support/workbook.ts";
import { zipOf } from "../support/zip.ts";
import { columnOf, openWorkbench } from "./helpers.ts";
import { csvOf, RENDERINGS, SALES, sheetRows } from "./renderings.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

const HEADER = "customer_id,order_id,order_date,amount";
const GOOD = "7,A1,2024-01-31,2.50";
const csv = (...lines: string[]) => `${[HEADER, ...lines].join("\n")}\n`;

async function refusal(content: string | Uint8Array, options: Partial<DropRequest> = {}): Promise<SegmentationError> {
  const error = await bench.drop(content, options).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(SegmentationError);
  expect((error as SegmentationError).message).toContain("drop.csv");
  expect(readdirSync(bench.scratchDirectory)).toEqual([]);
  return error as SegmentationError;
}

describe("archives", () => {
  it("make each member a source, in the order of their names, whatever their formats", async () => {
    const archive = zipOf([
      { name: "b/later.jsonl", content: '{"customer_id":"8","order_date":"2024-02-01","amount":1}\n' },
      { name: "b/", content: "" },
      { name: "a.csv.gz", content: gzipSync(csv(GOOD)) },
    ]);
    const { rows, reading } = await bench.drop(archive);
    expect(columnOf(rows, "source")).toEqual(["drop.csv/a.csv.gz", "drop.csv/b/later.jsonl"]);
    expect(columnOf(rows, "amount")).toEqual(["2.50", "1"]);
    expect(reading.files.map(({ container }) => container)).toEqual(["drop.csv", "drop.csv"]);
    expect(new Set(reading.files.map(({ contentHash }) => contentHash)).size).toBe(2);
  });

  it.each<[string, Uint8Array, string, RegExp]>([
    [
      "a password",
      zipOf([{ name: "a.csv", content: csv(GOOD), isEncrypted: true }]),
      "ENCRYPTED_ARCHIVE",
      /a\.csv.*password/,
    ],
    [
      "a path that leads outside",
      zipOf([{ name: "../../a.csv", content: csv(GOOD) }]),
      "CORRUPT_COMPRESSION",
      /\.\.\//,
    ],
    ["nothing in it", zipOf([]), "EMPTY_FILE", /without files/],
    ["hidden files alone", zipOf([{ name: ".a", content: "x" }]), "EMPTY_FILE", /without files/],
    ["an empty member", zipOf([{ name: "a.csv", content: "" }]), "EMPTY_FILE", /drop\.csv\/a\.csv/],
    ["a wrong size", zipOf([{ name: "a.csv", content: csv(GOOD), declaredBytes: 9 }]), "CORRUPT_COMPRESSION", /a\.csv/],
    [
      "an archive in it",
      zipOf([{ name: "b.zip", content: zipOf([{ name: "a.csv", content: csv(GOOD) }]) }]),
      "PACKED_TWICE",
      /b\.zip/,
    ],
    [
      "a cut end",
      zipOf([{ name: "a.csv", content: csv(GOOD) }]).subarray(0, -30),
      "CORRUPT_COMPRESSION",
      /damaged zip/,
    ],
    [
      "a size that no table has",
      zipOf([{ name: "a.csv", content: csv(GOOD), declaredBytes: 2_000_000_000 }]),
      "DECOMPRESSION_BOMB",
      /unpack/,
    ],
    ["a Word document", zipOf([{ name: "word/document.xml", content: "<x/>" }]), "UNSUPPORTED_FORMAT", /Word/],
    [
      "an OpenDocument table",
      zipOf([
        { name: "mimetype", content: "" },
        { name: "content.xml", content: "" },
      ]),
      "UNSUPPORTED_FORMAT",
      /OpenDocument/,
    ],
  ])("are refused for %s", async (_, bytes, code, message) => {
    const error = await refusal(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it("refuse a gzip bomb before it fills the disk", async () => {
    // A gzip file may have many members, so that it is made quickly.
    const member = gzipSync(Buffer.alloc(1024 * 1024, "a"));
    const bomb = Buffer.concat(Array.from({ length: 1100 }, () => member));
    expect((await refusal(bomb)).code).toBe("DECOMPRESSION_BOMB");
  });
});

describe("formats that are known and not read", () => {
  it.each<[string, Uint8Array | string, RegExp]>([
    ["old Excel", Buffer.from("d0cf11e0a1b11ae1", "hex"), /old Excel \(\.xls\).*save it as an Excel workbook/],
    ["an HTML page that is named .xls", "<html><table><tr><td>1</td></tr></table></html>", /HTML.*save it/],
    ["7-Zip", Buffer.from("377abcaf271c", "hex"), /7-Zip/],
  ])("%s is named, with advice", async (_, content, message) => {
    const error = await refusal(content);
    expect(error.code).toBe("UNSUPPORTED_FORMAT");
    expect(error.message).toMatch(message);
  });
});

describe("columns set apart by blanks", () => {
  const CDNOW = [
    " 00001 19970101  1   11.77",
    " 00002 19970112  1   12.00",
    "",
    " 00002 19970112  5   77.00",
    "00003 19970102  2   20.76",
    "  00004  19970330  2  120.76",
    " 00004 19970402  2   29.33 ",
  ];
  const mapping = { customer: 1, date: 2, quantity: 3, amount: 4 };

  it("are read as those of CDNOW, with the numbers of their lines", async () => {
    for (const newline of ["\n", "\r\n"]) {
      const { rows, file } = await bench.drop(`${CDNOW.join(newline)}${newline}`, { mapping });
      expect(columnOf(rows, "customer_id")).toEqual(["00001", "00002", "00002", "00003", "00004", "00004"]);
      expect(columnOf(rows, "order_date").slice(-1)).toEqual(["1997-04-02"]);
      expect(columnOf(rows, "amount")).toEqual(["11.77", "12.00", "77.00", "20.76", "120.76", "29.33"]);
      expect(rows.map(({ line_number }) => Number(line_number))).toEqual([1, 2, 4, 5, 6, 7]);
      expect([file.delimiter, file.notes.join()]).toEqual([" ", expect.stringContaining("set apart by blanks")]);
    }
  });

  it("list lines with more or fewer, further down than was looked", async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => ` ${10_000 + i} 19970101  1   11.77`);
    const { reading } = await bench.drop([...many, " 7 19970101 2 12.00 extra", " 8 19970101", ""].join("\n"), {
      mapping,
    });
    expect([reading.rows, reading.unreadableRows]).toEqual([20_002, 2]);
    expect(reading.files[0]?.unreadable.map(({ lineNumber }) => lineNumber)).toEqual([20_001, 20_002]);
  });

  it("are no table where they are prose, or a list of words", () => {
    const prose = "one two three\nfour five six\nseven eight nine\nten eleven twelve\nso it goes\nnine ten\n";
    expect(isAligned(Buffer.from(prose))).toBe(false);
    expect(isAligned(Buffer.from(`${CDNOW.join("\n")}\nx`))).toBe(true);
    expect(isAligned(Buffer.from(`a 1,2 3\n${CDNOW.join("\n")}\n`))).toBe(false);
  });
});

describe("workbooks", () => {
  const row = (customer: string, day: number) => [customer, `A${day}`, new Date(Date.UTC(2024, 0, day)), 2.5];
  const names = HEADER.split(",");

  it("join two sheets with the same columns, each a source with the rows of its sheet", async () => {
    const { rows, reading } = await bench.drop(
      workbookOf([
        { name: "Year 2009-2010", rows: [names, row("7", 1), row("8", 2)] },
        { name: "Year 2010-2011", rows: [names, row("8", 2), row("9", 3)] },
      ]),
    );
    expect(rows.map(({ source, line_number, customer_id }) => [source, Number(line_number), customer_id])).toEqual([
      ["drop.csv/Year 2009-2010", 2, "7"],
      ["drop.csv/Year 2009-2010", 3, "8"],
      ["drop.csv/Year 2010-2011", 2, "8"],
      ["drop.csv/Year 2010-2011", 3, "9"],
    ]);
    expect(columnOf(rows, "order_date")).toEqual(["2024-01-01", "2024-01-02", "2024-01-02", "2024-01-03"]);
    expect(reading.rows).toBe(4);
  });

  const different = workbookOf([
    { name: "Orders", rows: [names, row("7", 1)] },
    {
      name: "Refunds",
      rows: [
        ["client", "day", "total"],
        ["7", new Date(0), 3],
      ],
    },
  ]);
  it("ask which sheet is meant where columns differ, and take the answer", async () => {
    const error = await refusal(different);
    expect(error.code).toBe("AMBIGUOUS_SHEET");
    expect(error.message).toMatch(/"Orders" has "customer_id".*"Refunds" has "client".*--sheet "Orders"/);
    const { rows, file } = await bench.drop(different, { sheet: "orders" });
    expect(columnOf(rows, "source")).toEqual(["drop.csv/Orders"]);
    expect(file.notes.join()).toContain('sheets left out: "Refunds"');
    const unknown = await refusal(different, { sheet: "Order" });
    expect(unknown.message).toMatch(/no sheet "Order".*"Orders", "Refunds"/);
  });

  it("give cells as Excel shows them", async () => {
    const day = new Date("2011-12-09T12:50:00Z");
    const cells = [{ raw: "2.5499999999999998" }, { raw: "1E-3" }, { raw: "1.2E5" }, { raw: "0.30000000000000004" }, 7];
    const { rows, file } = await bench.drop(
      workbookOf([
        {
          name: "S",
          rows: [names, ...cells.map((amount, i) => [`00${i}`, 'a & <b>\n"c"', day, amount]), [], [], [null, " "]],
        },
      ]),
    );
    expect(columnOf(rows, "amount")).toEqual(["2.55", "0.001", "120000", "0.3", "7"]);
    expect(columnOf(rows, "customer_id")).toEqual(["000", "001", "002", "003", "004"]);
    expect(rows[0]).toMatchObject({ order_id: 'a & <b>\n"c"', order_date: "2011-12-09 12:50:00" });
    expect(file.rows).toBe(5);
  });

  it("are read like an independent reader reads them", async () => {
    const bytes = workbookOf([{ name: "Sales", rows: sheetRows(SALES) }]);
    const [sheet] = await readWorkbook(bytes);
    const expected = (sheet?.data.slice(1) ?? []) as unknown[][];
    const { rows } = await bench.drop(bytes);
    const asRead = rows.map((found) => [
      found.customer_id,
      found.order_id,
      `${found.order_date?.replace(" ", "T")}.000Z`,
      found.product_id,
      found.description,
      Number(found.quantity),
      Number(found.unit_price),
      found.country,
    ]);
    // The reader leaves the millisecond by which a fraction of a day misses the second.
    const second = (time: Date) => new Date(Math.round(time.getTime() / 1000) * 1000).toISOString();
    const text = (cell: unknown) => (cell instanceof Date ? second(cell) : cell);
    expect(asRead).toEqual(expected.map((cells) => cells.map(text)));
  });

  it.each<[string, Uint8Array, string]>([
    ["without a filled cell", workbookOf([{ name: "S", rows: [] }]), "EMPTY_FILE"],
    ["with a header alone", workbookOf([{ name: "S", rows: [names] }]), "HEADER_ONLY"],
    ["that lacks its parts", zipOf([{ name: "[Content_Types].xml", content: "<x/>" }]), "UNREADABLE_WORKBOOK"],
    ["in Excel's binary form", zipOf([{ name: "xl/workbook.bin", content: "x" }]), "UNSUPPORTED_FORMAT"],
  ])("%s are refused", async (_, bytes, code) => {
    expect((await refusal(bytes)).code).toBe(code);
  });
});

describe("JSON", () => {
  const record = (extra: string) => `{"customer":{"id":"0007","tags":["a","b"]},"order_date":"2024-01-31",${extra}}`;

  it("keeps ids and money exactly as written", async () => {
    const { rows } = await bench.drop(
      ['"amount":2.50,"order_id":12345678901234567890', '"amount":1e3,"order_id":"x"', '"amount":-0.10,"order_id":null']
        .map(record)
        .join("\n"),
    );
    expect(columnOf(rows, "amount")).toEqual(["2.50", "1000", "-0.10"]);
    expect(columnOf(rows, "order_id")).toEqual(["12345678901234567890", "x", null]);
    expect(columnOf(rows, "customer_id")).toEqual(["0007", "0007", "0007"]);
    expect(JSON.parse(rows[0]?.other_columns ?? "")).toEqual({ "customer.tags": '["a","b"]' });
  });

  it("gives each line of an order its row", async () => {
    const order = (id: string, lines: string) =>
      `{"order_number":"${id}","created_at":"2024-01-31T10:00:00Z","customer":{"id":7},"line_items":[${lines}]}`;
    const line = (sku: string, quantity: number, price: string) =>
      `{"id":1,"sku":"${sku}","quantity":${quantity},"price":"${price}"}`;
    const { rows, file } = await bench.drop(
      `{"orders":[${order("1", `${line("A", 2, "3.50")},${line("B", 1, "1.00")}`)},${order("2", line("A", 1, "3.50"))}]}`,
    );
    expect(rows.map((row) => [row.order_id, row.customer_id, row.product_id, row.quantity, row.unit_price])).toEqual([
      ["1", "7", "A", "2", "3.50"],
      ["1", "7", "B", "1", "1.00"],
      ["2", "7", "A", "1", "3.50"],
    ]);
    expect(columnOf(rows, "line_number")).toEqual(["1", "2", "3"]);
    expect(file.notes.join()).toMatch(/line_items: 2 records have 3 lines/);
  });

  it("counts what is no object as unreadable, with its number", async () => {
    const { file, rows } = await bench.drop(
      [record('"amount":1'), "{not json", "17", "", record('"amount":"2","late":"x"')].join("\n"),
    );
    expect(file).toMatchObject({ rows: 4, unreadableRows: 2 });
    expect(file.unreadable.map(({ lineNumber }) => lineNumber)).toEqual([2, 3]);
    expect(columnOf(rows, "amount")).toEqual(["1", null, null, "2"]);
    expect(JSON.parse(rows[3]?.other_columns ?? "")).toMatchObject({ late: "x" });
  });

  it("takes columns that come late, after those that decided", async () => {
    const lines = Array.from({ length: 1500 }, (_, i) => record(`"amount":${i}`));
    const { rows } = await bench.drop([...lines, record('"amount":1,"order_id":"late"')].join("\n"));
    expect(rows).toHaveLength(1501);
    expect(rows.at(-1)?.order_id).toBe("late");
  });

  it.each<[string, string, string]>([
    ["that is cut off", `[${record('"amount":1')},{"customer":`, "JSON_CUT_OFF"],
    ["without a record", "[]", "HEADER_ONLY"],
    ["of lists", "[[1,2],[3,4]]", "NO_JSON_OBJECTS"],
  ])("%s is refused", async (_, text, code) => {
    expect((await refusal(text)).code).toBe(code);
  });
});

describe("Parquet", () => {
  it("gives types as text that depends on no time zone", async () => {
    const instant = new Date("2024-01-31T23:30:00Z");
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: "customer_id", data: [17850, 1e-7, null], type: "DOUBLE" },
        { name: "order_id", data: [123n, 9_007_199_254_740_993n, 5n], type: "INT64" },
        { name: "order_date", data: [instant, instant, instant], type: "TIMESTAMP" },
        { name: "amount", data: [0.1, 1e21, Number.NaN], type: "DOUBLE" },
        { name: "extra", data: [{ a: [1] }, null, null], type: "JSON" },
      ],
    });
    const { rows } = await bench.drop(new Uint8Array(bytes));
    expect(columnOf(rows, "customer_id")).toEqual(["17850.0", "0.0000001", null]);
    expect(columnOf(rows, "order_id")).toEqual(["123", "9007199254740993", "5"]);
    expect(columnOf(rows, "order_date")).toEqual(Array(3).fill("2024-01-31 23:30:00"));
    expect(columnOf(rows, "amount")).toEqual(["0.1", "1000000000000000000000", null]);
    expect(columnOf(rows, "line_number")).toEqual(["1", "2", "3"]);
  });
});

describe("text that is set by hand", () => {
  it("reads the encoding that is named, whatever the bytes suggest", async () => {
    const turkish = csv("7,Iğdır şöför,2024-01-31,2.50");
    const { rows, file } = await bench.drop(iconv.encode(turkish, "windows-1254"), { encoding: "windows-1254" });
    expect(columnOf(rows, "order_id")).toEqual(["Iğdır şöför"]);
    expect(file.encoding).toBe("windows-1254");
    await expect(bench.drop(turkish, { encoding: "utf-9" })).rejects.toThrow(/utf-9.*Usual ones: utf-8/);
    await expect(bench.drop(turkish, { encoding: "base64" })).rejects.toMatchObject({ code: "UNKNOWN_ENCODING" });
  });

  it("says what it decided and how sure it is", async () => {
    const { file } = await bench.drop(iconv.encode(csvOf(SALES), "cp437"));
    expect(file.notes.join()).toMatch(/code page 437 \(DOS\), sure from words like \S+/);
    const one = await bench.drop(iconv.encode(csv("7,\u00c9mile,2024-01-31,2.50"), "windows-1252"));
    expect(one.file.notes.join()).toMatch(
      /Windows-1252 \(Latin-1\), \w+ from words like Émile; if words look wrong: --encoding/,
    );
  });

  it("splits by any ASCII character", async () => {
    for (const [delimiter, option] of [
      ["#", "#"],
      [" ", "space"],
      ["\x01", "\x01"],
      ["\t", "tab"],
    ] as const) {
      const { rows } = await bench.drop(csv(GOOD).replaceAll(",", delimiter), { delimiter: option });
      expect(rows[0]).toMatchObject({ customer_id: "7", order_date: "2024-01-31", amount: "2.50" });
    }
    await expect(bench.drop(csv(GOOD), { delimiter: "§" })).rejects.toMatchObject({ code: "UNUSABLE_DELIMITER" });
  });

  it("takes the first line for data where it looks like it, or is said to be", async () => {
    const mapping = { customer: 1, order: 2, date: 3, amount: 4 };
    const bare = await bench.drop(`${GOOD}\n8,A2,2024-02-01,3\n`, { mapping });
    expect(columnOf(bare.rows, "customer_id")).toEqual(["7", "8"]);
    expect(columnOf(bare.rows, "line_number")).toEqual(["1", "2"]);
    expect(bare.file.header).toEqual(["column_1", "column_2", "column_3", "column_4"]);
    expect(bare.file.notes.join()).toMatch(/no header, since 3 of the 4 fields .*--header/);
    const forced = await bench.drop(csv(GOOD), { header: false, mapping, dateLayout: "ymd" });
    expect(columnOf(forced.rows, "customer_id")).toEqual(["customer_id", "7"]);
    const named = await bench.drop(`1,2,3,4\n${GOOD}\n`, { header: true, mapping });
    expect(columnOf(named.rows, "customer_id")).toEqual(["7"]);
  });
});

describe("damaged files of every format", () => {
  const names = ["UTF-8", "zip", "JSON lines", "a JSON array", "Parquet in several row groups", "a workbook"];
  const damage = fc.record({
    bytes: fc.constantFrom(...RENDERINGS.filter(({ name }) => names.includes(name)).map(({ bytes }) => bytes)),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.integer({ min: 0, max: 200 }),
    put: fc.uint8Array({ maxLength: 4 }),
    isCut: fc.boolean(),
  });

  it("give rows that add up, or are refused by name", async () => {
    await fc.assert(
      fc.asyncProperty(damage, async ({ bytes, from, removed, put, isCut }) => {
        const start = Math.floor(from * bytes.length);
        const rest = isCut ? [] : bytes.subarray(start + removed);
        const damaged = Buffer.concat([bytes.subarray(0, start), put, Uint8Array.from(rest)]);
        const options = { dateLayout: "ymd", decimalMark: "point" } as const;
        const outcome = await bench.drop(damaged, options).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(SegmentationError);
          expect(outcome.message).toContain("drop.csv");
          return;
        }
        const { rows, reading } = outcome as Awaited<ReturnType<typeof bench.drop>>;
        expect(rows.length).toBeGreaterThan(0);
        expect(rows).toHaveLength(reading.rows);
        expect(rows.filter(({ unreadable }) => unreadable !== null)).toHaveLength(reading.unreadableRows);
      }),
      { numRuns: effort(12, 40), seed: 20_111_209 },
    );
    expect(readdirSync(bench.scratchDirectory)).toEqual([]);
  });
});
