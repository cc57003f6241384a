import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArmShareError, armOf } from "../../../lib/domain/rfm/scoringArm.ts";

const ids = Array.from({ length: 20_000 }, (_, i) => `customer-${i}`);
const challengers = (share: number, salt: string): string[] =>
  ids.filter((id) => armOf(id, { share, salt }) === "challenger");

describe("armOf", () => {
  it("gives the challenger its share, within four standard errors", () => {
    for (const share of [0.01, 0.1, 0.5, 0.9]) {
      const error = 4 * Math.sqrt((share * (1 - share)) / ids.length);
      expect(Math.abs(challengers(share, "s").length / ids.length - share)).toBeLessThan(error);
    }
    expect(challengers(0, "s")).toHaveLength(0);
    expect(challengers(1, "s")).toHaveLength(ids.length);
  });

  it("always gives a customer the same arm, and keeps it when the share grows", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.string(), fc.string(), share, share, (id, salt, a, b) => {
        const arms = [Math.min(a, b), Math.max(a, b)].map((part) => armOf(id, { share: part, salt }));
        expect(arms[0] === "challenger" && arms[1] === "champion").toBe(false);
      }),
    );
  });

  it("chooses others under another salt", () => {
    const first = new Set(challengers(0.5, "one"));
    const both = challengers(0.5, "two").filter((id) => first.has(id)).length;
    expect(Math.abs(both / ids.length - 0.25)).toBeLessThan(0.02);
  });

  it.each([-0.1, 1.1, Number.NaN])("refuses a share of %s", (share) => {
    expect(() => armOf("x", { share, salt: "" })).toThrow(ArmShareError);
  });
});
