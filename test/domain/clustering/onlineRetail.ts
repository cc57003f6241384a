import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Matrix } from "../../../lib/domain/clustering/types.ts";

const FOLDER = fileURLToPath(new URL("../../../../shared/golden/online-retail/", import.meta.url));

/** False where the reference figures are not beside the project. */
export const hasOnlineRetail = existsSync(`${FOLDER}figures.json`);

export type Features = "log1p_z" | "plain_z";

/** What the tests read of the reference figures of one k. */
export interface ReferenceFigures {
  readonly inertia: number;
  readonly silhouette: number;
  readonly calinski_harabasz: number;
  readonly davies_bouldin: number;
}

/** One reference cluster, in units but for the centroid. */
export interface ReferenceCluster {
  readonly size: number;
  readonly pct: number;
  readonly mean_R: number;
  readonly mean_F: number;
  readonly mean_M: number;
  readonly median_R: number;
  readonly median_F: number;
  readonly median_M: number;
  readonly revenue_share: number;
  readonly centroid_features: readonly number[];
}

/** R, F and M of every customer under the default policy, each one column. */
export function readRfm(): { recencyDays: Float64Array; frequency: Float64Array; monetary: Float64Array } {
  const rows = readRows("rfm_P2.csv");
  const column = (name: string) => Float64Array.from(rows, (row) => Number(row[name]));
  return { recencyDays: column("recency_days"), frequency: column("frequency"), monetary: column("monetary") };
}

/** The customers as z-scores of R, F, M: of the values themselves, or of their log1p. */
export function readPoints(features: Features): Matrix {
  const { recencyDays, frequency, monetary } = readRfm();
  const rows = recencyDays.length;
  const data = new Float64Array(rows * 3);
  [recencyDays, frequency, monetary].forEach((column, j) => {
    const values = features === "log1p_z" ? column.map(Math.log1p) : column;
    const mean = values.reduce((sum, value) => sum + value, 0) / rows;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows);
    values.forEach((value, i) => {
      data[i * 3 + j] = (value - mean) / deviation;
    });
  });
  return { rows, columns: 3, data };
}

/** Reference labels of every customer for one k. */
export function readLabels(features: Features, k: number): Uint8Array {
  return Uint8Array.from(readRows("clusters_P2.csv"), (row) => Number(row[`${features}_k${k}`]));
}

export function readFigures(features: Features, k: number): ReferenceFigures {
  return readClustering(features, k) as ReferenceFigures;
}

export function readReferenceClusters(features: Features, k: number): readonly ReferenceCluster[] {
  return (readClustering(features, k) as { clusters: ReferenceCluster[] }).clusters;
}

let figures: { clustering: Record<string, Record<number, unknown>> } | undefined;

function readClustering(features: Features, k: number): unknown {
  // The file was written with bare NaN for a few unrelated figures.
  figures ??= JSON.parse(readFileSync(`${FOLDER}figures.json`, "utf8").replace(/\bNaN\b/g, "null"));
  return figures?.clustering[features][k];
}

const cache = new Map<string, Record<string, string>[]>();

function readRows(name: string): Record<string, string>[] {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const [header, ...lines] = readFileSync(FOLDER + name, "utf8")
    .trimEnd()
    .split("\n");
  const names = header.split(",");
  const rows = lines.map((line) => Object.fromEntries(line.split(",").map((value, j) => [names[j], value])));
  cache.set(name, rows);
  return rows;
}
