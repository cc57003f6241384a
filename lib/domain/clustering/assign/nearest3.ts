import type { Assignment } from "../types.ts";

/** Centroids that one pass compares. */
export const GROUP = 8;
/** Rows of one call: the engine compiles what is called often better than a loop that it is in the midst of. */
export const BLOCK_ROWS = 4_096;

/**
 * The nearest and second nearest of up to 256 centroids in three dimensions, eight at a time. Which of two centroids is
 * nearer is as good as random, so a branch on it is mispredicted every other time, and costs more than the distances:
 * here eight distances go into a table, and a tournament of comparisons, which are numbers (0 or 1), decides on
 * *indices* into it. Distances are sums of squared differences in the order x, y, z, and the lower id wins a tie: bit
 * for bit what a plain loop gives.
 * @param points n × 3. @param centroids k × 3. @param result gets n of each.
 */
export function assign3(points: Float64Array, centroids: Float64Array, n: number, k: number, result: Assignment): void {
  assignGroup(points, groupOf(centroids, 0, k), n, result);
  if (k <= GROUP) return;
  const next = { labels: new Uint8Array(n), nearest: new Float64Array(n), second: new Float64Array(n) };
  for (let first = GROUP; first < k; first += GROUP) {
    assignGroup(points, groupOf(centroids, first, k), n, next);
    merge(result, next, first);
  }
}

/**
 * Eight centroids. Those that are not there are infinitely far: nobody's nearest, and the second nearest where there is
 * but one.
 */
export function groupOf(centroids: Float64Array, first: number, k: number): Float64Array {
  const group = new Float64Array(GROUP * 3).fill(Number.POSITIVE_INFINITY);
  group.set(centroids.subarray(first * 3, Math.min(k, first + GROUP) * 3));
  return group;
}

/** Takes the next group's nearest where it is nearer. */
function merge({ labels, nearest, second }: Assignment, next: Assignment, first: number): void {
  for (let i = 0; i < labels.length; i++) {
    const distance = next.nearest[i];
    if (distance < nearest[i]) {
      second[i] = Math.min(nearest[i], next.second[i]);
      nearest[i] = distance;
      labels[i] = first + next.labels[i];
    } else if (distance < second[i]) second[i] = distance;
  }
}

function assignGroup(points: Float64Array, group: Float64Array, n: number, result: Assignment): void {
  const { labels, nearest, second } = result;
  for (let start = 0; start < n; start += BLOCK_ROWS)
    assignBlock(points, group, start, Math.min(n, start + BLOCK_ROWS), labels, nearest, second);
}

function assignBlock(
  points: Float64Array,
  c: Float64Array,
  start: number,
  end: number,
  labels: Uint8Array,
  nearest: Float64Array,
  second: Float64Array,
): void {
  // In variables of their own the centroids stay in registers or on the stack, with no bounds to check.
  const [x0, y0, z0, x1, y1, z1, x2, y2, z2, x3, y3, z3] = [
    c[0],
    c[1],
    c[2],
    c[3],
    c[4],
    c[5],
    c[6],
    c[7],
    c[8],
    c[9],
    c[10],
    c[11],
  ];
  const [x4, y4, z4, x5, y5, z5, x6, y6, z6, x7, y7, z7] = [
    c[12],
    c[13],
    c[14],
    c[15],
    c[16],
    c[17],
    c[18],
    c[19],
    c[20],
    c[21],
    c[22],
    c[23],
  ];
  const d = new Float64Array(GROUP);
  for (let i = start, at = 3 * start; i < end; i++, at += 3) {
    const x = points[at];
    const y = points[at + 1];
    const z = points[at + 2];
    const d0 = (x - x0) * (x - x0) + (y - y0) * (y - y0) + (z - z0) * (z - z0);
    const d1 = (x - x1) * (x - x1) + (y - y1) * (y - y1) + (z - z1) * (z - z1);
    const d2 = (x - x2) * (x - x2) + (y - y2) * (y - y2) + (z - z2) * (z - z2);
    const d3 = (x - x3) * (x - x3) + (y - y3) * (y - y3) + (z - z3) * (z - z3);
    const d4 = (x - x4) * (x - x4) + (y - y4) * (y - y4) + (z - z4) * (z - z4);
    const d5 = (x - x5) * (x - x5) + (y - y5) * (y - y5) + (z - z5) * (z - z5);
    const d6 = (x - x6) * (x - x6) + (y - y6) * (y - y6) + (z - z6) * (z - z6);
    const d7 = (x - x7) * (x - x7) + (y - y7) * (y - y7) + (z - z7) * (z - z7);
    d[0] = d0;
    d[1] = d1;
    d[2] = d2;
    d[3] = d3;
    d[4] = d4;
    d[5] = d5;
    d[6] = d6;
    d[7] = d7;
    // First round: the winners of the pairs (0, 1), (2, 3), (4, 5) and (6, 7).
    const a = +(d1 < d0);
    const b = 2 | +(d3 < d2);
    const e = 4 | +(d5 < d4);
    const f = 6 | +(d7 < d6);
    // `u ^ ((u ^ v) & -w)` is v where w is 1, and u where it is 0.
    const left = a ^ ((a ^ b) & -(d[b] < d[a]));
    const right = e ^ ((e ^ f) & -(d[f] < d[e]));
    const isRight = -(d[right] < d[left]);
    const winner = left ^ ((left ^ right) & isRight);
    // The second nearest lost to the winner itself: in the first round, the second or the last.
    const partner = winner ^ 1;
    const loserLeft = a ^ b ^ left;
    const loserRight = e ^ f ^ right;
    const semi = loserLeft ^ ((loserLeft ^ loserRight) & isRight);
    const final = left ^ right ^ winner;
    const early = partner ^ ((partner ^ semi) & -(d[semi] < d[partner]));
    const runnerUp = early ^ ((early ^ final) & -(d[final] < d[early]));
    labels[i] = winner;
    nearest[i] = d[winner];
    second[i] = d[runnerUp];
  }
}
