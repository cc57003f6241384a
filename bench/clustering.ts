/**
 * Fits generated customers and prints what it took beside ml-kmeans and, where PYTHON (default python3) has scikit-learn,
 * beside its K-Means, on the same rows, in processor time (one core's, whatever else the machine does):
 *
 *   node bench/clustering.ts [--rows 100000,1000000,10000000] [--k 8] [--slow]
 *
 * `--slow` also runs KMeans(n_init=50) and ml-kmeans beyond 100,000 rows.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { kmeans } from "ml-kmeans";
import { assignNearest } from "../lib/domain/clustering/nearest.ts";
import { selectFit } from "../lib/domain/clustering/selectFit.ts";
import { BATCH_ROWS, createShardFit } from "../lib/domain/clustering/shardFit.ts";
import type { Matrix } from "../lib/domain/clustering/types.ts";
import { syntheticCustomers } from "./syntheticCustomers.ts";

/** Time of the fit alone, of labels for every row where the fit does not give them, and Σ of squared distances. */
interface Measurement {
  readonly name: string;
  readonly fitMs: number;
  readonly labelMs: number;
  readonly inertia: number;
}

const ALL_K = [3, 4, 5, 6, 7, 8, 9, 10];
/** ml-kmeans keeps every row as an array of its own: about 0.7 GB and 10 s for a million. */
const ML_KMEANS_ROWS = 100_000;
const REPEATS = 3;

const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "100000,1000000,10000000" },
    k: { type: "string", default: "8" },
    slow: { type: "boolean", default: false },
  },
});
const k = Number(options.k);

function benchmark(count: number): void {
  const rows = syntheticCustomers(count, 1);
  const ours = measureOurs(rows, [k], `this, k = ${k}`);
  const all = measureOurs(rows, ALL_K, `this, k = ${ALL_K[0]}..${ALL_K.at(-1)}`);
  const others = [...measureMlKmeans(rows), ...measureScikitLearn(rows)];
  console.log(`\n${count.toLocaleString("en")} customers; inertia for k = ${k}, ratios to the first line`);
  for (const measured of [ours, all, ...others]) console.log(describe(measured, ours));
}

/** The whole fit as the job does it: one pass of the worker, then the selection. The fastest of three. */
function measureOurs(rows: Matrix, kRange: readonly number[], name: string): Measurement {
  const runs = Array.from({ length: REPEATS }, () => {
    const start = cpuMs();
    const fit = createShardFit({ dimensions: rows.columns, kRange, seed: 1 });
    for (let from = 0; from < rows.rows; from += BATCH_ROWS) {
      const to = Math.min(rows.rows, from + BATCH_ROWS);
      const data = rows.data.subarray(from * rows.columns, to * rows.columns);
      fit.addBatch({ rows: to - from, columns: rows.columns, data });
    }
    const { partitions } = selectFit({ ...fit.finish(), kRange, seed: 1 });
    const fitted = cpuMs();
    const { nearest } = assignNearest(rows, (partitions.find((one) => one.k === k) ?? partitions[0]).centroids);
    return { name, fitMs: fitted - start, labelMs: cpuMs() - fitted, inertia: sumOf(nearest) };
  });
  return runs.reduce((best, run) => (run.fitMs < best.fitMs ? run : best));
}

function measureMlKmeans(rows: Matrix): Measurement[] {
  if (rows.rows > (options.slow ? 1_000_000 : ML_KMEANS_ROWS)) return [];
  const { columns, data } = rows;
  const arrays = Array.from({ length: rows.rows }, (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)));
  const start = cpuMs();
  const { centroids } = kmeans(arrays, k, { seed: 1, initialization: "kmeans++" });
  const fitMs = cpuMs() - start;
  const { nearest } = assignNearest(rows, { rows: k, columns, data: Float64Array.from(centroids.flat()) });
  return [{ name: "ml-kmeans", fitMs, labelMs: 0, inertia: sumOf(nearest) }];
}

const SCRIPT = `
import sys, time, json, numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
path, k, slow = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "1"
x = np.fromfile(path).reshape(-1, 3)
models = {"MiniBatchKMeans": MiniBatchKMeans(k, n_init=3, random_state=0), "KMeans(n_init=10)": KMeans(k, n_init=10, random_state=0)}
if slow: models["KMeans(n_init=50)"] = KMeans(k, n_init=50, random_state=0)
for name, model in models.items():
    t = time.process_time(); model.fit(x); fit = time.process_time() - t
    print(json.dumps({"name": "scikit-learn " + name, "fitMs": fit * 1000, "labelMs": 0, "inertia": model.inertia_}), flush=True)
`;

/** KMeans beyond a million rows takes minutes: only with --slow. */
function measureScikitLearn(rows: Matrix): Measurement[] {
  if (rows.rows > 1_000_000 && !options.slow) return [];
  const folder = mkdtempSync(join(tmpdir(), "clustering-bench-"));
  try {
    const path = join(folder, "rows.f64");
    writeFileSync(path, rows.data);
    const threads = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
    const slow = options.slow && rows.rows <= 1_000_000 ? "1" : "0";
    const run = spawnSync(process.env.PYTHON ?? "python3", ["-c", SCRIPT, path, String(k), slow], {
      env: { ...process.env, ...threads },
      encoding: "utf8",
    });
    if (run.status === 0)
      return run.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Measurement);
    console.log(`scikit-learn left out: ${run.error?.message ?? run.stderr.trim().split("\n").at(-1)}`);
    return [];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function describe({ name, fitMs, labelMs, inertia }: Measurement, ours: Measurement): string {
  const time = `${fitMs.toFixed(0).padStart(8)} ms`;
  const labels = labelMs > 0 ? ` + labels ${labelMs.toFixed(0)} ms` : "";
  const ratios = `${(fitMs / ours.fitMs).toFixed(2).padStart(7)} x, inertia ${(inertia / ours.inertia).toFixed(6)} x`;
  return `${name.padEnd(36)}${time} ${ratios}${labels}`;
}

/** Processor time of this process, all threads: what one core would need, whatever else the machine does. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

for (const rows of options.rows.split(",").map(Number)) benchmark(rows);
