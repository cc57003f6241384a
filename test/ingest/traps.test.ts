import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { SegmentationError } from "../../lib/domain/errors.ts";
import type { ColumnMapping } from "../../lib/ingest/types.ts";
import { columnOf, openWorkbench } from "./helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

const HEADER = "customer_id,order_id,order_date,quantity,unit_price,description";
const csv = (...lines: string[]) => `${[HEADER, ...lines].join("\n")}\n`;
const GOOD = "7,A1,2024-01-31,2,3.50,Mug";

describe("records", () => {
  it("keeps quotes, delimiters, line breaks, emoji and leading zeros", async () => {
    const { rows, reading } = await bench.drop(
      csv('007,A1,2024-01-31,2,3.50,"Mug, ""big"" 🎁\nsecond line"', GOOD, '8,A2,2024-02-01,1,1,"a\r\nb"', GOOD),
    );
    expect(columnOf(rows, "description")).toEqual(['Mug, "big" 🎁\nsecond line', "Mug", "a\r\nb", "Mug"]);
    expect(columnOf(rows, "line_number")).toEqual(["2", "4", "5", "7"]);
    expect(rows[0]?.customer_id).toBe("007");
    expect(reading.unreadableRows).toBe(0);
  });

  it("accounts for ragged rows with their line and complaint", async () => {
    const { rows, reading, file } = await bench.drop(
      csv(GOOD, "7,A1,2024-01-31", GOOD, `${GOOD},surplus`, "", `${GOOD},,`, GOOD),
    );
    expect(reading.rows).toBe(6);
    expect(columnOf(rows, "line_number")).toEqual(["2", "3", "4", "5", "7", "8"]);
    expect(columnOf(rows, "unreadable")).toEqual([
      null,
      "expected 6 columns, found 3",
      null,
      "expected 6 columns, found 7",
      null,
      null,
    ]);
    expect(rows[1]?.customer_id).toBeNull();
    expect(file.unreadable).toEqual([
      { lineNumber: 3, complaint: "expected 6 columns, found 3" },
      { lineNumber: 5, complaint: "expected 6 columns, found 7" },
    ]);
    expect(file.notes).toContain("1 blank lines skipped");
  });

  it("loses one line, not the file, to a quote that is never closed", async () => {
    const { rows } = await bench.drop(csv(GOOD, '7,A2,2024-01-31,2,3.50,"Mug', GOOD, GOOD));
    expect(columnOf(rows, "unreadable")).toEqual([null, "the quote opened in column 6 is never closed", null, null]);
    expect(columnOf(rows, "line_number")).toEqual(["2", "3", "4", "5"]);
  });

  it("loses the lines with stray quotes, not those between them", async () => {
    const bad = '7,A2,2024-01-31,2,3.50,"Mug';
    const { rows } = await bench.drop(csv(bad, GOOD, GOOD, bad, GOOD));
    expect(rows.filter((row) => row.unreadable === null)).toHaveLength(3);
    expect(rows).toHaveLength(5);
  });

  it("reads an inch sign in a plain field, and refuses text after a closing quote", async () => {
    const { rows } = await bench.drop(csv('7,A1,2024-01-31,2,3.50,5" pipe', '7,A1,2024-01-31,2,3.50,"5" pipe"', GOOD));
    expect(columnOf(rows, "description")).toEqual(['5" pipe', null, "Mug"]);
    expect(rows[1]?.unreadable).toBe("text after the closing quote of column 6");
  });

  it.each(["\n", "\r\n", "\r"])("reads line end %j", async (end) => {
    const { rows } = await bench.drop([HEADER, GOOD, GOOD].join(end));
    expect(columnOf(rows, "line_number")).toEqual(["2", "3"]);
    expect(columnOf(rows, "description")).toEqual(["Mug", "Mug"]);
  });

  it("reads mixed line ends", async () => {
    const { rows } = await bench.drop(`${HEADER}\r\n${GOOD}\n${GOOD}\r\n${GOOD}`);
    expect(columnOf(rows, "description")).toEqual(["Mug", "Mug", "Mug"]);
  });

  it("keeps long descriptions and control characters, and leaves NUL bytes out", async () => {
    const long = "x".repeat(10_000);
    const { rows, file } = await bench.drop(
      csv(`7,A1,2024-01-31,2,3.50,${long}`, "7,A\x001,2024-01-31,2,3.50,a\u0001b\u001ac", GOOD),
    );
    expect(rows[0]?.description).toBe(long);
    expect(rows[1]).toMatchObject({ order_id: "A1", description: "a\u0001b\u001ac" });
    expect(rows).toHaveLength(3);
    expect(file.notes).toContain("1 NUL bytes left out");
  });

  it("gives up on a record of several megabytes and reads on", async () => {
    const { rows } = await bench.drop(csv(GOOD, `7,A1,2024-01-31,2,3.50,${"x".repeat(9_000_000)}`, GOOD));
    expect(columnOf(rows, "description")).toEqual(["Mug", null, "Mug"]);
    expect(columnOf(rows, "line_number")).toEqual(["2", "3", "4"]);
    expect(rows[1]?.unreadable).toMatch(/^longer than 2,000,000 bytes/);
  });

  it("gives the rows of several files, and what plays no role as JSON", async () => {
    const first = bench.write(csv(GOOD), "a.csv");
    const second = bench.write("Order Date;Customer;Total;Shop;\n31.01.2024;9;1.234,50;K\u00f6ln;\n", "b.csv");
    const { reading, outputPath } = await bench.read([first, second]);
    const rows = await bench.rows(outputPath);
    expect(columnOf(rows, "source")).toEqual(["a.csv", "b.csv"]);
    expect(rows[1]).toMatchObject({ customer_id: "9", order_date: "2024-01-31", amount: "1234.50", quantity: null });
    expect(JSON.parse(rows[1]?.other_columns ?? "")).toEqual({ Shop: "Köln", "column (5)": null });
    expect(rows[0]?.other_columns).toBeNull();
    expect(reading.files.map(({ delimiter }) => delimiter)).toEqual([",", ";"]);
  });

  it("trims ids and makes blanks NULL, also no-break ones", async () => {
    const { rows } = await bench.drop(csv(" 7\t,\u00a0A1 ,2024-01-31 , 2,3.50 ,  Mug ", ' ,"",2024-01-31,2,3.5,"  "'));
    expect(rows[0]).toMatchObject({
      customer_id: "7",
      order_id: "A1",
      quantity: "2",
      unit_price: "3.50",
      description: "  Mug ",
    });
    expect(rows[1]).toMatchObject({ customer_id: null, order_id: null, description: null });
  });

  it("takes .0 off ids only when the whole column has it", async () => {
    const whole = await bench.drop(csv("17850.0,1,2024-01-31,1,1,a", ",2,2024-01-31,1,1,a", "5.0,3,2024-01-31,1,1,a"));
    expect(columnOf(whole.rows, "customer_id")).toEqual(["17850", null, "5"]);
    const mixed = await bench.drop(csv("17850.0,1,2024-01-31,1,1,a", "A5,2,2024-01-31,1,1,a"));
    expect(columnOf(mixed.rows, "customer_id")).toEqual(["17850.0", "A5"]);
  });
});

