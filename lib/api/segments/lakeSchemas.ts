import { z } from "@hono/zod-openapi";
import { customerIdSchema, figures, LIMITS, printable, score } from "../schemas.ts";

/** What the operations over the lake take and answer: customers, segments, models, runs, jobs. */

export const customerSchema = z
  .strictObject({
    customer_id: z.string(),
    recency: z.number(),
    frequency: z.number(),
    monetary: z.number(),
    r_score: score,
    f_score: score,
    m_score: score,
    segment: z.string(),
    cluster: z.int().nullable(),
    label: z.string().nullable(),
    distance: z.number().nullable(),
    first_purchase: z.string(),
    last_purchase: z.string(),
    snapshot_date: z.string(),
    run_id: z.string(),
    model_version: z.string(),
    ...figures,
    probability: z
      .number()
      .optional()
      .openapi({ description: "Of belonging to the cluster, 0..1. Absent where the clusters are K-Means." }),
  })
  .openapi("Customer");

/** Why a customer has a score. */
const whySchema = z.strictObject({
  measure: z.enum(["recency", "frequency", "monetary"]),
  feature: z.string().optional().openapi({
    description: "What the score is of, by its name in the model card, where it is not the measure itself.",
  }),
  value: z.number().nullable().openapi({ description: "null of such a feature: results do not keep it." }),
  score: z.int(),
  breakpoints: z.array(z.number()).openapi({
    description:
      "Ascending. A score is 1 + the number of breakpoints below the value; of recency it is counted from the other end, for few days are best.",
  }),
});

export const orderSchema = z
  .strictObject({
    order: z.string().nullable().openapi({ description: "null for returns, and where the files have no order ids." }),
    date: z.string(),
    kind: z.enum(["purchase", "return"]),
    lines: z.int(),
    revenue: z.number(),
  })
  .openapi("CustomerOrder");

export const customerHistorySchema = z
  .strictObject({
    customer: customerSchema,
    why: z.array(whySchema).nullable().openapi({ description: "null where the run's model is not kept." }),
    orders: z.array(orderSchema).nullable().openapi({
      description:
        "What the run counted, the latest first. null where the service does not have them; orders_note says why, and where they are.",
    }),
    orders_note: z.string().nullable().openapi({ description: "Why there are no orders; null where there are." }),
    history: z.array(customerSchema).openapi({ description: "The kept runs, the latest snapshot first." }),
  })
  .openapi("CustomerHistory");

export const customerListSchema = z
  .strictObject({
    run_id: z.string(),
    snapshot_date: z.string(),
    total: z.int().min(0).openapi({ description: "All that were asked for, whether they are in the list or not." }),
    customers: z.array(customerSchema),
  })
  .openapi("CustomerList");

export const batchGetSchema = z
  .strictObject({ ids: z.array(customerIdSchema).min(1).max(LIMITS.batchGetIds) })
  .openapi("BatchGet");
export const batchGetAnswerSchema = z
  .strictObject({ run_id: z.string(), customers: z.array(customerSchema), not_found: z.array(z.string()) })
  .openapi("BatchGetAnswer");

const runFacts = {
  run_id: z.string(),
  model_version: z.string(),
  snapshot_date: z.string(),
  created_at: z.string(),
  customers: z.int().min(0),
};
export const runsSchema = z
  .strictObject({ runs: z.array(z.strictObject({ ...runFacts, is_current: z.boolean() })) })
  .openapi("Runs");

export const segmentsSchema = z
  .strictObject({
    ...runFacts,
    segments: z.array(
      z.strictObject({
        name: z.string(),
        customers: z.int().min(0),
        customer_share: z.number(),
        revenue: z.number(),
        revenue_share: z.number(),
        median_recency: z.number(),
        median_frequency: z.number(),
        median_monetary: z.number(),
      }),
    ),
  })
  .openapi("Segments");

export const pageSchema = z
  .strictObject({
    run_id: z.string().openapi({ description: "All pages of one cursor are of this run." }),
    segment: z.string(),
    customers: z.array(customerSchema),
    next_cursor: z.string().nullable(),
  })
  .openapi("SegmentPage");

export const modelsSchema = z
  .strictObject({
    champion: z.string().nullable(),
    challenger: z.strictObject({ model_version: z.string(), share: z.number() }).nullable(),
    models: z.array(
      z.strictObject({
        model_version: z.string(),
        created_at: z.string(),
        k: z.int(),
        customers: z.int(),
        inertia: z.number(),
        snapshot_date: z.string(),
        run_id: z.string(),
        alias: z.enum(["champion", "challenger"]).nullable(),
      }),
    ),
  })
  .openapi("Models");

const keyText = z.string().min(1).max(900).regex(printable, "must have no control characters");
export const scoreJobRequestSchema = z
  .strictObject({
    input: keyText.openapi({
      description: "An object, or a prefix that ends with a slash, under scoring/input/ or curated/: CSV or Parquet.",
      example: "scoring/input/customers.csv",
    }),
    output: keyText.optional().openapi({ description: "A prefix under scoring/output/, with a slash at the end." }),
    model: z.string().min(1).max(100).optional().openapi({ description: "A model version; default the champion." }),
    into_database: z
      .boolean()
      .optional()
      .openapi({ description: "Loads the predictions into rfm.predictions of the database as well; default false." }),
  })
  .openapi("ScoreJobRequest");

export const scoreJobSchema = z
  .strictObject({
    id: z.string(),
    status: z.enum(["queued", "running", "succeeded", "failed"]),
    input: z.string(),
    output: z.string(),
    model_version: z.string(),
    created_at: z.string(),
    into_database: z.boolean(),
    shards: z.strictObject({ done: z.int().min(0), total: z.int().min(0).nullable() }),
    customers: z.int().min(0).nullable(),
    error: z.string().nullable(),
  })
  .openapi("ScoreJob");

export const scoreJobsSchema = z.strictObject({ jobs: z.array(scoreJobSchema) }).openapi("ScoreJobs");

export const pingSchema = z
  .strictObject({ status: z.literal("ok"), model_version: z.string().nullable() })
  .openapi("Ping");
