import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { addDays, isoDate } from "../../../lib/domain/dates.ts";
import { DEFAULT_STATUS_PATTERNS } from "../../../lib/domain/quality/statuses.ts";
import { encodeParameter, isParameterName } from "../../../lib/workflow/sql/parameters.ts";
import { policyParameters, sqlTimestamp, windowStart } from "../../../lib/workflow/sql/policyParameters.ts";

const day = fc
  .date({ min: new Date("1200-01-01"), max: new Date("2999-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const daysIn = (year: number, month: number): number =>
  [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] as number;

/** Month by month backwards, then the day clipped: no date arithmetic but counting. */
function naiveWindowStart(date: string, months: number): string {
  let [year, month] = date.split("-").map(Number) as [number, number];
  for (let i = 0; i < months; i++) [year, month] = month === 1 ? [year - 1, 12] : [year, month - 1];
  const clipped = Math.min(Number(date.slice(8)), daysIn(year, month));
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(clipped).padStart(2, "0")}`;
}

describe("windowStart", () => {
  it.each([
    ["2011-12-10", 12, "2010-12-10"],
    ["2024-03-31", 1, "2024-02-29"],
    ["2023-03-31", 1, "2023-02-28"],
    ["2024-02-29", 12, "2023-02-28"],
    ["2024-01-31", 2, "2023-11-30"],
    ["2000-01-01", 1200, "1900-01-01"],
    ["2011-12-10", null, "0001-01-01"],
  ])("of %s, %s months, is %s", (date, months, start) => expect(windowStart(date, months)).toBe(start));

  it("agrees with counting months backwards", () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 1_200 }), (date, months) => {
        expect(windowStart(date, months)).toBe(naiveWindowStart(date, months));
      }),
      { numRuns: 2_000 },
    );
  });

  it("never starts later for a longer window", () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 1_199 }), (date, months) => {
        expect(windowStart(date, months + 1) < windowStart(date, months)).toBe(true);
      }),
    );
  });
});

describe("dates as text", () => {
  it("counts days over month ends, leap days and clock changes", () => {
    expect(addDays("2011-12-09", 1)).toBe("2011-12-10");
    expect(addDays("2024-02-28", 1)).toBe("2024-02-29");
    expect(addDays("1999-12-31", 1)).toBe("2000-01-01");
    expect(addDays("2024-03-31", 1)).toBe("2024-04-01");
    fc.assert(
      fc.property(day, (date) => {
        expect(addDays(date, 1) > date).toBe(true);
        expect(Date.parse(addDays(date, 1)) - Date.parse(date)).toBe(86_400_000);
      }),
    );
  });

  it("writes moments in UTC as the statements take them", () => {
    const moment = new Date("2011-12-10T23:59:59.123Z");
    expect(sqlTimestamp(moment)).toBe("2011-12-10 23:59:59.123");
    expect(isoDate(moment)).toBe("2011-12-10");
    expect(encodeParameter("as_of", sqlTimestamp(moment))).toBe("2011-12-10 23:59:59.123");
  });
});

describe("policyParameters", () => {
  const now = new Date("2024-02-28T23:30:00Z");

  it("takes every policy from the configuration", () => {
    const config = parseConfig({
      returns: "net",
      duplicates: "keep",
      overlap: "keep",
      validDates: { earliest: "2001-01-01", latest: "2020-12-31" },
      nonProducts: { drop: true, pattern: "^POST$" },
      statuses: { keep: null, returns: "^retour$", drop: { test: "^probe" } },
    });
    expect(policyParameters(config, now)).toEqual({
      returns: "net",
      duplicates: "keep",
      overlap: "keep",
      earliest_date: "2001-01-01",
      latest_date: "2020-12-31",
      drop_non_products: "true",
      non_product_pattern: "^POST$",
      status_keep_pattern: "^$",
      status_return_pattern: "^retour$",
      status_cancelled_pattern: DEFAULT_STATUS_PATTERNS.drop.cancelled,
      status_refunded_pattern: DEFAULT_STATUS_PATTERNS.drop.refunded,
      status_pending_pattern: DEFAULT_STATUS_PATTERNS.drop.pending,
      status_failed_pattern: DEFAULT_STATUS_PATTERNS.drop.failed,
      status_test_pattern: "^probe",
    });
  });

  it("accepts dates up to tomorrow, by UTC, when no latest date is set", () => {
    expect(policyParameters(parseConfig({}), now).latest_date).toBe("2024-02-29");
  });

  it("gives only declared parameters of their declared form", () => {
    for (const [name, value] of Object.entries(policyParameters(parseConfig({}), now))) {
      if (!isParameterName(name)) throw new Error(`${name} is no parameter of a statement`);
      expect(() => encodeParameter(name, value)).not.toThrow();
    }
  });
});
