import { type Config, configSchema } from "./config.ts";

/** A setting that two configurations have otherwise, as text. */
export interface SettingChange {
  /** Its path, like `clusters.minK`. */
  readonly setting: string;
  readonly before: string;
  readonly now: string;
}

/** Characters of a value that are shown. */
const MOST_CHARACTERS = 160;
/** Decides who is held out of campaigns: whoever sees it can tell who. */
const SECRETS = new Set(["exports.salt"]);
/** What decides nothing about segments, money and what is expected, or only how the files of one delivery are read. */
const SILENT = new Set([
  ...["$schema", "exports", "copies", "display", "notify", "backtest", "quality"],
  ...["dateLayout", "decimalMark", "encoding", "delimiter", "header", "sheet"],
]);

/** The settings in which two configurations differ, by path; lists and whole new groups as JSON. */
export function settingChanges(before: Config, now: Config): SettingChange[] {
  return changesOf("", before, now).filter(({ setting }) => setting !== "$schema");
}

/**
 * The settings that decide numbers and in which the configurations of two runs differ. One of an older release is read
 * with the defaults of this one.
 */
export function decidingChanges(before: Config, now: Config): SettingChange[] {
  const current = (config: Config): Config => configSchema.safeParse(config).data ?? config;
  return settingChanges(current(before), current(now)).filter(
    ({ setting }) => !SILENT.has(setting.split(".")[0] ?? ""),
  );
}

function changesOf(setting: string, before: unknown, now: unknown): SettingChange[] {
  if (isGroup(before) && isGroup(now)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    return names.flatMap((name) => changesOf(setting === "" ? name : `${setting}.${name}`, before[name], now[name]));
  }
  if (textOf(before) === textOf(now)) return [];
  if (SECRETS.has(setting)) return [{ setting, before: "not set", now: "set" }];
  return [{ setting, before: shortened(textOf(before)), now: shortened(textOf(now)) }];
}

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const shortened = (text: string): string =>
  text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
