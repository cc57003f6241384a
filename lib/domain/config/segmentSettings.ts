import { z } from "zod";
import { labelFault, type NamingScheme } from "../clustering/identity/naming.ts";
import { featuresOf } from "../rfm/rules/decide.ts";
import { conditionFaults } from "../rfm/rules/featureConditions.ts";
import { anyBand, BANDS, READY_TABLE_NAMES, type SegmentSetting, segmentsOf } from "../rfm/rules/segmentRules.ts";
import { DEFAULT_SEGMENT_TABLE, SegmentTableError } from "../rfm/segments.ts";
import { type ScoreSettings, scoreBinsOf, scoreSettings } from "./scoreSettings.ts";

const name = z.string().min(1).max(60);
const scores = z.array(z.int().min(1).max(10)).min(1).optional();
const bound = z.number().min(-1e11).max(1e11).optional();
const featureCondition = z
  .strictObject(
    { atLeast: bound, above: bound, atMost: bound, below: bound, missing: z.literal(true).optional() },
    { error: ({ code }) => (code === "invalid_type" ? NEITHER : undefined) },
  )
  .describe("What the feature must be; all that is given holds. missing: the customer has no value of it.");
const NEITHER =
  'must be scores of r, f, m, fm or band, like [4, 5], or what a feature must be, like { "atLeast": 90 } of tenure_days';
const condition = z
  .object({ r: scores, f: scores, m: scores, fm: scores, band: scores })
  .catchall(featureCondition)
  .superRefine((when, context) => {
    for (const [key, asked] of Object.entries(featuresOf(when)))
      for (const message of conditionFaults(key, asked)) context.addIssue({ code: "custom", path: [key], message });
  })
  .describe(
    "Scores that the segment takes; a measure that is left out may have any. fm: F and M averaged; band: of the weighted score (scores.weights). Any other name is that of a feature, as in clusters.features and the model card: tenure_days, monetary:365d, category_share:Books.",
  );
const rules = z
  .strictObject({
    rules: z
      .array(z.strictObject({ name, when: condition }))
      .min(1)
      .max(200),
    overlaps: z
      .enum(["refuse", "first"])
      .default("refuse")
      .describe("Scores that two rules take: refused, or the first rule has them."),
    otherwise: name
      .optional()
      .describe("The segment of whom no rule takes; without it scores that are in no rule are refused."),
  })
  .describe("Segments by conditions on scores and features, in their order.");

/** What the segments are. */
export const segmentSettings = z
  .union([
    z
      .enum([...READY_TABLE_NAMES, BANDS])
      .describe("A ready table by its name; it says how many bins it needs. bands: those of scores.weights."),
    rules,
    z
      .record(name, z.array(z.string()))
      .describe(
        'Segment name → its cells. R then FM, like "54"; "10-7" from 10 bins on: either the 25 cells of fifths or all cells of the scores\' own bins. Or R, F and M, like "544" or "10-7-3".',
      ),
  ])
  .prefault(Object.fromEntries(Object.entries(DEFAULT_SEGMENT_TABLE).map(([name, cells]) => [name, [...cells]])))
  .describe(
    "The named segments: a table of cells, rules, or a ready table. Every combination of scores is in exactly one.",
  );

/** Adds an issue where the user's own texts for clusters name nothing, or could be taken for a segment. */
export function checkLabels({ scores, segments, clusters }: Settings & ClusterNames, context: z.RefinementCtx): void {
  if (!scoreSettings.safeParse(scores).success) return;
  const fault = labelFault(clusters.labels, clusters.names, segmentNames(segments, scores));
  if (fault !== undefined) context.addIssue({ code: "custom", path: ["clusters", "labels"], message: fault });
}

interface ClusterNames {
  readonly clusters: {
    readonly labels: Readonly<Record<string, string>>;
    readonly names: NamingScheme | "auto";
  };
}

/** None where the segments are at fault themselves, which is said already. */
function segmentNames(segments: SegmentSetting, scores: ScoreSettings): string[] {
  try {
    return Object.keys(segmentsOf(segments, scoreBinsOf(scores), anyBand(scores.weights?.bands)).segmentTable);
  } catch (error) {
    if (error instanceof SegmentTableError) return [];
    throw error;
  }
}

interface Settings {
  readonly scores: ScoreSettings;
  readonly segments: SegmentSetting;
}

/** Adds an issue unless every customer falls into exactly one segment. */
export function checkSegments({ scores, segments }: Settings, context: z.RefinementCtx): void {
  // This runs although bins are out of range, which is said already.
  if (!scoreSettings.safeParse(scores).success) return;
  try {
    segmentsOf(segments, scoreBinsOf(scores), anyBand(scores.weights?.bands));
  } catch (error) {
    if (!(error instanceof SegmentTableError)) throw error;
    context.addIssue({ code: "custom", path: ["segments"], message: error.message });
  }
}
