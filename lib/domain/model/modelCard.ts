import { z } from "zod";
import { COVARIANCE_TYPES } from "../clustering/mixture/types.ts";
import { forecastCardSchema } from "../forecast/forecast.ts";
import { featureDriftSchema } from "./drift.ts";
import { scoreParts } from "./scoreParts.ts";

const finite = z.number();
const count = z.int().min(0);

const encoding = z
  .object({
    name: z.string(),
    transform: z.enum(["log1p", "asinh", "identity"]),
    scale: finite.describe("Divisor inside asinh(value / scale); 1 for the others."),
    winsorLow: finite.optional().describe("Values below are raised to this before the transform."),
    winsorHigh: finite.optional(),
    mean: finite.describe("Mean of the transformed values."),
    deviation: z
      .number()
      .positive()
      .describe("Population standard deviation of the transformed values, divided by the weight."),
    weight: z.number().positive().optional().describe("How many times as much as others it counts; 1 where absent."),
    missing: finite
      .optional()
      .describe("Scaled coordinate of customers without a value; absent where every customer needs one."),
    indicatorOf: z
      .string()
      .optional()
      .describe("The feature whose missing values this one indicates: 1 where it is missing, 0 elsewhere."),
  })
  .describe("scaled = (transform(value) − mean) / deviation");

const cluster = z.object({
  id: count.describe("Stable id; 0 is the most valuable cluster of a first model."),
  label: z.string(),
  archetype: z.string().describe("The product's own name behind the label."),
  customers: count.describe("Customers at training."),
  share: finite.min(0).max(1),
  centroidScaled: z.array(finite).describe("In the order of `features`."),
  centroid: z
    .record(z.string(), finite)
    .describe("The centroid moved back into units (for log1p a geometric-like mean)."),
  inertia: finite.min(0).optional(),
  weight: finite.min(0).max(1).optional().describe("Of the component of a mixture, 0..1; all add up to 1."),
  covarianceScaled: z
    .array(z.array(finite))
    .optional()
    .describe("Of the component of a mixture, rows and columns in the order of `features`."),
});

const mixtureCriteria = z
  .object({
    covariance: z.enum(COVARIANCE_TYPES).describe("The type with the least BIC."),
    logLikelihood: finite.describe("Mean natural logarithm of the density, per customer."),
    bic: finite.describe("Bayesian information criterion; less is better."),
    bicByCovariance: z.partialRecord(z.enum(COVARIANCE_TYPES), finite),
  })
  .describe("Of the mixture of so many components.");

const mixture = z
  .object({
    covariance: z.enum(COVARIANCE_TYPES),
    floor: finite.describe("Least eigenvalue of the covariances, in squared deviations."),
    logLikelihood: finite.describe("Mean natural logarithm of the density at training, per customer."),
    bic: finite,
  })
  .describe("The clusters are the components of a Gaussian mixture: centroids are their means. Absent for K-Means.");

const criteria = z.object({
  k: z.int().min(1),
  inertia: finite,
  silhouette: finite,
  silhouetteSquared: finite,
  calinskiHarabasz: finite,
  daviesBouldin: finite,
  gap: finite.optional(),
  gapStandardError: finite.optional(),
  stability: finite.optional(),
  smallestCluster: count,
  basis: z.string(),
  mixture: mixtureCriteria.optional(),
});

const named = z.object({ id: count, label: z.string() });

const identity = z
  .object({
    reference: z.string().nullable().describe("Model whose ids and names were carried over; null for a first model."),
    comparable: z.boolean().describe("Whether both models have the same features under the same transforms."),
    warmStart: z
      .enum(["taken", "too dear", "other k"])
      .nullable()
      .describe(
        "Whether the partition goes on from the reference's centroids: at most 1% more inertia than the best found.",
      ),
    carried: z.array(z.object({ id: count, moved: finite.min(0) })).describe("Movement in the reference's deviations."),
    relabelled: z
      .array(z.object({ id: count, before: z.string(), now: z.string() }))
      .optional()
      .describe("Carried clusters whose label changed, for what they are did; absent where none did."),
    born: z.array(named),
    vanished: z.array(named),
    nextId: count.describe("Id of the next new cluster: ids are never given twice."),
  })
  .describe("Where the clusters come from.");

const bins = z
  .object({ edges: z.array(finite), counts: z.array(count) })
  .describe("Customers up to each edge and beyond the last; the edges are the deciles that differ.");

/** Everything needed to score a customer, and to know where a model came from. Immutable once written. */
export const modelCardSchema = z
  .object({
    schemaVersion: z.literal(1),
    modelVersion: z.string(),
    createdAt: z.string(),
    codeVersion: z.string(),
    configHash: z.string(),
    seed: count,
    features: z.array(encoding).min(0),
    droppedFeatures: z.array(z.object({ name: z.string(), reason: z.string() })),
    k: z.int().min(1),
    choice: z.object({
      reason: z.string(),
      explanation: z.string(),
      naturalClusters: z.boolean(),
      dropped: z.array(z.object({ k: z.int(), why: z.string() })),
    }),
    clusters: z.array(cluster).min(1),
    mixture: mixture.optional(),
    criteria: z.array(criteria),
    ...scoreParts,
    training: z.object({
      customers: count,
      inertia: finite,
      shards: count,
      clampedRows: count.describe("Customers beyond 8 deviations, counted at the edge of the grid while fitting."),
    }),
    separation: z
      .array(z.object({ feature: z.string(), silhouetteLoss: finite }))
      .optional()
      .describe("By how much the squared silhouette of the same clusters is lower without each feature."),
    correlations: z
      .array(z.object({ features: z.tuple([z.string(), z.string()]), correlation: finite }))
      .optional()
      .describe("Pairs of features with a correlation of at least 0.9, either way; absent where there is none."),
    identity: identity.optional(),
    distribution: z
      .object({ recency_days: bins, frequency: bins, monetary: bins })
      .optional()
      .describe("Of the customers at training, for the drift of later runs."),
    drift: z
      .object({ reference: z.string(), features: z.array(featureDriftSchema) })
      .optional()
      .describe("Of the customers at training, from those of the reference."),
    forecast: forecastCardSchema
      .optional()
      .describe("Who will come back; absent where the run was not to forecast, and in cards of earlier releases."),
    lineage: z.object({
      runId: z.string(),
      snapshotDate: z.string(),
      ingests: z.array(z.object({ ingestId: z.string(), source: z.string(), contentHash: z.string(), rows: count })),
    }),
  })
  .meta({ title: "rfm-segmentation model card" });

export type ModelCard = z.infer<typeof modelCardSchema>;

/** The published JSON schema of the model card (draft 2020-12). */
export function modelCardJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(modelCardSchema, { target: "draft-2020-12" }), $id: "model-card.schema.json" };
}
