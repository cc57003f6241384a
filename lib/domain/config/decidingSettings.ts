import { canonicalJson } from "../text/hash.ts";
import { type Config, configSchema } from "./config.ts";

/** A configuration's settings that decide segments and clusters and are not at their defaults. */
export type DecidingSettings = Readonly<Record<string, unknown>>;

/**
 * What of a configuration enters a run's identity. Settings of exports, copies, the page, messages and the back-test
 * decide nothing about the segments. A setting at its default stays out as well, so a release that adds a setting
 * changes no run id; a release that changes a default raises `RESULT_VERSION`.
 */
export function decidingSettings(config: Config): DecidingSettings {
  const { $schema: _schema, exports: _exports, copies: _copies, display: _display, backtest: _, ...rest } = config;
  const { notify: _notify, ...deciding } = rest;
  return beyondDefaults(deciding, configSchema.parse({}));
}

/** The entries that differ from the defaults. Lists, and objects whose keys are the user's own, are taken whole. */
function beyondDefaults(value: object, defaults: object): DecidingSettings {
  const known = new Map(Object.entries(defaults));
  const different = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    const usual: unknown = known.get(key);
    if (canonicalJson(item) === canonicalJson(usual)) return [];
    return [[key, isObject(item) && isObject(usual) && sameKeys(item, usual) ? beyondDefaults(item, usual) : item]];
  });
  return Object.fromEntries(different);
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const sameKeys = (a: object, b: object): boolean =>
  canonicalJson(Object.keys(a).sort()) === canonicalJson(Object.keys(b).sort());
