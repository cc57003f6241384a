import { afterAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { columnOf, openWorkbench } from "../helpers.ts";
import { DATE_FORMS, writeDate } from "../shops/dateForms.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

/** Days above the 12th among them, so that the order of day and month is told. */
const MOMENTS = ["2023-11-29T14:05:09Z", "2024-02-03T00:30:00Z", "2024-02-29T12:00:01Z", "2024-12-31T23:59:58Z"].map(
  (text) => new Date(text),
);

/** Forms that no reading is sure of, with the code of the refusal. */
const REFUSED: Readonly<Record<string, string>> = {
  compactDmy: "UNREAD_VALUES",
  compactShort: "UNREADABLE_DATES",
  buddhist: "OTHER_CALENDAR",
  buddhistIso: "OTHER_CALENDAR",
  jalali: "OTHER_CALENDAR",
  hijri: "OTHER_CALENDAR",
  minguo: "OTHER_CALENDAR",
  reiwa: "OTHER_CALENDAR",
  reiwaShort: "OTHER_CALENDAR",
  monthOnly: "UNREADABLE_DATES",
  quarter: "UNREADABLE_DATES",
};

const policy = { ...parseConfig({}, "defaults"), unreadLimit: 0.05 };

async function daysOf(form: string): Promise<unknown> {
  const lines = MOMENTS.map((at, i) => `C${i}\t${writeDate(form, at)}\t5.5`);
  const { rows } = await bench.drop(`customer\torder date\tamount\n${lines.join("\n")}\n`, { policy });
  return columnOf(rows, "order_date").map((date) => date?.slice(0, 10));
}

describe("dates in each form", () => {
  it.each(DATE_FORMS.filter((form) => REFUSED[form] === undefined))("%s are read", async (form) => {
    expect(await daysOf(form)).toEqual(MOMENTS.map((at) => at.toISOString().slice(0, 10)));
  });

  it.each(Object.entries(REFUSED))("%s are refused: %s", async (form, code) => {
    await expect(daysOf(form)).rejects.toMatchObject({ code });
  });

  it("that a column has too many unreadable ones of are refused, with the first of them", async () => {
    await expect(daysOf("compactDmy")).rejects.toThrow(
      /column "order date" is the date, and 4 of its 4 values are no dates that can be read \("29112023" in line 2, .*--map date=COLUMN/,
    );
  });

  it("of another calendar are refused by its name, with values and lines", async () => {
    await expect(daysOf("buddhist")).rejects.toThrow(
      /Buddhist calendar \("29\/11\/2566" in line 2, "03\/02\/2567" in line 3/,
    );
    await expect(daysOf("jalali")).rejects.toThrow(/Persian \(Jalali\)/);
    await expect(daysOf("hijri")).rejects.toThrow(/Islamic \(Hijri\)/);
    await expect(daysOf("minguo")).rejects.toThrow(/Republic of China/);
    await expect(daysOf("reiwa")).rejects.toThrow(/Japanese/);
    await expect(daysOf("monthOnly")).rejects.toThrow(/names months, quarters or years, and no days/);
  });
});
