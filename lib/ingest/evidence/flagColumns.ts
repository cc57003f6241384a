import { profileColumn } from "../columns/columnContent.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import { literal } from "../sqlText.ts";
import { isOfOrder, type OrderMarks } from "./whole/orderMarks.ts";
import type { WordCounts } from "./whole/wordCounts.ts";
import { kindOf } from "./words/kindWords.ts";
import { type Mark, markOfName } from "./words/tellingNames.ts";

/** A column that marks rows as cancelled, refunded, returned, test, or as paid: without that mark they await it. */
export interface FlagColumn {
  readonly column: string;
  /** 1-based. */
  readonly position: number;
  /** Its word among the statuses, which decides what becomes of a marked row. */
  readonly status: Mark;
  /** A mark is a yes of some kind, or the date on which it happened. */
  readonly kind: "yes" | "date";
  /** Words beside those for yes that are a mark, too. */
  readonly yes?: readonly string[];
  /** It stands on the first line of an order and is said of all its lines, of which so many are blank. */
  readonly ofOrder?: { readonly otherLines: number };
}

const YES =
  "1 1.0 true t yes y x ja oui si sí sim tak evet ano igen да так はい 是 예 ✓ ✔ wahr vrai verdadero vero".split(" ");
const NO = [
  "",
  ..."0 0.0 false f no n nein non não nao nie hayır hayir ne nem нет ні いいえ 否 아니오 - falsch faux falso".split(
    " ",
  ),
];

export const isYes = (word: string): boolean => YES.includes(word);
/** Whether a word says no; a blank says nothing. */
export const isNo = (word: string): boolean => word !== "" && NO.includes(word);

/** Columns whose name speaks of a cancellation and whose values are yes and no, or dates. Pure. */
export function flagColumns(
  header: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  used: ReadonlySet<number>,
  wordsOf: (index: number) => WordCounts | undefined = () => undefined,
  marks?: ReadonlyMap<number, OrderMarks>,
): FlagColumn[] {
  // Beside a mark of full refunds, that of refunds means some of the money.
  const isPart = (name: string): boolean =>
    /^(is |was )?refunded$/.test(name) && header.some((other) => /fully refunded/.test(normaliseName(other)));
  return header.flatMap((column, index): FlagColumn[] => {
    if (isPart(normaliseName(column))) return [];
    const status = markOfName(normaliseName(column));
    if (status === undefined || used.has(index)) return [];
    const standing = marks?.get(index);
    const isOnFirstLine = standing !== undefined && isOfOrder(standing);
    const flag = {
      ...{ column, position: index + 1, status },
      ...(isOnFirstLine ? { ofOrder: { otherLines: standing.otherLines } } : {}),
    };
    const words = new Set([
      ...(wordsOf(index)?.keys() ?? []),
      ...rows.map((row) => (row[index] ?? "").trim().toLowerCase()),
    ]);
    const isPaid = status === "paid";
    // A mark may be the word itself: "Cancelled" in a column of that name.
    const isState = (word: string): boolean => !isPaid && kindOf(word) === "return";
    const yes = [...words].filter((word) => isState(word));
    if ([...words].every((word) => YES.includes(word) || NO.includes(word) || isState(word)))
      return isPaid && ![...words].some((word) => YES.includes(word)) ? [] : [{ ...flag, kind: "yes", yes }];
    if (isPaid) return [];
    const { share } = profileColumn(rows.map((row) => row[index] ?? null));
    return share.date >= 0.95 ? [{ ...flag, kind: "date" }] : [];
  });
}

/**
 * SQL of the status of a line: the word of the first mark that it bears, else its own.
 * @param valueOfOrder SQL of a column's value on the first line of the order.
 */
export function markedStatus(
  flags: readonly FlagColumn[],
  own: string,
  valueOfOrder: (column: string) => string,
): string {
  if (flags.length === 0) return own;
  const cases = flags.map(({ position, status, kind, yes = [], ofOrder }) => {
    const cell = `c${position - 1}`;
    const value = `lower(trim(${ofOrder === undefined ? cell : valueOfOrder(`nullif(trim(${cell}), '')`)}))`;
    const among = (words: readonly string[]): string => `${value} in (${words.map(literal).join(", ")})`;
    if (status === "paid") return `when ${among(NO.filter(isNo))} then 'unpaid'`;
    const test = kind === "yes" ? among([...YES, ...yes]) : `regexp_matches(${value}, '[1-9]')`;
    return `when ${test} then ${literal(status)}`;
  });
  return `case ${cases.join(" ")} else ${own} end`;
}
