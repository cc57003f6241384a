import { kindOf } from "../clustering/space/catalogue.ts";
import { encode } from "../clustering/space/encode.ts";
import { featureOfKey } from "../clustering/space/features.ts";
import type { FeatureEncoding, Matrix } from "../clustering/types.ts";
import { SegmentationError } from "../errors.ts";
import type { ScoreMeasures } from "./scoring.ts";

/** R, F and M of many customers, in units. */
export interface RfmColumns {
  readonly recencyDays: Float64Array;
  readonly frequency: Float64Array;
  readonly monetary: Float64Array;
  /** Decides between equal values under ntile; who has none is the first among equals. */
  readonly customerId?: readonly (string | undefined)[];
  /** Further features by their key in the model card; NaN where a customer has no value. */
  readonly features?: ReadonlyMap<string, Float64Array>;
}

/** A feature that a model needs and that is not given. */
export class MissingFeatureError extends SegmentationError {
  constructor(feature: string) {
    super("FEATURE_MISSING", `The model needs the feature ${feature}, which is not given.`, { feature });
  }
}

/** The column of a feature by its name in the model card. @throws MissingFeatureError. */
export function featureColumn(columns: RfmColumns, name: string): Float64Array {
  if (name === "recency_days") return columns.recencyDays;
  if (name === "frequency") return columns.frequency;
  if (name === "monetary") return columns.monetary;
  const values = columns.features?.get(name);
  if (values === undefined) throw new MissingFeatureError(name);
  return values;
}

/**
 * What a measure's score is of, to four decimals, as the partial `score_values` has it. @throws MissingFeatureError.
 */
export function measuredColumn(
  columns: RfmColumns,
  measure: keyof ScoreMeasures,
  measures: ScoreMeasures | undefined,
): Float64Array {
  const chosen = measures?.[measure];
  if (chosen === undefined) return columns[measure];
  const { feature, missing = Number.NaN } = chosen;
  return featureColumn(columns, feature).map((value) => roundMeasure(Number.isNaN(value) ? missing : value));
}

/** A value to four decimals, halves up. */
export const roundMeasure = (value: number): number => Math.floor(value * 1e4 + 0.5) / 1e4;

/** The features beyond R, F and M that encodings are made from: those that indicators look at are among them. */
export function furtherFeatures(
  encodings: readonly { readonly name: string; readonly indicatorOf?: string | undefined }[],
): string[] {
  const names = new Set(encodings.map(({ name, indicatorOf }) => indicatorOf ?? name));
  return [...names].filter((name) => name !== "recency_days" && name !== "frequency" && name !== "monetary");
}

/** The features beyond R, F and M that a model needs to score a customer, by their keys. */
export function featuresOfModel({ features, scoreMeasures = {}, segmentRules }: ModelFeatures): string[] {
  const measured = Object.values(scoreMeasures).flatMap((measure) => (measure === undefined ? [] : [measure.feature]));
  const asked = (segmentRules?.rules ?? []).flatMap(({ features: of = {} }) => Object.keys(of));
  return furtherFeatures([...features, ...[...measured, ...asked].map((name) => ({ name }))]);
}

/** Those of which every customer needs a value. */
export function neededFeatures(model: ModelFeatures): ReadonlySet<string> {
  const { features, scoreMeasures = {} } = model;
  const sometimesMissing = (key: string): boolean => {
    const feature = featureOfKey(key);
    return feature === undefined || kindOf(feature.name).mayBeMissing === true;
  };
  const asked = featuresOfModel({ ...model, features: [], scoreMeasures: {} }).filter((key) => !sometimesMissing(key));
  const encoded = features.flatMap(({ name, missing }) => (missing === undefined ? [name] : []));
  const measured = Object.values(scoreMeasures).flatMap((measure) =>
    measure === undefined || measure.missing !== undefined ? [] : [measure.feature],
  );
  return new Set([...encoded, ...measured, ...asked]);
}

/** What of a model card needs features. */
export interface ModelFeatures {
  readonly features: readonly {
    readonly name: string;
    readonly indicatorOf?: string | undefined;
    readonly missing?: number | undefined;
  }[];
  readonly scoreMeasures?: ScoreMeasures | undefined;
  readonly segmentRules?:
    | { readonly rules: readonly { readonly features?: Readonly<Record<string, unknown>> | undefined }[] }
    | undefined;
}

/**
 * Customers in the space of the encodings. @throws MissingFeatureError, and EncodingError naming feature and row for a
 * value that cannot enter it.
 */
export function encodeFeatures(columns: RfmColumns, encodings: readonly FeatureEncoding[]): Matrix {
  // No feature told customers apart: everybody is at the one centroid.
  if (encodings.length === 0) return { rows: columns.recencyDays.length, columns: 0, data: new Float64Array(0) };
  return encode(
    encodings.map(({ name, indicatorOf }) =>
      indicatorOf === undefined ? featureColumn(columns, name) : isMissing(featureColumn(columns, indicatorOf)),
    ),
    encodings,
  );
}

const isMissing = (values: Float64Array): Float64Array => values.map((value) => (Number.isNaN(value) ? 1 : 0));
