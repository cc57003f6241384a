import type { CurrencyConversion } from "../../../domain/quality/exchangeRates.ts";
import type { ScratchEngine } from "../../engine.ts";
import { IngestError } from "../../errors.ts";
import { literal } from "../../sqlText.ts";

/** Amounts of several currencies, and no rates to make one of them. */
export class MixedCurrenciesError extends IngestError {}

/** A currency or a day for which there is no rate. */
export class MissingRateError extends IngestError {}

/** Signs and words that stand for one currency in a shop's file; `$` and `¥` are taken for the commonest. */
const CODE_OF_SIGN: Readonly<Record<string, string>> = {
  $: "USD",
  US$: "USD",
  CA$: "CAD",
  C$: "CAD",
  AU$: "AUD",
  A$: "AUD",
  NZ$: "NZD",
  R$: "BRL",
  "€": "EUR",
  EURO: "EUR",
  "£": "GBP",
  "¥": "JPY",
  "₹": "INR",
  "₽": "RUB",
  "₺": "TRY",
  TL: "TRY",
  ZŁ: "PLN",
  KČ: "CZK",
};

/** SQL of the ISO code that a text of a currency column stands for; unknown words stay as found. */
export function currencyCodeSql(text: string): string {
  const signs = Object.entries(CODE_OF_SIGN).map(([sign, code]) => `when ${literal(sign)} then ${literal(code)}`);
  return `case upper(${text}) ${signs.join(" ")} else upper(${text}) end`;
}

/** SQL of the currency that is written beside the digits of an amount; NULL where there is none. */
export function currencyOfAmountSql(amount: string): string {
  const written = `nullif(regexp_extract(upper(${amount}), '([A-Z]{0,2}[$]|[€£¥₹₽₺]|ZŁ|KČ|TL|[A-Z]{3})', 1), '')`;
  return currencyCodeSql(written);
}

export interface CurrencyCount {
  readonly currency: string;
  readonly rows: number;
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
    "mixed_currencies",
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

/** Canonical rows with the rate of their currency and day, in the order of their lines; rows of the target currency have none. */
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
    "missing_rate",
    `${sources.join(", ")}: there is no rate for ${String(currency)}${isKnown ? ` as early as ${String(date)}` : ""} (${Number(count)} rows, first in line ${String(line)}). Add it to the rates: ${String(currency)},RATE with what 1 ${String(currency)} is worth in ${target}.`,
    { sources, currency, date },
  );
}
