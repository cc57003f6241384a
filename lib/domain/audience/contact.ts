import { countryOf, emailOf, phoneOf } from "./identifiers.ts";

/** How a customer can be reached, as a shop's own file has it: text as it stands there. */
export interface ContactRow {
  readonly email?: string;
  readonly phone?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly country?: string;
  readonly postcode?: string;
  readonly consent?: string;
  readonly suppressed?: string;
}

/** A customer's ways of contact, in form. */
export interface Contact {
  /** Addresses in lower case, telephone numbers as E.164, each once and in the order of the file. */
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly firstName: string;
  readonly lastName: string;
  /** ISO 3166-1 alpha-2 in lower case, or "". */
  readonly country: string;
  readonly postcode: string;
  /** Whether the file lets the customer be written to. */
  readonly isAllowed: boolean;
}

/** What a file says of consent as a whole. */
export interface ContactRules {
  /** With a column of consent, nobody is written to who has not given it. */
  readonly needsConsent: boolean;
  /** ISO 3166-1 alpha-2 code for telephone numbers without a country, where a row has none. */
  readonly defaultCountry?: string;
}

const YES = new Set(["1", "true", "t", "yes", "y", "x", "subscribed", "opted in", "opt-in", "granted"]);
const NO = new Set([
  "",
  "0",
  "false",
  "f",
  "no",
  "n",
  "unsubscribed",
  "never subscribed",
  "opted out",
  "opt-out",
  "denied",
]);

/** The answer that a cell gives; undefined for a word that is neither yes nor no. */
export function answerOf(text: string | undefined): boolean | undefined {
  const word = (text ?? "").trim().toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : undefined;
}

/**
 * One customer out of the rows that name it. A single row that suppresses, or withholds consent, holds for all of them.
 */
export function contactOf(rows: readonly ContactRow[], { needsConsent, defaultCountry }: ContactRules): Contact {
  const first = (of: (row: ContactRow) => string | undefined): string =>
    rows.map((row) => of(row)?.trim() ?? "").find((text) => text !== "") ?? "";
  const country = countryOf(first((row) => row.country)) ?? "";
  const distinct = (values: readonly (string | undefined)[]): string[] => [
    ...new Set(values.filter((value) => value !== undefined)),
  ];
  return {
    emails: distinct(rows.map(({ email = "" }) => emailOf(email))),
    phones: distinct(rows.map(({ phone = "" }) => phoneOf(phone, country === "" ? defaultCountry : country))),
    firstName: first((row) => row.firstName),
    lastName: first((row) => row.lastName),
    country,
    postcode: first((row) => row.postcode),
    isAllowed: rows.every(
      ({ consent, suppressed }) => answerOf(suppressed) === false && (!needsConsent || answerOf(consent) === true),
    ),
  };
}
