import type { Config } from "../config/config.ts";
import { SegmentationError } from "../errors.ts";
import { convertUnits, rateOn } from "../quality/exchangeRates.ts";

/** An amount of a day in ten-thousandths; without a currency in that of the model's data. */
interface Amount {
  readonly date: string;
  readonly amountUnits: bigint;
  /** ISO 4217 code. */
  readonly currency?: string | undefined;
}

/** Amounts that cannot be added up: in several currencies without rates, or in one for which the model has none. */
export class TransactionCurrencyError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown> = {}) {
    super("TRANSACTION_CURRENCY", message, context);
  }
}

/** What a line's money is in one currency: that of the model's rates, or the only one that the lines name. */
export function inOneCurrency(
  lines: readonly Amount[],
  { target, rates }: Config["currency"],
): (line: Amount) => bigint {
  const named = [...new Set(lines.flatMap(({ currency }) => currency ?? []))];
  if (target === null && named.length > 1) {
    throw new TransactionCurrencyError(
      `The amounts are in several currencies (${named.slice(0, 8).join(", ")}), and the model has no rates for them.`,
      { currencies: named },
    );
  }
  return ({ amountUnits, currency, date }) => {
    if (target === null || currency === undefined || currency === target) return amountUnits;
    const rate = rateOn({ target, rates }, currency, date);
    if (rate !== undefined) return convertUnits(amountUnits, rate);
    throw new TransactionCurrencyError(`The model has no rate from ${currency} to ${target} for ${date}.`, {
      currency,
      date,
    });
  };
}
