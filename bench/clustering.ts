/**
 * The fit of generated customers against ml-kmeans and, where python3 has scikit-learn (or $PYTHON does), against it; CPU
 * seconds of one process, and ratios, of one run. `npm run bench -- clustering [--rows 100000,1000000] [--k 8]`
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { kmeans } from "ml-kmeans";
import { assignNearest, nearestLabels } from "../lib/domain/clustering/assign/nearest.ts";
import { selectFit } from "../lib/domain/clustering/fit/selectFit.ts";
import { BATCH_ROWS, createShardFit } from "../lib/domain/clustering/fit/shardFit.ts";
import { encode, encodingFromMoments } from "../lib/domain/clustering/space/encode.ts";
import { moments } from "../lib/domain/clustering/space/moments.ts";
import type { FeatureEncoding, Matrix } from "../lib/domain/clustering/types.ts";
import { generateCustomers } from "./customers.ts";

interface Result {
  readonly name: string;
  readonly seconds: number;
  readonly inertia: number;
}

/** ml-kmeans takes arrays of arrays: beyond this it needs gigabytes. */
const ML_KMEANS_ROWS = 1_000_000;
/** Fifty restarts on more rows take minutes. */
const FIFTY_RESTARTS_ROWS = 1_000_000;
/** Engines compile what runs often, and other processes disturb: the fastest of so many counts, the first is printed beside it. */
const REPEATS = 5;

function timed<T>(work: () => T): { readonly seconds: number; readonly value: T } {
  const before = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, value };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function inertiaOf(nearest: Float64Array): number {
  return nearest.reduce((sum, distance) => sum + distance, 0);
}

function benchOurs(columns: readonly Float64Array[], encodings: readonly FeatureEncoding[], k: number): Result {
  const encoded = timed(() => encode(columns, encodings));
  const rows = encoded.value;
  const sketched = timed(() => {
    const fit = createShardFit({ dimensions: 3, kRange: [k], seed: 1 });
    for (let from = 0; from < rows.rows; from += BATCH_ROWS) {
      const data = rows.data.subarray(from * 3, Math.min(rows.rows, from + BATCH_ROWS) * 3);
      fit.addBatch({ rows: data.length / 3, columns: 3, data });
    }
    return fit.finish();
  });
  const fitted = timed(() => selectFit({ ...sketched.value, kRange: [k], seed: 1 }));
  const { centroids } = fitted.value.partitions[0];
  const labelled = timed(() => nearestLabels(rows, centroids));
  const parts = { encode: encoded, sketch: sketched, select: fitted, label: labelled };
  const shown = Object.entries(parts).map(([name, { seconds }]) => `${name} ${seconds.toFixed(3)}`);
  say(`  ${shown.join(", ")} s; ${sketched.value.grid.size} cells; ${perSecond(rows.rows, labelled.seconds)} labelled`);
  const seconds = Object.values(parts).reduce((sum, part) => sum + part.seconds, 0);
  return {
    name: "ours: encode, sketch, select, label",
    seconds,
    inertia: inertiaOf(assignNearest(rows, centroids).nearest),
  };
}

function perSecond(rows: number, seconds: number): string {
  return `${(rows / seconds / 1e6).toFixed(1)} M customers/s`;
}

function benchMlKmeans(rows: Matrix, k: number): Result {
  const points = Array.from({ length: rows.rows }, (_, i) => [...rows.data.subarray(3 * i, 3 * i + 3)]);
  const { seconds, value } = timed(() =>
    kmeans(points, k, { initialization: "kmeans++", seed: 1, maxIterations: 100 }),
  );
  const centroids = { rows: k, columns: 3, data: Float64Array.from(value.centroids.flat()) };
  return { name: "ml-kmeans", seconds, inertia: inertiaOf(assignNearest(rows, centroids).nearest) };
}

function benchScikitLearn(rows: Matrix, k: number): Result[] {
  const directory = mkdtempSync(join(tmpdir(), "rfm-bench-"));
  try {
    const file = join(directory, "rows.f64");
    writeFileSync(file, new Uint8Array(rows.data.buffer, rows.data.byteOffset, rows.data.byteLength));
    const script = fileURLToPath(new URL("scikit_learn.py", import.meta.url));
    const restarts = rows.rows > FIFTY_RESTARTS_ROWS ? "10" : "10,50";
    const ran = spawnSync(process.env.PYTHON ?? "python3", [script, file, String(rows.rows), String(k), restarts], {
      encoding: "utf8",
      env: { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
    });
    if (ran.status !== 0) {
      say(`  scikit-learn left out: ${ran.error?.message ?? ran.stderr.trim().split("\n").at(-1)}`);
      return [];
    }
    const results = JSON.parse(ran.stdout) as Record<string, [number, number]>;
    return Object.entries(results).map(([name, [seconds, inertia]]) => ({
      name: `scikit-learn ${name}`,
      seconds,
      inertia,
    }));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function report(results: readonly Result[]): void {
  const [ours] = results;
  for (const { name, seconds, inertia } of results) {
    const ratios = `time × ${(seconds / ours.seconds).toFixed(2)}, inertia × ${(inertia / ours.inertia).toFixed(6)}`;
    say(`  ${name.padEnd(38)} ${seconds.toFixed(3).padStart(8)} s  inertia ${inertia.toFixed(1)}  ${ratios}`);
  }
}

const { values } = parseArgs({
  options: { rows: { type: "string", default: "100000,1000000,10000000" }, k: { type: "string", default: "8" } },
});
const k = Number(values.k);
for (const count of values.rows.split(",").map(Number)) {
  const { recencyDays, frequency, monetary } = generateCustomers(count, 1);
  const raw = { recency_days: recencyDays, frequency, monetary };
  const { encodings } = encodingFromMoments(
    Object.entries(raw).map(([name, column]) => {
      const { mean, squaredDeviations } = moments(column.map(Math.log1p));
      return { name, transform: "log1p" as const, count, mean, variance: squaredDeviations / count };
    }),
  );
  say(`${count.toLocaleString("en-US")} customers, k = ${k}, load ${loadavg()[0].toFixed(1)}, CPU seconds`);
  const columns = Object.values(raw);
  const runs = Array.from({ length: REPEATS }, () => benchOurs(columns, encodings, k));
  const [cold] = runs;
  const ours = runs.reduce((best, run) => (run.seconds < best.seconds ? run : best));
  const peakMb = process.resourceUsage().maxRSS / 1024;
  const rows = encode(columns, encodings);
  const others = [...(count <= ML_KMEANS_ROWS ? [benchMlKmeans(rows, k)] : []), ...benchScikitLearn(rows, k)];
  say(
    `  peak memory with all of ours: ${Math.round(peakMb)} MB, of which the customers ${Math.round((count * 48) / 1e6)} MB`,
  );
  report([{ ...ours, name: `${ours.name} (warm)` }, { ...cold, name: "ours, first time" }, ...others]);
}