describe("encodings and compression", () => {
  const text = csv("7,A1,2024-01-31,2,3.50,Crème brûlée", GOOD);
  const utf16 = (content: string) => Buffer.from(content, "utf16le");
  it.each([
    ["UTF-8 with mark", Buffer.from(`\ufeff${text}`), "utf-8"],
    ["UTF-16 LE with mark", utf16(`\ufeff${text}`), "utf-16le"],
    ["UTF-16 BE with mark", utf16(`\ufeff${text}`).swap16(), "utf-16be"],
    ["UTF-16 LE", utf16(text), "utf-16le"],
    ["UTF-16 BE", utf16(text).swap16(), "utf-16be"],
    ["Latin-1", Buffer.from(text, "latin1"), "windows-1252"],
    ["gzip", gzipSync(text), "utf-8"],
    ["gzip in two members", Buffer.concat([gzipSync(text.slice(0, 80)), gzipSync(text.slice(80))]), "utf-8"],
    ["gzipped Latin-1", gzipSync(Buffer.from(text, "latin1")), "windows-1252"],
    ["zstd", zstdCompressSync(text), "utf-8"],
  ])("reads %s", async (_name, bytes, encoding) => {
    const { rows, file } = await bench.drop(bytes);
    expect(columnOf(rows, "description")).toEqual(["Crème brûlée", "Mug"]);
    expect(columnOf(rows, "line_number")).toEqual(["2", "3"]);
    expect(file.encoding).toBe(encoding);
    expect(file.header[0]).toBe("customer_id");
  });

  it("reads Windows-1252's own letters, wherever in a large file they first occur", async () => {
    const lines = Array.from({ length: 60_000 }, () => GOOD);
    const content = csv(...lines, "7,A1,2024-01-31,2,3.50,caf\xe9 \x80 \x93x\x94");
    const { rows, file } = await bench.drop(Buffer.from(content, "latin1"));
    expect(file.encoding).toBe("windows-1252");
    expect(rows).toHaveLength(60_001);
    expect(rows.at(-1)?.description).toBe("café € “x”");
  });

  it("repairs UTF-8 with a few broken bytes instead of misreading all of it", async () => {
    const good = Array.from({ length: 40 }, () => "7,A1,2024-01-31,2,3.50,Crème");
    const bytes = Buffer.concat([
      Buffer.from(csv(...good, "7,A1,2024-01-31,2,3.50,")).subarray(0, -1),
      Buffer.from([0xe8, 0x0a]),
    ]);
    const { rows, file } = await bench.drop(bytes);
    expect(rows[0]?.description).toBe("Crème");
    expect(rows.at(-1)?.description).toBe("\ufffd");
    expect(file.notes.join()).toContain("1 byte is not valid UTF-8");
  });
});

