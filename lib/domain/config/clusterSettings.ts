import { z } from "zod";
import { COVARIANCE_TYPES } from "../clustering/mixture/types.ts";
import { featureFaults } from "../clustering/space/featureFaults.ts";
import { featureIdentity } from "./featureIdentity.ts";

// What is optional has no default here: a run's id is a digest of the list, and older configurations keep theirs.
const feature = z.strictObject({
  ...featureIdentity,
  transform: z
    .enum(["auto", "log1p", "asinh", "identity"])
    .default("auto")
    .describe("auto: log1p, or asinh where values can be negative; identity for shares."),
  weight: z
    .number()
    .min(0.01)
    .max(100)
    .optional()
    .describe("Its differences count so many times as much as those of other features; 1 where it is left out."),
  missing: z
    .union([z.enum(["mean", "refuse"]), z.number()])
    .optional()
    .describe(
      "Where customers without a value are: at the mean of the others (the default), at a value of yours, or the run is refused.",
    ),
  indicator: z
    .boolean()
    .optional()
    .describe("Adds a feature that is 1 where the value is missing and 0 elsewhere; it counts among the six."),
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
    .max(50)
    .superRefine((list, context) => {
      for (const { at, fault } of featureFaults(list))
        context.addIssue({ code: "custom", path: at < 0 ? [] : [at], message: fault });
    })
    .default([
      { name: "recency_days", transform: "auto" },
      { name: "frequency", transform: "auto" },
      { name: "monetary", transform: "auto" },
    ])
    .describe("What customers are clustered by: up to six features, indicators among them."),
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
      "Whether clusters keep the ids and names of the model before. Then a partition that goes on from the earlier centroids is taken where it costs at most 1% more inertia.",
    ),
  names: z
    .enum(["auto", "profile", "literature"])
    .default("auto")
    .describe(
      'How clusters are called. profile: by their letter and what sets them off, as "A: recent frequent high-spend". literature: by marketing names, as VIP, Loyal, At-Risk and Low-Value. auto: profile, or literature where labels name one of its names.',
    ),
  labels: z
    .record(z.string().min(1), z.string().min(1).max(60))
    .default({})
    .describe(
      'Your own words for clusters, by their letter or by a name of the literature: { "A": "Gold" }, { "VIP": "Gold" }.',
    ),
});

export type ClusterSettings = z.infer<typeof clusterSettings>;
