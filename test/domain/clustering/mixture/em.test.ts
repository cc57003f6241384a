import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../lib/domain/clustering/fit/random.ts";
import { densitiesOf, logDensities } from "../../../../lib/domain/clustering/mixture/densities.ts";
import { fitFrom, maximisation, mixtureOfLabels } from "../../../../lib/domain/clustering/mixture/em.ts";
import { expectation } from "../../../../lib/domain/clustering/mixture/expectation.ts";
import { membershipsOf } from "../../../../lib/domain/clustering/mixture/memberships.ts";
import { levelOfGrid, levelOfRows } from "../../../../lib/domain/clustering/mixture/mixtureLevel.ts";
import {
  COVARIANCE_TYPES,
  type CovarianceType,
  type Mixture,
} from "../../../../lib/domain/clustering/mixture/types.ts";
import { createGrid, FINEST_SHIFT } from "../../../../lib/domain/clustering/sketch/grid.ts";
import { coarsen } from "../../../../lib/domain/clustering/sketch/gridLevels.ts";
import { addRows } from "../../../../lib/domain/clustering/sketch/gridRows.ts";
import type { Matrix } from "../../../../lib/domain/clustering/types.ts";
import { effort } from "../../../support/effort.ts";

const FLOOR = 0.02;

/** Blobs of different widths in d dimensions, some rows on an atom, and a label for each row. */
function sampleRows(seed: number, n: number, d: number, k: number): { rows: Matrix; labels: Uint8Array } {
  const random = createRandom(`mixture ${seed}`);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const centres = Array.from({ length: k * d }, () => 4 * random() - 2);
  const widths = Array.from({ length: k }, () => 0.1 + random());
  const labels = new Uint8Array(n);
  const data = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    const c = Math.floor(random() * k);
    labels[i] = c;
    const shared = normal();
    for (let j = 0; j < d; j++) data[i * d + j] = centres[c * d + j] + widths[c] * (0.7 * normal() + 0.5 * shared);
    if (c === 0) data[i * d] = 0.5;
  }
  return { rows: { rows: n, columns: d, data }, labels };
}

const cases = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  d: fc.integer({ min: 1, max: 6 }),
  k: fc.integer({ min: 1, max: 4 }),
  covariance: fc.constantFrom<CovarianceType>(...COVARIANCE_TYPES),
});
const runs = { numRuns: effort(40, 400) };

/** The density of a Gaussian mixture by the textbook: determinants and inverses by elimination. */
function densityByHand(x: readonly number[], { k, dimensions: d, weights, means, covariances }: Mixture): number {
  let density = 0;
  for (let c = 0; c < k; c++) {
    const matrix = Array.from({ length: d }, (_, a) => [...covariances.subarray((c * d + a) * d, (c * d + a + 1) * d)]);
    const right = x.map((value, j) => value - means[c * d + j]);
    const difference = [...right];
    let determinant = 1;
    for (let p = 0; p < d; p++) {
      determinant *= matrix[p][p];
      for (let row = p + 1; row < d; row++) {
        const factor = matrix[row][p] / matrix[p][p];
        for (let col = p; col < d; col++) matrix[row][col] -= factor * matrix[p][col];
        right[row] -= factor * right[p];
      }
    }
    const solved = new Array<number>(d).fill(0);
    for (let p = d - 1; p >= 0; p--) {
      let rest = right[p];
      for (let col = p + 1; col < d; col++) rest -= matrix[p][col] * solved[col];
      solved[p] = rest / matrix[p][p];
    }
    const squares = solved.reduce((sum, value, j) => sum + value * difference[j], 0);
    density += (weights[c] * Math.exp(-squares / 2)) / Math.sqrt((2 * Math.PI) ** d * determinant);
  }
  return density;
}

describe("expectation-maximisation", () => {
  it("gives the textbook's densities", () => {
    fc.assert(
      fc.property(cases, ({ seed, d, k, covariance }) => {
        const { rows, labels } = sampleRows(seed, 60, d, k);
        const mixture = mixtureOfLabels(levelOfRows(rows), labels, k, covariance, FLOOR);
        const logs = new Float64Array(k);
        for (let i = 0; i < 5; i++) {
          logDensities(densitiesOf(mixture), rows.data, i * d, undefined, logs);
          const density = logs.reduce((sum, log) => sum + Math.exp(log), 0);
          expect(density / densityByHand([...rows.data.subarray(i * d, i * d + d)], mixture)).toBeCloseTo(1, 8);
        }
      }),
      runs,
    );
  });

  it("never loses likelihood, over rows and over cells of any width, and keeps the floor", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 0, max: 4 }), ({ seed, d, k, covariance }, wider) => {
        const { rows, labels } = sampleRows(seed, 120, d, k);
        const grid = createGrid(d);
        addRows(grid, rows);
        for (const level of [levelOfRows(rows), levelOfGrid(coarsen(grid, FINEST_SHIFT + wider))]) {
          let mixture = mixtureOfLabels(level, labels.subarray(0, level.count), k, covariance, FLOOR);
          let statistics = expectation(level, mixture);
          for (let step = 0; step < 8; step++) {
            mixture = maximisation(statistics, mixture, FLOOR);
            const next = expectation(level, mixture);
            expect(next.logLikelihood).toBeGreaterThanOrEqual(statistics.logLikelihood - 1e-9);
            statistics = next;
            expect(mixture.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
            expectFloor(mixture);
          }
        }
      }),
      runs,
    );
  });

  it("falls onto an atom no farther than the floor", () => {
    const data = Float64Array.from({ length: 400 }, (_, i) => (i < 200 ? 0 : 1 + (i % 20) / 10));
    const level = levelOfRows({ rows: 400, columns: 1, data });
    const labels = Array.from({ length: level.count }, (_, i) => (i === 0 ? 0 : 1));
    const start = mixtureOfLabels(level, labels, 2, "full", FLOOR);
    const { covariances, means } = fitFrom(level, start, { floor: FLOOR, maxIterations: 100, tolerance: 1e-9 });
    expect(covariances[0]).toBe(FLOOR);
    expect(means[0]).toBeCloseTo(0, 2);
  });

  it("without covariances tells the log-likelihood of cells as a bound of that of their rows", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 0, max: 3 }), ({ seed, d, k }, wider) => {
        const { rows, labels } = sampleRows(seed, 150, d, k);
        const grid = createGrid(d);
        addRows(grid, rows);
        const exact = levelOfRows(rows);
        const mixture = mixtureOfLabels(exact, labels, k, "diag", FLOOR);
        const overCells = expectation(levelOfGrid(coarsen(grid, FINEST_SHIFT + wider)), mixture).logLikelihood;
        // Values are kept to 1/65536 of a deviation.
        expect(overCells).toBeLessThanOrEqual(expectation(exact, mixture).logLikelihood + 1e-3);
      }),
      runs,
    );
  });
});

