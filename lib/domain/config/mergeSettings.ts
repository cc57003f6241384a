/** Settings by their names, groups of them within. */
export type SettingsTree = { readonly [name: string]: unknown };

/** A tree over another: groups of settings are merged, anything else is replaced. */
export function merged(base: SettingsTree, over: SettingsTree): SettingsTree {
  const entries = Object.entries(over).map(([name, value]) => {
    const under = Object.hasOwn(base, name) ? base[name] : undefined;
    return [name, isTree(under) && isTree(value) ? merged(under, value) : value];
  });
  return { ...base, ...Object.fromEntries(entries) };
}

const isTree = (value: unknown): value is SettingsTree =>
  typeof value === "object" && value !== null && !Array.isArray(value);
