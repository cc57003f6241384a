import { DEFAULT_STATUS_PATTERNS, meaningOfStatus } from "../../domain/quality/statuses.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";

const KIND_NAME = /\b(type|kind|event|dr cr|typ|tipo|art|vorgang)\b/;
const PURCHASE =
  /^(sale|sales|purchase|order|invoice|payment|charge|verkauf|rechnung|vente|venta|compra|vendita|sold)$/;
const NO_PURCHASE =
  /^(sale line|payment|page ?view|view|add[ _]to[ _]cart|cart|remove[ _]from[ _]cart|wishlist|click|quote|estimate|pledge|soft credit)$/;

/** What the words of a column say of the rows. */
export interface RowKinds {
  readonly index: number;
  /** Some words are sales and the others cancellations or refunds: they are the rows' status. */
  readonly isStatus: boolean;
  readonly words: ReadonlyMap<string, number>;
}

/** The first column whose name speaks of kinds of rows and whose few words are not all purchases. Pure. */
export function rowKinds(
  header: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  used: ReadonlySet<number>,
): RowKinds | undefined {
  for (const [index, name] of header.entries()) {
    if (used.has(index) || !KIND_NAME.test(normaliseName(name))) continue;
    const words = new Map<string, number>();
    for (const row of rows) {
      const word = (row[index] ?? "").trim().toLowerCase();
      if (word !== "") words.set(word, (words.get(word) ?? 0) + 1);
    }
    if (words.size < 2 || words.size > 12) continue;
    const all = [...words.keys()];
    const isTakenBack = (word: string): boolean =>
      ["cancelled", "refunded", "returns"].includes(meaningOfStatus(word, DEFAULT_STATUS_PATTERNS));
    const sales = all.filter((word) => PURCHASE.test(word));
    const others = all.filter((word) => !sales.includes(word));
    const isPaidTwice = sales.includes("payment") && sales.length > 1;
    if (sales.length > 0 && others.length > 0 && others.every(isTakenBack) && !isPaidTwice)
      return { index, isStatus: true, words };
    if (all.some((word) => NO_PURCHASE.test(word) && !(word === "payment" && !isPaidTwice)) || others.some(isTakenBack))
      return { index, isStatus: false, words };
  }
  return undefined;
}
