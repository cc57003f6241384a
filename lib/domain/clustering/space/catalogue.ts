import type { Transform } from "../types.ts";

/** What customers can be clustered by: a column of the features table, or of what a run adds to it. */
export interface FeatureKind {
  /** As people call it. */
  readonly title: string;
  /** What it is, with its unit. */
  readonly meaning: string;
  /** Kinds of one family say nearly the same of a customer. */
  readonly family: "recency" | "visits" | "money" | "size" | "age" | "rhythm" | "habit";
  /** The transform where none is asked for; asinh in its place where values can be negative. */
  readonly usual: Exclude<Transform, "asinh">;
  /** Some customers have none: those with one purchase have no days between purchases. */
  readonly mayBeMissing?: true;
  /** A share of the lines in one value of this column of the history; the setting `of` names the value. */
  readonly shareOf?: "category" | "country" | "payment_method";
}

const share = (title: string, meaning: string, rest: Partial<FeatureKind> = {}): FeatureKind => ({
  ...{ title, meaning: `${meaning}, 0..1`, family: "habit", usual: "identity" },
  ...rest,
});
const measure = (
  family: FeatureKind["family"],
  title: string,
  meaning: string,
  rest: Partial<FeatureKind> = {},
): FeatureKind => ({ title, meaning, family, usual: "log1p", ...rest });

/** Every kind of feature by its name in the settings. */
export const FEATURE_KINDS = {
  recency_days: measure("recency", "Recency", "days from the last purchase to the snapshot date"),
  frequency: measure("visits", "Frequency", "orders, or what frequencyBasis says"),
  monetary: measure("money", "Monetary value", "money spent"),
  active_days: measure("visits", "Active days", "days with a purchase"),
  lines: measure("size", "Lines", "lines bought"),
  units: measure("size", "Units", "pieces bought"),
  average_order_value: measure("money", "Average order value", "money per order"),
  tenure_days: measure("age", "Days since the first purchase", "days from the first purchase to the snapshot date"),
  lifetime_days: measure("age", "Tenure", "days from the first purchase to the last"),
  gap_days_mean: measure("rhythm", "Days between purchases", "mean days between a customer's purchase days", {
    mayBeMissing: true,
  }),
  gap_days_spread: measure(
    "rhythm",
    "Spread of days between purchases",
    "standard deviation of the days between purchase days; from three such days on",
    { mayBeMissing: true },
  ),
  lines_per_order: measure("size", "Lines per order", "lines of an order"),
  distinct_products: measure("size", "Distinct products", "different products bought"),
  returns_share: share("Share of returns", "what came back of what was bought, in money", { mayBeMissing: true }),
  weekend_share: share("Share of weekend orders", "orders on a Saturday or a Sunday"),
  category_share: share("Share of", "lines in the category that `of` names", {
    ...{ mayBeMissing: true, shareOf: "category" },
  }),
  country_share: share("Share of", "lines in the country that `of` names", {
    ...{ mayBeMissing: true, shareOf: "country" },
  }),
  payment_share: share("Share of", "lines paid by the method that `of` names", {
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
  if (key.endsWith(INDICATOR)) return `${featureTitle(key.slice(0, -INDICATOR.length))}, whether missing`;
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

function splitKey(key: string): readonly [name: string, of: string | undefined] {
  const at = key.indexOf(":");
  return at < 0 ? [key, undefined] : [key.slice(0, at), key.slice(at + 1)];
}

/** What is wrong with a list of features; empty where nothing is. */
export function featureFaults(settings: readonly FeatureSetting[]): { readonly at: number; readonly fault: string }[] {
  const keys = settings.map(featureKey);
  const faults = settings.flatMap((setting, at) => {
    const { name, of, missing, indicator } = setting;
    const kind = kindOf(name);
    const wrong = [
      ...(keys.indexOf(featureKey(setting)) < at ? [`names the feature ${featureKey(setting)} twice`] : []),
      ...(kind.shareOf !== undefined && of === undefined
        ? [`needs "of": the ${kind.shareOf.replace("_", " ")} whose share ${name} is`]
        : []),
      ...(kind.shareOf === undefined && of !== undefined ? [`has "of", which ${name} has no use for`] : []),
      ...(kind.mayBeMissing === undefined && (missing !== undefined || indicator === true)
        ? [`has a rule for missing values, but every customer has ${name}`]
        : []),
      ...(missing === "refuse" && indicator === true ? ['has an indicator, but "missing" refuses such customers'] : []),
    ];
    return wrong.map((fault) => ({ at, fault }));
  });
  const count = dimensionsOf(settings);
  if (count <= MAX_FEATURES) return faults;
  return [...faults, { at: -1, fault: tooMany(settings, count) }];
}

const dimensionsOf = (settings: readonly FeatureSetting[]): number =>
  settings.reduce((sum, { indicator }) => sum + (indicator === true ? 2 : 1), 0);

function tooMany(settings: readonly FeatureSetting[], count: number): string {
  const kept = proposeFeatures(settings);
  const of = count === settings.length ? "" : ", an indicator being one more";
  const list = kept.map(
    (setting) => `${featureKey(setting)}${setting.indicator === true ? " with its indicator" : ""}`,
  );
  return `are ${count}${of}; the exact grid takes ${MAX_FEATURES}. Kept would be ${list.join(", ")}: the others say nearly what these do, or come last`;
}

/** As many of the features as fit: one of each family first, then others; indicators go before features do. */
export function proposeFeatures(settings: readonly FeatureSetting[]): FeatureSetting[] {
  const firsts = settings.filter(
    ({ name }, at) => settings.findIndex((other) => kindOf(other.name).family === kindOf(name).family) === at,
  );
  const habits = settings.filter((one) => !firsts.includes(one) && kindOf(one.name).family === "habit");
  const rest = settings.filter((one) => !firsts.includes(one) && !habits.includes(one));
  let chosen = [...firsts, ...habits, ...rest].slice(0, MAX_FEATURES);
  chosen = settings.filter((one) => chosen.includes(one));
  let room = MAX_FEATURES - chosen.length;
  return chosen.map((one) => {
    const hasRoom = one.indicator === true && room > 0;
    if (hasRoom) room--;
    return hasRoom || one.indicator !== true ? one : { ...one, indicator: false };
  });
}
