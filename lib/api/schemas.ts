import { z } from "@hono/zod-openapi";
import { SEGMENT_FORECAST, type SegmentFigure } from "../tables/forecasts.ts";

/** What requests may say and answers do say; the OpenAPI document is made of these. */

/** Largest amount of money whose ten-thousandths a double holds, and largest of the other measures. */
const MAX_MONEY = 225_000_000_000;
const MAX_RECENCY_DAYS = 1_000_000;
const MAX_FREQUENCY = 1_000_000_000;

export const LIMITS = {
  transactionsPerCustomer: 10_000,
  batchGetIds: 100,
  pageSize: 1_000,
  defaultPageSize: 100,
  defaultJobs: 20,
} as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
export const printable = /^[^\u0000-\u001f\u007f]+$/;

export const customerIdSchema = z
  .string()
  .min(1)
  .max(500)
  .regex(printable, "must have no control characters")
  .openapi({ example: "17850" });
const shortText = z.string().min(1).max(200).regex(printable, "must have no control characters");
const isoDate = z.iso.date("must be a date like 2011-12-10").openapi({ example: "2011-12-10" });
const money = z.number().min(-MAX_MONEY).max(MAX_MONEY);

const featuresSchema = z
  .record(z.string().min(1).max(250), z.number().nullable())
  .refine((features) => Object.keys(features).length <= 50, "must name 50 features at most")
  .optional()
  .openapi({
    description:
      "What the model clusters by beyond recency, frequency and monetary value, by the names in its card; null where the customer has no value. A feature that the model needs and that is missing is named in the answer.",
    example: { units: 12, gap_days_mean: null },
  });

const historySchema = z
  .strictObject({
    tenure_days: z.int().min(0).max(MAX_RECENCY_DAYS).openapi({ description: "Whole days since the first purchase." }),
    active_days: z
      .int()
      .min(1)
      .max(MAX_RECENCY_DAYS)
      .optional()
      .openapi({ description: "Days with a purchase; without it `frequency`, as if each order had a day of its own." }),
    repeat_monetary: money
      .optional()
      .openapi({ description: "Money after the day of the first purchase; without it a repeat buyer has no value." }),
  })
  .optional()
  .openapi({ description: "What the model's forecast needs to know; with it the answer has what is to be expected." });

export const rfmSchema = z
  .strictObject({
    customer_id: customerIdSchema.optional().openapi({ description: "Decides the arm of an experiment; comes back." }),
    recency: z.int().min(0).max(MAX_RECENCY_DAYS).openapi({
      description:
        "Whole days since the last purchase; `recency_days` in a row of segments.csv, whose other columns are left out.",
    }),
    frequency: z.int().min(1).max(MAX_FREQUENCY).openapi({ description: "Distinct orders." }),
    monetary: money.openapi({ description: "Money spent, in the currency of the model's data." }),
    features: featuresSchema,
    history: historySchema,
  })
  .openapi("RfmValues", { example: { recency: 5, frequency: 12, monetary: 400 } });

export const transactionSchema = z
  .strictObject({
    date: isoDate,
    amount: money,
    order: shortText.optional(),
    product: shortText
      .optional()
      .openapi({ description: "Where given beside an order, exact copies of a line are recognised." }),
    status: shortText.optional().openapi({
      description:
        "The shop's word for the state of the order: cancelled, refunded and the like do not count, by the model's patterns.",
    }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, "must be an ISO 4217 code like EUR")
      .optional()
      .openapi({
        description: "Converted by the rates of the model; without it the amount is in the model's currency.",
      }),
  })
  .openapi("Transaction");

export const transactionsSchema = z
  .strictObject({
    customer_id: customerIdSchema.optional(),
    transactions: z.array(transactionSchema).min(1).max(LIMITS.transactionsPerCustomer),
    snapshot_date: isoDate
      .optional()
      .openapi({ description: "Recency is counted to this date; without it to the model's own snapshot date." }),
    features: featuresSchema,
  })
  .openapi("CustomerTransactions", {
    example: { customer_id: "17850", transactions: [{ date: "2011-12-05", amount: 34.5, order: "581000" }] },
  });

export const instanceSchema = z.union([rfmSchema, transactionsSchema]).openapi("Instance");
export const invocationSchema = z
  .union([
    instanceSchema,
    z.array(instanceSchema).min(1),
    z.strictObject({ instances: z.array(instanceSchema).min(1) }),
  ])
  .openapi("Invocation");

export const score = z.int().min(1).max(10).openapi({
  description: "1 to the number of the model's bins, 5 where the shop chose no other; the highest is best.",
});

type Figure<Name extends SegmentFigure> = z.ZodNullable<
  Name extends "is_late" ? z.ZodBoolean : Name extends "next_order_date" ? z.ZodString : z.ZodNumber
>;
/** What a customer is expected to do, by the names and meanings of the columns. */
export const figures = Object.fromEntries(
  Object.entries(SEGMENT_FORECAST).map(([name, { holds, meaning }]) => {
    const value = holds === "flag" ? z.boolean() : holds === "day" ? z.string() : z.number();
    return [name, value.nullable().openapi({ description: `${meaning}; null where that cannot be said` })];
  }),
) as unknown as { readonly [Name in SegmentFigure]: Figure<Name> };
/** Of whoever is scored with a history. */
const optionalFigures = z.strictObject(figures).partial().shape;

export const predictionSchema = z
  .strictObject({
    customer_id: z.string().optional(),
    cluster: z.int().min(0),
    label: z.string(),
    segment: z.string(),
    r_score: score,
    f_score: score,
    m_score: score,
    distance: z.number().min(0).openapi({ description: "Euclidean distance to the centroid, in scaled space." }),
    confidence: z.number().min(0).max(1).openapi({
      description:
        "(b − a) / b with the distances to the nearest (a) and second nearest (b) centroid; under a mixture 1 − q / p with the probabilities of the likeliest (p) and second likeliest (q) cluster.",
    }),
    probability: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .openapi({ description: "Of belonging to the cluster. Under a mixture alone." }),
    weighted_score: z
      .number()
      .optional()
      .openapi({ description: "Scores times weights, added up. With scores.weights alone." }),
    band: z
      .int()
      .min(1)
      .max(10)
      .optional()
      .openapi({ description: "Of the weighted score, 1 for the worst. With scores.weights alone." }),
    memberships: z
      .array(z.strictObject({ cluster: z.int().min(0), probability: z.number().min(0).max(1) }))
      .optional()
      .openapi({ description: "Probability of belonging to each cluster; they add up to 1. Under a mixture alone." }),
    ...optionalFigures,
    model_version: z.string(),
    arm: z.enum(["champion", "challenger"]),
    input_data: z.strictObject({
      recency: z.number(),
      frequency: z.number(),
      monetary: z.number(),
      snapshot_date: z.string().optional(),
      features: z.record(z.string(), z.number().nullable()).optional(),
    }),
  })
  .openapi("Prediction");
export const predictionsSchema = z
  .union([
    predictionSchema,
    z.array(predictionSchema),
    z.strictObject({ predictions: z.array(predictionSchema) }).openapi("Predictions"),
  ])
  .openapi("InvocationAnswer");

export type Instance = z.infer<typeof instanceSchema>;
export type Prediction = z.infer<typeof predictionSchema>;
