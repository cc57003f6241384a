import { afterAll, describe, expect, it } from "vitest";
import { columnOf, openWorkbench } from "./helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

/** Several columns of one kind read as amounts and dates of one tab-separated file each. */
async function read(role: "date" | "amount", values: readonly string[]) {
  const lines = values.map((value) => (role === "date" ? `1\t${value}\t5` : `1\t2024-01-31\t${value}`));
  const { rows, file } = await bench.drop(`customer\tdate\tamount\n${lines.join("\n")}\n`);
  return { values: columnOf(rows, role === "date" ? "order_date" : "amount"), layout: file.dateLayout };
}

describe("dates", () => {
  it.each([
    ["ISO basic with time", "20240131T100507Z", "2024-01-31 10:05:07"],
    ["compact with time", "20240131 10:05", "2024-01-31 10:05:00"],
    [".NET, seven decimals", "2024-01-31T10:05:07.1234567Z", "2024-01-31 10:05:07.123456"],
    ["PostgreSQL's short offset", "2024-01-31 10:05:07.5+02", "2024-01-31 10:05:07.5"],
    ["an offset without colon", "2024-01-31 10:05:07 -0500", "2024-01-31 10:05:07"],
    ["mail headers", "Wed, 31 Jan 2024 10:05:07 +0100", "2024-01-31 10:05:07"],
    ["a comma before the time", "31/01/2024, 10:05", "2024-01-31 10:05:00"],
    ["American with a comma before the time", "Jan 31, 2024, 10:05 PM", "2024-01-31 22:05:00"],
    ["American words", "January 31, 2024 8:05:11 AM", "2024-01-31 08:05:11"],
    ["day and month in words", "31 January 2024", "2024-01-31"],
    ["day-month-two-digit year", "31-Jan-24", "2024-01-31"],
    ["two-digit year with dots", "31.01.24", "2024-01-31"],
    ["day-month-year time", "31-Jan-2024 22:05:07", "2024-01-31 22:05:07"],
    ["microseconds since 1970", "1706695507000000", "2024-01-31 10:05:07"],
    ["a weekday before an ISO date", "Wed 2024-01-31", "2024-01-31"],
    ["Java's zone", "2024-01-31T10:05:07+01:00[Europe/Berlin]", "2024-01-31 10:05:07"],
    ["JavaScript's text", "Wed Jan 31 2024 00:05:07 GMT+0100 (Central European Standard Time)", "2024-01-31 00:05:07"],
    ["p. m. with dots", "31/01/2024 01:04:00 p. m.", "2024-01-31 13:04:00"],
    ["a half of the day in Chinese", "2024/1/31 下午3:03:00", "2024-01-31 15:03:00"],
    ["a German weekday", "Mi., 31.01.2024", "2024-01-31"],
    ["a long American date", "Wednesday, January 31, 2024", "2024-01-31"],
    ["Arabic digits", "٢٠٢٤-٠١-٣١", "2024-01-31"],
    ["a Hungarian dot", "2024.01.31.", "2024-01-31"],
    ["digits alone to the second", "20240131003015", "2024-01-31 00:30:15"],
    ["time zone names of UTC", "2024-01-31 10:05:07 GMT", "2024-01-31 10:05:07"],
  ])("%s: %s", async (_name, text, iso) => {
    expect((await read("date", [text])).values).toEqual([iso]);
  });

  it("of two-digit years lie between 1969 and 2068", async () => {
    expect((await read("date", ["31.12.68", "31.12.69"])).values).toEqual(["2068-12-31", "1969-12-31"]);
  });

  it("with and without offset in one column count on the day of the text", async () => {
    const { values, layout } = await read("date", ["2024-01-31 00:30:00+02:00", "2024-01-31 00:30:00"]);
    expect(values).toEqual(["2024-01-31 00:30:00", "2024-01-31 00:30:00"]);
    expect(layout).toContain("offset");
  });
});

it("asks where a spreadsheet has swapped day and month up to the 12th, unless told", async () => {
  const values = ["13/02/2024", "2024-05-02 00:00:00", "2024-06-02 00:00:00", "14/02/2024"];
  await expect(read("date", values)).rejects.toMatchObject({ code: "HALF_SWAPPED_DATES" });
  await expect(read("date", [...values, "2024-06-20 00:00:00"])).resolves.toBeDefined();
  await expect(read("date", [...values, "03/02/2024"])).resolves.toBeDefined();
});

it.each([[["1.100", "2.350", "950"]], [["-1.100", "17"]]])(
  "asks what a point before three digits is: %j",
  async (values) => {
    await expect(read("amount", values)).rejects.toThrow(/may be a thousand or a fraction.*--decimal/);
    expect((await read("amount", [...values, "0.5"])).values[0]).toBe(values[0]);
    expect((await read("amount", [...values, "0,5"])).values[0]).toBe(values[0]?.replace(".", ""));
  },
);

describe("numbers", () => {
  it.each([
    [
      ["12-", "3,50-"],
      ["-12", "-3.50"],
    ],
    [
      ["(1.234,50)", "1.234,50"],
      ["-1234.50", "1234.50"],
    ],
    [
      ["1\u00a0234,50", "12,5"],
      ["1234.50", "12.5"],
    ],
    [
      ["1’234.50", "1'234'567.80"],
      ["1234.50", "1234567.80"],
    ],
    [
      ["$1 234.50", "-$ 3.00"],
      ["1234.50", "-3.00"],
    ],
    [
      ["1,23,456.50", "2.00"],
      ["123456.50", "2.00"],
    ],
    [
      ["R$ 1.234,50", "R$ 2,00"],
      ["1234.50", "2.00"],
    ],
    [
      ["5 %", "5%", "12.00"],
      ["5 %", "5%", "12.00"],
    ],
    [
      ["−5.00", "+7.00"],
      ["-5.00", "7.00"],
    ],
  ])("%j", async (texts, plain) => {
    expect((await read("amount", texts)).values).toEqual(plain);
  });
});
