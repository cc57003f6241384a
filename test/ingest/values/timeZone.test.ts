import { afterAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { columnOf, openWorkbench } from "../helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

async function read(values: readonly string[], timeZone?: string) {
  const lines = values.map((value, i) => `C${i}\t${value}\t5.5`);
  const text = `customer\torder date\tamount\n${lines.join("\n")}\n`;
  const { rows, file } = await bench.drop(text, timeZone === undefined ? {} : { timeZone });
  return { values: columnOf(rows, "order_date"), layout: file.dateLayout };
}

/** The clocks of a zone, by the runtime's own calendar. */
const clockOf = (timeZone: string) => {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  return (at: Date): string => format.format(at);
};

describe("the day that counts", () => {
  it("is the one in the text, whatever its offset", async () => {
    const { values } = await read(["2024-10-05T23:30:00-04:00", "2024-10-06T00:30:00Z"]);
    expect(values).toEqual(["2024-10-05 23:30:00", "2024-10-06 00:30:00"]);
  });

  it("is that of the time zone where one is set; texts without a zone are in it already", async () => {
    const { values, layout } = await read(
      ["2024-10-05T16:30:00Z", "2024-10-05T16:30:00+02:00", "2024-10-05T09:30:00-0430", "2024-10-05 23:59:59"],
      "Australia/Sydney",
    );
    // Clocks there go forward at two in the morning of 6 October 2024.
    expect(values).toEqual([
      "2024-10-06 03:30:00",
      "2024-10-06 00:30:00",
      "2024-10-06 00:00:00",
      "2024-10-05 23:59:59",
    ]);
    expect(layout).toContain("moments in Australia/Sydney");
  });

  it.each([
    "Europe/Berlin",
    "Australia/Sydney",
    "America/New_York",
    "America/Santiago",
    "Asia/Kolkata",
    "Africa/Cairo",
    "Australia/Lord_Howe",
  ])("agrees with another calendar around every change of clocks: %s", async (timeZone) => {
    const clock = clockOf(timeZone);
    const hours = Array.from({ length: 366 * 24 }, (_, i) => new Date(Date.UTC(2024, 0, 1, i)));
    const offset = (at: Date): number => Date.parse(`${clock(at).replace(" ", "T")}Z`) - at.getTime();
    const changes = hours.filter((at, i) => i > 0 && offset(at) !== offset(hours[i - 1] as Date));
    const around = changes.flatMap((at) =>
      [-2, -1, -0.5, 0, 0.5, 1, 2].map((h) => new Date(at.getTime() + h * 3_600_000)),
    );
    const moments = [...around, new Date("2024-06-30T23:59:59Z"), new Date("2023-12-31T12:00:00Z")];
    const wanted = moments.map(clock);
    expect(
      (
        await read(
          moments.map((at) => `${at.toISOString().slice(0, 19)}Z`),
          timeZone,
        )
      ).values,
    ).toEqual(wanted);
    expect(
      (
        await read(
          moments.map((at) => String(at.getTime())),
          timeZone,
        )
      ).values,
    ).toEqual(wanted);
  });

  it("is set in the configuration by the name of a zone", () => {
    expect(parseConfig({ timeZone: "Australia/Sydney" }, "flags").timeZone).toBe("Australia/Sydney");
    expect(parseConfig({}, "flags").timeZone).toBeNull();
    expect(() => parseConfig({ timeZone: "Sydney" }, "flags")).toThrow(/timeZone/);
  });
});
