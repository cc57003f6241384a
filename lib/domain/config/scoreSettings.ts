import { z } from "zod";
import { SCORE_METHODS, type ScorePlan } from "../rfm/scorePlan.ts";
import type { PerMeasure, ScoreBins } from "../rfm/scoring.ts";
import type { BandPlan } from "../rfm/weightedScore.ts";
import { addMeasureFaults, measureSettings } from "./measureSettings.ts";

const bins = z.int().min(2).max(10);
const binsOfOne = bins.default(5);
const method = z.enum(SCORE_METHODS);
const steady = z.enum(SCORE_METHODS).exclude(["repeat-interval"]).default("quantile");
const cuts = z
  .array(z.number().min(-1e11).max(1e11))
  .min(1)
  .max(9)
  .refine((list) => list.every((cut, i) => i === 0 || cut > (list[i - 1] as number)), "must rise from one to the next")
  .optional();

const weight = z
  .number()
  .min(0)
  .max(1000)
  .refine((given) => Math.abs(given * 1000 - Math.round(given * 1000)) < 1e-6, "has more than three decimals")
  .default(1);
// No default of its own: run ids are digests, and older configurations keep theirs.
const weightSettings = z
  .strictObject({ recency: weight, frequency: weight, monetary: weight, bands: z.int().min(2).max(10).default(5) })
  .refine(({ recency, frequency, monetary }) => recency + frequency + monetary > 0, "are all 0")
  .optional()
  .describe(
    "A weighted score beside the three: recency × R + frequency × F + monetary × M. Bands are equal shares of the customers by it, 1 for the worst; rules of segments take them as band, and the segments bands are one for each.",
  );

/** How customers are scored by recency, frequency and monetary value. */
export const scoreSettings = z
  .strictObject({
    bins: z
      .union([bins, z.strictObject({ recency: binsOfOne, frequency: binsOfOne, monetary: binsOfOne })])
      .default(5)
      .describe(
        "How many scores there are, 2 to 10: of all three measures, or of each. Cuts have one more than there are cuts.",
      ),
    method: z
      .union([method, z.strictObject({ recency: method.default("quantile"), frequency: steady, monetary: steady })])
      .default("quantile")
      .describe(
        "quantile: equal shares of the customers, equal values always together. ntile: equal shares to the customer, ties by md5(customer_id). cuts: by hand. repeat-interval: recency by the quantiles of the shop's own days between purchases, the others by quantiles. r-rfm: as R's package rfm does, whose breakpoints are the quantiles and one more, and belong to the score above them.",
      ),
    cuts: z
      .strictObject({
        recency: cuts.describe("Days: up to the first cut is the best score."),
        frequency: cuts.describe("Orders, or what frequency counts: up to the first cut is score 1."),
        monetary: cuts.describe("Money: up to the first cut is score 1."),
      })
      .default({})
      .describe("Breakpoints by hand, ascending; a value equal to a cut counts as below it."),
    measures: measureSettings,
    weights: weightSettings,
  })
  .superRefine((settings, context) => {
    addMeasureFaults(settings.measures, context);
    const given = {
      recencyDays: settings.cuts.recency,
      frequency: settings.cuts.frequency,
      monetary: settings.cuts.monetary,
    };
    const methods = methodsOf(settings.method);
    for (const [measure, name] of MEASURE_NAMES) {
      const isByCuts = methods[measure] === "cuts";
      if (isByCuts && given[measure] === undefined)
        context.addIssue({
          code: "custom",
          path: ["cuts", name],
          message: `is missing: the method of ${name} is cuts`,
        });
      if (!isByCuts && given[measure] !== undefined)
        context.addIssue({
          code: "custom",
          path: ["cuts", name],
          message: `is not used: the method of ${name} is ${methods[measure]}`,
        });
    }
  })
  .describe("How customers are scored: bins, and where their breakpoints come from.");

const MEASURE_NAMES = [
  ["recencyDays", "recency"],
  ["frequency", "frequency"],
  ["monetary", "monetary"],
] as const;

export type ScoreSettings = z.infer<typeof scoreSettings>;

function methodsOf(given: ScoreSettings["method"]): PerMeasure<z.infer<typeof method>> {
  if (typeof given !== "string")
    return { recencyDays: given.recency, frequency: given.frequency, monetary: given.monetary };
  const others = given === "repeat-interval" ? "quantile" : given;
  return { recencyDays: given, frequency: others, monetary: others };
}

/** Where the breakpoints of each measure come from. */
export function scorePlanOf(settings: ScoreSettings): ScorePlan {
  const { bins: given, cuts: byHand } = settings;
  const bins = typeof given === "number" ? { recency: given, frequency: given, monetary: given } : given;
  const methods = methodsOf(settings.method);
  const of = (measure: keyof PerMeasure<unknown>, name: keyof typeof bins) => {
    const list = methods[measure] === "cuts" ? (byHand[name] ?? []) : [];
    return { method: methods[measure], bins: list.length === 0 ? bins[name] : list.length + 1, cuts: list };
  };
  return {
    recencyDays: of("recencyDays", "recency"),
    frequency: of("frequency", "frequency"),
    monetary: of("monetary", "monetary"),
  };
}

/** The weights and the bands; undefined where there are none. */
export function bandPlanOf({ weights: given }: ScoreSettings): BandPlan | undefined {
  if (given === undefined) return undefined;
  const { recency: recencyDays, frequency, monetary, bands } = given;
  return { weights: { recencyDays, frequency, monetary }, bands };
}

/** The number of scores of each measure. */
export function scoreBinsOf(settings: ScoreSettings): ScoreBins {
  const plan = scorePlanOf(settings);
  return { recencyDays: plan.recencyDays.bins, frequency: plan.frequency.bins, monetary: plan.monetary.bins };
}
