import { createRandom, deriveSeed, type Seed } from "../fit/random.ts";
import type { SelectFitResult } from "../fit/selectFit.ts";
import { type Level, labelLevel } from "../sketch/points.ts";
import type { FittedPartition, KCriteria, WeightedPoints } from "../types.ts";
import { chooseK, type KChoice } from "./chooseK.ts";
import { describeBasis, measurePartitions } from "./criteria.ts";
import { gapStatistic } from "./gap.ts";
import { bootstrapStability } from "./stability.ts";

/** Enough for the two decimals that are published of stability, and for the sign the gap statistic decides by. */
const STABILITY_RESAMPLES = 6;
const GAP_REFERENCE_POINTS = 500;

export interface JudgeOptions {
  readonly customers: number;
  /** k set by hand, or null. */
  readonly kByHand: number | null;
  /** The number of clusters of the model before, where there is one. */
  readonly previousK?: number | undefined;
  readonly seed: Seed;
}

export interface Judgement {
  readonly partition: FittedPartition;
  readonly choice: KChoice;
  readonly criteria: KCriteria[];
}

/** All criteria for every fitted k, and the choice among them. */
export function judgePartitions(
  fit: SelectFitResult,
  { customers, kByHand, previousK, seed }: JudgeOptions,
): Judgement {
  const { partitions, fine, coarse } = fit;
  const random = (what: string) => createRandom(deriveSeed(seed, "judge", what));
  const labellings = partitions.map(({ k, centroids }) => ({ k, labels: labelsOn(fine, centroids.data, k) }));
  const measured = measurePartitions(pointsOf(fine), labellings, { random: random("silhouette") });
  const stability = bootstrapStability(
    pointsOf(coarse),
    partitions.map((partition) => partition.centroids),
    { random: random("stability"), resamples: STABILITY_RESAMPLES },
  );
  const gap = gapStatistic(pointsOf(coarse), {
    random: random("gap"),
    referencePoints: GAP_REFERENCE_POINTS,
    maxK: Math.max(...partitions.map(({ k }) => k), 2),
  });
  const criteria = measured.map((one, at): KCriteria & { readonly basisText: string } => {
    const point = gap.curve.find(({ k }) => k === one.k);
    const measuredGap = point === undefined ? {} : { gap: point.gap, gapStandardError: point.standardError };
    // Rows that occur several times are one weighted point, and still exact.
    const basis = fit.exact && one.silhouetteSampleRows === undefined ? ("exact" as const) : one.basis;
    return {
      ...one,
      basis,
      inertia: partitions[at].inertia,
      stability: stability[at],
      ...measuredGap,
      basisText: describeBasis({ ...one, basis }),
    };
  });
  const fittedK = partitions.map(({ k }) => k);
  // Fewer distinct customers than clusters asked for: the most that can be told apart.
  const requestedK = kByHand === null ? undefined : Math.min(kByHand, Math.max(...fittedK));
  const choice = chooseK(criteria, {
    customers,
    gapPreferredK: gap.preferredK,
    previousK,
    ...(requestedK === undefined ? {} : { requestedK }),
  });
  const partition = partitions.find(({ k }) => k === choice.k) as FittedPartition;
  return { partition, choice: sayCap(choice, kByHand, requestedK), criteria };
}

function sayCap(choice: KChoice, kByHand: number | null, requestedK: number | undefined): KChoice {
  if (kByHand === null || requestedK === undefined || requestedK === kByHand) return choice;
  const explanation = `${kByHand} clusters were asked for, but only ${requestedK} distinct customers can be told apart. ${choice.explanation}`;
  return { ...choice, explanation };
}

function labelsOn(level: Level, centroids: Float64Array, k: number): Int32Array {
  labelLevel(level, centroids, k);
  return level.labels.slice();
}

function pointsOf({ count, dimensions, points, weights, within }: Level): WeightedPoints {
  return { points: { rows: count, columns: dimensions, data: points }, weights, withinCellInertia: within };
}
