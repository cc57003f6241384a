import { EncodingError } from "../errors.ts";
import type { FeatureEncoding, Matrix, Transform } from "../types.ts";

/** What is known of a feature before it is encoded: its settings and the moments of its *transformed* values. */
export interface FeatureMoments {
  readonly name: string;
  readonly transform: Transform;
  /** Divisor inside asinh; default 1. */
  readonly scale?: number;
  /** Winsorising limits in raw units; default none. */
  readonly winsorLow?: number;
  readonly winsorHigh?: number;
  readonly count: number;
  readonly mean: number;
  /** Population variance. */
  readonly variance: number;
  /** How many times as much as others it counts; default 1. */
  readonly weight?: number;
  /** Where missing values are: at the mean of the others, or at this raw value; default nowhere. */
  readonly missing?: "mean" | number;
  /** The feature whose missing values it indicates. */
  readonly indicatorOf?: string;
}

/** Features that take part, and those left out with the reason. */
export interface EncodingPlan {
  readonly encodings: readonly FeatureEncoding[];
  readonly dropped: readonly { readonly name: string; readonly reason: string }[];
}

/** Below this share of the mean's size a deviation is rounding noise of a constant column. */
const ZERO_DEVIATION = 1e-12;
/** Whole numbers below this are transformed once a column, where it has as many rows: a table costs its size. */
const TABLE_VALUES = 4_096;

/**
 * Encodings from each feature's moments. Means and deviations are rounded to 10 significant digits, so that two engines
 * whose sums differ in the last bits give the same space. A feature without variance says nothing about which customers
 * differ: it is dropped and reported.
 *
 * @throws EncodingError when moments are not finite, a variance is negative or a scale is not positive.
 */
export function encodingFromMoments(features: readonly FeatureMoments[]): EncodingPlan {
  const encodings: FeatureEncoding[] = [];
  const dropped: { name: string; reason: string }[] = [];
  for (const feature of features) {
    checkMoments(feature);
    const deviation = Math.sqrt(feature.variance);
    if (deviation <= ZERO_DEVIATION * Math.max(1, Math.abs(feature.mean))) {
      dropped.push({ name: feature.name, reason: `every row has the same ${feature.name} (zero variance)` });
      continue;
    }
    encodings.push(encodingOf(feature, deviation));
  }
  return { encodings, dropped };
}

function encodingOf(feature: FeatureMoments, deviation: number): FeatureEncoding {
  const { name, transform, winsorLow, winsorHigh, weight = 1, missing, indicatorOf } = feature;
  const encoding = {
    ...{ name, transform, scale: transform === "asinh" ? (feature.scale ?? 1) : 1 },
    ...(winsorLow === undefined ? {} : { winsorLow }),
    ...(winsorHigh === undefined ? {} : { winsorHigh }),
    mean: roundSignificant(feature.mean),
    deviation: roundSignificant(deviation / weight),
    ...(weight === 1 ? {} : { weight }),
    ...(indicatorOf === undefined ? {} : { indicatorOf }),
  };
  if (missing === undefined) return encoding;
  return { ...encoding, missing: missing === "mean" ? 0 : encodeValue(missing, encoding) };
}

/** Rounds to 10 significant digits. */
export function roundSignificant(value: number): number {
  return Number(value.toPrecision(10));
}

/**
 * Raw columns to scaled rows: winsorise, transform, then (x − mean) / deviation.
 *
 * @param columns one array per encoding, in its order, raw units, all of equal length.
 * @returns rows × features in scaled space.
 * NaN is a missing value, where the encoding says what becomes of those.
 * @throws EncodingError naming feature and row for NaN elsewhere, ±Infinity or a log1p of −1 and below.
 * @example
 * ```ts
 * const spent = { name: "monetary", transform: "identity", scale: 1, mean: 100, deviation: 50 };
 * encode([[100, 200]], [spent]).data; // → Float64Array.of(0, 2)
 * ```
 */
export function encode(columns: readonly ArrayLike<number>[], encodings: readonly FeatureEncoding[]): Matrix {
  checkColumns(columns, encodings);
  const rows = columns[0]?.length ?? 0;
  const width = encodings.length;
  const data = new Float64Array(rows * width);
  for (let j = 0; j < width; j++) encodeColumn(columns[j], encodings[j], data, j, width);
  return { rows, columns: width, data };
}

