import { countryCodeOf } from "../text/countries.ts";
import { emailOf, phoneOf } from "./identifiers.ts";
import { type ContactField, type Loss, lossOf } from "./losses.ts";

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
  /** What the file has of the customer beyond this: values that cannot be read, and others than the first. */
  readonly losses: readonly Loss[];
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
  const countries = valuesIn(rows, ({ country }) => country, countryCodeOf);
  // A country that nobody knows is not the default: a number read by another country's rules is somebody else's.
  const otherwise = countries.read[0] ?? (countries.unreadable === 0 ? defaultCountry : undefined);
  const emails = valuesIn(rows, ({ email }) => email, emailOf);
  const phones = phonesIn(rows, otherwise);
  const only = (of: (row: ContactRow) => string | undefined): Values => valuesIn(rows, of, (text) => text);
  const [firstName, lastName, postcode] = [
    only((row) => row.firstName),
    only((row) => row.lastName),
    only((row) => row.postcode),
  ];
  return {
    ...{ emails: emails.read, phones: phones.read, firstName: firstName.read[0] ?? "" },
    ...{ lastName: lastName.read[0] ?? "", postcode: postcode.read[0] ?? "" },
    country: (countries.read[0] ?? "").toLowerCase(),
    isAllowed: rows.every(
      ({ consent, suppressed }) => answerOf(suppressed) === false && (!needsConsent || answerOf(consent) === true),
    ),
    losses: [
      ...Object.entries({ email: emails, phone: phones, country: countries }).flatMap(([field, { unreadable }]) =>
        lossOf(field as ContactField, "unreadable", unreadable),
      ),
      ...Object.entries({ firstName, lastName, country: countries, postcode }).flatMap(([field, { read }]) =>
        lossOf(field as ContactField, "further", Math.max(0, read.length - 1)),
      ),
    ],
  };
}

/** Different values of a customer in the order of the file, in form, and how many different ones have none. */
interface Values {
  readonly read: readonly string[];
  readonly unreadable: number;
}

function valuesIn(
  rows: readonly ContactRow[],
  of: (row: ContactRow) => string | undefined,
  read: (text: string, row: ContactRow) => string | undefined,
): Values {
  const found = new Set<string>();
  const unreadable = new Set<string>();
  for (const row of rows) {
    const text = of(row)?.trim() ?? "";
    if (text === "") continue;
    const value = read(text, row);
    if (value === undefined) unreadable.add(text);
    else found.add(value);
  }
  return { read: [...found], unreadable: unreadable.size };
}

/** Numbers by the country of their row, else by the customer's. */
function phonesIn(rows: readonly ContactRow[], otherwise: string | undefined): Values {
  return valuesIn(
    rows,
    ({ phone }) => phone,
    (text, { country = "" }) => phoneOf(text, country.trim() === "" ? otherwise : countryCodeOf(country)),
  );
}
