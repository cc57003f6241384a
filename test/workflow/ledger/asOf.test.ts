import { describe, expect, it } from "vitest";
import { earlierMoment } from "../../../lib/workflow/ledger/asOf.ts";

const now = new Date("2024-06-15T12:00:00Z");
const of = (asOf?: string, objects: readonly { key: string; source: string }[] = []) =>
  earlierMoment({ objects, ...(asOf === undefined ? {} : { asOf }) }, now);

describe("the moment of a run", () => {
  it("is the ledger's own, or the earlier one that the input of an execution asks for: a day stands for its end", () => {
    expect(of()).toBeUndefined();
    expect(of(undefined, [{ key: "incoming/a.csv", source: "a.csv" }])).toBeUndefined();
    expect(of("2024-05-31")?.toISOString()).toBe("2024-05-31T23:59:59.999Z");
    expect(of("2024-05-31T18:00:00.123Z")?.toISOString()).toBe("2024-05-31T18:00:00.123Z");
    expect(of("2024-06-15")?.toISOString()).toBe("2024-06-15T23:59:59.999Z");
  });

  it.each(["yesterday", "", "2024-02-30", "31.05.2024", "2024-06-16", "9999-01-01"])("refuses %j", (text) => {
    expect(() => of(text)).toThrow(expect.objectContaining({ code: "AS_OF" }));
  });

  it("refuses an earlier state together with a drop, which would be committed in the past", () => {
    expect(() => of("2024-05-31", [{ key: "incoming/a.csv", source: "a.csv" }])).toThrow(/takes no new files/);
  });
});
