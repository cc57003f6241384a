/** Ways of writing a moment, as programs and people do. */

const two = (n: number): string => String(n).padStart(2, "0");

interface Parts {
  readonly y: number;
  readonly m: number;
  readonly d: number;
  readonly h: number;
  readonly min: number;
  readonly s: number;
  readonly at: Date;
}

const partsOf = (at: Date): Parts => ({
  y: at.getUTCFullYear(),
  m: at.getUTCMonth() + 1,
  d: at.getUTCDate(),
  h: at.getUTCHours(),
  min: at.getUTCMinutes(),
  s: at.getUTCSeconds(),
  at,
});

const named = (locale: string, options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
  return ({ at }: Parts): string => format.format(at);
};

/** Year, month and day in another calendar, as its shops write them. */
const inCalendar = (calendar: string) => {
  const options = { year: "numeric", month: "2-digit", day: "2-digit", timeZone: "UTC" } as const;
  const format = new Intl.DateTimeFormat(`en-u-ca-${calendar}-nu-latn`, options);
  return ({ at }: Parts): string => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return `${parts.get("year")}/${parts.get("month")}/${parts.get("day")}`;
  };
};

const half = ({ h }: Parts, am: string, pm: string): string => (h < 12 ? am : pm);
const twelve = ({ h }: Parts): number => ((h + 11) % 12) + 1;
const time = ({ h, min, s }: Parts): string => `${two(h)}:${two(min)}:${two(s)}`;
const iso = ({ y, m, d }: Parts): string => `${y}-${two(m)}-${two(d)}`;
const ordinal = (d: number): string =>
  `${d}${d % 10 === 1 && d !== 11 ? "st" : d % 10 === 2 && d !== 12 ? "nd" : d % 10 === 3 && d !== 13 ? "rd" : "th"}`;
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** ISO 8601 week date. */
function isoWeek({ at }: Parts): string {
  const weekday = (at.getUTCDay() + 6) % 7;
  const thursday = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() - weekday + 3));
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / (7 * 86_400_000));
  return `${thursday.getUTCFullYear()}-W${two(week)}-${weekday + 1}`;
}

