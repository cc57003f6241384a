import { isFeatureKey } from "../../domain/clustering/space/features.ts";
import { csvField } from "../../domain/text/csv.ts";
import { SEGMENT_FORECAST } from "../../tables/forecasts.ts";
import { SEGMENT_COLUMNS } from "../../tables/segments.ts";
import { ProblemError } from "../problems.ts";
import type { Prediction } from "../schemas.ts";

/** Names under which a column may stand in a header. */
const COLUMNS: Readonly<Record<string, "customer_id" | "recency" | "frequency" | "monetary">> = {
  customer_id: "customer_id",
  recency: "recency",
  recency_days: "recency",
  frequency: "frequency",
  monetary: "monetary",
};
/** Columns of segments.csv. */
const KNOWN: ReadonlySet<string> = new Set(SEGMENT_COLUMNS.filter((column) => !Object.hasOwn(COLUMNS, column)));
const NUMBER = /^\s*-?\d{1,20}(\.\d{1,20})?\s*$/;

/**
 * Instances out of CSV: with a header the columns by name, without one `recency,frequency,monetary`, with a customer id
 * before them where there are four. Values are checked by the schema that checks JSON.
 * @throws ProblemError 400 that names the line.
 */
export function instancesFromCsv(text: string, maxRows: number): unknown[] {
  const records = parseCsv(text, maxRows + 1);
  const [first] = records;
  if (first === undefined) throw fault("The body has no line.", 1);
  const isHeader = !NUMBER.test(first.at(-1) ?? "");
  const names = isHeader ? headerOf(first) : headerless(first.length);
  return records.slice(isHeader ? 1 : 0).map((fields, i) => {
    const line = i + (isHeader ? 2 : 1);
    if (fields.length !== names.length) throw fault(`${fields.length} fields instead of ${names.length}.`, line);
    const cells = names.map((name, column) => [name, parsedField(name, fields[column] as string, line)] as const);
    const features = cells.filter(([name]) => isFeatureKey(name));
    return {
      ...Object.fromEntries(cells.filter(([name]) => !isFeatureKey(name))),
      ...(features.length === 0 ? {} : { features: Object.fromEntries(features) }),
    };
  });
}

function headerOf(fields: readonly string[]): string[] {
  const names: string[] = fields.map((field) => {
    const name = field.trim();
    // Other columns of segments.csv keep their name, and are left out later.
    if (Object.hasOwn(COLUMNS, name)) return COLUMNS[name] as string;
    return KNOWN.has(name) || isFeatureKey(name) ? name : "";
  });
  const unknown = names.filter((name) => name === "");
  const missing = ["recency", "frequency", "monetary"].filter((name) => !names.includes(name));
  if (unknown.length === 0 && missing.length === 0 && new Set(names).size === names.length) return names;
  throw fault(
    "The header must name customer_id (optional), recency (or recency_days), frequency and monetary, each once; of other columns it may have those of segments.csv and features by their names in the model card.",
    1,
  );
}

function headerless(width: number): string[] {
  if (width === 3) return ["recency", "frequency", "monetary"];
  if (width === 4) return ["customer_id", "recency", "frequency", "monetary"];
  throw fault(`${width} fields; expected recency,frequency,monetary with or without a customer id before them.`, 1);
}

function parsedField(name: string, field: string, line: number): string | number | null {
  if (name === "customer_id" || KNOWN.has(name)) return field;
  if (isFeatureKey(name) && field.trim() === "") return null;
  if (!NUMBER.test(field)) throw fault(`${name} is not a number: ${JSON.stringify(field.slice(0, 40))}.`, line);
  return Number(field);
}

function fault(message: string, line: number): ProblemError {
  return new ProblemError(400, "INVALID_CSV", `Line ${line}: ${message}`, {
    faults: [{ field: `line ${line}`, message }],
  });
}

/** Records of RFC 4180 text; empty lines are none. @throws ProblemError for an open quote or too many records. */
export function parseCsv(text: string, maxRecords: number): string[][] {
  const records: string[][] = [];
  const body = text.startsWith("\ufeff") ? text.slice(1) : text;
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r|$)/y;
  let record: string[] = [];
  while (field.lastIndex < body.length || record.length > 0) {
    const found = field.exec(body);
    if (found === null) throw fault("A quote is not closed, or text follows one.", records.length + 1);
    record.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    if (found[3] === ",") continue;
    if (record.length > 1 || record[0] !== "") records.push(record);
    if (records.length > maxRecords) throw new ProblemError(413, "TOO_MANY_ROWS", `More than ${maxRecords - 1} rows.`);
    record = [];
  }
  return records;
}

const OUTPUT_COLUMNS = [
  "customer_id",
  "recency",
  "frequency",
  "monetary",
  "r_score",
  "f_score",
  "m_score",
  "segment",
  "cluster",
  "label",
  "distance",
  "confidence",
  "model_version",
  "arm",
] as const;

/**
 * Predictions as CSV with a header; numbers in full precision. A mixture's have `probability` as well, those of
 * weights their score and band, and forecasts their figures.
 */
export function predictionsToCsv(predictions: readonly Prediction[]): string {
  const isMixture = predictions.some(({ probability }) => probability !== undefined);
  const isWeighted = predictions.some(({ band }) => band !== undefined);
  const hasFigures = predictions.some(({ p_alive }) => p_alive !== undefined);
  const columns = [
    ...OUTPUT_COLUMNS,
    ...(isMixture ? ["probability"] : []),
    ...(isWeighted ? ["weighted_score", "band"] : []),
    ...(hasFigures ? Object.keys(SEGMENT_FORECAST) : []),
  ];
  const lines = predictions.map((prediction) => {
    const values: Readonly<Record<string, unknown>> = { ...prediction, ...prediction.input_data };
    return columns.map((name) => csvField(String(values[name] ?? ""))).join(",");
  });
  return `${columns.join(",")}\n${lines.map((line) => `${line}\n`).join("")}`;
}
