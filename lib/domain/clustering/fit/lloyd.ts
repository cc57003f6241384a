import { type Level, labelLevel, type Solution, squaredDistance } from "../sketch/points.ts";

/**
 * When to stop: after `maxIterations`, when no point changes its centroid, when a step gains too little, or without
 * hope.
 */
export interface StopRule {
  readonly maxIterations: number;
  /** Relative gain in cost; 0 runs to the fixed point. */
  readonly tolerance: number;
  /** A cost to get below: the run ends once `HOPE` more steps as good as the last would not reach it. */
  readonly goal?: number;
}

/** Gains shrink from step to step, so a run that needs more steps at the present gain hardly ever arrives. */
const HOPE = 10;

interface Run {
  readonly level: Level;
  readonly k: number;
  readonly centroids: Float64Array;
  /** Weight and Σ w·x of each centroid's points. */
  readonly mass: Float64Array;
  readonly sums: Float64Array;
  /** How far each centroid went in the last step, and half the distance to its nearest fellow. */
  readonly moved: Float64Array;
  readonly reach: Float64Array;
}

/**
 * Weighted Lloyd iterations that skip points which cannot have changed their centroid (Hamerly 2010: one upper and one
 * lower bound a point). A centroid that loses all its points restarts at the point that costs most, so all k stay in
 * use as long as the level has k distinct points.
 *
 * @param start k × dimensions; left as it is.
 * @returns centroids at the means of their points and the cost of that partition; the level's labels hold it.
 */
export function lloyd(level: Level, start: Float64Array, k: number, stop: StopRule): Solution {
  const d = level.dimensions;
  const run: Run = {
    level,
    k,
    centroids: start.slice(),
    mass: new Float64Array(k),
    sums: new Float64Array(k * d),
    moved: new Float64Array(k),
    reach: new Float64Array(k),
  };
  assignAll(run);
  let cost = meanCost(run);
  for (let iteration = 1; iteration <= stop.maxIterations; iteration++) {
    if (!moveCentroids(run)) break;
    const changed = reassign(run);
    if (run.mass.includes(0)) fillEmpty(run);
    else if (changed === 0) break;
    const next = meanCost(run);
    const gain = cost - next;
    cost = next;
    if (gain <= stop.tolerance * cost || cost - HOPE * gain > (stop.goal ?? cost)) break;
  }
  moveCentroids(run);
  return { k, centroids: run.centroids, cost };
}

/** Cost of the current labels with every centroid at its mean: Σ w‖x‖² − Σ ‖S_c‖² / N_c. */
function meanCost({ level, k, mass, sums }: Run): number {
  const d = level.dimensions;
  let explained = 0;
  for (let c = 0; c < k; c++) {
    if (mass[c] === 0) continue;
    let norm = 0;
    for (let j = 0; j < d; j++) norm += sums[c * d + j] ** 2;
    explained += norm / mass[c];
  }
  return Math.max(0, level.squares - explained);
}

/** Full assignment with fresh sums and bounds; empty centroids are filled. */
function assignAll(run: Run): void {
  const { level, k, centroids, mass, sums } = run;
  const { count, dimensions: d, points, weights, labels, upper, lower } = level;
  labelLevel(level, centroids, k);
  mass.fill(0);
  sums.fill(0);
  for (let i = 0; i < count; i++) {
    const c = labels[i];
    mass[c] += weights[i];
    for (let j = 0; j < d; j++) sums[c * d + j] += weights[i] * points[i * d + j];
    upper[i] = Math.sqrt(upper[i]);
    lower[i] = Math.sqrt(lower[i]);
  }
  if (mass.includes(0)) fillEmpty(run);
}

/** Moves every centroid to the mean of its points; false when none moved. */
function moveCentroids({ level, k, centroids, mass, sums, moved }: Run): boolean {
  const d = level.dimensions;
  let any = false;
  for (let c = 0; c < k; c++) {
    moved[c] = 0;
    if (mass[c] === 0) continue;
    let square = 0;
    for (let j = 0; j < d; j++) {
      const mean = sums[c * d + j] / mass[c];
      square += (mean - centroids[c * d + j]) ** 2;
      centroids[c * d + j] = mean;
    }
    moved[c] = Math.sqrt(square);
    if (square > 0) any = true;
  }
  return any;
}

/** One pass after a move: bounds loosen by the movement, and only points whose bounds cross are looked at. */
function reassign(run: Run): number {
  setReach(run);
  return run.level.dimensions === 3 ? reassign3(run) : reassignAny(run);
}

