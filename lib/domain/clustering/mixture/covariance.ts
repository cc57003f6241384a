/** Sweeps after which a symmetric matrix of a few rows is diagonal to the last bit; it takes about six. */
const MAX_SWEEPS = 50;

/**
 * The likeliest covariance with no eigenvalue below a floor: eigenvalues below it are raised to it. (Under Σ ⪰ εI the
 * likelihood of a Gaussian is greatest there, so that expectation-maximisation still never loses.)
 * @param matrix symmetric d × d at `at`, changed in place.
 */
export function floorEigenvalues(matrix: Float64Array, at: number, d: number, floor: number): void {
  if (isAbove(matrix, at, d, floor)) return;
  const rotated = matrix.slice(at, at + d * d);
  const vectors = diagonalise(rotated, d);
  for (let a = 0; a < d; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let e = 0; e < d; e++) {
        sum += Math.max(floor, rotated[e * d + e]) * vectors[a * d + e] * vectors[b * d + e];
      }
      matrix[at + a * d + b] = sum;
      matrix[at + b * d + a] = sum;
    }
  }
}

/**
 * The inverse of the Cholesky factor of a covariance, a lower triangle in d × d at `at` of `into`: it takes the
 * component's rows to unit covariance.
 * @returns ln |Σ|; NaN where the matrix is not positive definite.
 */
export function whiteningOf(matrix: Float64Array, at: number, d: number, into: Float64Array): number {
  const factor = choleskyOf(matrix, at, d, 0);
  if (factor === undefined) return Number.NaN;
  let logDeterminant = 0;
  for (let i = 0; i < d; i++) {
    logDeterminant += 2 * Math.log(factor[i * d + i]);
    into[at + i * d + i] = 1 / factor[i * d + i];
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let l = j; l < i; l++) sum -= factor[i * d + l] * into[at + l * d + j];
      into[at + i * d + j] = sum / factor[i * d + i];
    }
  }
  return logDeterminant;
}

const isAbove = (matrix: Float64Array, at: number, d: number, floor: number): boolean =>
  choleskyOf(matrix, at, d, floor) !== undefined;

/** Lower triangle L with L Lᵀ = matrix − shift · I; undefined where that is not positive definite. */
function choleskyOf(matrix: Float64Array, at: number, d: number, shift: number): Float64Array | undefined {
  const factor = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[at + i * d + j] - (i === j ? shift : 0);
      for (let l = 0; l < j; l++) sum -= factor[i * d + l] * factor[j * d + l];
      if (i !== j) factor[i * d + j] = sum / factor[j * d + j];
      else if (sum > 0) factor[i * d + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return factor;
}

/**
 * Rotates a symmetric matrix until it is diagonal (cyclic Jacobi, as in Golub and Van Loan 2013, § 8.5).
 * @param matrix d × d; its eigenvalues end on the diagonal. @returns the eigenvectors as columns.
 */
function diagonalise(matrix: Float64Array, d: number): Float64Array {
  const vectors = new Float64Array(d * d);
  for (let i = 0; i < d; i++) vectors[i * d + i] = 1;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let isDiagonal = true;
    for (let p = 0; p < d - 1; p++) {
      for (let q = p + 1; q < d; q++) {
        if (matrix[p * d + q] === 0) continue;
        isDiagonal = false;
        rotate(matrix, vectors, d, p, q);
      }
    }
    if (isDiagonal) break;
  }
  return vectors;
}

function rotate(matrix: Float64Array, vectors: Float64Array, d: number, p: number, q: number): void {
  const ratio = (matrix[q * d + q] - matrix[p * d + p]) / (2 * matrix[p * d + q]);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.hypot(1, ratio));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = tangent * cosine;
  const turn = (values: Float64Array, a: number, b: number): void => {
    const [x, y] = [values[a], values[b]];
    values[a] = cosine * x - sine * y;
    values[b] = sine * x + cosine * y;
  };
  for (let i = 0; i < d; i++) turn(matrix, i * d + p, i * d + q);
  for (let i = 0; i < d; i++) turn(matrix, p * d + i, q * d + i);
  for (let i = 0; i < d; i++) turn(vectors, i * d + p, i * d + q);
  // What rounding leaves there would keep the sweeps going.
  matrix[p * d + q] = 0;
  matrix[q * d + p] = 0;
}
