import { ASKED_COLUMNS, ASKED_MEASURES } from "./askedRows.ts";
import { StatementParameterError } from "./errors.ts";

interface ParameterForm {
  /** The whole value must match. */
  readonly pattern: RegExp;
  /** What the pattern asks for, in words. */
  readonly wants: string;
  /** Free text stands inside a SQL literal: its quotes are doubled. */
  readonly isText?: boolean;
}

const date: ParameterForm = {
  pattern: /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/,
  wants: "an ISO date like 2011-12-10",
};
const timestamp: ParameterForm = {
  pattern:
    /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]) ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?$/,
  wants: "a UTC timestamp like 2011-12-10 08:26:00",
};
const id: ParameterForm = { pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, wants: "an id of letters, digits, . _ -" };
const flag: ParameterForm = { pattern: /^(true|false)$/, wants: "true or false" };
const oneOf = (...words: string[]): ParameterForm => ({
  pattern: new RegExp(`^(${words.join("|")})$`),
  wants: words.join(" or "),
});
/** Printable, for a value that a file or a user brought along. */
const text: ParameterForm = {
  pattern: /^[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]{0,1024}$/u,
  wants: "up to 1024 printable characters",
  isText: true,
};
/** A customer as the history knows it: whatever a file had, for an erasure must reach everybody. */
const customerId: ParameterForm = {
  pattern: /^[^\0\p{Cs}]{1,50000}$/u,
  wants: "1 to 50,000 characters",
  isText: true,
};
/**
 * What RE2 (DuckDB) and Joni (Trino) both read alike: no look-around, no named groups, no back-references; no
 * `\p{L}` and `[[:alpha:]]`, for they know different letters; no sets within sets. `\s` is spelled out: only Joni's has
 * the vertical tab.
 */
const regularExpression: ParameterForm = {
  pattern:
    /^(?!.*\(\?(?!:|i\)))(?!.*\\(?![dDwWsStnrf])[A-Za-z0-9])(?!.*\[[^\]]*(\\[sS]|\[|&&))(?!.*[*+?}][+])[\x20-\x7e]{1,500}$/,
  wants:
    "a regular expression in printable ASCII without look-around, named groups, back-references, possessive repeats, \\p or \\b, and without [, && or \\s in brackets",
  isText: true,
};
/**
 * As `regularExpression`, in lower case, with letters of any script outside of brackets: the words of shops' languages.
 */
