import { csvField } from "../text/csv.ts";
import type { AudienceRow } from "./audience.ts";
import type { Contact } from "./contact.ts";
import {
  type AdPlatform,
  hashIdentifier,
  normaliseEmail,
  normaliseName,
  normalisePhone,
  normalisePostcode,
} from "./identifiers.ts";

/** A customer of an audience and how to reach it. */
export interface Addressee {
  readonly row: AudienceRow;
  readonly contact: Contact;
}

/** A line of the file. */
export interface DestinationLine {
  /**
   * What somebody is recognised by there, in the tool's form: nobody who is left alone may share one. The first names
   * the line.
   */
  readonly identifiers: readonly string[];
  /** In the order of the header. */
  readonly cells: readonly string[];
}

/** The file that a tool imports. */
export interface Destination {
  readonly header: readonly string[];
  /**
   * Whether the file holds nothing readable: then its lines stand in the order of their bytes, not of the customers.
   */
  readonly isHashed: boolean;
  /** The lines of a customer; none where the tool could not recognise anybody. */
  linesOf(addressee: Addressee): readonly DestinationLine[];
}

/** Tools that do the sending, by the name that people give. */
export const DESTINATIONS = ["klaviyo", "mailchimp", "meta", "google"] as const;
export type DestinationName = (typeof DESTINATIONS)[number];

/** Columns for one kind of identifier: the platforms take up to three of each. */
const REPEATS = 3;

const PROPERTIES = {
  "RFM Segment": (row: AudienceRow) => String(row.rfm_segment),
  "RFM R Score": (row: AudienceRow) => String(row.r_score),
  "RFM F Score": (row: AudienceRow) => String(row.f_score),
  "RFM M Score": (row: AudienceRow) => String(row.m_score),
  "RFM Cluster": (row: AudienceRow) => String(row.cluster_label ?? ""),
  "RFM Last Purchase": (row: AudienceRow) => String(row.last_purchase),
  "RFM Orders": (row: AudienceRow) => String(row.frequency),
  "RFM Monetary": (row: AudienceRow) => String(row.monetary),
  "RFM Snapshot Date": (row: AudienceRow) => String(row.snapshot_date),
};
const properties = (row: AudienceRow): string[] => Object.values(PROPERTIES).map((of) => of(row));

/** Mailchimp takes no letters beyond ASCII before the @. */
const isMailchimpAddress = (email: string): boolean => /^[!-~]+@/.test(email);
const MAILCHIMP_TEXT_BYTES = 255;

/** Text that a spreadsheet would run is written with an apostrophe; names of people never begin so. */
const harmless = (text: string): string => (/^[=+\-@\t\r\n＝＋－＠]/u.test(text) ? `'${text}` : text);

/** The first bytes of a text, whole characters. */
function clipped(text: string, maxBytes: number): string {
  let kept = "";
  for (const letter of text) {
    if (Buffer.byteLength(kept + letter) > maxBytes) return kept;
    kept += letter;
  }
  return kept;
}

/** A customer's only line, where there is something to recognise it by. */
const oneLine = (identifiers: readonly string[], cells: () => readonly string[]): DestinationLine[] =>
  identifiers.length === 0 ? [] : [{ identifiers, cells: cells() }];

/**
 * Columns after Klaviyo's own property names; the first must be an address or a number. Others become custom
 * properties.
 */
const klaviyo: Destination = {
  header: [
    "Email",
    "Phone Number",
    "First Name",
    "Last Name",
    "Country",
    "Zip Code",
    "External ID",
    ...Object.keys(PROPERTIES),
  ],
  isHashed: false,
  linesOf: ({ row, contact }) =>
    oneLine([...contact.emails.slice(0, 1), ...contact.phones.slice(0, 1)], () => [
      contact.emails[0] ?? "",
      contact.phones[0] ?? "",
      harmless(contact.firstName),
      harmless(contact.lastName),
      contact.country.toUpperCase(),
      harmless(contact.postcode),
      harmless(String(row.customer_id)),
      ...properties(row),
    ]),
};

/** The one required column, the usual merge fields, and the segment as a tag. */
const mailchimp: Destination = {
  header: ["Email Address", "First Name", "Last Name", "Phone Number", "Tags", ...Object.keys(PROPERTIES)],
  isHashed: false,
  linesOf: ({ row, contact }) => {
    const addresses = contact.emails.filter(isMailchimpAddress).slice(0, 1);
    return oneLine(addresses, () => [
      ...addresses,
      clipped(harmless(contact.firstName), MAILCHIMP_TEXT_BYTES),
      clipped(harmless(contact.lastName), MAILCHIMP_TEXT_BYTES),
      contact.phones[0] ?? "",
      String(row.rfm_segment),
      ...properties(row),
    ]);
  },
};

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

const repeated = (name: string): string[] => Array.from({ length: REPEATS }, () => name);

/** Meta's column names. Everything is hashed; a hashed id lets Meta recognise the customer in the next upload. */
const meta: Destination = {
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
};

/** Google's column names. Country and postcode stay readable; without all four parts of an address none is written. */
const google: Destination = {
  header: [...repeated("Email"), ...repeated("Phone"), "First Name", "Last Name", "Country", "Zip"],
  isHashed: true,
  linesOf: ({ contact }) => {
    const names = [contact.firstName, contact.lastName].map((name) => normaliseName(name, "google"));
    const zip = normalisePostcode(contact.postcode, contact.country, "google");
    const isWhole = !names.includes(undefined) && zip !== undefined && contact.country !== "";
    const address = isWhole ? [...hashes(names, 2), contact.country.toUpperCase(), zip] : ["", "", "", ""];
    return oneLine(identifiersFor(contact, "google"), () => [
      ...hashes(emailsFor(contact, "google"), REPEATS),
      ...hashes(phonesFor(contact, "google"), REPEATS),
      ...address,
    ]);
  },
};

/** One column of hashed addresses, a line for each: nothing but membership can be read from it. */
export const hashedEmails = (platform: AdPlatform): Destination => ({
  header: [platform === "google" ? "Email" : "email"],
  isHashed: true,
  linesOf: ({ contact }) =>
    emailsFor(contact, platform).map((email) => ({ identifiers: [email], cells: [hashIdentifier(email)] })),
});

const BY_NAME: Readonly<Record<DestinationName, Destination>> = { klaviyo, mailchimp, meta, google };

/** The file of a tool. */
export const destinationOf = (name: DestinationName): Destination => BY_NAME[name];

/** One line of CSV. */
export const destinationLine = (cells: readonly string[]): string => `${cells.map(csvField).join(",")}\n`;
