import { z } from "zod";

const count = z.int().min(0);

const share = z.object({
  runId: z.string(),
  snapshotDate: z.string(),
  segment: z.string(),
  customers: count,
  share: z.number().describe("Of the customers of that run, 0..1."),
});

export const featureDriftSchema = z.object({
  feature: z.enum(["recency_days", "frequency", "monetary"]),
  psi: z.number().describe("Population stability index over the reference's decile bins."),
  noise: z
    .number()
    .describe("What the index exceeds by chance alone once in twenty times, at these numbers of customers."),
  level: z.enum(["ok", "warn", "alarm"]),
});

/**
 * How far R, F and M of a run are from what the reference model was trained on, and the segments' shares over the runs.
 */
export const driftSchema = z.object({
  referenceModel: z.string(),
  features: z.array(featureDriftSchema),
  shares: z.array(share).describe("The latest runs, the oldest first."),
  thresholds: z.object({ warn: z.number(), alarm: z.number() }),
});

export type Drift = z.infer<typeof driftSchema>;
export type FeatureDrift = z.infer<typeof featureDriftSchema>;
export type SegmentShare = z.infer<typeof share>;

export const DRIFT_FEATURES = ["recency_days", "frequency", "monetary"] as const;
export type DriftFeature = (typeof DRIFT_FEATURES)[number];

/**
 * From this index on a feature is said to have moved a little, and a lot: the usual reading in credit scoring (Siddiqi
 * 2006).
 */
export const DRIFT_THRESHOLDS = { warn: 0.1, alarm: 0.25 } as const;

/** Counts of each feature's bins. */
export type BinCounts = Readonly<Record<DriftFeature, readonly number[]>>;
/** Edges of each feature's bins. */
export type BinEdges = Readonly<Record<DriftFeature, readonly number[]>>;

/** Bins that nobody is in count as this share: a logarithm of zero would drown all the rest. */
const LEAST_SHARE = 1e-4;
/** 95% quantiles of chi-squared with 1..9 degrees of freedom. */
const CHI_SQUARED_95 = [3.841, 5.991, 7.815, 9.488, 11.07, 12.592, 14.067, 15.507, 16.919];

/** Edges of decile bins: deciles that are equal make one edge. */
export function binEdges(deciles: readonly number[]): number[] {
  return [...new Set(deciles)].sort((a, b) => a - b);
}

/** How many values are up to each edge and above the one before; the last count is of those beyond all. */
export function countBins(values: ArrayLike<number>, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (let i = 0; i < values.length; i++) {
    let bin = 0;
    while (bin < edges.length && (edges[bin] as number) < (values[i] as number)) bin++;
    (counts[bin] as number)++;
  }
  return counts;
}

/** One value for every feature. */
export function perFeature<T>(of: (feature: DriftFeature) => T): Record<DriftFeature, T> {
  return { recency_days: of("recency_days"), frequency: of("frequency"), monetary: of("monetary") };
}

/** The counts of all shards together. */
export function addBinCounts(shards: readonly BinCounts[]): BinCounts {
  return perFeature((feature) =>
    shards.map((shard) => shard[feature]).reduce((sum, counts) => sum.map((count, bin) => count + (counts[bin] ?? 0))),
  );
}

/**
 * Population stability index of counts over the same bins: Σ (actual − expected) · ln(actual / expected) of the shares.
 * @example
 * ```ts
 * populationStability([50, 50], [500, 500]); // → 0
 * populationStability([50, 50], [90, 10]) > 0.25; // → true
 * ```
 */
export function populationStability(expected: readonly number[], actual: readonly number[]): number {
  const shares = (counts: readonly number[]): number[] => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => Math.max(LEAST_SHARE, count / total));
  };
  const reference = shares(expected);
  return shares(actual).reduce((sum, share, bin) => {
    const from = reference[bin] as number;
    return sum + (share - from) * Math.log(share / from);
  }, 0);
}

/**
 * Drift of one feature. An index that chance explains is no drift: over B bins, samples of n and m customers of one
 * population give (1/n + 1/m) · chi-squared with B − 1 degrees of freedom (Yurdakul 2018).
 */
export function driftOf(feature: DriftFeature, expected: readonly number[], actual: readonly number[]): FeatureDrift {
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const psi = populationStability(expected, actual);
  const freedom = Math.min(expected.length - 1, CHI_SQUARED_95.length);
  const noise = freedom < 1 ? 0 : (1 / total(expected) + 1 / total(actual)) * (CHI_SQUARED_95[freedom - 1] as number);
  const { warn, alarm } = DRIFT_THRESHOLDS;
  const level = psi < warn || psi <= noise ? "ok" : psi < alarm ? "warn" : "alarm";
  return { feature, psi: round(psi), noise: round(noise), level };
}

/** Runs whose segment shares a report shows. */
export const SHOWN_RUNS = 12;

/** Shares of the segments over the latest runs: those that the run before knew, and this run's. */
export function sharesOverRuns(before: readonly SegmentShare[], now: readonly SegmentShare[]): SegmentShare[] {
  const all = [...before.filter(({ runId }) => !now.some((share) => share.runId === runId)), ...now];
  const shown = [...new Set(all.map(({ runId }) => runId))].slice(-SHOWN_RUNS);
  return all.filter(({ runId }) => shown.includes(runId));
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
