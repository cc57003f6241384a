import { createHash } from "node:crypto";
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";

/**
 * Whose rules an identifier is brought into form by before it is hashed. Both want white space around it cut off and
 * lower case, then SHA-256 in lower-case hexadecimal. They differ in Gmail's addresses, telephone numbers, names and
 * postcodes. (Google, "Format user data" of the Data Manager API and "Format your customer data file"; Meta, "Hashing
 * and normalizing data" of the Marketing API.)
 */
export const AD_PLATFORMS = ["meta", "google"] as const;
export type AdPlatform = (typeof AD_PLATFORMS)[number];

/**
 * One @, something before it, and a domain with a dot behind it: what is certainly no address would only lower the
 * match rate.
 */
const ADDRESS = /^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@.,;<>"]+$/u;
const GMAIL = /^([^+]+)(?:\+.*)?@(gmail\.com|googlemail\.com)$/;

/** An e-mail address, trimmed and in lower case; undefined for text that is none. */
export function emailOf(text: string): string | undefined {
  const address = text.trim().toLowerCase();
  return ADDRESS.test(address) ? address : undefined;
}

/**
 * An e-mail address in a platform's form; undefined for text that is none. Google also wants the dots and the suffix
 * from `+` on taken out of the name part at gmail.com and googlemail.com: its own accounts are matched without them.
 */
export function normaliseEmail(text: string, platform: AdPlatform): string | undefined {
  const address = emailOf(text);
  if (address === undefined || platform !== "google") return address;
  const [, name, domain] = GMAIL.exec(address) ?? [];
  return name === undefined ? address : `${name.replaceAll(".", "")}@${domain}`;
}

/**
 * A telephone number as E.164 (`+441632960001`); undefined for text that is none, or whose country nobody knows.
 * @param country ISO 3166-1 alpha-2 code for numbers without a country calling code.
 */
export function phoneOf(text: string, country?: string): string | undefined {
  const known = country !== undefined && isSupportedCountry(country.toUpperCase());
  const parsed = parsePhoneNumberFromString(text, known ? (country.toUpperCase() as CountryCode) : undefined);
  return parsed?.isPossible() === true ? parsed.number : undefined;
}

/** A telephone number in E.164 in a platform's form: Meta wants the digits alone. */
export const normalisePhone = (e164: string, platform: AdPlatform): string =>
  platform === "meta" ? e164.slice(1) : e164;

/**
 * A first or last name in a platform's form: lower case, Meta without punctuation as well; undefined where nothing is
 * left.
 */
export function normaliseName(text: string, platform: AdPlatform): string | undefined {
  const name = text.normalize("NFC").trim().toLowerCase();
  const form = platform === "meta" ? name.replace(/[\p{P}\p{S}\s]/gu, "") : name.replace(/\s+/gu, " ");
  return form === "" ? undefined : form;
}

/**
 * A postcode in a platform's form. Meta wants lower case without blanks and hyphens, and of the United States five
 * digits.
 */
export function normalisePostcode(text: string, country: string | undefined, platform: AdPlatform): string | undefined {
  const code = text.trim();
  if (code === "") return undefined;
  if (platform === "google") return code;
  const form = code.toLowerCase().replace(/[\s-]/gu, "");
  if (form === "") return undefined;
  return country === "us" ? form.slice(0, 5) : form;
}

/** SHA-256 of a normalised identifier, 64 hexadecimal digits in lower case. */
export function hashIdentifier(normalised: string): string {
  return createHash("sha256").update(normalised, "utf8").digest("hex");
}
