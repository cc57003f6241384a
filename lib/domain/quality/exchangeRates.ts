import { SegmentationError } from "../errors.ts";

/** What one unit of a currency is worth in the target currency, from a day on. */
export interface ExchangeRate {
  /** ISO 4217 code. */
  readonly currency: string;
  /** Plain positive decimal with up to eight decimals, as text: it is never rounded. */
  readonly rate: string;
  /** ISO date from which it holds; without one it always does. */
  readonly date?: string | undefined;
}

export interface CurrencyConversion {
  /** The currency in which everything is counted. */
  readonly target: string;
  readonly rates: readonly ExchangeRate[];
}

/** A table of rates that cannot be used; the message names the line. */
export class ExchangeRateError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown> = {}) {
    super("EXCHANGE_RATES", message, context);
  }
}

export const RATE_PATTERN = /^(?!0+(?:\.0+)?$)\d{1,9}(?:\.\d{1,8})?$/;
export const CURRENCY_PATTERN = /^[A-Z]{3}$/;
const DATE_PATTERN = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

const isOne = (rate: string): boolean => /^0*1(?:\.0+)?$/.test(rate);

/**
 * Reads `currency,rate[,date]` lines (comma, semicolon or tab; a first line of names is skipped). The target is the one
 * currency whose rate is 1 without a date.
 * @throws ExchangeRateError naming the line that does not read, or when there is not exactly one target.
 */
export function parseExchangeRates(text: string, origin: string): CurrencyConversion {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  const rates = lines.flatMap((line, index) => {
    const cells = line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
    if (line.trim() === "" || (index === 0 && /^currency$/i.test(cells[0] ?? ""))) return [];
    const [currency, rate, date] = [(cells[0] ?? "").toUpperCase(), cells[1] ?? "", cells[2] ?? ""];
    const isRead =
      CURRENCY_PATTERN.test(currency) && RATE_PATTERN.test(rate) && (date === "" || DATE_PATTERN.test(date));
    if (!isRead || cells.length > 3) {
      throw new ExchangeRateError(
        `${origin}, line ${index + 1}: ${JSON.stringify(line)} is not a rate. Write currency,rate or currency,rate,date, like USD,0.92 or USD,0.92,2024-01-31.`,
        { origin, line: index + 1 },
      );
    }
    return [{ currency, rate, ...(date === "" ? {} : { date }) }];
  });
  const targets = [
    ...new Set(rates.filter(({ rate, date }) => isOne(rate) && date === undefined).map((r) => r.currency)),
  ];
  if (targets.length !== 1) {
    throw new ExchangeRateError(
      `${origin}: exactly one currency must have the rate 1 (without a date): the one to convert to. ${targets.length === 0 ? "None has" : `${targets.join(" and ")} have`}.`,
      { origin, targets },
    );
  }
  return { target: targets[0] as string, rates };
}

/**
 * The rate that holds for a currency on an ISO date: the latest from that day or before; undefined where there is none
 * so early.
 */
export function rateOn({ rates }: CurrencyConversion, currency: string, date: string): string | undefined {
  const from = (rate: ExchangeRate): string => rate.date ?? "0001-01-01";
  return rates
    .filter((rate) => rate.currency === currency && from(rate) <= date)
    .reduce<ExchangeRate | undefined>(
      (best, rate) => (best !== undefined && from(best) > from(rate) ? best : rate),
      undefined,
    )?.rate;
}

const RATE_UNITS = 100_000_000n;

/** Ten-thousandths times a rate, exactly, rounded once and half away from zero, as SQL does. */
export function convertUnits(units: bigint, rate: string): bigint {
  const [whole = "0", fraction = ""] = rate.split(".");
  const product = units * BigInt(whole + fraction.padEnd(8, "0"));
  const magnitude = ((product < 0n ? -product : product) + RATE_UNITS / 2n) / RATE_UNITS;
  return product < 0n ? -magnitude : magnitude;
}