describe("memberships", () => {
  it("add up to one, the likeliest first", () => {
    fc.assert(
      fc.property(cases, ({ seed, d, k, covariance }) => {
        const { rows, labels } = sampleRows(seed, 80, d, k);
        const mixture = mixtureOfLabels(levelOfRows(rows), labels, k, covariance, FLOOR);
        const all = new Float64Array(80 * k);
        const found = membershipsOf(rows, mixture, all);
        for (let i = 0; i < 80; i++) {
          const own = [...all.subarray(i * k, i * k + k)];
          expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
          expect(found.probability[i]).toBe(Math.max(...own));
          expect(own[found.labels[i]]).toBe(found.probability[i]);
          expect(found.runnerUp[i]).toBe([...own].sort((a, b) => b - a)[1] ?? 0);
        }
      }),
      runs,
    );
  });

  it("stay within the bound of the cell's width", () => {
    // docs/clustering.md: where every component's log-density moves by at most δ inside a cell, no membership moves by
    // more than tanh(δ / 2).
    fc.assert(
      fc.property(cases, fc.integer({ min: 0, max: 3 }), ({ seed, d, k, covariance }, wider) => {
        const { rows, labels } = sampleRows(seed, 60, d, k);
        const mixture = mixtureOfLabels(levelOfRows(rows), labels, k, covariance, FLOOR);
        for (let i = 0; i < rows.rows; i++) {
          const width = 2 ** (FINEST_SHIFT + wider) / 65_536;
          const x = rows.data.subarray(i * d, i * d + d);
          const middle = x.map((value) => (Math.floor(value / width) + 0.5) * width);
          const delta = largestMove(mixture, middle, width / 2);
          const [atRow, atMiddle] = [x, middle].map((point) => {
            const all = new Float64Array(k);
            membershipsOf({ rows: 1, columns: d, data: Float64Array.from(point) }, mixture, all);
            return all;
          });
          for (let c = 0; c < k; c++) {
            expect(Math.abs(atRow[c] - atMiddle[c])).toBeLessThanOrEqual(Math.tanh(delta / 2) + 1e-12);
          }
        }
      }),
      runs,
    );
  });
});

/** How far any component's log-density can move by steps of at most `half` in each feature: ‖P(x − μ)‖₁ h + ‖P‖₁ h² / 2. */
function largestMove({ k, dimensions: d, means, covariances }: Mixture, x: Float64Array, half: number): number {
  const moves = Array.from({ length: k }, (_, c) => {
    const precision = inverseOf(covariances.subarray(c * d * d, (c + 1) * d * d), d);
    let [linear, square] = [0, 0];
    for (let a = 0; a < d; a++) {
      let slope = 0;
      for (let b = 0; b < d; b++) {
        slope += precision[a][b] * (x[b] - means[c * d + b]);
        square += Math.abs(precision[a][b]);
      }
      linear += Math.abs(slope);
    }
    return linear * half + (square * half * half) / 2;
  });
  return Math.max(...moves);
}

function inverseOf(matrix: Float64Array, d: number): number[][] {
  const rows = Array.from({ length: d }, (_, a) => [
    ...matrix.subarray(a * d, a * d + d),
    ...Array.from({ length: d }, (_unit, b) => (a === b ? 1 : 0)),
  ]);
  for (let p = 0; p < d; p++) {
    const pivot = rows[p][p];
    rows[p] = rows[p].map((value) => value / pivot);
    for (let row = 0; row < d; row++) {
      if (row === p) continue;
      const factor = rows[row][p];
      rows[row] = rows[row].map((value, col) => value - factor * rows[p][col]);
    }
  }
  return rows.map((row) => row.slice(d));
}

/** Σ − εI is positive semi-definite: no elimination meets a pivot below nothing. */
function expectFloor({ k, dimensions: d, covariances }: Mixture): void {
  for (let c = 0; c < k; c++) {
    const matrix = Array.from({ length: d }, (_, a) => [...covariances.subarray((c * d + a) * d, (c * d + a + 1) * d)]);
    for (let a = 0; a < d; a++) matrix[a][a] -= FLOOR * (1 - 1e-9);
    for (let p = 0; p < d; p++) {
      expect(matrix[p][p]).toBeGreaterThan(0);
      for (let row = p + 1; row < d; row++) {
        const factor = matrix[row][p] / matrix[p][p];
        for (let col = p; col < d; col++) matrix[row][col] -= factor * matrix[p][col];
      }
    }
  }
}