const statusPattern: ParameterForm = {
  pattern:
    /^(?!.*\(\?(?!:))(?!.*\\(?![dDwWsStnrf])[A-Za-z0-9])(?!.*\[[^\]]*(\\[sS]|\[|&&|[^\x20-\x7e]))(?!.*[*+?}][+])[\x20-\x40\x5b-\x7e\p{Ll}\p{Lo}\p{Lm}\p{M}]{1,20000}$/u,
  wants:
    "a regular expression in lower case without look-around, flags, named groups, back-references, possessive repeats, \\p or \\b, and with plain ASCII in brackets",
  isText: true,
};
const shareColumn: ParameterForm = {
  pattern: /^(category|country|payment_method)?$/,
  wants: "category, country or payment_method, or nothing",
};
const featureColumn: ParameterForm = {
  pattern: /^[a-z][a-z_]{0,62}[0-9]?$/,
  wants: "the name of a column of features",
};
const scoredValue: ParameterForm = {
  pattern: /^-?[0-9]{1,12}(\.[0-9]{1,4})?$/,
  wants: "a plain number like -12.5, to four decimals",
};
const bins: ParameterForm = { pattern: /^([2-9]|10)$/, wants: "a whole number from 2 to 10" };
const decimal: ParameterForm = { pattern: /^[0-9]{1,12}(\.[0-9]{1,6})?$/, wants: "a plain positive number like 12.5" };

/** Every parameter that a statement may have, with its form. Written `{{name}}` in the SQL files. */
export const PARAMETERS = {
  lake_uri: {
    pattern: /^s3:\/\/[a-z0-9][a-z0-9.-]{1,62}(\/[A-Za-z0-9_=.-]+)*$/,
    wants: "an S3 URI without a final slash",
  },
  output_uri: {
    pattern: /^s3:\/\/[a-z0-9][a-z0-9.-]{1,62}(\/(?!\.\.?\/)[A-Za-z0-9_=.-]+)+\/$/,
    wants: "an S3 URI of a folder, with a final slash",
  },
  ingest_id: id,
  run_id: id,
  attempt: id,
  previous_run_id: id,
  previous_attempt: id,
  source: text,
  written_by: text,
  lake_version: { pattern: /^[1-9][0-9]{0,3}$/, wants: "a positive whole number" },
  table_name: { pattern: /^[a-z][a-z_]{0,62}$/, wants: "the name of a table" },
  column_name: { pattern: /^[a-z][a-z_]{0,62}$/, wants: "the name of a column" },
  customer_id: customerId,
  as_of: timestamp,
  committed_at: timestamp,
  removed_at: timestamp,
  snapshot_date: date,
  window_start: date,
  cut_date: date,
  forecast_date: date,
  known_until: date,
  earliest_date: date,
  latest_date: date,
  returns: oneOf("drop", "match", "net", "count"),
  duplicates: oneOf("drop", "keep"),
  overlap: oneOf("replace-orders", "keep", "refuse"),
  drop_non_products: flag,
  non_product_pattern: regularExpression,
  cancellation_pattern: regularExpression,
  target_currency: { pattern: /^([A-Z]{3})?$/, wants: "an ISO 4217 code like EUR, or nothing" },
  status_keep_pattern: statusPattern,
  status_return_pattern: statusPattern,
  status_cancelled_pattern: statusPattern,
  status_refunded_pattern: statusPattern,
  status_pending_pattern: statusPattern,
  status_failed_pattern: statusPattern,
  status_test_pattern: statusPattern,
  frequency_basis: oneOf("orders", "active_days", "lines"),
  recency_bins: bins,
  frequency_bins: bins,
  monetary_bins: bins,
  recency_column: featureColumn,
  frequency_column: featureColumn,
  monetary_column: featureColumn,
  recency_missing: scoredValue,
  frequency_missing: scoredValue,
  monetary_missing: scoredValue,
  measured_until: date,
  asked_measures: ASKED_MEASURES,
  asked_columns: ASKED_COLUMNS,
  sample_modulus: { pattern: /^[1-9][0-9]{0,8}$/, wants: "a positive whole number" },
  asinh_scale: { ...decimal, pattern: /^(?!0+(\.0+)?$)[0-9]{1,12}(\.[0-9]{1,6})?$/ },
  feature_names: { pattern: /^[a-z_]+[0-9]?(,[a-z_]+[0-9]?)*$/, wants: "columns of features with commas between" },
  share_column_1: shareColumn,
  share_column_2: shareColumn,
  share_column_3: shareColumn,
  share_column_4: shareColumn,
  share_column_5: shareColumn,
  share_column_6: shareColumn,
  share_value_1: text,
  share_value_2: text,
  share_value_3: text,
  share_value_4: text,
  share_value_5: text,
  share_value_6: text,
} satisfies Record<string, ParameterForm>;

export type ParameterName = keyof typeof PARAMETERS;
export type StatementParameters = Readonly<Partial<Record<ParameterName, string>>>;

/** Whether a name is that of a declared parameter. */
export function isParameterName(name: string): name is ParameterName {
  return Object.hasOwn(PARAMETERS, name);
}

/**
 * A parameter's value as it goes into the SQL text.
 * @throws StatementParameterError when it is not of its declared form.
 */
export function encodeParameter(name: ParameterName, value: string): string {
  const form: ParameterForm = PARAMETERS[name];
  if (typeof value !== "string" || !form.pattern.test(value) || (form === date && !isCalendarDate(value))) {
    throw new StatementParameterError(`The parameter ${name} must be ${form.wants}; got ${JSON.stringify(value)}.`, {
      name,
      value,
    });
  }
  const isPattern = form === regularExpression || form === statusPattern;
  if (isPattern) checkCompiles(name, value);
  const encoded = isPattern ? spellOutWhiteSpace(value) : value;
  return form.isText ? encoded.replaceAll("'", "''") : encoded;
}

function spellOutWhiteSpace(pattern: string): string {
  const sets: Readonly<Record<string, string>> = { "\\s": "[\\t-\\r ]", "\\S": "[^\\t-\\r ]" };
  return pattern.replace(/\\./g, (pair) => sets[pair] ?? pair);
}

function isCalendarDate(value: string): boolean {
  const moment = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(value);
}

function checkCompiles(name: ParameterName, value: string): void {
  try {
    new RegExp(value.replace(/\(\?i\)/g, ""));
  } catch (cause) {
    throw new StatementParameterError(
      `The parameter ${name} is not a valid regular expression: ${(cause as Error).message}.`,
      { name, value },
      { cause },
    );
  }
}
