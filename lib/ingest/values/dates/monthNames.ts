/** Languages whose names of months are read; no name means different months in two of them. */
const LOCALES = [
  ...["en", "en-GB", "de", "de-AT", "fr", "es", "es-MX", "pt", "it", "nl", "pl", "sv", "da", "nb", "fi", "cs", "tr"],
  ...["hu", "ro", "ru"],
];

const ENGLISH = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] as const;

/** Forms that spreadsheets and keyboards without umlauts give, and no locale has. */
const OTHER_FORMS: Readonly<Record<string, number>> = { mrz: 2, maerz: 2, jaenner: 0, mai: 4 };

const FORMS: readonly Intl.DateTimeFormatOptions[] = [
  { day: "numeric", month: "long", year: "numeric" },
  { day: "numeric", month: "short", year: "numeric" },
  { month: "long" },
  { month: "short" },
];

let known: ReadonlyMap<string, number> | undefined;

/** Month, 0..11, by its name in lower case, full or short, without a dot; with accents and without. */
export function monthNames(): ReadonlyMap<string, number> {
  if (known !== undefined) return known;
  const months = new Map<string, Set<number>>();
  const add = (name: string, month: number): void => {
    const text = name.toLowerCase().replace(/\.$/, "").normalize("NFC");
    const plain = text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ı", "i");
    if (!/^\p{L}{3,}$/u.test(text)) return;
    for (const form of [text, plain]) months.set(form, (months.get(form) ?? new Set()).add(month));
  };
  for (const locale of LOCALES) {
    for (const form of FORMS) {
      const format = new Intl.DateTimeFormat(locale, { ...form, timeZone: "UTC" });
      for (let month = 0; month < 12; month++) {
        const parts = format.formatToParts(Date.UTC(2017, month, 11));
        add(parts.find(({ type }) => type === "month")?.value ?? "", month);
      }
    }
  }
  for (const [name, month] of Object.entries(OTHER_FORMS)) add(name, month);
  known = new Map([...months].flatMap(([name, all]) => (all.size === 1 ? [[name, [...all][0] as number]] : [])));
  return known;
}

/** A text to replace and what stands in its place, both in lower case. */
export type Replacement = readonly [from: string, to: string];

/** What stands around names of months in some languages: "11 de febrero de 2017", "11. Februar", "1er février". */
const AROUND: readonly { readonly pattern: RegExp; readonly replacement: Replacement }[] = [
  { pattern: / de(?= )/, replacement: [" de ", " "] },
  { pattern: /\d\. (?=\p{L})/u, replacement: [". ", " "] },
  { pattern: /\der (?=\p{L})/u, replacement: ["er ", " "] },
  { pattern: /\dº (?=\p{L})/u, replacement: ["º ", " "] },
];

/** Whether a replacement is of a full English name, which needs none. */
export const isEnglish = ([from, to]: Replacement): boolean => from.startsWith(to) && ENGLISH_LONG.has(from);

const ENGLISH_LONG = new Set(
  "january february march april june july august september october november december".split(" "),
);

/**
 * What must be replaced in a date in lower case for its month to be a short English one; empty where no single month is
 * named.
 */
export function monthReplacements(text: string): readonly Replacement[] {
  const words = text.match(/\p{L}{3,}\.?/gu) ?? [];
  const months = words.flatMap((word): Replacement[] => {
    const month = monthNames().get(word.replace(/\.$/, ""));
    return month === undefined ? [] : [[word, ENGLISH[month] as string]];
  });
  if (months.length !== 1) return [];
  const around = AROUND.filter(({ pattern }) => pattern.test(text)).map(({ replacement }) => replacement);
  return [...months.filter(([word, english]) => word !== english), ...around];
}

/** A text with every replacement made. */
export const replaceAll = (text: string, replacements: readonly Replacement[]): string =>
  replacements.reduce((result, [from, to]) => result.replaceAll(from, to), text);
