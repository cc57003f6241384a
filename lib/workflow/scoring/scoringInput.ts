import { toTenThousandths } from "../../domain/money.ts";
import type { RfmColumns } from "../../domain/rfm/featureColumns.ts";
import type { ObjectStore } from "../../ports.ts";
import { type RowRange, readColumns } from "../lake/parquet.ts";
import { ScoreInputError } from "./scoringJob.ts";

/**
 * A stretch of one input: rows of a Parquet object, or bytes of a CSV object of which the lines that begin there count.
 */
export type ScoreRange =
  | ({ readonly kind: "parquet" } & RowRange)
  | {
      readonly kind: "csv";
      readonly key: string;
      readonly start: number;
      readonly end: number;
      readonly bytes: number;
      readonly headerBytes: number;
      /** Position of each column in a line. */
      readonly columns: Readonly<Record<ScoreColumn, number>>;
      /** The same of the model's features beyond R, F and M; absent where it has none. */
      readonly features?: Readonly<Record<string, number>>;
    };

type ScoreColumn = "customer_id" | "recency" | "frequency" | "monetary";

export interface ScoreRows extends RfmColumns {
  readonly customerId: readonly string[];
}

const ALIASES: Readonly<Record<ScoreColumn, readonly string[]>> = {
  customer_id: ["customer_id"],
  recency: ["recency", "recency_days"],
  frequency: ["frequency"],
  monetary: ["monetary"],
};
const PARQUET_COLUMNS = ["customer_id", "recency_days", "frequency", "monetary"] as const;
const BLOCK_BYTES = 65_536;
const NEW_LINE = 10;
const NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/;

/** Reads the header of a CSV object: where its columns are and where its lines begin. @throws ScoreInputError. */
export async function readCsvHeader(
  store: ObjectStore,
  { key, bytes }: { readonly key: string; readonly bytes: number },
  features: readonly string[] = [],
): Promise<{ headerBytes: number; columns: Record<ScoreColumn, number>; features?: Record<string, number> }> {
  const block = await store.read(key, { start: 0, end: Math.min(bytes, BLOCK_BYTES) });
  const end = block.indexOf(NEW_LINE);
  const headerBytes = end < 0 ? block.length : end + 1;
  const names = splitLine(decode(block.subarray(0, headerBytes), key).replace(/^\ufeff/, ""), key);
  const entries = Object.entries(ALIASES).map(([column, aliases]) => {
    const position = names.findIndex((name) => aliases.includes(name.trim().toLowerCase()));
    if (position < 0) throw new ScoreInputError(`${key}: the header names no ${aliases.join(" or ")}.`, { key });
    return [column, position] as const;
  });
  const columns = Object.fromEntries(entries) as Record<ScoreColumn, number>;
  if (features.length === 0) return { headerBytes, columns };
  const places = features.map((feature) => {
    const position = names.findIndex((name) => name.trim() === feature);
    if (position >= 0) return [feature, position] as const;
    throw new ScoreInputError(`${key}: the header names no ${feature}, which the model goes by.`, { key, feature });
  });
  return { headerBytes, columns, features: Object.fromEntries(places) };
}

/**
 * R, F and M of a stretch. @throws ScoreInputError that names the object, the column and the place. It quotes no value:
 * the message goes into logs and to callers, and in the wrong column stand names and addresses.
 * @param features of the model beyond R, F and M.
 */
export async function readScoreRows(
  store: ObjectStore,
  range: ScoreRange,
  features: readonly string[] = [],
): Promise<ScoreRows> {
  return range.kind === "csv" ? readCsvRows(store, range) : readParquetRows(store, range, features);
}

async function readParquetRows(store: ObjectStore, range: RowRange, features: readonly string[]): Promise<ScoreRows> {
  const columns = await readColumns(store, range, [...PARQUET_COLUMNS, ...features]);
  const count = range.end - range.start;
  const absent = features.find((name) => Array.from(columns.get(name) ?? []).every((cell) => cell === undefined));
  if (absent !== undefined && count > 0)
    throw new ScoreInputError(`${range.key}: there is no column ${absent}, which the model goes by.`, {
      ...{ key: range.key, feature: absent },
    });
  const numbers = (name: string): Float64Array => {
    const values = columns.get(name);
    return Float64Array.from({ length: count }, (_, i) => Number(values?.[i] ?? Number.NaN));
  };
  return checkedRows(range.key, (row) => `row ${range.start + row + 1}`, {
    customerId: Array.from({ length: count }, (_, i) => String(columns.get("customer_id")?.[i] ?? "")),
    recencyDays: numbers("recency_days"),
    frequency: numbers("frequency"),
    // As the segmentation reads it: a decimal with four places.
    monetary: numbers("monetary").map((value) => toTenThousandths(value) / 10_000),
    features: new Map(features.map((name) => [name, numbers(name)])),
  });
}

