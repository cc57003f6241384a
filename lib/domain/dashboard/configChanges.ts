import type { Config } from "../config/config.ts";
import { parseConfig } from "../config/configFile.ts";
import type { ConfigChange } from "./types.ts";

/** Characters of a value that are shown. */
const MOST_CHARACTERS = 160;
/** Decides who is held out of campaigns: whoever sees it can tell who. */
const SECRETS = new Set(["exports.salt"]);

/** The settings that are not the defaults, by path; lists and whole new groups as JSON. */
export function configChanges(config: Config): ConfigChange[] {
  return changesOf("", config, parseConfig({})).filter(({ setting }) => setting !== "$schema");
}

function changesOf(setting: string, value: unknown, usual: unknown): ConfigChange[] {
  if (isGroup(value) && isGroup(usual)) {
    const names = [...new Set([...Object.keys(usual), ...Object.keys(value)])];
    return names.flatMap((name) => changesOf(setting === "" ? name : `${setting}.${name}`, value[name], usual[name]));
  }
  if (textOf(value) === textOf(usual)) return [];
  if (SECRETS.has(setting)) return [{ setting, value: "set", usual: "not set" }];
  return [{ setting, value: shortened(textOf(value)), usual: shortened(textOf(usual)) }];
}

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const shortened = (text: string): string =>
  text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
