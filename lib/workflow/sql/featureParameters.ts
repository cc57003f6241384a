import { type FeatureName, kindOf } from "../../domain/clustering/space/catalogue.ts";
import {
  COLUMNS_OF_SETTINGS,
  type FeatureIdentity,
  type FeatureSource,
  featureKey,
  featureOfKey,
  featureSources,
  isMeasured,
  readsColumn,
} from "../../domain/clustering/space/features.ts";
import type { Config } from "../../domain/config/config.ts";
import { scoreMeasuresOf } from "../../domain/config/measureSettings.ts";
import { addDays } from "../../domain/dates.ts";
import { MEASURES, type PerMeasure, type ScoreMeasures } from "../../domain/rfm/scoring.ts";
import { sqlLiteral } from "../../domain/text/sqlLiteral.ts";
import { WIDE } from "../../tables/segments.ts";
import { isParameterName, type StatementParameters } from "./parameters.ts";

/** The statement that builds the features table: the wide one costs more, and only those who ask for it pay. */
export function featuresStatement(features: readonly FeatureIdentity[]): string {
  if (features.some(readsColumn)) return "features/build_column_features";
  const isWide = featureSources(features).some(({ column }) => Object.hasOwn(WIDE, column));
  return isWide ? "features/build_wide_features" : "features/build_features";
}

export interface ComputedFeatures {
  /** All that the run computes, each once. */
  readonly all: readonly FeatureIdentity[];
  /** Those of the clustering. */
  readonly clustered: readonly FeatureIdentity[];
  readonly scoreMeasures?: ScoreMeasures | undefined;
  /** ISO date: what is counted over a window is counted up to the day before. */
  readonly until: string;
}

/** The features of a run as parameters of the statements. */
export function featureParameters({ all, clustered, scoreMeasures, until }: ComputedFeatures): StatementParameters {
  const sources = featureSources(all);
  const chosen = new Set(clustered.map(featureKey));
  const shares = Array.from({ length: COLUMNS_OF_SETTINGS }, (_, at) => shareParameters(sources, at + 1));
  return {
    feature_names: sources.flatMap(({ key, column }) => (chosen.has(key) ? [column] : [])).join(","),
    ...Object.assign({}, ...shares),
    asked_measures: askedMeasures(sources, until),
    asked_columns: askedColumns(sources, until),
    measured_until: until,
    ...scoredColumns(sources, scoreMeasures),
  };
}

function shareParameters(sources: readonly FeatureSource[], number: number): StatementParameters {
  const source = sources.find(({ column }) => column === `share_${number}`);
  const column = source === undefined ? "" : (kindOf(source.name).shareOf ?? "");
  const entries = { [`share_column_${number}`]: column, [`share_value_${number}`]: source?.of ?? "" };
  return Object.fromEntries(Object.entries(entries).filter(([name]) => isParameterName(name)));
}

/** What the partial `measure_values` can count, with and without a window. */
export const MEASURED_NAMES: readonly FeatureName[] = [
  ...(["recency_mean", "frequency", "monetary", "active_days", "lines", "units", "average_order_value"] as const),
];

/** What the scores are of as of an earlier day, in the columns measure_1 (of R) to measure_3 (of M). */
export function measuresAsOf(cutDate: string, { scores, frequencyBasis }: Pick<Config, "scores" | "frequencyBasis">) {
  const chosen = scoreMeasuresOf(scores.measures) ?? {};
  const rows = MEASURES.flatMap((measure, at) => {
    const feature = featureOfKey(chosen[measure]?.feature ?? "");
    return feature === undefined ? [] : [askedRow(feature, at + 1, cutDate)];
  });
  return {
    ...{ cut_date: cutDate, measured_until: cutDate, asked_measures: rowsOr(rows) },
    frequency_basis: frequencyBasis === "auto" ? "orders" : frequencyBasis,
  };
}

/** Rows of the partial `measure_values`; one that is none where nothing is asked for. */
function askedMeasures(sources: readonly FeatureSource[], until: string): string {
  const own = sources.filter((feature) => isMeasured(feature) && !readsColumn(feature));
  return rowsOr(own.map((feature) => askedRow(feature, slotOf(feature), until)));
}

/** Rows of the partial `column_rows`; one that is none where nothing is asked for. */
function askedColumns(sources: readonly FeatureSource[], until: string): string {
  const rows = sources.filter(readsColumn).map((feature) => {
    const { name, of = "", is = "", withinDays } = feature;
    return `(${slotOf(feature)}, '${name}', '${of}', ${sqlLiteral(is)}, date '${windowFrom(withinDays, until)}')`;
  });
  return rows.length === 0 ? "(0, 'none', 'none', '', date '0001-01-01')" : rows.join(", ");
}

/** The number of a column measure_1, measure_2, … */
const slotOf = ({ column }: FeatureSource): number => Number(column.slice("measure_".length));

const windowFrom = (withinDays: number | undefined, until: string): string =>
  withinDays === undefined ? "0001-01-01" : addDays(until, -withinDays);

function askedRow({ name, last = 0, withinDays }: FeatureIdentity, slot: number, until: string): string {
  return `(${slot}, '${name}', ${last}, date '${windowFrom(withinDays, until)}')`;
}

const rowsOr = (rows: readonly string[]): string =>
  rows.length === 0 ? "(0, 'none', 0, date '0001-01-01')" : rows.join(", ");

const COLUMNS: PerMeasure<readonly [name: "recency" | "frequency" | "monetary", column: string]> = {
  recencyDays: ["recency", "recency_days"],
  frequency: ["frequency", "frequency"],
  monetary: ["monetary", "monetary"],
};

/** The columns that the scores are of. */
function scoredColumns(sources: readonly FeatureSource[], measures: ScoreMeasures = {}): StatementParameters {
  const entries = MEASURES.flatMap((measure) => {
    const [name, usual] = COLUMNS[measure];
    const chosen = measures[measure];
    const column = chosen === undefined ? usual : sources.find(({ key }) => key === chosen.feature)?.column;
    return [
      [`${name}_column`, column ?? usual],
      [`${name}_missing`, (chosen?.missing ?? 0).toFixed(4)],
    ];
  });
  return Object.fromEntries(entries);
}
