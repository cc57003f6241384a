import { existsSync, readFileSync } from "node:fs";
import { InvalidArgumentError, Option } from "commander";
import type { Config, ConfigInput } from "../../lib/domain/config/config.ts";
import { ConfigError, parseConfig } from "../../lib/domain/config/configFile.ts";
import { merged, type SettingsTree } from "../../lib/domain/config/mergeSettings.ts";
import type { RowWords } from "../../lib/domain/config/rowSettings.ts";
import type { CurrencyConversion } from "../../lib/domain/quality/exchangeRates.ts";
import { DEFAULT_CONFIG_FILE, readingOptions } from "./readingOptions.ts";
import { setOption } from "./settingOption.ts";

export const DEFAULT_LAKE = "lake";

/** Flags that override settings of the configuration file. */
export interface PolicyFlags {
  readonly config?: string;
  readonly snapshotDate?: string;
  readonly returns?: ConfigInput["returns"];
  readonly duplicates?: ConfigInput["duplicates"];
  readonly overlap?: ConfigInput["overlap"];
  readonly again?: boolean;
  readonly windowMonths?: number;
  readonly frequency?: "orders" | "active-days" | "lines";
  readonly k?: number | "auto";
  readonly seed?: number;
  readonly map?: Record<string, string | number>;
  readonly rows?: RowWords;
  readonly returnRows?: RowWords;
  readonly amount?: string;
  readonly amountPer?: ConfigInput["amountPer"];
  readonly orderNumbers?: ConfigInput["orderNumbers"];
  readonly cancellationPattern?: string;
  readonly fillDown?: ConfigInput["fillDown"];
  readonly versions?: ConfigInput["versions"];
  readonly dateLayout?: ConfigInput["dateLayout"];
  readonly decimal?: ConfigInput["decimalMark"];
  readonly rates?: CurrencyConversion;
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly sheet?: string;
  /** Settings by their path. */
  readonly set?: SettingsTree;
}

export const lakeOption = (): Option =>
  new Option("--lake <dir>", "folder of the lake: history, results, database").default(DEFAULT_LAKE).env("RFM_LAKE");
/** @param what what the command does with the database */
export const databaseOption = (what = "load the segments into this PostgreSQL instead of the lake's own"): Option =>
  new Option("--database-url <url>", what).env("RFM_DATABASE_URL");

/** The options of everything that segments. */
export function policyOptions(): Option[] {
  return [
    new Option("--config <file>", `settings as JSON (default: ${DEFAULT_CONFIG_FILE} where there is one)`),
    new Option("--snapshot-date <date>", "count recency to this date (default: last purchase + 1 day)"),
    new Option(
      "--returns <policy>",
      "drop: returns do not count; match: they take their purchases back; net: money minus returns; count: every line counts",
    ).choices(["drop", "match", "net", "count"]),
    new Option("--duplicates <policy>", "exact copies of a line within one file").choices(["drop", "keep"]),
    new Option(
      "--overlap <policy>",
      "orders that two files have in common: the latest version counts, or both",
    ).choices(["replace-orders", "keep", "refuse"]),
    new Option("--again", "take a file although its rows are in the history under another name"),
    new Option("--window-months <n>", "count only the last N months").argParser(wholeNumber),
    new Option("--frequency <basis>", "what frequency counts: orders, days with a purchase, or lines").choices([
      "orders",
      "active-days",
      "lines",
    ]),
    new Option("--k <number>", "number of clusters, or auto").argParser((text) =>
      text === "auto" ? "auto" : wholeNumber(text),
    ),
    new Option("--seed <n>", "seed of everything random").argParser(wholeNumber),
    setOption(),
    ...readingOptions().slice(1),
  ];
}

/** The configuration file, with the flags over it. @throws ConfigError naming each wrong setting. */
export function configFrom(flags: PolicyFlags): Config {
  const file = flags.config ?? (existsSync(DEFAULT_CONFIG_FILE) ? DEFAULT_CONFIG_FILE : undefined);
  const settings = file === undefined ? {} : readSettings(file);
  const clusters = { ...(settings.clusters ?? {}), ...given({ k: flags.k, seed: flags.seed }) };
  const { snapshotDate, returns, duplicates, overlap, windowMonths, dateLayout, decimal: decimalMark } = flags;
  const copies = flags.again === true ? ("allow" as const) : undefined;
  const overrides = given({
    snapshotDate,
    returns,
    duplicates,
    overlap,
    copies,
    windowMonths,
    rows: flags.rows,
    returnRows: flags.returnRows,
    amount: flags.amount,
    amountPer: flags.amountPer,
    orderNumbers: flags.orderNumbers,
    cancellationPattern: flags.cancellationPattern,
    fillDown: flags.fillDown,
    versions: flags.versions,
    frequencyBasis: flags.frequency === "active-days" ? ("active_days" as const) : flags.frequency,
    dateLayout,
    decimalMark,
    encoding: flags.encoding,
    delimiter: flags.delimiter,
    header: flags.header === undefined ? undefined : flags.header ? ("yes" as const) : ("no" as const),
    sheet: flags.sheet,
    currency: flags.rates,
  });
  const columns = { ...(settings.columns ?? {}), ...(flags.map ?? {}) };
  const origin = file === undefined ? "The options" : `${file} with the options`;
  return parseConfig(merged({ ...settings, ...overrides, columns, clusters }, flags.set ?? {}), origin);
}

function readSettings(file: string): ConfigInput {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(file, [`cannot be read: ${(error as Error).message}`]);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== "object" || Array.isArray(value))
      throw new SyntaxError("it must be an object { … }");
    return value as ConfigInput;
  } catch (error) {
    throw new ConfigError(file, [`is not JSON: ${(error as Error).message}`]);
  }
}

function given<T extends Record<string, unknown>>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** @throws InvalidArgumentError for anything but digits. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}
