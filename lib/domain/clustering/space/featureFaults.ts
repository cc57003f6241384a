import { kindOf } from "./catalogue.ts";
import { type FeatureIdentity, type FeatureSetting, featureKey, MAX_FEATURES } from "./features.ts";

/** What is wrong with a list of features; empty where nothing is. */
export function featureFaults(settings: readonly FeatureSetting[]): { readonly at: number; readonly fault: string }[] {
  const keys = settings.map(featureKey);
  const faults = settings.flatMap((setting, at) => {
    const { name, missing, indicator } = setting;
    const kind = kindOf(name);
    const wrong = [
      ...(keys.indexOf(featureKey(setting)) < at ? [`names the feature ${featureKey(setting)} twice`] : []),
      ...identityFaults(setting),
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

/** What is wrong with how one feature is named; empty where nothing is. */
export function identityFaults({ name, of, is, last, withinDays }: FeatureIdentity): string[] {
  const { shareOf, takesLast = false, mayHaveWindow = false, readsColumn, takesWord = false } = kindOf(name);
  const unused = (setting: string): string => `has "${setting}", which ${name} has no use for`;
  return [
    ...(shareOf !== undefined && of === undefined
      ? [`needs "of": the ${shareOf.replace("_", " ")} whose share ${name} is`]
      : []),
    ...(readsColumn !== undefined && of === undefined
      ? [`needs "of": the name that a column of the files has in fileColumns`]
      : []),
    ...(shareOf === undefined && readsColumn === undefined && of !== undefined ? [unused("of")] : []),
    ...(takesWord && is === undefined ? ['needs "is": the word of the column that it asks for'] : []),
    ...(!takesWord && is !== undefined ? [unused("is")] : []),
    ...(takesLast && last === undefined ? ['needs "last": of how many purchase days it is the mean'] : []),
    ...(!takesLast && last !== undefined ? [unused("last")] : []),
    ...(!mayHaveWindow && withinDays !== undefined ? [unused("withinDays")] : []),
  ];
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
