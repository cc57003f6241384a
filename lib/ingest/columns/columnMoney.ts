import { roughNumber, type SampleRow } from "./orderStructure.ts";

/**
 * How much more the money is on lines with several pieces than on lines with one: about 1 for unit prices, more for
 * line amounts; undefined where there are too few of either.
 */
export function growthWithQuantity(rows: readonly SampleRow[], money: number, quantity: number): number | undefined {
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number;
  const pick = (test: (pieces: number) => boolean): number[] =>
    rows
      .flatMap((row) => (test(roughNumber(row[quantity])) ? [roughNumber(row[money])] : []))
      .filter((value) => value > 0);
  const [single, several] = [pick((pieces) => pieces === 1), pick((pieces) => pieces > 1)];
  if (single.length < 5 || several.length < 5) return undefined;
  return median(several) / median(single);
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && order[end]?.value === order[start]?.value) end++;
    for (let i = start; i < end; i++) ranks[(order[i] as { index: number }).index] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

/**
 * Spearman's rank correlation of money and pieces in standard errors, t = r √((n − 2) / (1 − r²)): about what chance
 * reaches is 2. Infinity where they rise together without exception; 0 where either is the same on all rows.
 */
export function rankCorrelationT(rows: readonly SampleRow[], money: number, quantity: number): number {
  const pairs = rows
    .map((row) => [roughNumber(row[money]), roughNumber(row[quantity])] as const)
    .filter(([amount, pieces]) => amount > 0 && pieces > 0);
  const n = pairs.length;
  if (n < 3) return 0;
  const [x, y] = [ranksOf(pairs.map(([amount]) => amount)), ranksOf(pairs.map(([, pieces]) => pieces))];
  const mean = (n + 1) / 2;
  const product = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + (value - mean) * ((b[i] as number) - mean), 0);
  const spread = Math.sqrt(product(x, x) * product(y, y));
  if (spread === 0) return 0;
  const r = product(x, y) / spread;
  return r >= 1 ? Number.POSITIVE_INFINITY : r * Math.sqrt((n - 2) / (1 - r * r));
}

/** Fewer products that speak for one or the other prove nothing; so many may speak against it. */
const ENOUGH_PRODUCTS = 5;
const MAX_AGAINST = 0.1;

/**
 * Whether the money of a line grows with its pieces, by products that were bought in different numbers: a unit price
 * stays, a line's amount is so many times as much. Prices that changed meanwhile say nothing. Undefined where too few
 * tell, or they do not agree.
 */
export function moneyOfProducts(
  rows: readonly SampleRow[],
  columns: { readonly money: number; readonly quantity: number; readonly product: number },
): "line" | "unit" | undefined {
  const seen = new Map<string, { readonly money: number; readonly pieces: number }>();
  const verdicts = new Map<string, "line" | "unit" | "neither">();
  for (const row of rows) {
    const product = (row[columns.product] ?? "").trim();
    const [money, pieces] = [roughNumber(row[columns.money]), roughNumber(row[columns.quantity])];
    if (product === "" || !(money > 0) || !(pieces > 0)) continue;
    const first = seen.get(product);
    if (first === undefined) seen.set(product, { money, pieces });
    else if (first.pieces !== pieces && !verdicts.has(product))
      verdicts.set(product, compare(first, { money, pieces }));
  }
  const count = (wanted: string): number => [...verdicts.values()].filter((verdict) => verdict === wanted).length;
  const [line, unit] = [count("line"), count("unit")];
  if (line >= ENOUGH_PRODUCTS && unit <= MAX_AGAINST * line) return "line";
  return unit >= ENOUGH_PRODUCTS && line <= MAX_AGAINST * unit ? "unit" : undefined;
}

interface Bought {
  readonly money: number;
  readonly pieces: number;
}

function compare(one: Bought, other: Bought): "line" | "unit" | "neither" {
  const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 0.01 * Math.abs(b);
  if (isNear(one.money, other.money)) return "unit";
  return isNear(one.money / one.pieces, other.money / other.pieces) ? "line" : "neither";
}