describe("refusals", () => {
  const refusal = async (content: string | Uint8Array, options = {}) => {
    const error = await bench.drop(content, options).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SegmentationError);
    expect((error as SegmentationError).message).toContain("drop.csv");
    return error as SegmentationError;
  };
  it.each([
    ["an empty file", "", "EMPTY_FILE"],
    ["blank lines", "\n \n\r\n", "EMPTY_FILE"],
    ["an empty gzip", gzipSync(""), "EMPTY_FILE"],
    ["a header alone", `${HEADER}\n`, "HEADER_ONLY"],
    ["a header without a line end", HEADER, "HEADER_ONLY"],
    ["no header and no --map", "17850,536365,2010-12-01,6,2.55\n17850,536366,2010-12-02,6,2.55\n", "MISSING_COLUMNS"],
    ["noise", Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3)) % 256)), "BINARY_FILE"],
    ["a damaged zip", Buffer.from("PK\u0003\u0004xl/workbook.xml"), "CORRUPT_COMPRESSION"],
    ["damaged Parquet", Buffer.from("PAR1..."), "UNREADABLE_PARQUET"],
    ["JSON without the columns", '[{"customer": 1}]', "MISSING_COLUMNS"],
    ["JSON lines in gzip without the columns", gzipSync('{"customer": 1}\n'), "MISSING_COLUMNS"],
    [
      "a damaged gzip",
      gzipSync(csv(...Array.from({ length: 500 }, (_, i) => `${i},A,2024-01-31,2,3,x`))).subarray(0, 300),
      "CORRUPT_COMPRESSION",
    ],
    ["one column", "customer_id\n1\n2\n", "MISSING_COLUMNS"],
    ["no customer", "order_date,amount,colour\n2024-01-31,5,red\n", "MISSING_COLUMNS"],
    ["quantity without price", "customer,date,quantity\n7,2024-01-31,5\n", "MISSING_COLUMNS"],
    ["two equal columns", "customer_id,client_id,date,amount\n7,8,2024-01-31,5\n", "AMBIGUOUS_COLUMN"],
    ["one needed name twice", "customer_id,Customer ID,date,amount\n7,8,2024-01-31,5\n", "DUPLICATE_COLUMN"],
    ["dates that are none", "customer,date,amount\n7,soon,5\n8,later,5\n", "UNREADABLE_DATES"],
    ["dates that read both ways", "customer,date,amount\n7,03/04/2024,5\n8,05/04/2024,5\n", "UNDECIDABLE_DATES"],
    ["dates that contradict", "customer,date,amount\n7,13/04/2024,5\n8,05/14/2024,5\n", "CONTRADICTORY_DATES"],
    ["numbers that read both ways", 'customer,date,amount\n7,2024-01-31,"1,234"\n', "UNDECIDABLE_DECIMALS"],
  ])("refuses %s", async (_name, content, code) => {
    expect((await refusal(content)).code).toBe(code);
    expect(readdirSync(bench.scratchDirectory)).toEqual([]);
  });

  it("says what was found and which flag to use", async () => {
    const error = await refusal("Kundennummer;Farbe\n7;rot\n");
    expect(error.message).toContain('"Kundennummer", "Farbe"');
    expect(error.message).toContain("customer = Kundennummer");
    expect(error.message).toContain("--map customer=COLUMN,date=COLUMN,amount=COLUMN");
  });

  it("names a missing file and a folder", async () => {
    const folder = join(bench.directory, "folder");
    mkdirSync(folder);
    await expect(bench.read([{ path: join(folder, "none.csv"), source: "none.csv" }])).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
    });
    await expect(bench.read([{ path: folder, source: "folder" }])).rejects.toMatchObject({ code: "NOT_A_FILE" });
    await expect(bench.read([])).rejects.toMatchObject({ code: "NOTHING_DROPPED" });
  });

  it("handles paths and names with quotes", async () => {
    const path = join(bench.directory, 'it\'s "odd" [1] *.csv');
    writeFileSync(path, csv(GOOD));
    const { outputPath } = await bench.read([{ path, source: "it's odd" }]);
    expect(columnOf(await bench.rows(outputPath), "source")).toEqual(["it's odd"]);
  });
});

