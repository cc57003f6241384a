import type { Contact } from "./contact.ts";
import { beyond, type Destination, oneLine, valuesOf, withoutColumn } from "./destination.ts";
import {
  type AdPlatform,
  hashIdentifier,
  normaliseEmail,
  normaliseName,
  normalisePhone,
  normalisePostcode,
} from "./identifiers.ts";
import { type ContactField, type Loss, lossOf } from "./losses.ts";

/** Columns for one kind of identifier: the platforms take up to three of each. */
const REPEATS = 3;

/** `count` cells of hashes, empty ones where there are fewer. */
function hashes(values: readonly (string | undefined)[], count = 1): string[] {
  const known = values.filter((value) => value !== undefined).map(hashIdentifier);
  return Array.from({ length: count }, (_, i) => known[i] ?? "");
}

const emailsFor = ({ emails }: Contact, platform: AdPlatform): string[] => [
  ...new Set(emails.flatMap((email) => normaliseEmail(email, platform) ?? [])),
];
const phonesFor = ({ phones }: Contact, platform: AdPlatform): string[] =>
  phones.map((phone) => normalisePhone(phone, platform));

const identifiersFor = (contact: Contact, platform: AdPlatform): string[] => [
  ...emailsFor(contact, platform).slice(0, REPEATS),
  ...phonesFor(contact, platform).slice(0, REPEATS),
];

const NAMES = ["firstName", "lastName"] as const;

/** Addresses and numbers beyond the columns; names and a postcode of which the platform's form leaves nothing. */
function lossesFor(contact: Contact, platform: AdPlatform): Loss[] {
  const known = valuesOf(contact);
  const formless: readonly ContactField[] = [
    ...NAMES.filter((name) => normaliseName(contact[name], platform) === undefined),
    ...(normalisePostcode(contact.postcode, contact.country, platform) === undefined ? (["postcode"] as const) : []),
  ];
  return [
    ...beyond("email", emailsFor(contact, platform).length, REPEATS),
    ...beyond("phone", contact.phones.length, REPEATS),
    ...formless.flatMap((field) => lossOf(field, "unreadable", known[field])),
  ];
}

const repeated = (name: string): string[] => Array.from({ length: REPEATS }, () => name);

/** Meta's column names. Everything is hashed; a hashed id lets Meta recognise the customer in the next upload. */
export const meta: Destination = {
  header: [...repeated("email"), ...repeated("phone"), "fn", "ln", "zip", "country", "extern_id"],
  isHashed: true,
  linesOf: ({ row, contact }) =>
    oneLine(identifiersFor(contact, "meta"), () => [
      ...hashes(emailsFor(contact, "meta"), REPEATS),
      ...hashes(phonesFor(contact, "meta"), REPEATS),
      ...hashes([normaliseName(contact.firstName, "meta")]),
      ...hashes([normaliseName(contact.lastName, "meta")]),
      ...hashes([normalisePostcode(contact.postcode, contact.country, "meta")]),
      ...hashes([contact.country === "" ? undefined : contact.country]),
      ...hashes([String(row.customer_id)]),
    ]),
  lossesOf: (contact) => lossesFor(contact, "meta"),
};

const ADDRESS = [...NAMES, "country", "postcode"] as const;

/** The four parts of an address in Google's form, as far as they are known. */
const addressParts = ({
  country,
  ...contact
}: Contact): Readonly<Record<(typeof ADDRESS)[number], string | undefined>> => ({
  firstName: normaliseName(contact.firstName, "google"),
  lastName: normaliseName(contact.lastName, "google"),
  country: country === "" ? undefined : country.toUpperCase(),
  postcode: normalisePostcode(contact.postcode, country, "google"),
});

/** Google's column names. Country and postcode stay readable; without all four parts of an address none is written. */
export const google: Destination = {
  header: [...repeated("Email"), ...repeated("Phone"), "First Name", "Last Name", "Country", "Zip"],
  isHashed: true,
  linesOf: ({ contact }) => {
    const { firstName, lastName, country, postcode } = addressParts(contact);
    const isWhole = [firstName, lastName, country, postcode].every((part) => part !== undefined);
    const address = isWhole ? [...hashes([firstName, lastName], 2), country ?? "", postcode ?? ""] : ["", "", "", ""];
    return oneLine(identifiersFor(contact, "google"), () => [
      ...hashes(emailsFor(contact, "google"), REPEATS),
      ...hashes(phonesFor(contact, "google"), REPEATS),
      ...address,
    ]);
  },
  lossesOf: (contact) => {
    const parts = addressParts(contact);
    const known = ADDRESS.filter((field) => parts[field] !== undefined);
    const alone = known.length === ADDRESS.length ? [] : known;
    return [...lossesFor(contact, "google"), ...alone.flatMap((field) => lossOf(field, "incomplete", 1))];
  },
};

/** One column of hashed addresses, a line for each: nothing but membership can be read from it. */
export const hashedEmails = (platform: AdPlatform): Destination => ({
  header: [platform === "google" ? "Email" : "email"],
  isHashed: true,
  linesOf: ({ contact }) =>
    emailsFor(contact, platform).map((email) => ({ identifiers: [email], cells: [hashIdentifier(email)] })),
  lossesOf: (contact) => withoutColumn(contact, ["phone", ...ADDRESS]),
});