async function readCsvRows(store: ObjectStore, range: Extract<ScoreRange, { kind: "csv" }>): Promise<ScoreRows> {
  const { key, columns } = range;
  const { offset, text } = await linesBeginningIn(store, range);
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  // Workers see stretches of the object, so a place is counted in bytes.
  const place = (line: number): string =>
    `the line at byte ${(offset + Buffer.byteLength(text.slice(0, lineStart(text, line)))).toLocaleString("en")}`;
  const features = Object.entries(range.features ?? {});
  const width = Math.max(...Object.values(columns), ...features.map(([, position]) => position)) + 1;
  const records = lines.map((line) => splitLine(line, key));
  const short = records.findIndex((record) => record.length < width);
  if (short >= 0)
    throw new ScoreInputError(`${key}: ${place(short)} has ${records[short]?.length} fields only.`, { key });
  const numbers = (column: string, position: number, mayBeMissing = false): Float64Array =>
    Float64Array.from(records, (record, line) => {
      const cell = (record[position] as string).trim();
      if (mayBeMissing && cell === "") return Number.NaN;
      if (!NUMBER.test(cell))
        throw new ScoreInputError(`${key}: ${column} is not a number in ${place(line)}.`, { key, column });
      return Number(cell);
    });
  return checkedRows(key, place, {
    customerId: records.map((record) => record[columns.customer_id] as string),
    recencyDays: numbers("recency", columns.recency),
    frequency: numbers("frequency", columns.frequency),
    monetary: numbers("monetary", columns.monetary),
    features: new Map(features.map(([name, position]) => [name, numbers(name, position, true)])),
  });
}

/** Where the line of a number begins among those that are not empty, counted in characters. */
function lineStart(text: string, line: number): number {
  const starts = [...text.matchAll(/[^\r\n][^\n]*/g)];
  return starts[line]?.index ?? 0;
}

/**
 * Text of the lines that begin in a stretch, with the byte at which the first does. A line belongs to the stretch that
 * its first byte is in, so every line is read by exactly one worker.
 */
async function linesBeginningIn(
  store: ObjectStore,
  { key, start, end, bytes, headerBytes }: Extract<ScoreRange, { kind: "csv" }>,
): Promise<{ offset: number; text: string }> {
  const from = Math.max(start, headerBytes);
  if (from >= end) return { offset: from, text: "" };
  // One byte back: where it is a new line, a line begins exactly at the start.
  const offset = from === headerBytes ? from : from - 1;
  let block = await store.read(key, { start: offset, end });
  const first = from === headerBytes ? 0 : block.indexOf(NEW_LINE) + 1;
  if (from !== headerBytes && first === 0) return { offset: from, text: "" };
  for (let at = end; block.at(-1) !== NEW_LINE && at < bytes; at += BLOCK_BYTES) {
    const more = await store.read(key, { start: at, end: Math.min(bytes, at + BLOCK_BYTES) });
    const stop = more.indexOf(NEW_LINE);
    block = Buffer.concat([block, stop < 0 ? more : more.subarray(0, stop + 1)]);
    if (stop >= 0) break;
  }
  return { offset: offset + first, text: decode(block.subarray(first), key) };
}

function decode(bytes: Uint8Array, key: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ScoreInputError(`${key} is no UTF-8 text: ${(cause as Error).message}.`, { key });
  }
}

/**
 * Fields of one line of RFC 4180; a field that goes on over the line's end is refused, for lines are dealt to workers.
 */
export function splitLine(line: string, key: string): string[] {
  const text = line.replace(/\r?\n$/, "");
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  const fields: string[] = [];
  for (let more = true; more; ) {
    const found = field.exec(text);
    if (found === null) throw new ScoreInputError(`${key}: a quote is not closed within its line.`, { key });
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    more = found[3] === ",";
  }
  return fields;
}

/** Values that no customer has stop a job: a wrong column must not become a million wrong segments. */
function checkedRows(key: string, place: (row: number) => string, rows: ScoreRows): ScoreRows {
  const bad = rows.recencyDays.findIndex((recency, i) => !(recency >= 0) || !((rows.frequency[i] as number) >= 1));
  if (bad < 0) return rows;
  throw new ScoreInputError(
    `${key}: ${place(bad)} has no customer's recency and frequency; they are at least 0 and 1.`,
    { key },
  );
}