describe("mapping by hand", () => {
  const content = "a,b,c,d\n7,2024-01-31,5,9\n";
  it("takes names and positions", async () => {
    const { rows, file } = await bench.drop(content, { mapping: { customer: "A", date: 2, amount: "4" } });
    expect(rows[0]).toMatchObject({ customer_id: "7", order_date: "2024-01-31", amount: "9" });
    expect(JSON.parse(rows[0]?.other_columns ?? "")).toEqual({ c: "5" });
    expect(file.columns.amount).toMatchObject({ column: "d", position: 4, confidence: 1 });
  });
  it.each([
    [{ customer: "customr" }, "UNKNOWN_COLUMN"],
    [{ customer: 5 }, "UNKNOWN_COLUMN"],
    [{ customer: 0 }, "UNKNOWN_COLUMN"],
    [{ customer: "a", date: "a" }, "COLUMN_MAPPED_TWICE"],
    [{ kunde: "a" }, "UNKNOWN_ROLE"],
  ])("refuses %j", async (mapping, code) => {
    await expect(bench.drop(content, { mapping: mapping as ColumnMapping })).rejects.toMatchObject({ code });
  });
  it("names the nearest columns", async () => {
    await expect(bench.drop(csv(GOOD), { mapping: { customer: "customerid_" } })).resolves.toBeDefined();
    await expect(bench.drop(csv(GOOD), { mapping: { customer: "custmer" } })).rejects.toThrow(/Nearest: "customer_id"/);
  });
});

