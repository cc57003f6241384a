import { z } from "@hono/zod-openapi";
import { describe, expect, it } from "vitest";
import { faultsFrom } from "../../lib/api/problems.ts";

const schema = z.strictObject({
  recency: z.number(),
  frequency: z.int().min(1),
  sort: z.enum(["monetary", "quiet"]),
  customer_id: z.string().min(1).max(5),
  instances: z.array(z.strictObject({ day: z.string() })).max(3),
  own: z.string().refine(() => false, { error: "says what it wants" }),
});
const faults = (value: unknown): Record<string, string> => {
  const { error } = schema.safeParse(value);
  return Object.fromEntries(faultsFrom(error as z.ZodError).map(({ field, message }) => [field, message]));
};

describe("what is wrong with a request", () => {
  it("is told in words, not in a validator's", () => {
    expect(
      faults({ recency: "soon", frequency: 0, sort: "bogus", customer_id: "", instances: [{ x: 1 }, 2, {}], own: "" }),
    ).toEqual({
      recency: "must be a number, not text",
      frequency: "must be at least 1",
      sort: "must be one of monetary, quiet",
      customer_id: "must not be empty",
      "instances[0].day": "is missing",
      "instances[0]": "Unknown: x",
      "instances[1]": "must be an object, not a number",
      "instances[2].day": "is missing",
      own: "says what it wants",
    });
    expect(faults({ instances: [{}, {}, {}, {}] }).instances).toBe("must have at most 3 entries");
    const all = Object.values(faults({ recency: null, frequency: 1.5, sort: 3, customer_id: "toolong", extra: 1 }));
    expect(all.filter((message) => /expected|received|Invalid|undefined|Too (?:small|big)/.test(message))).toEqual([]);
    expect(faultsFrom(schema.safeParse(7).error as z.ZodError)).toEqual([
      { field: "(body)", message: "must be an object, not a number" },
    ]);
  });
});
