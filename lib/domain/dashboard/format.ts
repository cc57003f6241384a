import type { Display } from "./types.ts";

/**
 * Numbers, money, shares and dates: the words are English, the digits, marks and signs are the locale's. The same
 * functions run in the page, and nothing there writes a number or a date but by them.
 */
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
  /** 9 Dec 2011 of an ISO date. */
  date(iso: string): string;
  /** Dec 2011. */
  month(iso: string): string;
  /** 9 Dec 2011, 14:05 UTC of an ISO timestamp. */
  moment(iso: string): string;
  /** 08:00 of 8. */
  clock(hour: number): string;
  /** A sentence that was written with the run, in plain digits, with those of the locale. */
  retold(sentence: string): string;
}

const MONEY_WITH_PENNIES_BELOW = 100;

/** @param display a locale that Intl knows and an ISO 4217 code; the configuration checks both. */
export function createFormat({ locale, currency }: Pick<Display, "locale" | "currency">): Format {
  const style: Intl.NumberFormatOptions = currency === null ? {} : { style: "currency", currency };
  const number = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
    const formatter = new Intl.NumberFormat(locale, options);
    return (value) => formatter.format(value);
  };
  /** With one decimal, but for shares that have none: 4.0% is rounded, 90% is as set. */
  const percent = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
    const [exact, rounded] = [0, 1].map((digits) =>
      number({ style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits, ...options }),
    ) as [(value: number) => string, (value: number) => string];
    return (value) => (Math.abs(100 * value - Math.round(100 * value)) < 1e-9 ? exact : rounded)(value);
  };
  const date = dateFormatter(locale);
  const whole = number({ ...style, maximumFractionDigits: 0 });
  const exact = number({ ...style, minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const twoDigits = number({ minimumIntegerDigits: 2, useGrouping: false });
  const clock = (hour: number, minute = 0): string => `${twoDigits(hour)}:${twoDigits(minute)}`;
  const day = date({ day: "numeric", month: "short", year: "numeric" });
  const format: Omit<Format, "retold"> = {
    count: number({ maximumFractionDigits: 0 }),
    money: (value) => (Math.abs(value) < MONEY_WITH_PENNIES_BELOW && value !== 0 ? exact(value) : whole(value)),
    shortMoney: shortNumber(locale, style),
    shortCount: shortNumber(locale, {}),
    share: percent({}),
    change: percent({ signDisplay: "exceptZero" }),
    decimal: (value, digits) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value),
    fixed: (value, digits) =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
    date: day,
    month: date({ month: "short", year: "numeric" }),
    moment: (iso) => `${day(iso)}, ${clock(Number(iso.slice(11, 13)), Number(iso.slice(14, 16)))} UTC`,
    clock,
  };
  return { ...format, retold: (sentence) => retold(sentence, locale, format) };
}

/** English of the locale's kind where it is English, else British; in the locale's digits. */
function dateFormatter(locale: string) {
  const isEnglish = new Intl.Locale(locale).language === "en";
  const { numberingSystem } = new Intl.NumberFormat(locale).resolvedOptions();
  return (options: Intl.DateTimeFormatOptions): ((iso: string) => string) => {
    const formatter = new Intl.DateTimeFormat(isEnglish ? locale : "en-GB", {
      ...{ timeZone: "UTC", calendar: "gregory", numberingSystem },
      ...options,
    });
    return (iso) => formatter.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));
  };
}

const SUFFIXES = ["", "K", "M", "B", "T"] as const;

/** Three digits and an English suffix, which stands where the digits end: £8.9M, 8,9M €. */
function shortNumber(locale: string, style: Intl.NumberFormatOptions): (value: number) => string {
  const formatter = new Intl.NumberFormat(locale, { ...style, maximumSignificantDigits: 3 });
  return (value) => {
    const rounded = Number(value.toPrecision(3));
    const digits = rounded === 0 ? 0 : Math.floor(Math.log10(Math.abs(rounded)) + 1e-9);
    const step = Math.min(SUFFIXES.length - 1, Math.max(0, Math.floor(digits / 3)));
    const parts = formatter.formatToParts(rounded / 1000 ** step);
    const last = parts.findLastIndex(({ type }) => type === "integer" || type === "fraction");
    return parts.map((part, at) => (at === last ? `${part.value}${SUFFIXES[step]}` : part.value)).join("");
  };
}

/** An ISO date, or a number that is no part of a name, with its sign before it and its percent sign. */
const NUMBERS =
  /(?<![\p{L}\p{N}_.:/#-])(?:(\d{4}-\d\d-\d\d)|([-+])?(\d[\d,]*(?:\.\d+)?)(\s?%)?)(?![\p{L}\p{N}_:/-]|\.\d)/gu;

function retold(sentence: string, locale: string, format: Pick<Format, "date">): string {
  return sentence.replace(NUMBERS, (found, date?: string, sign?: string, number?: string, percent?: string) => {
    if (date !== undefined) return format.date(date);
    const plain = (number ?? "").replace(/,+$/, "");
    const value = Number(plain.replaceAll(",", ""));
    if (number === undefined || !Number.isFinite(value)) return found;
    const decimals = plain.split(".")[1]?.length ?? 0;
    const isShare = percent !== undefined;
    const text = new Intl.NumberFormat(locale, {
      ...(isShare ? { style: "percent" } : {}),
      useGrouping: plain.includes(","),
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      signDisplay: sign === "+" ? "always" : "auto",
    }).format(((sign === "-" ? -1 : 1) * value) / (isShare ? 100 : 1));
    return text + number.slice(plain.length);
  });
}

/** "1 customer", "2 customers". */
export function plural(format: Pick<Format, "count">, count: number, one: string, many: string = `${one}s`): string {
  return `${format.count(count)} ${count === 1 ? one : many}`;
}
