import { type Level, labelLevel, type Solution, squaredDistance } from "../sketch/points.ts";
import { lloyd, type StopRule } from "./lloyd.ts";
import { type Random, randomInteger } from "./random.ts";
import { bestOfDraws } from "./seed.ts";

export interface SwapOptions {
  /** Insertions tried since the last success before giving up. */
  readonly patience: number;
  /** Lloyd iterations a promising swap gets to prove itself; it ends sooner when it cannot. */
  readonly trial: StopRule;
}

/** A swap whose cost before any Lloyd step exceeds the present cost by more than this never paid in practice. */
const HOPELESS = 1.2;
/** With fewer points trials cost nothing, and a single point moves the cost too much for that rule. */
const FEW_POINTS = 500;
const FEW_POINTS_PATIENCE = 30;
/** Gains below this share of the cost are rounding. */
const LEAST_GAIN = 1e-7;
const DRAWS = 2;

/** Where every point stands towards the centroids: what one insertion changes is worked out from this. */
interface Standing {
  readonly labels: Int32Array;
  /** Squared distances to the nearest and the second nearest centroid. */
  readonly nearest: Float64Array;
  readonly second: Float64Array;
  /** Weight × squared distance to the nearest. */
  readonly mass: Float64Array;
}

/**
 * Local search by single swaps (Lattanzi and Sohler 2019, with the removal chosen exactly): a point drawn by squared
 * distance becomes a centroid, the centroid whose loss then costs least goes, a few Lloyd steps follow, and the result
 * stays if it is cheaper. Finds what Lloyd alone cannot: two centroids on one cluster while another has none.
 *
 * @returns the cheapest solution seen, never costlier than `from`.
 */
export function improveBySwaps(level: Level, from: Solution, random: Random, options: SwapOptions): Solution {
  const { k } = from;
  if (k < 2 || k >= level.count) return from;
  const d = level.dimensions;
  const few = level.count < FEW_POINTS;
  const patience = few ? Math.max(FEW_POINTS_PATIENCE, options.patience) : options.patience;
  let best = from;
  const standing = standingOf(level, best);
  for (let failures = 0; failures < patience; failures++) {
    // Drawing reads the level's distances, which a trial overwrites.
    level.upper.set(standing.nearest);
    const point = bestOfDraws(level, standing.mass, best.cost, DRAWS, random);
    const { removed, cost } = cheapestRemoval(level, standing, point, k);
    if (!few && cost > HOPELESS * best.cost) continue;
    // Among few points Lloyd's steps change everything, so that the cheapest removal often is the wrong one.
    const out = few && failures % 2 === 1 ? randomInteger(random, k) : removed;
    const start = best.centroids.slice();
    start.set(level.points.subarray(point * d, point * d + d), out * d);
    const tried = lloyd(level, start, k, { ...options.trial, goal: best.cost });
    if (tried.cost >= best.cost * (1 - LEAST_GAIN)) continue;
    best = tried;
    failures = -1;
    updateStanding(level, best, standing);
  }
  return best;
}

function standingOf(level: Level, solution: Solution): Standing {
  const standing = {
    labels: new Int32Array(level.count),
    nearest: new Float64Array(level.count),
    second: new Float64Array(level.count),
    mass: new Float64Array(level.count),
  };
  updateStanding(level, solution, standing);
  return standing;
}

function updateStanding(level: Level, { centroids, k }: Solution, { labels, nearest, second, mass }: Standing): void {
  labelLevel(level, centroids, k);
  labels.set(level.labels);
  nearest.set(level.upper);
  second.set(level.lower);
  for (let i = 0; i < level.count; i++) mass[i] = level.weights[i] * nearest[i];
}

/** With `point` a centroid, the one whose removal costs least: its points go to their second nearest or to `point`. */
function cheapestRemoval(
  { count, dimensions: d, points, weights }: Level,
  { labels, nearest, second }: Standing,
  point: number,
  k: number,
): { removed: number; cost: number } {
  const loss = new Float64Array(k);
  let base = 0;
  for (let i = 0; i < count; i++) {
    const distance = squaredDistance(points, i * d, points, point * d, d);
    if (distance < nearest[i]) {
      base += weights[i] * distance;
      continue;
    }
    base += weights[i] * nearest[i];
    loss[labels[i]] += weights[i] * (Math.min(distance, second[i]) - nearest[i]);
  }
  let removed = 0;
  for (let c = 1; c < k; c++) if (loss[c] < loss[removed]) removed = c;
  return { removed, cost: base + loss[removed] };
}