/** The common case, unrolled. */
function reassign3(run: Run): number {
  const { level, k, centroids, moved, reach } = run;
  const { count, points, labels, upper, lower } = level;
  const { farthest, most, next } = largestMoves(moved);
  let changed = 0;
  for (let i = 0; i < count; i++) {
    const label = labels[i];
    const above = upper[i] + moved[label];
    const below = lower[i] - (label === farthest ? next : most);
    lower[i] = below;
    upper[i] = above;
    const bound = Math.max(reach[label], below);
    if (above <= bound) continue;
    const x = points[3 * i];
    const y = points[3 * i + 1];
    const z = points[3 * i + 2];
    const ox = x - centroids[3 * label];
    const oy = y - centroids[3 * label + 1];
    const oz = z - centroids[3 * label + 2];
    const own = ox * ox + oy * oy + oz * oz;
    upper[i] = Math.sqrt(own);
    if (upper[i] <= bound) continue;
    let best = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    let nearest = label;
    for (let c = 0, at = 0; c < k; c++, at += 3) {
      const dx = x - centroids[at];
      const dy = y - centroids[at + 1];
      const dz = z - centroids[at + 2];
      const distance = dx * dx + dy * dy + dz * dz;
      if (distance < best) {
        second = best;
        best = distance;
        nearest = c;
      } else if (distance < second) second = distance;
    }
    upper[i] = Math.sqrt(best);
    lower[i] = Math.sqrt(second);
    if (nearest === label) continue;
    transfer(run, i, label, nearest);
    changed++;
  }
  return changed;
}

function reassignAny(run: Run): number {
  const { level, k, centroids, moved, reach } = run;
  const { count, dimensions: d, points, labels, upper, lower } = level;
  const { farthest, most, next } = largestMoves(moved);
  let changed = 0;
  for (let i = 0; i < count; i++) {
    const label = labels[i];
    upper[i] += moved[label];
    lower[i] -= label === farthest ? next : most;
    const bound = Math.max(reach[label], lower[i]);
    if (upper[i] <= bound) continue;
    upper[i] = Math.sqrt(squaredDistance(points, i * d, centroids, label * d, d));
    if (upper[i] <= bound) continue;
    let best = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    let nearest = label;
    for (let c = 0; c < k; c++) {
      const distance = squaredDistance(points, i * d, centroids, c * d, d);
      if (distance < best) {
        second = best;
        best = distance;
        nearest = c;
      } else if (distance < second) second = distance;
    }
    upper[i] = Math.sqrt(best);
    lower[i] = Math.sqrt(second);
    if (nearest === label) continue;
    transfer(run, i, label, nearest);
    changed++;
  }
  return changed;
}

function setReach({ level, k, centroids, reach }: Run): void {
  const d = level.dimensions;
  reach.fill(Number.POSITIVE_INFINITY);
  for (let a = 0; a < k; a++) {
    for (let b = a + 1; b < k; b++) {
      const half = Math.sqrt(squaredDistance(centroids, a * d, centroids, b * d, d)) / 2;
      if (half < reach[a]) reach[a] = half;
      if (half < reach[b]) reach[b] = half;
    }
  }
}

function largestMoves(moved: Float64Array): { farthest: number; most: number; next: number } {
  let farthest = 0;
  let next = 0;
  for (let c = 1; c < moved.length; c++) {
    if (moved[c] > moved[farthest]) {
      next = moved[farthest];
      farthest = c;
    } else if (moved[c] > next) next = moved[c];
  }
  return { farthest, most: moved[farthest], next };
}

function transfer({ level, mass, sums }: Run, i: number, from: number, to: number): void {
  const { dimensions: d, points, weights, labels } = level;
  const w = weights[i];
  mass[from] -= w;
  mass[to] += w;
  for (let j = 0; j < d; j++) {
    sums[from * d + j] -= w * points[i * d + j];
    sums[to * d + j] += w * points[i * d + j];
  }
  labels[i] = to;
}

/**
 * Gives each empty centroid the point with the largest cost that is not alone with its centroid, then assigns afresh.
 */
function fillEmpty(run: Run): void {
  const { level, mass, centroids } = run;
  const { count, dimensions: d, points, weights, labels } = level;
  const empty = mass.indexOf(0);
  let worst = -1;
  let cost = 0;
  for (let i = 0; i < count; i++) {
    const c = labels[i];
    const mine = weights[i] * squaredDistance(points, i * d, centroids, c * d, d);
    if (mine > cost && mass[c] > weights[i]) {
      cost = mine;
      worst = i;
    }
  }
  if (worst < 0) return; // Fewer distinct points than centroids: nothing left to give.
  centroids.set(points.subarray(worst * d, worst * d + d), empty * d);
  assignAll(run);
}
