import { BLOCK_ROWS, GROUP, groupOf } from "./nearest3.ts";

/**
 * Labels of the nearest of up to eight centroids in three dimensions: the tournament of `assign3` without distances,
 * which would take half as long again. The arithmetic is written out once more, for in a function of its own it takes
 * twice the time.
 * @param points n × 3. @param centroids k × 3, k ≤ 8.
 */
export function label3(points: Float64Array, centroids: Float64Array, n: number, k: number): Uint8Array {
  const labels = new Uint8Array(n);
  const group = groupOf(centroids, 0, k);
  for (let start = 0; start < n; start += BLOCK_ROWS)
    labelBlock(points, group, start, Math.min(n, start + BLOCK_ROWS), labels);
  return labels;
}

function labelBlock(points: Float64Array, c: Float64Array, start: number, end: number, labels: Uint8Array): void {
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
    const a = +(d1 < d0);
    const b = 2 | +(d3 < d2);
    const e = 4 | +(d5 < d4);
    const f = 6 | +(d7 < d6);
    const left = a ^ ((a ^ b) & -(d[b] < d[a]));
    const right = e ^ ((e ^ f) & -(d[f] < d[e]));
    labels[i] = left ^ ((left ^ right) & -(d[right] < d[left]));
  }
}
