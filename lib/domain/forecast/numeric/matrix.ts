/** A small symmetric matrix, by rows. */
export type SymmetricMatrix = readonly (readonly number[])[];

/** The lower factor L of A = L Lᵀ (Cholesky); undefined where A is not positive definite. */
export function choleskyFactor(matrix: SymmetricMatrix): number[][] | undefined {
  const factor = matrix.map((row) => row.map(() => 0));
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i][j];
      for (let k = 0; k < j; k++) rest -= factor[i][k] * factor[j][k];
      if (i !== j) factor[i][j] = rest / factor[j][j];
      else if (rest > 0) factor[i][i] = Math.sqrt(rest);
      else return undefined;
    }
  }
  return factor;
}

/** x of L Lᵀ x = b, for the lower factor L. */
export function solveFactored(factor: SymmetricMatrix, b: readonly number[]): number[] {
  const x = [...b];
  for (let i = 0; i < x.length; i++) {
    for (let k = 0; k < i; k++) x[i] -= factor[i][k] * x[k];
    x[i] /= factor[i][i];
  }
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < x.length; k++) x[i] -= factor[k][i] * x[k];
    x[i] /= factor[i][i];
  }
  return x;
}

/** The inverse of L Lᵀ, for the lower factor L. */
export function inverseOfFactored(factor: SymmetricMatrix): number[][] {
  return factor.map((_, column) =>
    solveFactored(
      factor,
      factor.map((_row, row) => (row === column ? 1 : 0)),
    ),
  );
}
