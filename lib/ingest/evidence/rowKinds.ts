import { roughNumber, type SampleRow } from "../columns/orderStructure.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import type { WordCounts } from "./whole/wordCounts.ts";
import { type Kind, kindOf } from "./words/kindWords.ts";
import { isKindName } from "./words/tellingNames.ts";

/** Names that speak of nothing but what a row is. */
const STRONG_NAME =
  /^(transaction|event|line|row|record|entry|document|doc|voucher|movement|posting|gift) (type|kind)$|^belegart$/;

/** What the words of a column say of the rows. */
export interface RowKinds {
  readonly index: number;
  /** Every word with its rows, in the whole file. */
  readonly words: WordCounts;
  readonly purchases: readonly string[];
  readonly returns: readonly string[];
  /** Words of rows that are no purchases, or repeat one. */
  readonly others: readonly string[];
  /** What is to be asked about; none where every word is clear. */
  readonly unclear: readonly string[];
  /** Why the others do not count. */
  readonly why: string;
}

/** Names of kinds of something else: a means of payment, a customer, a product. */
const OTHER_NAME =
  /\b(payment|pay|tender|customer|client|member|user|product|item|category|ship|shipping|delivery|store|card|account|device|channel|discount|zahlungsart|versandart|kundenart)\b/;
const MAX_WORDS = 40;

/** The first column whose few words tell kinds of rows, and not all purchases. Pure. */
export function rowKinds(
  header: readonly string[],
  wordsOf: (index: number) => WordCounts | undefined,
  used: ReadonlySet<number>,
  money: { readonly rows: readonly SampleRow[]; readonly order: number; readonly amount: number },
): RowKinds | undefined {
  for (const [index, name] of header.entries()) {
    if (used.has(index)) continue;
    const counts = wordsOf(index);
    const all = [...(counts?.keys() ?? [])].filter((word) => word !== "");
    if (counts === undefined || all.length < 2 || all.length > MAX_WORDS) continue;
    const found = judge(normaliseName(name), all);
    if (found === undefined) continue;
    return { index, words: counts, ...sortOut(found, index, money) };
  }
  return undefined;
}

type Words = Readonly<Record<Kind, readonly string[]>>;

/** The two sides of a ledger, as languages abbreviate them. */
const SIDES = [
  ["d", "c"],
  ["s", "h"],
  ["d", "h"],
  ["d", "a"],
  ["debit", "credit"],
  ["soll", "haben"],
  ["debe", "haber"],
  ["dare", "avere"],
  ["debet", "credit"],
];

function isSideOfLedger(all: readonly string[]): boolean {
  const plain = new Set(all.map(normaliseName));
  return SIDES.some((sides) => plain.size === 2 && sides.every((side) => plain.has(side)));
}

/** The words by their kinds, where the column is one of kinds at all. */
function judge(name: string, all: readonly string[]): Words | undefined {
  const of = (kind: Kind): string[] => all.filter((word) => kindOf(word) === kind);
  const found = {
    purchase: of("purchase"),
    payment: of("payment"),
    return: of("return"),
    nothing: of("nothing"),
    unknown: of("unknown"),
  };
  const telling = found.return.length + found.nothing.length + found.payment.length;
  const isNamed = isKindName(name);
  const isSold = found.purchase.length + found.payment.length > 0;
  // Words of a column with another name must leave no doubt: "Payment" may be a means, and "order" a state.
  if (!isNamed && !(found.unknown.length === 0 && found.purchase.length > 0 && found.nothing.length > 0))
    return undefined;
  // A name that speaks of nothing else leaves words open that no list has, too.
  const isOpen = isSideOfLedger(all) || STRONG_NAME.test(name);
  const isTold = isSold || found.return.length + found.nothing.length > 0 || isOpen;
  if (isNamed && !isTold) return undefined;
  const speaksOfElse = !STRONG_NAME.test(name) && OTHER_NAME.test(name);
  if (telling === 0 && (speaksOfElse || found.unknown.length === 0)) return undefined;
  if (telling === 0 && found.purchase.length === 0 && !isOpen) return undefined;
  return found;
}

/** What counts, what returns, what is left out, and what must be asked. */
function sortOut(
  found: Words,
  index: number,
  money: { readonly rows: readonly SampleRow[]; readonly order: number; readonly amount: number },
): Omit<RowKinds, "index" | "words"> {
  const isPaid = found.purchase.length === 0;
  const purchases = isPaid ? found.payment : found.purchase;
  const open = [...(isPaid ? [] : found.payment), ...found.unknown];
  const clear = { purchases, returns: found.return, others: found.nothing, unclear: [], why: "they are no purchases" };
  if (open.length === 0) return clear;
  const [first] = purchases;
  const isRepeated = first !== undefined && open.every((word) => repeats(first, word, index, money));
  if (purchases.length === 1 && isRepeated)
    return { ...clear, others: [...found.nothing, ...open], why: "they add up to the same in each order" };
  return { ...clear, unclear: open };
}

/** Fewer orders prove nothing. */
const ENOUGH_ORDERS = 3;

/** Whether the rows of one kind add up to those of another in nearly every order: then they are the same money. */
function repeats(
  kind: string,
  other: string,
  index: number,
  { rows, order, amount }: { readonly rows: readonly SampleRow[]; readonly order: number; readonly amount: number },
): boolean {
  if (order < 0 || amount < 0) return false;
  const word = (row: SampleRow): string => (row[index] ?? "").trim().toLowerCase();
  const filled = rows.filter((row) => (row[order] ?? "").trim() !== "");
  const sums = [...Map.groupBy(filled, (row) => row[order]).values()].map((lines) =>
    [kind, other].map((wanted) => {
      const own = lines.filter((row) => word(row) === wanted);
      return own.length === 0 ? Number.NaN : own.reduce((sum, row) => sum + roughNumber(row[amount]), 0);
    }),
  );
  const both = sums.filter(([a, b]) => !Number.isNaN(a) && !Number.isNaN(b));
  const equal = both.filter(([a, b]) => Math.abs((a as number) - (b as number)) < 0.011).length;
  return both.length >= ENOUGH_ORDERS && both.length >= 0.8 * sums.length && equal >= 0.95 * both.length;
}
