import currencyWords from "./currencies.json" with { type: "json" };
import ledgerMarks from "./ledgerMarks.json" with { type: "json" };
import unitWords from "./units.json" with { type: "json" };

/** What may stand beside the digits of a number. */
export type Token =
  | { readonly kind: "currency"; readonly code: string }
  | { readonly kind: "unit"; readonly measure: string; readonly unit: string }
  | { readonly kind: "ledger"; readonly side: "debit" | "credit" };

/** Money has currencies and sides of a ledger beside it, quantities have units. */
export type NumberKind = "money" | "quantity";

const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ...Intl.supportedValuesOf("currency").map((code) => [code.toLowerCase(), code] as const),
  ...Object.entries(currencyWords.currencies).flatMap(([code, languages]) =>
    Object.values(languages).flatMap((words) => words.map((word) => [word.toLowerCase(), code] as const)),
  ),
]);

/** ISO code of a currency by its code, sign or word, in any case; undefined for other texts. */
export const currencyCodeOf = (text: string): string | undefined => CURRENCIES.get(text.trim().toLowerCase());

function moneyTokens(): Map<string, Token> {
  const tokens = new Map<string, Token>();
  for (const side of ["debit", "credit"] as const) {
    for (const word of Object.values(ledgerMarks[side]).flat()) tokens.set(word, { kind: "ledger", side });
  }
  for (const [word, code] of CURRENCIES) tokens.set(word, { kind: "currency", code });
  return tokens;
}

function quantityTokens(): Map<string, Token> {
  const tokens = new Map<string, Token>();
  for (const [measure, units] of Object.entries(unitWords.measures)) {
    for (const [unit, words] of Object.entries(units)) {
      for (const word of words) tokens.set(word, { kind: "unit", measure, unit });
    }
  }
  return tokens;
}

/** What each text in lower case beside a number of a kind means. */
export const TOKENS: Readonly<Record<NumberKind, ReadonlyMap<string, Token>>> = {
  money: moneyTokens(),
  quantity: quantityTokens(),
};
