import { z } from "zod";
import { COVARIANCE_TYPES } from "../clustering/mixture/types.ts";

const feature = z.strictObject({
  name: z.enum(["recency_days", "frequency", "monetary"]).describe("A column of the features table."),
  transform: z
    .enum(["auto", "log1p", "asinh", "identity"])
    .default("auto")
    .describe("auto: log1p, or asinh for a monetary value that can be negative."),
});

/** Of `method: "mixture"`. */
const mixture = z
  .strictObject({
    covariance: z
      .enum(["auto", ...COVARIANCE_TYPES])
      .default("auto")
      .describe(
        "full: each component has its own covariance. tied: all have the same one. diag: each has its own variances and no correlations. auto: the one with the least BIC.",
      ),
    floor: z
      .number()
      .min(0.0001)
      .max(1)
      .default(0.02)
      .describe(
        "No covariance has an eigenvalue below this, in squared standard deviations: else components collapse on customers with one and the same value, such as all with one order.",
      ),
  })
  .prefault({})
  .describe('Of method "mixture" alone.');

/** How customers are clustered. */
export const clusterSettings = z.strictObject({
  method: z
    .enum(["kmeans", "mixture"])
    .default("kmeans")
    .describe(
      "kmeans: K-Means. mixture: a Gaussian mixture, whose clusters have shapes of their own; every customer gets the probability of belonging to its cluster.",
    ),
  mixture,
  k: z
    .union([z.literal("auto"), z.int().min(1).max(20)])
    .default("auto")
    .describe("Number of clusters, or auto."),
  minK: z.int().min(2).max(20).default(3).describe("Smallest k that auto considers."),
  maxK: z.int().min(2).max(20).default(10).describe("Largest k that auto considers."),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(42)
    .describe("Seed of everything random."),
  rowsPerShard: z.int().min(100).max(2_000_000).default(250_000).describe("Customers per worker of the Maps."),
  features: z
    .array(feature)
    .min(1)
    .max(6)
    .refine((list) => new Set(list.map((f) => f.name)).size === list.length, "names a feature twice")
    .default([
      { name: "recency_days", transform: "auto" },
      { name: "frequency", transform: "auto" },
      { name: "monetary", transform: "auto" },
    ]),
  winsorise: z
    .strictObject({
      enabled: z.boolean().default(false),
      lower: z.number().min(0).max(0.2).default(0.01),
      upper: z.number().min(0.8).max(1).default(0.99),
    })
    .prefault({})
    .describe("Limit features to these quantiles for the clustering only; money reported is never changed."),
  stableIds: z
    .boolean()
    .default(true)
    .describe(
      "Whether clusters keep the ids and names of the model before. Then a partition that goes on from the earlier centroids is taken where it costs at most 1 % more inertia.",
    ),
  labels: z
    .record(z.string().min(1), z.string().min(1).max(60))
    .default({})
    .describe('Your own words for cluster labels, for example { "VIP": "Gold" }.'),
});
