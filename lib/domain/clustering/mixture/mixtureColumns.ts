import { type ColumnFeature, type ColumnFit, EXACT_ROWS, encodeColumns, fitColumns } from "../fit/fitColumns.ts";
import { createGrid } from "../sketch/grid.ts";
import { addRows } from "../sketch/gridRows.ts";
import { converge, fitMixtures, mixtureLevels } from "./fitMixtures.ts";
import { membershipsOf } from "./memberships.ts";
import type { CovarianceType } from "./types.ts";

/**
 * As `fitColumns`, by a mixture of k components of one covariance type: centroids are the means, and each row is where
 * it belongs most probably.
 * @returns undefined where no feature tells the rows apart. @throws EncodingError for values outside of a transform.
 */
export function mixtureColumns(
  features: readonly ColumnFeature[],
  k: number,
  seed: number,
  { covariance, floor }: { readonly covariance: CovarianceType; readonly floor: number },
): ColumnFit | undefined {
  const start = fitColumns(features, k, seed);
  if (start === undefined) return undefined;
  const rows = encodeColumns(features, start.encodings);
  const grid = createGrid(rows.columns);
  addRows(grid, rows);
  const levels = mixtureLevels(grid, rows.rows <= EXACT_ROWS ? rows : undefined);
  const [found] = fitMixtures({ levels, centroids: [start.centroids], covariances: [covariance], floor, seed });
  const mixture = converge(levels.fine, found.mixture, floor);
  const centroids = { rows: mixture.k, columns: mixture.dimensions, data: mixture.means };
  return { encodings: start.encodings, centroids, labels: membershipsOf(rows, mixture).labels };
}
