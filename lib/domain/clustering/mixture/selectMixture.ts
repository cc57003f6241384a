import type { SelectFitResult } from "../fit/selectFit.ts";
import type { ReferenceModel } from "../identity/clusterIdentity.ts";
import type { Grid } from "../sketch/grid.ts";
import type { FeatureEncoding, Matrix } from "../types.ts";
import { referenceMixture } from "./continueMixture.ts";
import { fitMixtures, mixtureLevels } from "./fitMixtures.ts";
import { type JudgeMixturesInput, judgeMixtures, type MixtureJudgement } from "./judgeMixtures.ts";

export interface SelectMixtureInput
  extends Pick<JudgeMixturesInput, "covariances" | "floor" | "previousK" | "customers" | "kByHand"> {
  /** The K-Means partitions of the same customers, to start from. */
  readonly fit: SelectFitResult;
  /** The shards' grids, merged. */
  readonly grid: Grid;
  /** The rows themselves where they are few. */
  readonly exactRows?: Matrix | undefined;
  readonly encodings: readonly FeatureEncoding[];
  readonly reference?: ReferenceModel | undefined;
  readonly seed: number;
}

/** The mixture of a run: fitted for every k that K-Means was fitted for, judged, and one chosen. */
export function selectMixture(input: SelectMixtureInput): MixtureJudgement {
  const { fit, grid, exactRows, encodings, covariances, floor, reference, previousK, customers, kByHand, seed } = input;
  const levels = mixtureLevels(grid, exactRows);
  const centroids = fit.partitions.map((partition) => partition.centroids);
  const candidates = fitMixtures({ levels, centroids, covariances, floor, seed });
  const previous = reference === undefined ? undefined : referenceMixture(reference, encodings);
  return judgeMixtures({
    ...{ levels, candidates, covariances, floor, previous, previousK, customers, kByHand, seed },
    exact: exactRows !== undefined,
  });
}
