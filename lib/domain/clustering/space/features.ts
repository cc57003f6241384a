import type { Transform } from "../types.ts";
import { FEATURE_KINDS, type FeatureName, kindOf } from "./catalogue.ts";

/** Which feature it is. */
export interface FeatureIdentity {
  readonly name: FeatureName;
  /** The value whose share it is, or the column of the files that it is made from, of the kinds that have one. */
  readonly of?: string | undefined;
  /** The word that is asked for in a column of words. */
  readonly is?: string | undefined;
  /** Of how many purchase days, the latest first, of the kinds that take it. */
  readonly last?: number | undefined;
  /** Counted over so many days before the snapshot date; the whole history where it is left out. */
  readonly withinDays?: number | undefined;
}

/** A feature of the clustering as the settings have it. */
export interface FeatureSetting extends FeatureIdentity {
  readonly transform: Transform | "auto";
  /** Its distances count so many times as much. */
  readonly weight?: number | undefined;
  /** Where customers without a value are: at the mean of the others, at this value, or the run is refused. */
  readonly missing?: "mean" | "refuse" | number | undefined;
  /** A feature of its own says who has no value. */
  readonly indicator?: boolean | undefined;
}

/** Most features that the exact grid takes. */
export const MAX_FEATURES = 6;
/** Columns that the features table has for what the settings of a run describe: of shares, and of measures. */
export const COLUMNS_OF_SETTINGS = 6;

const RFM_KEYS: readonly string[] = ["recency_days", "frequency", "monetary"];

/** What a feature is called in the model card and in requests: `units`, `category_share:Books`, `monetary:365d`. */
export function featureKey({ name, of, is, last, withinDays }: FeatureIdentity): string {
  const window = withinDays === undefined ? undefined : `${withinDays}d`;
  return [name, of, is, last, window].filter((part) => part !== undefined).join(":");
}

/** The feature that a key names; undefined for any other word. */
export function featureOfKey(key: string): FeatureIdentity | undefined {
  const [word, rest] = splitKey(key);
  if (!Object.hasOwn(FEATURE_KINDS, word)) return undefined;
  const name = word as FeatureName;
  const { shareOf, takesLast, mayHaveWindow, readsColumn } = kindOf(name);
  if (readsColumn !== undefined) return columnFeatureOf(name, rest);
  if (shareOf !== undefined) return rest === undefined ? undefined : { name, of: rest };
  if (rest === undefined) return takesLast === true ? undefined : { name };
  const found = (takesLast === true ? LAST_AND_WINDOW : WINDOW).exec(rest)?.groups;
  if (found === undefined || (found.days !== undefined && mayHaveWindow !== true)) return undefined;
  const { last, days } = found;
  return {
    name,
    ...(last === undefined ? {} : { last: Number(last) }),
    ...(days === undefined ? {} : { withinDays: Number(days) }),
  };
}

/** A feature that is made from a column of the files, by what stands after its name in the key. */
function columnFeatureOf(name: FeatureName, text: string | undefined): FeatureIdentity | undefined {
  const { takesWord, mayHaveWindow } = kindOf(name);
  const [of, rest] = splitKey(text ?? "");
  if (of === "") return undefined;
  if (takesWord === true) return rest === undefined ? undefined : { name, of, is: rest };
  if (rest === undefined) return { name, of };
  const days = mayHaveWindow === true ? WINDOW.exec(rest)?.groups?.days : undefined;
  return days === undefined ? undefined : { name, of, withinDays: Number(days) };
}

const WINDOW = /^(?<days>[1-9]\d{0,4})d$/;
const LAST_AND_WINDOW = /^(?<last>[1-9]\d{0,2})(:(?<days>[1-9]\d{0,4})d)?$/;

/** What the indicator of a feature's missing values is called. */
export const indicatorKey = (key: string): string => `${key}${INDICATOR}`;
const INDICATOR = " missing";
/** The feature whose missing values a key indicates; undefined for any other key. */
export const indicated = (key: string): string | undefined =>
  key.endsWith(INDICATOR) ? key.slice(0, -INDICATOR.length) : undefined;

/** A feature with its column in the features table. */
export interface FeatureSource extends FeatureIdentity {
  readonly key: string;
  readonly column: string;
}

/**
 * Where the features' values are: shares of named values are in share_1, share_2, … in their order, and what is counted
 * as the settings say in measure_1, measure_2, …
 */
export function featureSources<Feature extends FeatureIdentity>(
  features: readonly Feature[],
): (Feature & FeatureSource)[] {
  let [shares, measures] = [0, 0];
  return features.map((feature) => {
    const key = featureKey(feature);
    if (kindOf(feature.name).shareOf !== undefined) return { ...feature, key, column: `share_${++shares}` };
    return { ...feature, key, column: isMeasured(feature) ? `measure_${++measures}` : feature.name };
  });
}

/** Whether it is counted as the settings of a run say, not as every run counts it. */
export const isMeasured = ({ name, withinDays }: FeatureIdentity): boolean =>
  withinDays !== undefined || kindOf(name).takesLast === true || readsColumn({ name });

/** Whether it is made from a column of the files that the settings name. */
export const readsColumn = ({ name }: Pick<FeatureIdentity, "name">): boolean => kindOf(name).readsColumn !== undefined;

/** Those of the features that are not R, F and M, which every reader has anyway. */
export function furtherSources(features: readonly FeatureIdentity[]): Pick<FeatureSource, "key" | "column">[] {
  const others = featureSources(features).filter(({ key }) => !RFM_KEYS.includes(key));
  return others.map(({ key, column }) => ({ key, column }));
}

/** What a feature is called for people. */
export function featureTitle(key: string): string {
  const watched = indicated(key);
  if (watched !== undefined) return `${featureTitle(watched)}, whether missing`;
  const feature = featureOfKey(key);
  if (feature === undefined) return key;
  const { name, of, is, last, withinDays } = feature;
  const days = last === undefined ? "" : ` of ${last} purchase ${last === 1 ? "day" : "days"}`;
  const window = withinDays === undefined ? "" : `, last ${withinDays} days`;
  const word = is === undefined ? "" : ` is ${is}`;
  return `${kindOf(name).title}${of === undefined ? "" : ` ${of}`}${word}${days}${window}`;
}

/** Whether a word is the key of a feature beyond R, F and M. */
export const isFeatureKey = (word: string): boolean => featureOfKey(word) !== undefined && !RFM_KEYS.includes(word);

/** The name of a key, and what stands after it. */
export function splitKey(key: string): readonly [name: string, rest: string | undefined] {
  const at = key.indexOf(":");
  return at < 0 ? [key, undefined] : [key.slice(0, at), key.slice(at + 1)];
}
