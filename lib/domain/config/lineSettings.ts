import { z } from "zod";
import { CURRENCY_PATTERN, RATE_PATTERN } from "../quality/exchangeRates.ts";
import { DEFAULT_STATUS_PATTERNS } from "../quality/statuses.ts";

/** A day of the calendar. */
export const isoDate = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, "must be a date like 2011-12-10")
  .refine((text) => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true, "is not a day of the calendar");

/** What both SQL engines read alike is checked again where the statements are rendered. */
export const pattern = z.string().min(1).refine(compiles, "is not a valid regular expression");
const statusPattern = pattern.max(20_000).nullable();
/** Of all patterns of statuses together: they stand in several statements of one state of Step Functions. */
const MAX_STATUS_BYTES = 20_000;

/** Ids such as `C536379`. */
export const DEFAULT_CANCELLATION_PATTERN = "^[Cc][0-9]";

export const nonProductSettings = z
  .strictObject({
    drop: z.boolean().default(false),
    pattern: pattern.max(300).default("^(POST|DOT|M|C2|D|S|B|BANK CHARGES|AMAZONFEE|CRUK|PADS|gift_.*)$"),
  })
  .prefault({})
  .describe("Lines whose product id matches are postage, fees and the like; dropped on demand.");

export const cancellationPatternSetting = pattern
  .max(100)
  .default(DEFAULT_CANCELLATION_PATTERN)
  .describe(
    "An order id that matches this regular expression is a cancellation; ^$ says that none is. By default it is asked where the data say otherwise.",
  );

/** What the words of a status column do. */
export const statusSettings = z
  .strictObject({
    keep: statusPattern.default(DEFAULT_STATUS_PATTERNS.keep).describe("Looked at first: kept, whatever else it says."),
    returns: statusPattern
      .default(DEFAULT_STATUS_PATTERNS.returns)
      .describe("The line is a return, as if its order were a cancellation."),
    drop: z
      .strictObject({
        cancelled: statusPattern.default(DEFAULT_STATUS_PATTERNS.drop.cancelled),
        refunded: statusPattern.default(DEFAULT_STATUS_PATTERNS.drop.refunded),
        pending: statusPattern.default(DEFAULT_STATUS_PATTERNS.drop.pending),
        failed: statusPattern.default(DEFAULT_STATUS_PATTERNS.drop.failed),
        test: statusPattern.default(DEFAULT_STATUS_PATTERNS.drop.test),
      })
      .prefault({})
      .describe("Dropped as status_cancelled, status_refunded, …; null: not dropped."),
  })
  .refine(
    ({ keep, returns, drop }) => Buffer.byteLength(JSON.stringify([keep, returns, drop])) <= MAX_STATUS_BYTES,
    `has more than ${MAX_STATUS_BYTES} bytes of patterns: leave out words that your files do not have`,
  )
  .prefault({})
  .describe("Regular expressions over the order status in lower case. What matches none is kept.");

/** What foreign amounts are worth. */
export const currencySettings = z
  .strictObject({
    target: z
      .string()
      .regex(CURRENCY_PATTERN, "must be an ISO 4217 code like EUR")
      .nullable()
      .default(null)
      .describe("The currency that amounts are converted to; needs rates."),
    rates: z
      .array(
        z.strictObject({
          currency: z.string().regex(CURRENCY_PATTERN, "must be an ISO 4217 code like EUR"),
          rate: z.string().regex(RATE_PATTERN, 'must be a plain positive number as text, like "0.92"'),
          date: isoDate.optional().describe("Holds from this day on; without one always."),
        }),
      )
      .default([])
      .describe("What 1 unit of a currency is worth in the target currency."),
  })
  .refine((c) => (c.target === null) === (c.rates.length === 0), "needs both target and rates, or neither")
  .prefault({})
  .describe("Several currencies in one drop are refused unless there are rates.");

function compiles(text: string): boolean {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    // The message names the setting; what exactly is wrong with the expression its author sees best.
    return false;
  }
}

export const timeZoneSetting = z
  .string()
  .refine(isTimeZone, "is no IANA time zone like Europe/Berlin")
  .nullable()
  .default(null)
  .describe(
    "The zone whose days count, for times with an offset or in UTC. null: the day in the text counts, whatever its offset.",
  );

function isTimeZone(name: string): boolean {
  try {
    // Offsets like +02:00 are zones to the runtime, but to no SQL engine.
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "" && /^[A-Z]/.test(name);
  } catch {
    // A RangeError says no more than that the zone is none.
    return false;
  }
}
