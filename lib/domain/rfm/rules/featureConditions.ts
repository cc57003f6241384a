import { kindOf } from "../../clustering/space/catalogue.ts";
import { featureOfKey } from "../../clustering/space/features.ts";

/** What a feature of a customer must be; all that is given holds. */
export interface FeatureCondition {
  readonly atLeast?: number | undefined;
  readonly above?: number | undefined;
  readonly atMost?: number | undefined;
  readonly below?: number | undefined;
  /** Whether the customer has no value; it is then the only thing asked. */
  readonly missing?: true | undefined;
}

/** Conditions by the keys of features. */
export type FeatureConditions = Readonly<Record<string, FeatureCondition>>;

/** Whether a customer's value meets a condition. @param value NaN where there is none, which no bound admits. */
export function meets(value: number, { atLeast, above, atMost, below, missing }: FeatureCondition): boolean {
  if (missing === true) return Number.isNaN(value);
  return (
    !Number.isNaN(value) &&
    (atLeast === undefined || value >= atLeast) &&
    (above === undefined || value > above) &&
    (atMost === undefined || value <= atMost) &&
    (below === undefined || value < below)
  );
}

interface Bound {
  readonly value: number;
  readonly isOpen: boolean;
}

/** Whether a value could meet all the conditions. */
export function areCompatible(conditions: readonly FeatureCondition[]): boolean {
  if (conditions.some(({ missing }) => missing === true)) return conditions.every(({ missing }) => missing === true);
  const closed = (value: number | undefined): Bound[] => (value === undefined ? [] : [{ value, isOpen: false }]);
  const open = (value: number | undefined): Bound[] => (value === undefined ? [] : [{ value, isOpen: true }]);
  const lows = conditions.flatMap(({ atLeast, above }) => [...closed(atLeast), ...open(above)]);
  const highs = conditions.flatMap(({ atMost, below }) => [...closed(atMost), ...open(below)]);
  return lows.every((low) =>
    highs.every((high) => low.value < high.value || (low.value === high.value && !low.isOpen && !high.isOpen)),
  );
}

/** Whether one customer could meet both. */
export function overlap(a: FeatureConditions, b: FeatureConditions): boolean {
  return Object.entries(a).every(([key, condition]) => b[key] === undefined || areCompatible([condition, b[key]]));
}

/** What is wrong with the condition on a feature; empty where nothing is. */
export function conditionFaults(key: string, condition: FeatureCondition): string[] {
  const feature = featureOfKey(key);
  if (feature === undefined) return [`"${key}" is neither a score (r, f, m, fm, band) nor the name of a feature`];
  const { missing, ...bounds } = condition;
  const count = Object.values(bounds).filter((bound) => bound !== undefined).length;
  const mayBeMissing = kindOf(feature.name).mayBeMissing === true;
  return [
    ...(missing === undefined && count === 0 ? [`asks nothing of ${key}`] : []),
    ...(missing === true && count > 0 ? [`asks ${key} to be missing and to be in a range`] : []),
    ...(missing === true && !mayBeMissing ? [`asks for customers without ${key}, but every customer has one`] : []),
    ...(areCompatible([condition]) ? [] : [`no ${key} can be met`]),
  ];
}

/** As a person says it: "at least 90 and below 365". */
export function conditionWords(
  { atLeast, above, atMost, below, missing }: FeatureCondition,
  numberOf: (value: number) => string = String,
): string {
  if (missing === true) return "missing";
  const said = [
    [atLeast, "at least"],
    [above, "above"],
    [atMost, "at most"],
    [below, "below"],
  ] as const;
  return said.flatMap(([value, words]) => (value === undefined ? [] : [`${words} ${numberOf(value)}`])).join(" and ");
}
