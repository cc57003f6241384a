import { z } from "zod";
import type { ScoreBins } from "../rfm/scoring.ts";

const bins = z.int().min(2).max(10);
const binsOf = bins.default(5);

/** How customers are scored by recency, frequency and monetary value. */
export const scoreSettings = z
  .strictObject({
    bins: z
      .union([bins, z.strictObject({ recency: binsOf, frequency: binsOf, monetary: binsOf })])
      .default(5)
      .describe("How many scores there are, 2 to 10: of all three measures, or of each."),
  })
  .describe("How customers are scored; equal values always get equal scores.");

export type ScoreSettings = z.infer<typeof scoreSettings>;

/** The number of scores of each measure. */
export function scoreBinsOf({ bins: given }: ScoreSettings): ScoreBins {
  const of = typeof given === "number" ? { recency: given, frequency: given, monetary: given } : given;
  return { recencyDays: of.recency, frequency: of.frequency, monetary: of.monetary };
}
