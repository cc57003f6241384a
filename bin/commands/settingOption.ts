import { InvalidArgumentError, Option } from "commander";
import { merged, type SettingsTree } from "../../lib/domain/config/mergeSettings.ts";

/** Any setting by its path; may be given several times. */
export const setOption = (): Option =>
  new Option("--set <setting=value>", "any setting by its path: scores.bins=3, display.locale=de-DE").argParser(
    setting,
  );

/** @throws InvalidArgumentError unless there are a path and a value. */
function setting(text: string, previous: SettingsTree = {}): SettingsTree {
  const [, path, value] = /^\s*([A-Za-z$]\w*(?:\.\w+)*)\s*=(.*)$/s.exec(text) ?? [];
  if (path === undefined || value === undefined)
    throw new InvalidArgumentError("Write setting=value, for example scores.bins=3.");
  const tree = path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), settingValue(value.trim()));
  return merged(previous, tree as SettingsTree);
}

/** JSON where it is JSON, else text: 3, true, [30,90] and de-DE need no quotes. */
function settingValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Text without quotes is no JSON, and meant as it is.
    return text;
  }
}
