import { describe, expect, it } from "vitest";
import { createFormat } from "../../../lib/domain/dashboard/format.ts";
import { changedSettings, salesSentences } from "../../../lib/domain/dashboard/salesSentences.ts";
import { type CoveredSpan, salesPeriods } from "../../../lib/domain/run/salesPeriods.ts";

const format = createFormat({ locale: "en-GB", currency: "GBP" });
/** As many pounds a day as the month has in its number. */
const day = (start: string) => ({ start, revenue: Number(start.slice(5, 7)), orders: 1 });
const days = (from: string, to: string) => {
  const list: ReturnType<typeof day>[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000)
    list.push(day(new Date(at).toISOString().slice(0, 10)));
  return list;
};
const monthsOf = (list: ReturnType<typeof days>) =>
  [...Map.groupBy(list, ({ start }) => `${start.slice(0, 7)}-01`)].map(([start, of]) => ({
    ...{ start, orders: of.length },
    revenue: of.reduce((sum, { revenue }) => sum + revenue, 0),
  }));
function periodsOf(firstDate: string, lastDate: string, snapshotDate?: string) {
  const list = days(firstDate, lastDate);
  const next = new Date(Date.parse(lastDate) + 86_400_000).toISOString().slice(0, 10);
  const span: CoveredSpan = { firstDate, lastDate, snapshotDate: snapshotDate ?? next };
  return salesPeriods(monthsOf(list), list, span);
}

describe("periods that may be compared", () => {
  it("are the latest month that is over, with the month and the year before", () => {
    expect(periodsOf("2010-11-01", "2011-12-09").month).toEqual({
      latest: { from: "2011-11-01", to: "2011-11-30", revenue: 330, orders: 30 },
      before: { from: "2011-10-01", to: "2011-10-31", revenue: 310, orders: 31 },
      yearBefore: { from: "2010-11-01", to: "2010-11-30", revenue: 330, orders: 30 },
    });
  });

  it("never are months that the history has in part: its first, and one that goes on", () => {
    const { month, openMonth } = periodsOf("2010-11-02", "2011-12-30");
    expect(month).toMatchObject({ latest: { from: "2011-11-01" }, yearBefore: null });
    expect(openMonth).toEqual({ from: "2011-12-01", to: "2011-12-30", revenue: 360, orders: 30 });
    expect(periodsOf("2011-10-02", "2011-12-09").month).toMatchObject({ before: null });
    expect(periodsOf("2011-11-02", "2011-12-09").month).toBeNull();
  });

  it("take a month that ends with the history as over", () => {
    expect(periodsOf("2011-10-01", "2011-11-30")).toMatchObject({
      month: { latest: { from: "2011-11-01" }, before: { from: "2011-10-01" } },
      openMonth: null,
    });
  });

  it("end with the snapshot date, or with the history where that is earlier", () => {
    expect(periodsOf("2011-01-01", "2011-12-09", "2011-08-15").month?.latest.from).toBe("2011-07-01");
    expect(periodsOf("2011-01-01", "2011-06-15", "2012-01-01").month?.latest.from).toBe("2011-05-01");
  });

  it("count a month without sales as zero inside of the history", () => {
    const list = [...days("2011-08-01", "2011-09-30"), ...days("2011-12-01", "2011-12-09")];
    const span = { firstDate: "2011-08-01", lastDate: "2011-12-09", snapshotDate: "2011-12-10" };
    expect(salesPeriods(monthsOf(list), list, span).month).toMatchObject({
      latest: { from: "2011-11-01", revenue: 0, orders: 0 },
      before: { from: "2011-10-01", revenue: 0 },
    });
  });

  it("are 28 days and the 28 before, where the history has both", () => {
    expect(periodsOf("2011-10-15", "2011-12-09").days28).toEqual({
      latest: { from: "2011-11-12", to: "2011-12-09", revenue: 19 * 11 + 9 * 12, orders: 28 },
      before: { from: "2011-10-15", to: "2011-11-11", revenue: 17 * 10 + 11 * 11, orders: 28 },
    });
    expect(periodsOf("2011-10-16", "2011-12-09").days28).toBeNull();
  });

  it("are told with what they are compared with, and what is not over", () => {
    expect(salesSentences(periodsOf("2010-11-01", "2011-12-09"), format)).toEqual([
      "Nov 2011, the latest whole month, brought £330: +6.5% on Oct 2011, 0% on Nov 2010; Dec 2011 goes to 9 Dec 2011 only.",
      "The 28 days to 9 Dec 2011 brought £317 from 28 orders: +8.9% on the 28 days before.",
    ]);
    expect(salesSentences(periodsOf("2011-11-01", "2011-11-30"), format)).toEqual([
      "Nov 2011, the latest whole month, brought £330: no whole month before it to compare with.",
    ]);
    expect(salesSentences(periodsOf("2011-11-02", "2011-11-20"), format)).toEqual([]);
  });
});

describe("changed settings", () => {
  it("are said, a few by name", () => {
    const change = (setting: string) => ({ setting, before: "drop", now: "net" });
    const of = (...settings: string[]) =>
      changedSettings(
        { comparison: { runId: "r", snapshotDate: "2011-11-10", changed: settings.map(change) } },
        format,
      );
    expect(of()).toEqual([]);
    expect(of("returns")).toEqual([
      "Settings changed since the run as of 10 Nov 2011: returns from drop to net. Differences from it come from that, not from customers alone.",
    ]);
    expect(of("a", "b", "c", "d", "e", "f")[0]).toContain("d from drop to net and 2 more.");
  });
});
