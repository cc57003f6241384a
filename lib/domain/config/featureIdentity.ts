import { z } from "zod";
import { FEATURE_NAMES, kindOf } from "../clustering/space/catalogue.ts";

/** Settings that say which feature of a customer is meant. What is optional has no default: run ids are digests. */
export const featureIdentity = {
  name: z.enum(FEATURE_NAMES).describe(FEATURE_NAMES.map((name) => `${name}: ${kindOf(name).meaning}.`).join(" ")),
  of: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      "The category, country or payment method whose share it is, as in the files; of margin, column_sum, attribute and attribute_is: the name of a column in fileColumns.",
    ),
  is: z.string().min(1).max(200).optional().describe("Of attribute_is: the word that is asked for, as in the files."),
  last: z.int().min(1).max(999).optional().describe("Of recency_mean: how many purchase days, the latest first."),
  withinDays: z
    .int()
    .min(1)
    .max(36_600)
    .optional()
    .describe("Only the so many days before the snapshot date count; all where it is left out."),
};
