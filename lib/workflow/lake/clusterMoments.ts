import { kindOf } from "../../domain/clustering/space/catalogue.ts";
import type { FeatureMoments } from "../../domain/clustering/space/encode.ts";
import {
  type FeatureSetting,
  type FeatureSource,
  featureSources,
  indicatorKey,
} from "../../domain/clustering/space/features.ts";
import type { Transform } from "../../domain/clustering/types.ts";
import type { Config } from "../../domain/config/config.ts";
import { SegmentationError } from "../../domain/errors.ts";
import { type MomentsRow, momentsOfRow } from "./featureMoments.ts";

/** Customers without a value of a feature whose settings refuse them. */
export class MissingValuesError extends SegmentationError {
  constructor(key: string, missing: number, customers: number) {
    super(
      "MISSING_VALUES",
      `${missing.toLocaleString("en")} of ${customers.toLocaleString("en")} customers have no ${key}, and clusters.features refuses that: set its "missing" to "mean" or to a value.`,
      { key, missing, customers },
    );
  }
}

/** What the features of a run are known by, and those of which nobody has a value. */
export interface ClusterMoments {
  readonly features: readonly FeatureMoments[];
  readonly valueless: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * Moments of the features that the settings choose, each followed by that of its indicator where it has one.
 * @param rows those of feature_moments. @throws MissingValuesError
 */
export function clusterMoments({ clusters }: Pick<Config, "clusters">, rows: readonly MomentsRow[]): ClusterMoments {
  const found = featureSources(clusters.features).map((source) => ({ source, ...countsOf(source, rows) }));
  const valueless = found.flatMap(({ source, known }) =>
    known === 0 ? [{ name: source.key, reason: `no customer has a value of ${source.key}` }] : [],
  );
  const features = found.flatMap(({ source, known, customers }) =>
    known === 0 ? [] : momentsOf(source, known, customers, rows),
  );
  return { features, valueless };
}

function countsOf({ key, column }: FeatureSource, rows: readonly MomentsRow[]) {
  const row = rows.find(({ feature, transform }) => feature === column && transform === "identity");
  if (row === undefined) throw new SegmentationError("NO_MOMENTS", `The moments of ${key} are missing.`, { key });
  return { known: row.defined_rows, customers: row.row_count };
}

function momentsOf(
  source: FeatureSetting & FeatureSource,
  known: number,
  customers: number,
  rows: readonly MomentsRow[],
): FeatureMoments[] {
  const { key, column, weight = 1, indicator, missing = "mean" } = source;
  if (missing === "refuse" && known < customers) throw new MissingValuesError(key, customers - known, customers);
  const transform = transformOf(source, rows);
  const row = rows.find((candidate) => candidate.feature === column && candidate.transform === transform);
  if (row === undefined)
    throw new SegmentationError("NO_MOMENTS", `The moments of ${key} under ${transform} are missing.`, { key });
  const canMiss = kindOf(source.name).mayBeMissing === true && missing !== "refuse";
  const ofFeature = { ...momentsOfRow(row, key, transform), weight, ...(canMiss ? { missing } : {}) };
  if (indicator !== true) return [ofFeature];
  const share = (customers - known) / customers;
  return [
    ofFeature,
    {
      ...{ name: indicatorKey(key), indicatorOf: key, transform: "identity" as const, weight },
      ...{ count: customers, mean: share, variance: share * (1 - share) },
    },
  ];
}

/** What is asked for, else the usual one, or asinh where values can be negative: log1p ends at −1. */
function transformOf(
  { name, column, transform }: FeatureSetting & FeatureSource,
  rows: readonly MomentsRow[],
): Transform {
  if (transform !== "auto") return transform;
  const { usual } = kindOf(name);
  if (usual === "identity") return usual;
  const smallest = Math.min(...rows.filter((row) => row.feature === column).map((row) => row.min_value ?? 0));
  return smallest < 0 ? "asinh" : usual;
}
