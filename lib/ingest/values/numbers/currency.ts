import type { CurrencyConversion } from "../../../domain/quality/exchangeRates.ts";
import type { ScratchEngine } from "../../engine.ts";
import { IngestError } from "../../errors.ts";
import type { LoadedFile } from "../../load/loadedTable.ts";
import { literal } from "../../sqlText.ts";
import type { CurrencyCount } from "../../types.ts";
import { trimmedValues } from "../roleValues.ts";
import { lowerNumberSql } from "./numberShape.ts";
import { currencyCodeOf, type Token } from "./numberTokens.ts";

/** Amounts of several currencies, and no rates to make one of them. */
export class MixedCurrenciesError extends IngestError {}

/** A currency or a day for which there is no rate. */
export class MissingRateError extends IngestError {}

/**
 * SQL of the ISO code that a text of a currency column stands for, by its words in lower case; others stay as found.
 */
export function currencyCodeSql(text: string, words: ReadonlyMap<string, string>): string {
  if (words.size === 0) return `upper(${text})`;
  const cases = [...words].map(([word, code]) => `when ${literal(word)} then ${literal(code)}`);
  return `case lower(${text}) ${cases.join(" ")} else upper(${text}) end`;
}

/** SQL of the currency that is written beside the digits of an amount; NULL where there is none. */
export function currencyOfAmountSql(amount: string, tokens: ReadonlyMap<string, Token>): string {
  const found = [...tokens].flatMap(([word, token]) =>
    token.kind === "currency" ? [[word, token.code] as const] : [],
  );
  if (found.length === 0) return "cast(null as varchar)";
  const longestFirst = found.sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));
  const value = lowerNumberSql(amount);
  const cases = longestFirst.map(([word, code]) => `when contains(${value}, ${literal(word)}) then ${literal(code)}`);
  return `case ${cases.join(" ")} end`;
}

/** What the words of a currency column mean, in lower case, where they are no codes. */
export async function currencyWordsOf(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await engine.rows(
    `select distinct lower(v) from ${trimmedValues(files, "currency")} where v is not null order by 1 limit 1000`,
  );
  return new Map(
    rows.flatMap(([word]) => {
      const [text, code] = [String(word), currencyCodeOf(String(word))];
      return code === undefined || code === text.toUpperCase() ? [] : [[text, code] as const];
    }),
  );
}

/** The currencies of canonical rows, the commonest first. */
export async function countCurrencies(engine: ScratchEngine, canonical: string): Promise<CurrencyCount[]> {
  const rows = await engine.rows(
    `select currency, cast(count(*) as double) from (${canonical}) where currency is not null group by currency order by 2 desc, 1`,
  );
  return rows.map(([currency, count]) => ({ currency: String(currency), rows: Number(count) }));
}

/** Refuses several currencies where nothing says what they are worth. @throws MixedCurrenciesError */
export function refuseMixedCurrencies(counts: readonly CurrencyCount[], sources: readonly string[]): void {
  if (counts.length < 2) return;
  const said = counts.slice(0, 8).map(({ currency, rows }) => `${currency} ${rows.toLocaleString("en-US")} rows`);
  const where = sources.length === 1 ? sources[0] : `${sources.length} files`;
  throw new MixedCurrenciesError(
    "MIXED_CURRENCIES",
    `${where}: amounts are in several currencies (${said.join(", ")}${counts.length > 8 ? ", …" : ""}), which cannot be added up. Give their worth with --rates FILE, a CSV of currency,rate lines in which the currency to convert to has the rate 1 (like EUR,1 and USD,0.92).`,
    { sources, counts },
  );
}

/** Puts the rates into the table `exchange_rates` of the scratch engine. */
export async function loadRates(engine: ScratchEngine, conversion: CurrencyConversion): Promise<void> {
  const rows = conversion.rates.map(
    ({ currency, rate, date }) => `(${literal(currency)}, ${literal(date ?? "0001-01-01")}, ${literal(rate)})`,
  );
  await engine.run("create table exchange_rates (currency varchar, valid_from varchar, rate varchar)");
  await engine.run(`insert into exchange_rates values ${rows.join(", ")}`);
}

/**
 * Canonical rows with the rate of their currency and day, in the order of their lines; rows of the target currency have
 * none.
 */
export const withRates = (canonical: string, conversion: CurrencyConversion | undefined): string =>
  conversion === undefined
    ? canonical
    : `select c.* replace (case when c.currency <> ${literal(conversion.target)} then r.rate end as exchange_rate)
   from (${canonical}) c asof left join exchange_rates r
   on c.currency = r.currency and coalesce(left(c.order_date, 10), '9999-12-31') >= r.valid_from
   order by c.line_number`;

/** @throws MissingRateError when a currency has no rate, or none as early as its first line. */
export async function refuseMissingRates(
  engine: ScratchEngine,
  rated: string,
  { target, rates }: CurrencyConversion,
  sources: readonly string[],
): Promise<void> {
  const rows = await engine.rows(
    `select currency, cast(count(*) as double), min(left(order_date, 10)), min(line_number) from (${rated})
     where currency <> ${literal(target)} and exchange_rate is null and unreadable is null group by currency order by 2 desc, 1`,
  );
  const [first] = rows;
  if (first === undefined) return;
  const [currency, count, date, line] = first;
  const isKnown = rates.some((rate) => rate.currency === currency);
  throw new MissingRateError(
    "MISSING_RATE",
    `${sources.join(", ")}: there is no rate for ${String(currency)}${isKnown ? ` as early as ${String(date)}` : ""} (${Number(count)} rows, first in line ${String(line)}). Add it to the rates: ${String(currency)},RATE with what 1 ${String(currency)} is worth in ${target}.`,
    { sources, currency, date },
  );
}