/** One raw value to scaled space; the same steps and errors as `encode`. */
export function encodeValue(raw: number, encoding: FeatureEncoding, row = 0): number {
  if (encoding.missing !== undefined && Number.isNaN(raw)) return encoding.missing;
  return (transformValue(raw, encoding, row) - encoding.mean) / encoding.deviation;
}

/** Winsorises and transforms one raw value (the space whose moments the encoding holds). */
export function transformValue(
  raw: number,
  encoding: Pick<FeatureEncoding, "name" | "transform" | "scale" | "winsorLow" | "winsorHigh">,
  row = 0,
): number {
  if (!Number.isFinite(raw)) throw invalidValue(raw, encoding, row, "is not a finite number");
  let value = raw;
  if (encoding.winsorLow !== undefined && value < encoding.winsorLow) value = encoding.winsorLow;
  if (encoding.winsorHigh !== undefined && value > encoding.winsorHigh) value = encoding.winsorHigh;
  if (encoding.transform === "identity") return value;
  if (encoding.transform === "asinh") return Math.asinh(value / encoding.scale);
  if (value <= -1) throw invalidValue(raw, encoding, row, "has no log1p (it needs values above -1; asinh takes any)");
  return Math.log1p(value);
}

/** Scaled rows, such as centroids, back to raw units (expm1 or sinh). What winsorising cut off does not come back. */
export function decode(scaled: Matrix, encodings: readonly FeatureEncoding[]): Matrix {
  if (scaled.columns !== encodings.length) {
    throw new EncodingError("ENCODING_SHAPE", `${scaled.columns} columns but ${encodings.length} encodings`);
  }
  const data = new Float64Array(scaled.data.length);
  for (let i = 0; i < data.length; i++) {
    const { transform, scale, mean, deviation } = encodings[i % scaled.columns];
    const value = scaled.data[i] * deviation + mean;
    data[i] = transform === "log1p" ? Math.expm1(value) : transform === "asinh" ? Math.sinh(value) * scale : value;
  }
  return { rows: scaled.rows, columns: scaled.columns, data };
}

/**
 * Days and orders are small whole numbers: each is transformed once and then looked up, which is several times as fast.
 */
function encodeColumn(raw: ArrayLike<number>, encoding: FeatureEncoding, out: Float64Array, j: number, width: number) {
  const tableValues = raw.length < TABLE_VALUES ? 0 : TABLE_VALUES;
  const known = new Float64Array(tableValues).fill(Number.NaN);
  for (let i = 0, at = j; i < raw.length; i++, at += width) {
    const value = raw[i];
    const index = value | 0;
    if (index !== value || index < 0 || index >= tableValues) {
      out[at] = encodeValue(value, encoding, i);
      continue;
    }
    if (Number.isNaN(known[index])) known[index] = encodeValue(value, encoding, i);
    out[at] = known[index];
  }
}

function checkColumns(columns: readonly ArrayLike<number>[], encodings: readonly FeatureEncoding[]): void {
  if (columns.length !== encodings.length) {
    throw new EncodingError("ENCODING_SHAPE", `${columns.length} columns but ${encodings.length} encodings`);
  }
  const uneven = columns.findIndex((column) => column.length !== columns[0].length);
  if (uneven < 0) return;
  const message = `Column ${encodings[uneven].name} has ${columns[uneven].length} rows, the first has ${columns[0].length}`;
  throw new EncodingError("ENCODING_SHAPE", message);
}

function checkMoments({ name, mean, variance, scale, count }: FeatureMoments): void {
  const wrong =
    !Number.isFinite(mean) || !Number.isFinite(variance) || variance < 0 || !(count > 0)
      ? `moments of ${name} are unusable: n ${count}, mean ${mean}, variance ${variance}`
      : scale !== undefined && !(scale > 0 && Number.isFinite(scale))
        ? `scale of ${name} must be positive, not ${scale}`
        : undefined;
  if (wrong !== undefined) throw new EncodingError("ENCODING_MOMENTS", `The ${wrong}`, { feature: name });
}

function invalidValue(raw: number, encoding: { readonly name: string }, row: number, why: string): EncodingError {
  const message = `Feature ${encoding.name}, row ${row}: ${raw} ${why}`;
  return new EncodingError("ENCODING_VALUE", message, { feature: encoding.name, row, value: raw });
}
