import { alpha2ToAlpha3, alpha3ToAlpha2, numericToAlpha2 } from "i18n-iso-countries/index.js";
import english from "i18n-iso-countries/langs/en.json" with { type: "json" };
import { withoutMarks } from "./plainLetters.ts";
import { type RegionName, regionNames } from "./regionNames.ts";

/** Languages in which countries are named in files of contacts; English first, for it decides where two disagree. */
const LOCALES = [
  ...["en", "de", "fr", "es", "pt", "it", "nl", "tr", "pl", "sv", "da", "nb", "fi", "cs", "sk", "hu", "ro", "bg", "hr"],
  ...["sl", "sr", "el", "ru", "uk", "et", "lv", "lt", "he", "ar", "hi", "th", "vi", "id", "ja", "ko", "zh", "zh-Hant"],
];

/** What shops write besides, by the code. Of "Channel Islands" or "European Community" nobody knows which country. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  AE: ["Emirates"],
  BO: ["Plurinational State of Bolivia"],
  CD: ["DR Congo", "DRC"],
  ES: ["Balearic Islands"],
  GB: ["England", "Scotland", "Wales", "Northern Ireland", "Britain", "Großbritannien", "Grande-Bretagne"],
  IE: ["Eire", "Republic of Ireland", "ROI"],
  MD: ["Republic of Moldova"],
  MK: ["Macedonia", "FYROM"],
  MM: ["Burma"],
  MO: ["Macau"],
  NL: ["Holland"],
  SZ: ["Swaziland"],
  TL: ["East Timor"],
  VA: ["Holy See"],
  VN: ["Viet Nam"],
  ZA: ["RSA"],
};

const BOTH = ["long", "short"] as const;

/** Regions with a name of their own that ISO counts to a country. */
const PART_OF: Readonly<Record<string, string>> = { IC: "ES", EA: "ES", UK: "GB" };

/** Without accents, case, punctuation and a leading article: how two spellings of one name become the same. */
const plain = (name: string): string =>
  withoutMarks(name)
    .replaceAll("&", " and ")
    .replace(/[\p{P}\p{S}\s]+/gu, " ")
    .trim()
    .replace(/^the /, "")
    .replace(/^st /, "saint ");

let codeByName: ReadonlyMap<string, string | null> | undefined;

/** Codes by plain names; null where two countries are called alike in two languages and English does not decide. */
function names(): ReadonlyMap<string, string | null> {
  if (codeByName !== undefined) return codeByName;
  const found = new Map<string, string | null>();
  const settle = (all: readonly RegionName[]): void => {
    const settled = new Set(found.keys());
    for (const [name, region] of all) {
      const code = PART_OF[region] ?? region;
      const key = plain(name);
      if (settled.has(key) || alpha2ToAlpha3(code) === undefined) continue;
      const known = found.get(key);
      found.set(key, known === undefined || known === code ? code : null);
    }
  };
  settle(Object.entries(ALSO).flatMap(([code, all]) => all.map((name): RegionName => [name, code])));
  settle(regionNames(["en"], BOTH));
  settle(
    Object.entries(english.countries).flatMap(([code, all]) => [all].flat().map((name): RegionName => [name, code])),
  );
  settle(regionNames(LOCALES, BOTH));
  codeByName = found;
  return found;
}

/**
 * The ISO 3166-1 alpha-2 code in capital letters of what a file calls a country: a code of two or three letters or of
 * three digits, or a name in any of some forty languages. Undefined where nobody knows.
 * @example
 * ```ts
 * countryCodeOf("EIRE"); // → "IE"
 * ```
 */
export function countryCodeOf(text: string): string | undefined {
  const word = text.trim();
  const letters = word.toUpperCase();
  const code = PART_OF[letters] ?? letters;
  if (/^\d{1,3}$/.test(word)) return numericToAlpha2(word.padStart(3, "0"));
  if (alpha2ToAlpha3(code) !== undefined) return code;
  return alpha3ToAlpha2(code) ?? names().get(plain(word)) ?? undefined;
}
