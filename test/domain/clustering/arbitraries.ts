import fc from "fast-check";
import type { Labelling } from "../../../lib/domain/clustering/judge/silhouette.ts";
import type { Matrix } from "../../../lib/domain/clustering/types.ts";

/** A matrix from rows of equal length. */
export function matrixOf(rows: readonly (readonly number[])[]): Matrix {
  return { rows: rows.length, columns: rows[0]?.length ?? 0, data: Float64Array.from(rows.flat()) };
}

/** Rows with whole weights and a few partitions, some clusters of which may be empty. */
export interface WeightedCase {
  readonly points: Matrix;
  readonly weights: Float64Array;
  readonly labellings: readonly Labelling[];
}

export function weightedCases(columns: number): fc.Arbitrary<WeightedCase> {
  // Multiples of 1/1024: points coincide or are apart, never so near that a squared distance underflows.
  const coordinate = fc.oneof(
    fc.integer({ min: -50_000, max: 50_000 }).map((value) => value / 1024),
    fc.integer({ min: -2, max: 2 }),
  );
  const row = fc.record({
    at: fc.array(coordinate, { minLength: columns, maxLength: columns }),
    weight: fc.integer({ min: 1, max: 4 }),
    labels: fc.tuple(fc.nat(0), fc.nat(1), fc.nat(2), fc.nat(4)),
  });
  return fc.array(row, { minLength: 1, maxLength: 30 }).map((rows) => ({
    points: matrixOf(rows.map(({ at }) => at)),
    weights: Float64Array.from(rows, ({ weight }) => weight),
    labellings: [1, 2, 3, 5].map((k, l) => ({ k, labels: rows.map(({ labels }) => labels[l]) })),
  }));
}

/** The same case with every row written out as often as its weight says. */
export function repeatRows({ points, weights, labellings }: WeightedCase): WeightedCase {
  const from = [...weights].flatMap((weight, i) => new Array<number>(weight).fill(i));
  return {
    points: matrixOf(from.map((i) => [...points.data.subarray(i * points.columns, (i + 1) * points.columns)])),
    weights: new Float64Array(from.length).fill(1),
    labellings: labellings.map(({ k, labels }) => ({ k, labels: from.map((i) => labels[i]) })),
  };
}

/** All orders of 0..length − 1. */
export function permutations(length: number): number[][] {
  if (length === 0) return [[]];
  return permutations(length - 1).flatMap((rest) =>
    Array.from({ length }, (_, at) => [...rest.slice(0, at), length - 1, ...rest.slice(at)]),
  );
}
