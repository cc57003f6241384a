import { z } from "zod";

const count = z.int().min(0);

const share = z.object({
  runId: z.string(),
  snapshotDate: z.string(),
  segment: z.string(),
  customers: count,
  share: z.number().describe("Of the customers of that run, 0..1."),
});

const featureDrift = z.object({
  feature: z.enum(["recency_days", "frequency", "monetary"]),
  psi: z.number().describe("Population stability index over the reference's decile bins."),
  noise: z
    .number()
    .describe("What the index exceeds by chance alone once in twenty times, at these numbers of customers."),
  level: z.enum(["ok", "warn", "alarm"]),
});

/** How far R, F and M of a run are from what the reference model was trained on, and the segments' shares over the runs. */
export const driftSchema = z.object({
  referenceModel: z.string(),
  features: z.array(featureDrift),
  shares: z.array(share).describe("The latest runs, the oldest first."),
  thresholds: z.object({ warn: z.number(), alarm: z.number() }),
});

export type Drift = z.infer<typeof driftSchema>;
export type FeatureDrift = z.infer<typeof featureDrift>;
export type SegmentShare = z.infer<typeof share>;
