import {
  type FeatureSetting,
  type FeatureSource,
  featureSources,
  kindOf,
  MAX_FEATURES,
} from "../../domain/clustering/space/catalogue.ts";
import { WIDE } from "../../tables/segments.ts";
import { isParameterName, type StatementParameters } from "./parameters.ts";

/** The statement that builds the features table: the wide one costs more, and only those who ask for it pay. */
export function featuresStatement(settings: readonly FeatureSetting[]): string {
  const isWide = featureSources(settings).some(({ column }) => Object.hasOwn(WIDE, column));
  return isWide ? "features/build_wide_features" : "features/build_features";
}

/** The features of the clustering as parameters of the statements. */
export function featureParameters(settings: readonly FeatureSetting[]): StatementParameters {
  const sources = featureSources(settings);
  const names = Array.from({ length: MAX_FEATURES }, (_, at) => shareParameters(sources, at + 1));
  return { feature_names: sources.map(({ column }) => column).join(","), ...Object.assign({}, ...names) };
}

function shareParameters(sources: readonly FeatureSource[], number: number): StatementParameters {
  const source = sources.find(({ column }) => column === `share_${number}`);
  const column = source === undefined ? "" : (kindOf(source.name).shareOf ?? "");
  const entries = { [`share_column_${number}`]: column, [`share_value_${number}`]: source?.of ?? "" };
  return Object.fromEntries(Object.entries(entries).filter(([name]) => isParameterName(name)));
}
