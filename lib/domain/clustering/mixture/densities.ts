import { whiteningOf } from "./covariance.ts";
import type { Mixture } from "./types.ts";

/** A mixture made ready for densities: `whiten · x − offset` is a component's row at unit covariance about 0. */
export interface Densities {
  readonly k: number;
  readonly dimensions: number;
  /** Whether all whitening matrices are diagonal. */
  readonly isDiagonal: boolean;
  /** k × d × d lower triangles. */
  readonly whiten: Float64Array;
  /** k × d. */
  readonly offsets: Float64Array;
  /** ln weight − ½ (d ln 2π + ln |Σ|) of each. */
  readonly constants: Float64Array;
  /** Diagonals of the inverse covariances, k × d: what variance inside a cell costs. */
  readonly precisions: Float64Array;
}

export function densitiesOf({ k, dimensions: d, covariance, weights, means, covariances }: Mixture): Densities {
  const whiten = new Float64Array(k * d * d);
  const offsets = new Float64Array(k * d);
  const constants = new Float64Array(k);
  const precisions = new Float64Array(k * d);
  for (let c = 0; c < k; c++) {
    const logDeterminant = whiteningOf(covariances, c * d * d, d, whiten);
    constants[c] = Math.log(weights[c]) - (d * Math.log(2 * Math.PI) + logDeterminant) / 2;
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) {
        const value = whiten[(c * d + i) * d + j];
        offsets[c * d + i] += value * means[c * d + j];
        precisions[c * d + j] += value * value;
      }
    }
  }
  return { k, dimensions: d, isDiagonal: covariance === "diag", whiten, offsets, constants, precisions };
}

/**
 * ln (weight × density) of every component at one point, into `out`: for a cell the mean over its rows of that
 * logarithm, by the variances inside it.
 * @param variances count × d, or undefined where the points are rows.
 */
export function logDensities(
  densities: Densities,
  points: Float64Array,
  at: number,
  variances: Float64Array | undefined,
  out: Float64Array,
): void {
  const { k, dimensions: d, isDiagonal, whiten, offsets, constants, precisions } = densities;
  if (d === 3) {
    logDensities3(densities, points, at, variances, out);
    return;
  }
  for (let c = 0; c < k; c++) {
    let squares = 0;
    for (let i = 0; i < d; i++) {
      const row = (c * d + i) * d;
      let value = whiten[row + i] * points[at + i] - offsets[c * d + i];
      if (!isDiagonal) for (let j = 0; j < i; j++) value += whiten[row + j] * points[at + j];
      squares += value * value;
    }
    if (variances !== undefined) for (let j = 0; j < d; j++) squares += precisions[c * d + j] * variances[at + j];
    out[c] = constants[c] - squares / 2;
  }
}

/** The common case, unrolled. */
function logDensities3(
  { k, whiten, offsets, constants, precisions }: Densities,
  points: Float64Array,
  at: number,
  variances: Float64Array | undefined,
  out: Float64Array,
): void {
  const [x, y, z] = [points[at], points[at + 1], points[at + 2]];
  const inside = variances !== undefined;
  const [u, v, w] = inside ? [variances[at], variances[at + 1], variances[at + 2]] : [0, 0, 0];
  for (let c = 0, m = 0, o = 0; c < k; c++, m += 9, o += 3) {
    const a = whiten[m] * x - offsets[o];
    const b = whiten[m + 3] * x + whiten[m + 4] * y - offsets[o + 1];
    const e = whiten[m + 6] * x + whiten[m + 7] * y + whiten[m + 8] * z - offsets[o + 2];
    const spread = precisions[o] * u + precisions[o + 1] * v + precisions[o + 2] * w;
    out[c] = constants[c] - (a * a + b * b + e * e + spread) / 2;
  }
}