const FORMS: Readonly<Record<string, (parts: Parts) => string>> = {
  iso,
  isoTime: (p) => `${iso(p)} ${time(p)}`,
  isoT: (p) => `${iso(p)}T${time(p)}`,
  isoZ: (p) => `${iso(p)}T${time(p)}Z`,
  isoUtc: (p) => `${iso(p)} ${time(p)} UTC`,
  isoMillis: (p) => `${iso(p)}T${time(p)}.123Z`,
  isoOffset: (p) => `${iso(p)}T${time(p)}+02:00`,
  isoNoSeconds: (p) => `${iso(p)} ${two(p.h)}:${two(p.min)}`,
  shopify: (p) => `${iso(p)} ${time(p)} -0500`,
  postgres: (p) => `${iso(p)} ${time(p)}.5+02`,
  java: (p) => `${iso(p)}T${time(p)}+01:00[Europe/Berlin]`,
  db2: (p) => `${iso(p)}-${two(p.h)}.${two(p.min)}.${two(p.s)}.000000`,
  isoSlash: (p) => `${p.y}/${two(p.m)}/${two(p.d)}`,
  isoSlashTime: (p) => `${p.y}/${p.m}/${p.d} ${p.h}:${two(p.min)}`,
  isoDots: (p) => `${p.y}.${two(p.m)}.${two(p.d)}`,
  hungarian: (p) => `${p.y}. ${two(p.m)}. ${two(p.d)}.`,
  hungarianTight: (p) => `${p.y}.${two(p.m)}.${two(p.d)}.`,
  korean: (p) => `${p.y}. ${p.m}. ${p.d}. ${half(p, "오전", "오후")} ${twelve(p)}:${two(p.min)}:${two(p.s)}`,
  koreanWords: (p) => `${p.y}년 ${p.m}월 ${p.d}일`,
  chinese: (p) => `${p.y}年${p.m}月${p.d}日`,
  japanese: (p) => `${p.y}年${two(p.m)}月${two(p.d)}日 ${two(p.h)}時${two(p.min)}分`,
  japaneseWeekday: (p) =>
    `${p.y}/${two(p.m)}/${two(p.d)}(${"日月火水木金土"[p.at.getUTCDay()]}) ${two(p.h)}:${two(p.min)}`,
  chineseHalf: (p) => `${p.y}/${p.m}/${p.d} ${half(p, "上午", "下午")}${twelve(p)}:${two(p.min)}:${two(p.s)}`,
  dmySlash: (p) => `${two(p.d)}/${two(p.m)}/${p.y}`,
  dmySlashTime: (p) => `${two(p.d)}/${two(p.m)}/${p.y} ${time(p)}`,
  dmyComma: (p) => `${two(p.d)}/${two(p.m)}/${p.y}, ${two(p.h)}:${two(p.min)}`,
  dmyShort: (p) => `${p.d}/${p.m}/${two(p.y % 100)}`,
  mdySlash: (p) => `${p.m}/${p.d}/${p.y}`,
  mdyHalf: (p) => `${p.m}/${p.d}/${p.y} ${twelve(p)}:${two(p.min)}:${two(p.s)} ${half(p, "AM", "PM")}`,
  mdyHalfDots: (p) => `${two(p.m)}/${two(p.d)}/${p.y} ${twelve(p)}:${two(p.min)} ${half(p, "a.m.", "p.m.")}`,
  mdyShort: (p) => `${two(p.m)}/${two(p.d)}/${two(p.y % 100)}`,
  mdyDash: (p) => `${p.m}-${p.d}-${two(p.y % 100)}`,
  spanishHalf: (p) =>
    `${two(p.d)}/${two(p.m)}/${p.y} ${two(twelve(p))}:${two(p.min)}:${two(p.s)} ${half(p, "a. m.", "p. m.")}`,
  greekHalf: (p) => `${p.d}/${p.m}/${p.y} ${twelve(p)}:${two(p.min)} ${half(p, "π.μ.", "μ.μ.")}`,
  french: (p) => `${two(p.d)}/${two(p.m)}/${p.y} ${two(p.h)}h${two(p.min)}`,
  frenchAt: (p) => `${two(p.d)}/${two(p.m)}/${p.y} à ${two(p.h)}:${two(p.min)}`,
  dots: (p) => `${two(p.d)}.${two(p.m)}.${p.y}`,
  dotsTime: (p) => `${p.d}.${p.m}.${p.y} ${two(p.h)}:${two(p.min)}`,
  dotsShort: (p) => `${two(p.d)}.${two(p.m)}.${two(p.y % 100)}`,
  finnish: (p) => `${p.d}.${p.m}.${p.y} klo ${p.h}.${two(p.min)}`,
  swedish: (p) => `${iso(p)} kl. ${two(p.h)}:${two(p.min)}`,
  germanWeekday: (p) =>
    `${["So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"][p.at.getUTCDay()]}., ${two(p.d)}.${two(p.m)}.${p.y}`,
  germanUhr: (p) => `${two(p.d)}.${two(p.m)}.${p.y} ${two(p.h)}:${two(p.min)} Uhr`,
  german: named("de", { day: "numeric", month: "long", year: "numeric" }),
  frenchWords: named("fr", { day: "numeric", month: "long", year: "numeric" }),
  spanishWords: named("es", { day: "numeric", month: "long", year: "numeric" }),
  portugueseWords: named("pt-BR", { day: "numeric", month: "long", year: "numeric" }),
  russianWords: named("ru", { day: "numeric", month: "long", year: "numeric" }),
  turkishWords: named("tr", { day: "numeric", month: "long", year: "numeric" }),
  polishWords: named("pl", { day: "numeric", month: "short", year: "numeric" }),
  dutchWords: named("nl", { day: "numeric", month: "short", year: "numeric" }),
  americanLong: named("en-US", { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
  american: (p) => `${MONTHS[p.m - 1]} ${p.d}, ${p.y}`,
  americanTime: (p) => `${MONTHS[p.m - 1]} ${p.d}, ${p.y}, ${twelve(p)}:${two(p.min)} ${half(p, "AM", "PM")}`,
  americanOrdinal: (p) => `${MONTHS[p.m - 1]} ${ordinal(p.d)}, ${p.y}`,
  britishOrdinal: (p) => `${ordinal(p.d)} ${MONTHS[p.m - 1]} ${p.y}`,
  dayMonth: (p) => `${p.d}-${MONTHS[p.m - 1]}-${two(p.y % 100)}`,
  dayMonthUpper: (p) => `${two(p.d)}-${(MONTHS[p.m - 1] as string).toUpperCase()}-${p.y}`,
  oracle: (p) =>
    `${two(p.d)}-${(MONTHS[p.m - 1] as string).toUpperCase()}-${two(p.y % 100)} ${two(twelve(p))}.${two(p.min)}.${two(p.s)}.000000 ${half(p, "AM", "PM")}`,
  sas: (p) => `${two(p.d)}${(MONTHS[p.m - 1] as string).toUpperCase()}${p.y}:${time(p)}`,
  mail: (p) =>
    `${["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][p.at.getUTCDay()]}, ${two(p.d)} ${MONTHS[p.m - 1]} ${p.y} ${time(p)} +0100`,
  javascript: (p) =>
    `${["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][p.at.getUTCDay()]} ${MONTHS[p.m - 1]} ${two(p.d)} ${p.y} ${time(p)} GMT+0100 (Central European Standard Time)`,
  timeFirst: (p) => `${two(p.h)}:${two(p.min)} ${two(p.d)}/${two(p.m)}/${p.y}`,
  compact: (p) => `${p.y}${two(p.m)}${two(p.d)}`,
  compactSeconds: (p) => `${p.y}${two(p.m)}${two(p.d)}${two(p.h)}${two(p.min)}${two(p.s)}`,
  compactT: (p) => `${p.y}${two(p.m)}${two(p.d)}T${two(p.h)}${two(p.min)}${two(p.s)}Z`,
  compactDmy: (p) => `${two(p.d)}${two(p.m)}${p.y}`,
  compactShort: (p) => `${two(p.y % 100)}${two(p.m)}${two(p.d)}`,
  epoch: ({ at }) => String(at.getTime() / 1000),
  epochFloat: ({ at }) => `${at.getTime() / 1000}.0`,
  epochMillis: ({ at }) => String(at.getTime()),
  dotnet: ({ at }) => `/Date(${at.getTime()})/`,
  excel: ({ at }) => String(Math.floor(at.getTime() / 86_400_000) + 25_569),
  excelTime: ({ at }) => String(at.getTime() / 86_400_000 + 25_569),
  week: isoWeek,
  ordinalDay: (p) =>
    `${p.y}-${String(1 + Math.round((Date.UTC(p.y, p.m - 1, p.d) - Date.UTC(p.y, 0, 1)) / 86_400_000)).padStart(3, "0")}`,
  arabicDigits: (p) => iso(p).replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
  fullWidth: (p) =>
    `${p.y}/${two(p.m)}/${two(p.d)}`.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
  // Calendars that are not the Gregorian one: only a refusal is right.
  buddhist: (p) => `${two(p.d)}/${two(p.m)}/${p.y + 543}`,
  buddhistIso: (p) => `${p.y + 543}-${two(p.m)}-${two(p.d)}`,
  jalali: inCalendar("persian"),
  hijri: inCalendar("islamic-umalqura"),
  minguo: (p) => `${p.y - 1911}/${two(p.m)}/${two(p.d)}`,
  reiwa: (p) => `令和${p.y - 2018}年${p.m}月${p.d}日`,
  reiwaShort: (p) => `R${p.y - 2018}.${two(p.m)}.${two(p.d)}`,
  monthOnly: (p) => `${p.y}-${two(p.m)}`,
  quarter: (p) => `Q${Math.ceil(p.m / 3)} ${p.y}`,
};

export const DATE_FORMS = Object.keys(FORMS);
export const writeDate = (form: string, at: Date): string => (FORMS[form] as (parts: Parts) => string)(partsOf(at));

/** Whether a form tells the times of a day apart. */
export const hasNoDay = (form: string): boolean => form === "monthOnly" || form === "quarter";
