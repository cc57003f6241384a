import { z } from "zod";

/**
 * Declarative expectations of a drop, each judged from the counts of the profile and from the drops before it: the
 * kinds that Great Expectations and dbt tests made common (completeness, uniqueness, range, freshness, volume).
 */
const level = z
  .enum(["warn", "refuse"])
  .default("warn")
  .describe("warn: a finding of the report. refuse: nothing of the drop is taken.");
const share = z.number().min(0).max(1);
const isoDay = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "must be a date like 2011-12-10");

const completeness = z.strictObject({
  check: z.literal("completeness"),
  column: z.enum(["customer", "order", "description"]),
  atLeast: share.describe("Share of the rows that name one."),
  level,
});
const uniqueness = z.strictObject({
  check: z.literal("uniqueness"),
  atLeast: share.describe("Share of the rows that are not exact copies of another."),
  level,
});
const range = z
  .strictObject({
    check: z.literal("range"),
    column: z.enum(["quantity", "unit_price", "amount"]),
    min: z.number().optional(),
    max: z.number().optional(),
    level,
  })
  .refine((rule) => rule.min !== undefined || rule.max !== undefined, "needs min or max");
const dates = z
  .strictObject({
    check: z.literal("dates"),
    from: isoDay.optional(),
    to: isoDay.optional(),
    maxGapDays: z.int().min(1).optional().describe("Longest run of days without a row between two days with one."),
    level,
  })
  .refine((rule) => (rule.from ?? rule.to ?? rule.maxGapDays) !== undefined, "needs from, to or maxGapDays");
const freshness = z.strictObject({
  check: z.literal("freshness"),
  maxAgeDays: z.int().min(0).describe("Days from the newest row to the day of the drop."),
  level,
});
const rowCount = z
  .strictObject({ check: z.literal("rowCount"), min: z.int().optional(), max: z.int().optional(), level })
  .refine((rule) => rule.min !== undefined || rule.max !== undefined, "needs min or max");
const usualRows = z.strictObject({
  check: z.literal("usualRows"),
  atLeast: z.number().min(0).max(1).default(0.5).describe("Of the median of the drops before."),
  atMost: z.number().min(1).default(2).describe("Of the median of the drops before."),
  afterDrops: z
    .int()
    .min(1)
    .max(20)
    .default(4)
    .describe("Earlier drops that there must be for a median to mean anything."),
  level,
});

/** One expectation of a drop. */
export const qualityRuleSchema = z.discriminatedUnion("check", [
  completeness,
  uniqueness,
  range,
  dates,
  freshness,
  rowCount,
  usualRows,
]);
export type QualityRule = z.infer<typeof qualityRuleSchema>;

/** Without a word in the configuration: a drop of less than half or more than twice the usual rows is worth a look. */
export const DEFAULT_QUALITY_RULES: readonly z.input<typeof qualityRuleSchema>[] = [{ check: "usualRows" }];
