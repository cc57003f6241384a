import { describe, expect, it } from "vitest";
import { instancesFromCsv } from "../../../lib/api/scoring/csvBody.ts";
import { checkInstance } from "../../../lib/api/scoring/score.ts";
import { SEGMENT_COLUMNS } from "../../../lib/tables/segments.ts";

const ROW: Readonly<Record<string, string | number>> = {
  ...Object.fromEntries(SEGMENT_COLUMNS.map((column) => [column, "x"])),
  ...{ customer_id: "17850", recency_days: 5, frequency: 12, monetary: 400.5 },
};
const EXPECTED = { customer_id: "17850", recency: 5, frequency: 12, monetary: 400.5 };

describe("a row of segments.csv", () => {
  it("posted back as JSON is taken, its other columns left out", () => {
    expect(checkInstance(ROW, "")).toEqual(EXPECTED);
  });

  it("posted back as CSV is taken with its header as it is", () => {
    const csv = `${SEGMENT_COLUMNS.join(",")}\n${SEGMENT_COLUMNS.map((column) => ROW[column]).join(",")}\n`;
    expect(instancesFromCsv(csv, 10).map((value) => checkInstance(value, ""))).toEqual([EXPECTED]);
  });

  it("may have a number for an id, with transactions too, and keeps a safe one to the digit", () => {
    expect(checkInstance({ ...EXPECTED, customer_id: 17850 }, "")).toEqual(EXPECTED);
    const bought = { customer_id: 9007199254740991, transactions: [{ date: "2011-12-05", amount: 3 }] };
    expect(checkInstance(bought, "")).toMatchObject({ customer_id: "9007199254740991" });
    expect(() => checkInstance({ ...EXPECTED, customer_id: 2 ** 53 }, "")).toThrow(/customer_id|body/i);
  });

  it("has each measure once, and nothing that nobody knows", () => {
    expect(() => checkInstance({ ...EXPECTED, recency_days: 4 }, "")).toThrow();
    // As a reader of CSV without types hands it on; elsewhere a number is a number.
    const texts = { customer_id: "17850", recency_days: "5", frequency: "12", monetary: "400.50" };
    expect(checkInstance(texts, "")).toEqual(EXPECTED);
    for (const monetary of ["", "NaN", "1e3", "0x10", " 4"])
      expect(() => checkInstance({ ...texts, monetary }, "")).toThrow();
    expect(() => checkInstance({ ...EXPECTED, recency: "5" }, "")).toThrow();
    expect(() => checkInstance({ ...EXPECTED, recencyy: 4 }, "")).toThrow();
    expect(() => instancesFromCsv("customer_id,recency,recency_days,frequency,monetary\na,1,1,1,1\n", 10)).toThrow(
      /header/,
    );
  });
});
