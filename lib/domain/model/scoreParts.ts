import { z } from "zod";

const finite = z.number();

const edges = z
  .array(finite)
  .min(1)
  .max(9)
  .describe(
    "Breakpoints between the scores, ascending: the quantiles, linearly interpolated; of five bins 20, 40, 60 and 80%.",
  );

const ties = z.array(z.string()).min(1).max(9).optional();

const featureCondition = z.object({
  atLeast: finite.optional(),
  above: finite.optional(),
  atMost: finite.optional(),
  below: finite.optional(),
  missing: z.literal(true).optional().describe("The customer has no value."),
});

const segmentRules = z
  .object({
    rules: z.array(
      z.object({
        name: z.string(),
        cells: z.array(z.string()).describe("Scores R-F-M that it takes."),
        features: z.record(z.string(), featureCondition).optional().describe("What features must be, by their keys."),
      }),
    ),
    otherwise: z.string().optional().describe("The segment of whom no rule takes."),
  })
  .describe("Where segments look at features: rules in their order, of which the first that takes a customer counts.");

const measure = z
  .object({
    feature: z.string(),
    missing: finite.optional().describe("What customers without a value are scored by; absent where all have one."),
  })
  .optional();

const weightedScore = z
  .object({
    weights: z.object({ recencyDays: finite, frequency: finite, monetary: finite }),
    edges: z.array(finite).min(1).max(9).describe("Breakpoints between the bands, ascending."),
  })
  .describe(
    "Scores times weights, added up, with its bands: 1 + the number of breakpoints below. Absent without weights.",
  );

/** What of a card gives scores and segments. */
export const scoreParts = {
  scoreEdges: z.object({ recencyDays: edges, frequency: edges, monetary: edges }),
  scoreTies: z
    .object({ recencyDays: ties, frequency: ties, monetary: ties })
    .optional()
    .describe("For measures scored by ntile: md5(customer_id) of the customer at each breakpoint, its first digits."),
  scoreMeasures: z
    .object({ recencyDays: measure, frequency: measure, monetary: measure })
    .optional()
    .describe(
      "What the scores are of where it is not recency, frequency and monetary value: features by their keys, to four decimals.",
    ),
  segmentTable: z
    .record(z.string(), z.array(z.string()))
    .describe("Cells of each segment; with segmentRules those where it can be, which others may share."),
  segmentRules: segmentRules.optional(),
  weightedScore: weightedScore.optional(),
};
