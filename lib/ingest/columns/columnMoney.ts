import { roughNumber, type SampleRow } from "./orderStructure.ts";

/**
 * How much more the money is on lines with several pieces than on lines with one: about 1 for unit prices, more for line amounts;
 * undefined where there are too few of either.
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

/** Fewer products that speak for one or the other prove nothing; so many may speak against it. */
const ENOUGH_PRODUCTS = 5;
const MAX_AGAINST = 0.1;

/**
 * Whether the money of a line grows with its pieces, by products that were bought in different numbers: a unit price stays, a line's
 * amount is so many times as much. Prices that changed meanwhile say nothing. Undefined where too few tell, or they do not agree.
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
