import type { ColumnKind } from "../../roles.ts";
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
  /** It may be counted over the days that the setting `withinDays` names, which needs a column of its own. */
  readonly mayHaveWindow?: true;
  /** The setting `last` says of how many purchase days. */
  readonly takesLast?: true;
  /** It is made from a column of the files, which the setting `of` names (fileColumns) and which holds one of these. */
  readonly readsColumn?: readonly ColumnKind[];
  /** The setting `is` names the word of the column that it asks for. */
  readonly takesWord?: true;
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

/** What can be counted over the days of a window, too. */
const counted = (...[family, title, meaning, words, rest = {}]: Parameters<typeof measure>): FeatureKind =>
  measure(family, title, meaning, words, { ...rest, mayHaveWindow: true });

function wordsOf(text: string): FeatureKind["words"] {
  const [low = "", high = ""] = text.split("|");
  return { low, high };
}

/** Every kind of feature by its name in the settings. */
export const FEATURE_KINDS = {
  recency_days: measure("recency", "Recency", "days from the last purchase to the snapshot date", "recent|lapsed"),
  frequency: counted("visits", "Frequency", "orders, or what frequencyBasis says", "infrequent|frequent"),
  monetary: counted("money", "Monetary value", "money spent", "low-spend|high-spend"),
  active_days: counted("visits", "Active days", "days with a purchase", "few-days|many-days"),
  lines: counted("size", "Lines", "lines bought", "few-lines|many-lines"),
  units: counted("size", "Units", "pieces bought", "few-units|many-units"),
  average_order_value: counted("money", "Average order value", "money per order", "small-orders|large-orders"),
  recency_mean: counted(
    "recency",
    "Mean recency",
    "mean days from the last purchase days, so many as `last` says, to the snapshot date",
    "recent|lapsed",
    { takesLast: true },
  ),
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
  margin: counted(
    "money",
    "Margin by",
    "money that the lines brought beyond their pieces times the cost, a column of the files that `of` names",
    "low-margin|high-margin",
    { mayBeMissing: true, readsColumn: ["money"] },
  ),
  column_sum: counted(
    "size",
    "Sum of",
    "sum over the lines of the column of the files that `of` names",
    "little|much",
    { mayBeMissing: true, readsColumn: ["number", "money"] },
  ),
  attribute: measure(
    "habit",
    "Attribute",
    "the number that the column of the files which `of` names has on the customer's last line with one",
    "low|high",
    { usual: "identity", mayBeMissing: true, readsColumn: ["number", "money"] },
  ),
  attribute_is: share(
    "Attribute",
    "1 where the column of the files that `of` names has the word `is` on the customer's last line with one, else 0",
    "not|is",
    { mayBeMissing: true, readsColumn: ["category"], takesWord: true },
  ),
} as const satisfies Readonly<Record<string, FeatureKind>>;

export type FeatureName = keyof typeof FEATURE_KINDS;
export const FEATURE_NAMES = Object.keys(FEATURE_KINDS) as [FeatureName, ...FeatureName[]];

/** What is known of a kind, whatever its name. */
export const kindOf = (name: FeatureName): FeatureKind => FEATURE_KINDS[name];
