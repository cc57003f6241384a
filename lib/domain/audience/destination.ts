import type { AudienceRow } from "./audience.ts";
import type { Contact } from "./contact.ts";
import { type ContactField, type Loss, lossOf } from "./losses.ts";

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
  /** What is known of a customer and is not in those lines, beyond the losses of the contact itself. */
  lossesOf(contact: Contact): readonly Loss[];
}

/** A customer's only line, where there is something to recognise it by. */
export const oneLine = (identifiers: readonly string[], cells: () => readonly string[]): DestinationLine[] =>
  identifiers.length === 0 ? [] : [{ identifiers, cells: cells() }];

/** Fields for which a file has no column. */
export const withoutColumn = (contact: Contact, fields: readonly ContactField[]): Loss[] =>
  fields.flatMap((field) => lossOf(field, "noColumn", valuesOf(contact)[field]));

/** Values beyond those that a file has columns for. */
export const beyond = (field: ContactField, values: number, columns: number): Loss[] =>
  lossOf(field, "further", Math.max(0, values - columns));

/** How many values of each field are known. */
export const valuesOf = ({ emails, phones, ...one }: Contact): Readonly<Record<ContactField, number>> => ({
  email: emails.length,
  phone: phones.length,
  firstName: one.firstName === "" ? 0 : 1,
  lastName: one.lastName === "" ? 0 : 1,
  country: one.country === "" ? 0 : 1,
  postcode: one.postcode === "" ? 0 : 1,
});
