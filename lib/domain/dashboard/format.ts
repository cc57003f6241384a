import type { Display } from "./types.ts";

/** Numbers, money, shares and dates as the reader writes them. The same functions run in the page. */
export interface Format {
  /** 4,338 */
  count(value: number): string;
  /** £8,887,209, or with pennies below a hundred. */
  money(value: number): string;
  /** £8.9M: for axes and small places. */
  shortMoney(value: number): string;
  shortCount(value: number): string;
  /** 65.1% of a share of 0.651. */
  share(value: number): string;
  /** +3.2% of 0.032. */
  change(value: number): string;
  /** A number with at most so many decimals. */
  decimal(value: number, digits: number): string;
  /** A number with exactly so many decimals, for columns. */
  fixed(value: number, digits: number): string;
  /** 9 December 2011 of an ISO date. */
  date(iso: string): string;
  /** December 2011. */
  month(iso: string): string;
  /** Dec 2011. */
  shortMonth(iso: string): string;
}

const MONEY_WITH_PENNIES_BELOW = 100;

/** @param display a locale that Intl knows and an ISO 4217 code; the configuration checks both. */
export function createFormat({ locale, currency }: Display): Format {
  const style: Intl.NumberFormatOptions = currency === null ? {} : { style: "currency", currency };
  const number = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
    const formatter = new Intl.NumberFormat(locale, options);
    return (value) => formatter.format(value);
  };
  const date = (options: Intl.DateTimeFormatOptions): ((iso: string) => string) => {
    const formatter = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
    return (iso) => formatter.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));
  };
  const whole = number({ ...style, maximumFractionDigits: 0 });
  const exact = number({ ...style, minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const percent = number({ style: "percent", maximumFractionDigits: 1 });
  return {
    count: number({ maximumFractionDigits: 0 }),
    money: (value) => (Math.abs(value) < MONEY_WITH_PENNIES_BELOW && value !== 0 ? exact(value) : whole(value)),
    shortMoney: number({ ...style, notation: "compact", maximumSignificantDigits: 3 }),
    shortCount: number({ notation: "compact", maximumSignificantDigits: 3 }),
    share: percent,
    change: number({ style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero" }),
    decimal: (value, digits) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value),
    fixed: (value, digits) =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
    date: date({ day: "numeric", month: "long", year: "numeric" }),
    month: date({ month: "long", year: "numeric" }),
    shortMonth: date({ month: "short", year: "numeric" }),
  };
}

/** "1 customer", "2 customers". */
export function plural(format: Format, count: number, one: string, many: string = `${one}s`): string {
  return `${format.count(count)} ${count === 1 ? one : many}`;
}
