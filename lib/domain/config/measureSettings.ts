import { z } from "zod";
import { FEATURE_NAMES, kindOf } from "../clustering/space/catalogue.ts";
import { identityFaults } from "../clustering/space/featureFaults.ts";
import { type FeatureIdentity, featureKey } from "../clustering/space/features.ts";
import type { PerMeasure, ScoreMeasures } from "../rfm/scoring.ts";
import { featureIdentity } from "./featureIdentity.ts";

const measure = z
  .union([
    z.enum(FEATURE_NAMES),
    z.strictObject({
      ...featureIdentity,
      missing: z
        .number()
        .min(-1e11)
        .max(1e11)
        .optional()
        .describe("What customers without a value are scored by; needed where some may have none."),
    }),
  ])
  .optional();

/** What the scores are of, where it is not recency, frequency and monetary value themselves. */
export const measureSettings = z
  .strictObject({
    recency: measure.describe("recency_days, the default, or recency_mean: days, of which few are good."),
    frequency: measure.describe("frequency is the default: what frequencyBasis counts."),
    monetary: measure.describe("monetary is the default: all the money spent."),
  })
  .default({})
  .describe(
    "What a score is of: a feature of the customer by its name, or with its settings. What is told of customers (recency_days, frequency and monetary in segments.csv) stays as it is.",
  );

type MeasureSettings = z.infer<typeof measureSettings>;
type MeasureSetting = FeatureIdentity & { readonly missing?: number | undefined };

const NAMES = { recencyDays: "recency", frequency: "frequency", monetary: "monetary" } as const;
const USUAL: PerMeasure<string> = { recencyDays: "recency_days", frequency: "frequency", monetary: "monetary" };

/** The features that the scores are of, of those measures that are not at their default. */
function chosenMeasures(settings: MeasureSettings): (readonly [keyof typeof NAMES, MeasureSetting])[] {
  return (Object.keys(NAMES) as (keyof typeof NAMES)[]).flatMap((of) => {
    const given = settings[NAMES[of]];
    if (given === undefined) return [];
    const chosen: MeasureSetting = typeof given === "string" ? { name: given } : given;
    return featureKey(chosen) === USUAL[of] ? [] : [[of, chosen] as const];
  });
}

/** The features that the scores are of, as the settings name them. */
export const measureFeatures = (settings: MeasureSettings): MeasureSetting[] =>
  chosenMeasures(settings).map(([, chosen]) => chosen);

/** The same by their keys, as a model card has them; undefined where all are the usual ones. */
export function scoreMeasuresOf(settings: MeasureSettings): ScoreMeasures | undefined {
  const chosen = chosenMeasures(settings).map(([of, setting]) => {
    const { missing } = setting;
    return [of, { feature: featureKey(setting), ...(missing === undefined ? {} : { missing }) }] as const;
  });
  return chosen.length === 0 ? undefined : Object.fromEntries(chosen);
}

/** Adds an issue for each measure that cannot be scored by. */
export function addMeasureFaults(settings: MeasureSettings, context: z.RefinementCtx): void {
  for (const [of, setting] of chosenMeasures(settings)) {
    const { name, missing } = setting;
    const { family, mayBeMissing = false } = kindOf(name);
    const faults = [
      ...identityFaults(setting),
      ...((of === "recencyDays") === (family === "recency") ? [] : [`cannot be ${name}: ${WRONG_WAY[of]}`]),
      ...(mayBeMissing && missing === undefined
        ? [`needs "missing": the ${name} that customers without one are scored by`]
        : []),
      ...(!mayBeMissing && missing !== undefined ? [`has "missing", but every customer has ${name}`] : []),
    ];
    for (const message of faults) context.addIssue({ code: "custom", path: ["measures", NAMES[of]], message });
  }
}

const OF_ANY = "it is days since purchases, of which few are good; scores.measures.recency takes it";
const WRONG_WAY: PerMeasure<string> = {
  recencyDays: "recency is scored by recency_days or recency_mean",
  frequency: OF_ANY,
  monetary: OF_ANY,
};
