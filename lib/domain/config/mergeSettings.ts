/** Settings by their names, groups of them within. */
export type SettingsTree = { readonly [name: string]: unknown };

/**
 * A tree over another: groups of settings are merged, anything else is replaced. What has a `name`, such as a feature,
 * and segments of another form are replaced whole.
 */
export function merged(base: SettingsTree, over: SettingsTree): SettingsTree {
  const entries = Object.entries(over).map(([name, value]) => {
    const under = Object.hasOwn(base, name) ? base[name] : undefined;
    const isGroup = isTree(under) && isTree(value) && !Object.hasOwn(value, "name") && haveOneForm(under, value);
    return [name, isGroup ? merged(under, value) : value];
  });
  return { ...base, ...Object.fromEntries(entries) };
}

const isTree = (value: unknown): value is SettingsTree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Not a table of cells beside rules. */
function haveOneForm(under: SettingsTree, value: SettingsTree): boolean {
  const isTable = (tree: SettingsTree): boolean => !hasRules(tree) && Object.values(tree).every(Array.isArray);
  const areMixed = (hasRules(under) && isTable(value)) || (isTable(under) && hasRules(value));
  return !areMixed || Object.keys(under).length === 0 || Object.keys(value).length === 0;
}

const hasRules = ({ rules }: SettingsTree): boolean =>
  Array.isArray(rules) && rules.every((rule) => isTree(rule) && Object.hasOwn(rule, "when"));
