import type { AudienceRow } from "./audience.ts";
import { beyond, type Destination, oneLine, withoutColumn } from "./destination.ts";
import { lossOf } from "./losses.ts";

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

/**
 * Columns after Klaviyo's own property names; the first must be an address or a number. Others become custom
 * properties.
 */
export const klaviyo: Destination = {
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
  lossesOf: ({ emails, phones }) => [...beyond("email", emails.length, 1), ...beyond("phone", phones.length, 1)],
};

/** The one required column, the usual merge fields, and the segment as a tag. */
export const mailchimp: Destination = {
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
  lossesOf: (contact) => {
    const taken = contact.emails.filter(isMailchimpAddress).length;
    const isLong = (name: string): boolean => clipped(harmless(name), MAILCHIMP_TEXT_BYTES) !== harmless(name);
    return [
      ...lossOf("email", "notTaken", contact.emails.length - taken),
      ...beyond("email", taken, 1),
      ...beyond("phone", contact.phones.length, 1),
      ...lossOf("firstName", "shortened", isLong(contact.firstName) ? 1 : 0),
      ...lossOf("lastName", "shortened", isLong(contact.lastName) ? 1 : 0),
      ...withoutColumn(contact, ["country", "postcode"]),
    ];
  },
};
