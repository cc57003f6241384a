import { type Level, labelLevel, type Solution, squaredDistance } from "./level.ts";
import { lloyd, type StopRule } from "./lloyd.ts";
import type { Random } from "./random.ts";
import { bestOfDraws } from "./seed.ts";

export interface SwapOptions {
  /** Insertions tried since the last success before giving up. */
  readonly patience: number;
  /** Lloyd iterations a promising swap gets to prove itself. */
  readonly trial: StopRule;
}

/** A swap whose cost before any Lloyd step exceeds the present cost by more than this never paid in practice. */
const HOPELESS = 1.2;

/**
 * Local search by single swaps (Lattanzi and Sohler 2019, with the removal chosen exactly): a point drawn by squared
 * distance becomes a centre, the centre whose loss then costs least goes, a few Lloyd steps follow, and the result stays
 * if it is cheaper. Finds what Lloyd alone cannot: two centres on one cluster while another has none.
 */
export function improveBySwaps(level: Level, from: Solution, random: Random, options: SwapOptions): Solution {
  const { k } = from;
  if (k < 2 || k >= level.count) return from;
  let best = from;
  let mass = costMass(level, best);
  for (let failures = 0; failures < options.patience; failures++) {
    const point = bestOfDraws(level, mass, best.cost, 2, random);
    const { removed, cost } = cheapestRemoval(level, point, k);
    if (cost > HOPELESS * best.cost) continue;
    const start = best.centres.slice();
    const d = level.dimensions;
    start.set(level.points.subarray(point * d, point * d + d), removed * d);
    const tried = lloyd(level, start, k, options.trial);
    if (tried.cost < best.cost * (1 - 1e-7)) {
      best = tried;
      failures = -1;
    }
    // The trial used the level's memory.
    mass = costMass(level, best, mass);
  }
  return best;
}

/** Labels the level and gives each point's share of the cost. */
function costMass(level: Level, { centres, k }: Solution, mass = new Float64Array(level.count)): Float64Array {
  labelLevel(level, centres, k);
  for (let i = 0; i < level.count; i++) mass[i] = level.weights[i] * level.upper[i];
  return mass;
}

/** With `point` a centre, the one whose removal costs least: its points go to their second nearest or to `point`. */
function cheapestRemoval(level: Level, point: number, k: number): { removed: number; cost: number } {
  const { count, dimensions: d, points, weights, labels, upper, lower } = level;
  const loss = new Float64Array(k);
  let base = 0;
  for (let i = 0; i < count; i++) {
    const distance = squaredDistance(points, i * d, points, point * d, d);
    if (distance < upper[i]) {
      base += weights[i] * distance;
      continue;
    }
    base += weights[i] * upper[i];
    loss[labels[i]] += weights[i] * ((distance < lower[i] ? distance : lower[i]) - upper[i]);
  }
  let removed = 0;
  for (let c = 1; c < k; c++) if (loss[c] < loss[removed]) removed = c;
  return { removed, cost: base + loss[removed] };
}
