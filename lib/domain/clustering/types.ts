import type { CovarianceType } from "./mixture/types.ts";

/** A row-major matrix: the value of row `i`, column `j` is `data[i * columns + j]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** Weighted points, each standing for the rows of one grid cell at their mean. */
export interface WeightedPoints {
  /** One row per cell: the mean of its rows, in scaled space. */
  readonly points: Matrix;
  /** Number of rows in each cell. */
  readonly weights: Float64Array;
  /** Sum over all cells of the squared distances of rows to their cell's mean: no partition of cells can remove it. */
  readonly withinCellInertia: number;
}

/** How a feature's raw value is made fit for distances before it is standardised. */
export type Transform = "log1p" | "asinh" | "identity";

/** One feature of the clustering space, with what is needed to move a raw value into it and back. */
export interface FeatureEncoding {
  /** Column name in the features table, for example `recency_days`. */
  readonly name: string;
  readonly transform: Transform;
  /** Divisor inside `asinh(value / scale)`; 1 for the others. */
  readonly scale: number;
  /** Winsorising limits in raw units, applied before the transform; absent when winsorising is off. */
  readonly winsorLow?: number;
  readonly winsorHigh?: number;
  /** Mean of the transformed values, rounded to 10 significant digits. */
  readonly mean: number;
  /**
   * Population standard deviation of the transformed values, rounded to 10 significant digits, divided by the weight;
   * never 0.
   */
  readonly deviation: number;
  /** How many times as much as others it counts; 1 where absent. `deviation` is divided by it already. */
  readonly weight?: number;
  /** Scaled coordinate of customers without a value; absent where every customer needs one. */
  readonly missing?: number;
  /** The feature whose missing values it indicates, by 1; 0 for the others. */
  readonly indicatorOf?: string;
}

/** One fitted partition: centroids in scaled space and its cost. */
export interface FittedPartition {
  readonly k: number;
  /** k × d, in scaled space. */
  readonly centroids: Matrix;
  /** Sum of squared distances of all rows to their nearest centroid. */
  readonly inertia: number;
  /** Rows in each cluster. */
  readonly sizes: readonly number[];
}

/** What one value of k is worth; every figure is over the scaled space with squared Euclidean inertia. */
export interface KCriteria {
  readonly k: number;
  readonly inertia: number;
  /** Mean silhouette with Euclidean distance (Rousseeuw 1987), as scikit-learn's `silhouette_score`. */
  readonly silhouette: number;
  /** Mean silhouette with squared Euclidean distance; the one that decides "clear structure". */
  readonly silhouetteSquared: number;
  readonly calinskiHarabasz: number;
  readonly daviesBouldin: number;
  /** Gap statistic (Tibshirani, Walther and Hastie 2001) and its standard error; absent when not computed. */
  readonly gap?: number;
  readonly gapStandardError?: number;
  /** Mean adjusted Rand index between bootstrap refits and this partition. */
  readonly stability?: number;
  readonly smallestCluster: number;
  /** "exact" over all rows, or "grid" over cell means. */
  readonly basis: "exact" | "grid";
  /** Of mixtures alone. */
  readonly mixture?: MixtureCriteria;
}

/** What a mixture of one k is worth. */
export interface MixtureCriteria {
  readonly covariance: CovarianceType;
  /** Mean natural logarithm of the density, per customer. */
  readonly logLikelihood: number;
  readonly bic: number;
  /** BIC of every covariance type that was tried. */
  readonly bicByCovariance: Readonly<Partial<Record<CovarianceType, number>>>;
}

/** Nearest centroids of many rows. Distances are squared Euclidean, in scaled space. */
export interface Assignment {
  readonly labels: Uint8Array;
  readonly nearest: Float64Array;
  /** Squared distance to the second nearest centroid; Infinity where there is but one. */
  readonly second: Float64Array;
}
