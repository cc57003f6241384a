import type { FittedPartition, Matrix } from "../types.ts";
import { lloyd, type StopRule } from "./lloyd.ts";
import type { SelectFitResult } from "./selectFit.ts";
import { settle } from "./settle.ts";

/** How much costlier than the best found a partition may be that goes on from the previous one. */
export const HYSTERESIS = 0.01;

const POLISH: StopRule = { maxIterations: 200, tolerance: 1e-5 };

export type WarmStart =
  /** The partition that goes on from the previous centroids is the one that is used. */
  | "taken"
  /** It is costlier than the hysteresis allows, or a cluster died out. */
  | "too dear"
  /** The previous number of clusters is not among those fitted. */
  | "other k";

/**
 * Prefers continuity where it costs nearly nothing: for the previous number of clusters, Lloyd from the previous
 * centroids takes the place of the best partition found when its inertia is at most `hysteresis` greater.
 * @param previous centroids in the space of `fit`.
 */
export function continuePrevious(
  fit: SelectFitResult,
  previous: Matrix,
  hysteresis: number = HYSTERESIS,
): { readonly fit: SelectFitResult; readonly warmStart: WarmStart } {
  const k = previous.rows;
  const best = fit.partitions.find((partition) => partition.k === k);
  if (best === undefined) return { fit, warmStart: "other k" };
  const warm = settle(fit.fine, lloyd(fit.fine, previous.data, k, POLISH));
  if (warm.sizes.includes(0) || warm.inertia > best.inertia * (1 + hysteresis)) return { fit, warmStart: "too dear" };
  const replace = (partition: FittedPartition) => (partition === best ? warm : partition);
  return { fit: { ...fit, partitions: fit.partitions.map(replace) }, warmStart: "taken" };
}