describe("values", () => {
  const dates = async (values: readonly string[], options = {}) => {
    const { rows } = await bench.drop(
      `customer\tdate\tamount\n${values.map((v) => `1\t${v}\t5`).join("\n")}\n`,
      options,
    );
    return columnOf(rows, "order_date");
  };
  it.each([
    [
      ["2024-01-31", "2024-02-01"],
      ["2024-01-31", "2024-02-01"],
    ],
    [["2024-01-31T10:05:07Z"], ["2024-01-31 10:05:07"]],
    [
      ["2024-01-31T10:05:07.25Z", "2024-01-31T10:05:07Z"],
      ["2024-01-31 10:05:07.25", "2024-01-31 10:05:07"],
    ],
    [["2024-01-31T00:30:00+02:00"], ["2024-01-31 00:30:00"]],
    [["2024-01-31 10:05:07 UTC"], ["2024-01-31 10:05:07"]],
    [["2024/1/5"], ["2024-01-05"]],
    [
      ["12/1/2010 8:26", "12/31/2010 18:05"],
      ["2010-12-01 08:26:00", "2010-12-31 18:05:00"],
    ],
    [
      ["31/1/2010", "1/2/2010"],
      ["2010-01-31", "2010-02-01"],
    ],
    [
      ["31.01.10", "01.02.2010"],
      ["2010-01-31", "2010-02-01"],
    ],
    [
      ["11-Feb-17", "1-Mar-17"],
      ["2017-02-11", "2017-03-01"],
    ],
    [["Feb 11, 2017"], ["2017-02-11"]],
    [
      ["1/31/2017 8:05 PM", "1/31/2017 12:00 AM"],
      ["2017-01-31 20:05:00", "2017-01-31 00:00:00"],
    ],
    [["20170131"], ["2017-01-31"]],
    [["1485852307"], ["2017-01-31 08:45:07"]],
    [["1485852307000"], ["2017-01-31 08:45:07"]],
    [
      ["42766", "42766.5"],
      ["2017-01-31", "2017-01-31 12:00:00"],
    ],
    [
      ["2024-01-31", "soon", ""],
      ["2024-01-31", "soon", null],
    ],
    [
      ["12/12/2010", "11/11/2010"],
      ["2010-12-12", "2010-11-11"],
    ],
  ])("reads dates %j", async (values, expected) => {
    expect(await dates(values)).toEqual(expected);
  });
  it("takes the layout that is set by hand, and leaves what does not fit", async () => {
    expect(await dates(["03/04/2024", "05/14/2024"], { dateLayout: "dmy" })).toEqual(["2024-04-03", "05/14/2024"]);
    expect(await dates(["03/04/2024"], { dateLayout: "mdy" })).toEqual(["2024-03-04"]);
  });
  it("decides from all files with the same header together", async () => {
    const one = bench.write("customer,date,amount\n7,03/04/2024,5\n");
    const two = bench.write("customer,date,amount\n7,03/14/2024,5\n");
    const { outputPath } = await bench.read([one, two]);
    expect(columnOf(await bench.rows(outputPath), "order_date")).toEqual(["2024-03-04", "2024-03-14"]);
  });

  const amounts = async (values: readonly string[], options = {}) => {
    const { rows } = await bench.drop(
      `customer\tdate\tamount\n${values.map((v) => `1\t2024-01-31\t${v}`).join("\n")}\n`,
      options,
    );
    return columnOf(rows, "amount");
  };
  it.each([
    [
      ["12", "-3.50", "007"],
      ["12", "-3.50", "007"],
    ],
    [
      ["1,234.56", "1,234", "12"],
      ["1234.56", "1234", "12"],
    ],
    [
      ["1.234,56", "1.234", "12", "-0,5"],
      ["1234.56", "1234", "12", "-0.5"],
    ],
    [
      ["1 234,50", "1\u202f234,50"],
      ["1234.50", "1234.50"],
    ],
    [
      ["$1,234.50", "$ 7", "USD 3.10", "4.20 US$"],
      ["1234.50", "7", "3.10", "4.20"],
    ],
    [
      ["€12.00", "12.00 €", "EUR 3.10"],
      ["12.00", "12.00", "3.10"],
    ],
    [
      ["(12.00)", "12.50-", "-$4.00", "+5", ".5", "6."],
      ["-12.00", "-12.50", "-4.00", "5", "0.5", "6"],
    ],
    [["1'234.50"], ["1234.50"]],
    [
      ["12 %", "1e5", "abc", "0x1F", "1.2.3", "--5", "-"],
      ["12 %", "100000", "abc", "0x1F", "1.2.3", "--5", "-"],
    ],
  ])("reads numbers %j", async (values, expected) => {
    expect(await amounts(values)).toEqual(expected);
  });
  it("takes the decimal mark that is set by hand", async () => {
    expect(await amounts(["1,234"], { decimalMark: "comma" })).toEqual(["1.234"]);
    expect(await amounts(["1,234"], { decimalMark: "point" })).toEqual(["1234"]);
  });
});
