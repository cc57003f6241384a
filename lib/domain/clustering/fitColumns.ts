import { type EncodingPlan, encode, encodingFromMoments, transformValue } from "./encode.ts";
import { moments } from "./moments.ts";
import { nearestLabels } from "./nearest.ts";
import { selectFit } from "./selectFit.ts";
import { createShardFit } from "./shardFit.ts";
import type { Matrix, Transform } from "./types.ts";

/** Rows up to which the last refinement runs over the rows themselves. */
const EXACT_ROWS = 30_000;

export interface ColumnFeature {
  readonly name: string;
  readonly transform: Transform;
  readonly scale: number;
  /** Raw units. */
  readonly values: Float64Array;
}

export interface ColumnFit {
  readonly encodings: EncodingPlan["encodings"];
  readonly centroids: Matrix;
  /** Cluster of each row: its place among the centroids. */
  readonly labels: Uint8Array;
}

/**
 * Clusters columns that are in memory, as a run clusters its shards: the same features, sketch and search, for one k.
 * @returns undefined where no feature tells the rows apart. @throws EncodingError for values outside of a transform.
 */
export function fitColumns(features: readonly ColumnFeature[], k: number, seed: number): ColumnFit | undefined {
  const { encodings } = encodingFromMoments(features.map(momentsOf));
  if (encodings.length === 0) return undefined;
  const columns = encodings.map(({ name }) => features.find((feature) => feature.name === name)?.values ?? []);
  const rows = encode(columns, encodings);
  const kRange = [Math.min(k, rows.rows)];
  const fit = createShardFit({ dimensions: rows.columns, kRange, seed });
  fit.addBatch(rows);
  const exactRows = rows.rows <= EXACT_ROWS ? { exactRows: rows } : {};
  const { partitions } = selectFit({ ...fit.finish(), kRange, seed, ...exactRows });
  const centroids = partitions[0]?.centroids as Matrix;
  return { encodings, centroids, labels: nearestLabels(rows, centroids) };
}

function momentsOf({ name, transform, scale, values }: ColumnFeature) {
  const transformed = values.map((value, row) => transformValue(value, { name, transform, scale }, row));
  // In ascending order, so that the sums do not depend on the order of the rows.
  const { count, mean, squaredDeviations } = moments(transformed.sort());
  return { name, transform, scale, count, mean, variance: squaredDeviations / count };
}
