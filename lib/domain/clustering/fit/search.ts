import type { Level, Solution } from "../sketch/points.ts";
import { lloyd, type StopRule } from "./lloyd.ts";
import type { Random } from "./random.ts";
import { recombine } from "./recombine.ts";
import { seedCentroids } from "./seed.ts";
import { improveBySwaps } from "./swap.ts";

/** The cheapest solutions found for one k, cheapest first, no two alike. */
export type Pool = readonly Solution[];

/** Solutions kept for each k. */
const KEPT = 10;
/**
 * Searches from nothing, whose swaps are independent of what k − 1 found: a local optimum of swaps is never left again.
 */
const INDEPENDENT = 4;
/** Starts with one more centroid than the best for k − 1. */
const GROWN = 2;
/** Insertions tried since the last success. */
const PATIENCE = 6;
/** Solutions whose cost differs by less than this share ended in the same place. */
const ALIKE = 1e-5;
const EXPLORE: StopRule = { maxIterations: 40, tolerance: 1e-4 };
const TRIAL: StopRule = { maxIterations: 30, tolerance: 1e-5 };

/**
 * Solutions for one k: Lloyd and swaps from the best for k − 1 with a further centroid or from given centroids,
 * whichever is cheaper, and independently from greedy k-means++, more often the larger k is; then what the cheapest
 * gives together with the others.
 *
 * @param fewer the pool of k − 1; empty for none.
 * @param given centroids to start from as well, each k × d.
 * @param independent searches from k-means++ at most.
 */
export function searchUp(
  level: Level,
  k: number,
  fewer: Pool,
  given: readonly Float64Array[],
  random: Random,
  independent: number = INDEPENDENT,
): Pool {
  const none = new Float64Array(0);
  const explore = (start: Float64Array) => lloyd(level, start, k, EXPLORE);
  if (k === 1) return [explore(seedCentroids(level, 1, none, random))];
  const grown = given.map(explore);
  for (let i = 0; i < GROWN && fewer.length > 0; i++) {
    grown.push(explore(seedCentroids(level, k, fewer[0].centroids, random)));
  }
  const found = grown.length > 0 ? [...swapBest(level, distinct(grown), random)] : [];
  for (let i = 0; i < Math.min(independent, Math.ceil(k / 2)); i++) {
    found.push(...swapBest(level, [explore(seedCentroids(level, k, none, random))], random));
  }
  return withChildren(level, distinct(found));
}

/** Adds to a pool what it gives together with the pools of k + 1 and k − 1, which know what it may have missed. */
export function searchAgain(level: Level, pool: Pool, more: Pool, fewer: Pool, random: Random): Pool {
  const { k } = pool[0];
  const [best] = more;
  const parents = [[best], [best, pool[0]], [best, fewer[0]]];
  if (more.length > 1) parents.push([best, more[1]]);
  const children = parents.map((these) => childOf(level, these, k, pool[0].cost));
  const merged = distinct([...pool, ...children]);
  return merged[0] === pool[0] ? merged : withChildren(level, swapBest(level, merged, random));
}

/** What the pool of a coarser level becomes on this one: Lloyd from each, swaps on the cheapest, and their children. */
export function refine(level: Level, pool: Pool, random: Random): Pool {
  const found = distinct(pool.map(({ centroids, k }) => lloyd(level, centroids, k, EXPLORE)));
  return withChildren(level, swapBest(level, found, random));
}

/** Swaps on the cheapest of a pool. */
function swapBest(level: Level, [first, ...others]: Pool, random: Random): Pool {
  return distinct([improveBySwaps(level, first, random, { patience: PATIENCE, trial: TRIAL }), ...others]);
}

/** Adds the children of a pool's cheapest with each of the others. */
function withChildren(level: Level, pool: Pool): Pool {
  const [best, ...others] = pool;
  return distinct([...pool, ...others.map((other) => childOf(level, [best, other], best.k, best.cost))]);
}

/** Lloyd from the parents' centroids put together, as long as it may end below `goal`. */
function childOf(level: Level, parents: readonly Solution[], k: number, goal: number): Solution {
  return lloyd(level, recombine(level, parents, k), k, { ...EXPLORE, goal });
}

/** Cheapest first; of several alike the first. */
function distinct(solutions: readonly Solution[]): Pool {
  const sorted = [...solutions].sort((a, b) => a.cost - b.cost);
  const kept: Solution[] = [];
  for (const solution of sorted) {
    const last = kept.at(-1);
    if (last === undefined || solution.cost - last.cost > ALIKE * solution.cost) kept.push(solution);
  }
  return kept.slice(0, KEPT);
}
