import type { Transform } from "../types.ts";

/** What customers can be clustered by: a column of the features table, or of what a run adds to it. */
export interface FeatureKind {
  /** As people call it. */
  readonly title: string;
  /** What it is, with its unit. */
  readonly meaning: string;
  /** Kinds of one family say nearly the same of a customer. */
  readonly family: "recency" | "visits" | "money" | "size" | "age" | "rhythm" | "habit";
  /** What is said of customers below and above the average. */
  readonly words: { readonly low: string; readonly high: string };
  /** The transform where none is asked for; asinh in its place where values can be negative. */
  readonly usual: Exclude<Transform, "asinh">;
  /** Some customers have none: those with one purchase have no days between purchases. */
  readonly mayBeMissing?: true;
  /** A share of the lines in one value of this column of the history; the setting `of` names the value. */
  readonly shareOf?: "category" | "country" | "payment_method";
}

/** @param words for below and above, with a stroke between. */
const share = (title: string, meaning: string, words: string, rest: Partial<FeatureKind> = {}): FeatureKind => ({
  ...{ title, meaning: `${meaning}, 0..1`, family: "habit", usual: "identity", words: wordsOf(words) },
  ...rest,
});
const measure = (
  family: FeatureKind["family"],
  title: string,
  meaning: string,
  words: string,
  rest: Partial<FeatureKind> = {},
): FeatureKind => ({ title, meaning, family, usual: "log1p", words: wordsOf(words), ...rest });

function wordsOf(text: string): FeatureKind["words"] {
  const [low = "", high = ""] = text.split("|");
  return { low, high };
}

/** Every kind of feature by its name in the settings. */
export const FEATURE_KINDS = {
  recency_days: measure("recency", "Recency", "days from the last purchase to the snapshot date", "recent|lapsed"),
  frequency: measure("visits", "Frequency", "orders, or what frequencyBasis says", "infrequent|frequent"),
  monetary: measure("money", "Monetary value", "money spent", "low-spend|high-spend"),
  active_days: measure("visits", "Active days", "days with a purchase", "few-days|many-days"),
  lines: measure("size", "Lines", "lines bought", "few-lines|many-lines"),
  units: measure("size", "Units", "pieces bought", "few-units|many-units"),
  average_order_value: measure("money", "Average order value", "money per order", "small-orders|large-orders"),
  tenure_days: measure(
    "age",
    "Days since the first purchase",
    "days from the first purchase to the snapshot date",
    "new|long-known",
  ),
  lifetime_days: measure("age", "Tenure", "days from the first purchase to the last", "short-stay|long-stay"),
  gap_days_mean: measure(
    "rhythm",
    "Days between purchases",
    "mean days between a customer's purchase days",
    "short-gaps|long-gaps",
    {
      mayBeMissing: true,
    },
  ),
  gap_days_spread: measure(
    "rhythm",
    "Spread of days between purchases",
    "standard deviation of the days between purchase days; from three such days on",
    "regular|irregular",
    { mayBeMissing: true },
  ),
  lines_per_order: measure("size", "Lines per order", "lines of an order", "few-lines-an-order|many-lines-an-order"),
  distinct_products: measure("size", "Distinct products", "different products bought", "narrow-choice|wide-choice"),
  returns_share: share("Share of returns", "what came back of what was bought, in money", "few-returns|many-returns", {
    mayBeMissing: true,
  }),
  weekend_share: share("Share of weekend orders", "orders on a Saturday or a Sunday", "weekday|weekend"),
  category_share: share("Share of", "lines in the category that `of` names", "little|much", {
    ...{ mayBeMissing: true, shareOf: "category" },
  }),
  country_share: share("Share of", "lines in the country that `of` names", "seldom|mostly", {
    ...{ mayBeMissing: true, shareOf: "country" },
  }),
  payment_share: share("Share of", "lines paid by the method that `of` names", "seldom|mostly", {
    ...{ mayBeMissing: true, shareOf: "payment_method" },
  }),
} as const satisfies Readonly<Record<string, FeatureKind>>;

export type FeatureName = keyof typeof FEATURE_KINDS;
export const FEATURE_NAMES = Object.keys(FEATURE_KINDS) as [FeatureName, ...FeatureName[]];

/** What is known of a kind, whatever its name. */
export const kindOf = (name: FeatureName): FeatureKind => FEATURE_KINDS[name];

/** A feature of the clustering as the settings have it. */
export interface FeatureSetting {
  readonly name: FeatureName;
  readonly transform: Transform | "auto";
  /** The value whose share it is, of the kinds that have one. */
  readonly of?: string | undefined;
  /** Its distances count so many times as much. */
  readonly weight?: number | undefined;
  /** Where customers without a value are: at the mean of the others, at this value, or the run is refused. */
  readonly missing?: "mean" | "refuse" | number | undefined;
  /** A feature of its own says who has no value. */
  readonly indicator?: boolean | undefined;
}

const RFM_NAMES: readonly FeatureName[] = ["recency_days", "frequency", "monetary"];
/** Most features that the exact grid takes. */
export const MAX_FEATURES = 6;

/** What a feature is called in the model card and in requests: `units`, `category_share:Books`. */
export const featureKey = ({ name, of }: Pick<FeatureSetting, "name" | "of">): string =>
  of === undefined ? name : `${name}:${of}`;

/** What the indicator of a feature's missing values is called. */
export const indicatorKey = (key: string): string => `${key}${INDICATOR}`;
const INDICATOR = " missing";
/** The feature whose missing values a key indicates; undefined for any other key. */
export const indicated = (key: string): string | undefined =>
  key.endsWith(INDICATOR) ? key.slice(0, -INDICATOR.length) : undefined;

/** A feature with its column in the features table. */
export interface FeatureSource extends FeatureSetting {
  readonly key: string;
  readonly column: string;
}

/** Where the features' values are: shares of named values are in share_1, share_2, … in their order. */
export function featureSources(settings: readonly FeatureSetting[]): FeatureSource[] {
  let shares = 0;
  return settings.map((setting) => {
    const isShare = kindOf(setting.name).shareOf !== undefined;
    if (isShare) shares++;
    return { ...setting, key: featureKey(setting), column: isShare ? `share_${shares}` : setting.name };
  });
}

/** Those of the sources that are not R, F and M, which every reader has anyway. */
export function furtherSources(settings: readonly FeatureSetting[]): Pick<FeatureSource, "key" | "column">[] {
  const others = featureSources(settings).filter(({ name }) => !RFM_NAMES.includes(name));
  return others.map(({ key, column }) => ({ key, column }));
}

/** What a feature is called for people. */
export function featureTitle(key: string): string {
  const watched = indicated(key);
  if (watched !== undefined) return `${featureTitle(watched)}, whether missing`;
  const [name, of] = splitKey(key);
  const kind = Object.hasOwn(FEATURE_KINDS, name) ? kindOf(name as FeatureName) : undefined;
  if (kind === undefined) return key;
  return of === undefined ? kind.title : `${kind.title} ${of}`;
}

/** Whether a word is the key of a feature beyond R, F and M. */
export function isFeatureKey(word: string): boolean {
  const [name, of] = splitKey(word);
  if (!Object.hasOwn(FEATURE_KINDS, name) || RFM_NAMES.includes(name as FeatureName)) return false;
  return (kindOf(name as FeatureName).shareOf === undefined) === (of === undefined);
}

/** The name of a key, and the value whose share it is. */
export function splitKey(key: string): readonly [name: string, of: string | undefined] {
  const at = key.indexOf(":");
  return at < 0 ? [key, undefined] : [key.slice(0, at), key.slice(at + 1)];
}
