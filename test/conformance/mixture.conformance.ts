import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { syntheticCustomers } from "../../bench/syntheticCustomers.ts";
import { selectFit } from "../../lib/domain/clustering/fit/selectFit.ts";
import { fitFrom, mixtureOfLabels } from "../../lib/domain/clustering/mixture/em.ts";
import { expectation } from "../../lib/domain/clustering/mixture/expectation.ts";
import { converge, fitMixtures, mixtureLevels } from "../../lib/domain/clustering/mixture/fitMixtures.ts";
import { membershipsOf } from "../../lib/domain/clustering/mixture/memberships.ts";
import { levelOfRows } from "../../lib/domain/clustering/mixture/mixtureLevel.ts";
import { COVARIANCE_TYPES, type CovarianceType, type Mixture } from "../../lib/domain/clustering/mixture/types.ts";
import { createGrid } from "../../lib/domain/clustering/sketch/grid.ts";
import { addRows } from "../../lib/domain/clustering/sketch/gridRows.ts";
import type { Matrix } from "../../lib/domain/clustering/types.ts";
import { hasOnlineRetail, readPoints } from "../domain/clustering/onlineRetail.ts";
import { pythonCommand } from "./support/python.ts";

/**
 * scikit-learn adds `reg_covar` to the variances of every step, ours raises eigenvalues below the floor to it: in both
 * no covariance has an eigenvalue below this.
 */
const FLOOR = 0.02;
const python = pythonCommand(join(tmpdir(), "rfm-conformance-sklearn"), ["scikit-learn==1.9.1"], "python3");
const missing = "missing" in python ? python.missing : undefined;
const SCRIPT = fileURLToPath(new URL("../../bench/scikit_mixture.py", import.meta.url));

interface Theirs {
  readonly covariance: CovarianceType;
  readonly k: number;
  /** CPU seconds on one core. */
  readonly seconds: number;
  /** Per row. */
  readonly logLikelihood: number;
}

function scikitLearn(rows: Matrix, specs: readonly string[]): Theirs[] {
  if ("missing" in python) throw new Error(python.missing);
  const folder = mkdtempSync(join(tmpdir(), "rfm-mixture-"));
  try {
    const file = join(folder, "rows.f64");
    writeFileSync(file, new Uint8Array(rows.data.buffer, rows.data.byteOffset, rows.data.byteLength));
    const values = [SCRIPT, file, String(rows.rows), String(rows.columns), String(FLOOR), ...specs];
    const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
    const { status, stdout, stderr } = spawnSync(python.command, values, { encoding: "utf8", env });
    if (status !== 0) throw new Error(stderr);
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Theirs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As a run does it, from the rows on: sketch, K-Means to start from, mixture. */
function fitOurs(rows: Matrix, k: number, covariance: CovarianceType) {
  const before = process.cpuUsage();
  const grid = createGrid(rows.columns);
  addRows(grid, rows);
  const exactRows = rows.rows <= 30_000 ? rows : undefined;
  const { partitions } = selectFit({
    ...{ grid, candidates: [], kRange: [k], seed: 42 },
    ...(exactRows === undefined ? {} : { exactRows }),
  });
  const levels = mixtureLevels(grid, exactRows);
  const centroids = partitions.map((partition) => partition.centroids);
  const [found] = fitMixtures({ levels, centroids, covariances: [covariance], floor: FLOOR, seed: 42 });
  const mixture = converge(levels.fine, (found as NonNullable<typeof found>).mixture, FLOOR);
  const { user, system } = process.cpuUsage(before);
  return { mixture, seconds: (user + system) / 1e6 };
}

/** Mean log-density of the rows themselves, by float64 and without any cells. */
const overRows = (rows: Matrix, mixture: Mixture): number => expectation(levelOfRows(rows), mixture).logLikelihood;

function compare(rows: Matrix, ks: readonly number[], types: readonly CovarianceType[]): void {
  const specs = ks.flatMap((k) => types.map((covariance) => `${covariance}:${k}`));
  for (const theirs of scikitLearn(rows, specs)) {
    const { mixture, seconds } = fitOurs(rows, theirs.k, theirs.covariance);
    const ours = overRows(rows, mixture);
    process.stdout.write(
      `${rows.rows} customers, ${theirs.covariance}, k = ${theirs.k}: log-likelihood ${ours.toFixed(5)} in ${seconds.toFixed(2)} CPU s; ` +
        `scikit-learn ${theirs.logLikelihood.toFixed(5)} in ${theirs.seconds.toFixed(2)}; ratio of times ${(seconds / theirs.seconds).toFixed(3)}\n`,
    );
    expect(ours).toBeGreaterThanOrEqual(theirs.logLikelihood - 1e-3);
  }
}

describe.skipIf(missing !== undefined)(
  `mixtures against scikit-learn${missing === undefined ? "" : ` (${missing})`}`,
  () => {
    it.skipIf(!hasOnlineRetail)("are as likely on Online Retail as GaussianMixture(n_init=10) finds them", () => {
      compare(readPoints("log1p_z"), [2, 3, 4, 5, 6, 8, 10], COVARIANCE_TYPES);
    });

    it("are as likely on a million customers", () => {
      compare(syntheticCustomers(1_000_000, 1), [5], ["full"]);
    });
  },
);

describe("mixtures over cells", () => {
  it("end where expectation-maximisation over the rows ends, to within the cells' width", () => {
    const rows = syntheticCustomers(100_000, 3);
    const grid = createGrid(3);
    addRows(grid, rows);
    const { fine } = mixtureLevels(grid, undefined);
    const exact = levelOfRows(rows);
    const { partitions } = selectFit({ grid, candidates: [], kRange: [4], seed: 1 });
    const centroids = partitions[0]?.centroids as Matrix;
    for (const covariance of COVARIANCE_TYPES) {
      const labels = (points: Float64Array, count: number) =>
        Uint8Array.from({ length: count }, (_, i) => {
          const distances = Array.from({ length: 4 }, (_unit, c) =>
            [0, 1, 2].reduce((sum, j) => sum + ((points[3 * i + j] ?? 0) - (centroids.data[3 * c + j] ?? 0)) ** 2, 0),
          );
          return distances.indexOf(Math.min(...distances));
        });
      const stop = { floor: FLOOR, maxIterations: 60, tolerance: 0 };
      const [ours, theirs] = [fine, exact].map((level) =>
        fitFrom(level, mixtureOfLabels(level, labels(level.points, level.count), 4, covariance, FLOOR), stop),
      ) as unknown as [Mixture, Mixture];
      const [a, b] = [ours, theirs].map((mixture) => {
        const all = new Float64Array(rows.rows * 4);
        membershipsOf(rows, mixture, all);
        return all;
      }) as [Float64Array, Float64Array];
      let [largest, sum] = [0, 0];
      a.forEach((value, i) => {
        const difference = Math.abs(value - (b[i] as number));
        largest = Math.max(largest, difference);
        sum += difference;
      });
      process.stdout.write(
        `${covariance}: ${fine.count} cells, memberships differ by ${largest.toExponential(2)} at most, ${(sum / a.length).toExponential(2)} on average\n`,
      );
      expect(largest).toBeLessThan(0.0625);
    }
  });
});
