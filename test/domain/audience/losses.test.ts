import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashedEmails } from "../../../lib/domain/audience/adPlatforms.ts";
import type { AudienceRow } from "../../../lib/domain/audience/audience.ts";
import { type ContactRow, contactOf } from "../../../lib/domain/audience/contact.ts";
import { DESTINATIONS, destinationOf } from "../../../lib/domain/audience/destinations.ts";
import { AD_PLATFORMS } from "../../../lib/domain/audience/identifiers.ts";
import { CONTACT_FIELDS, type ContactField, LOSS_REASONS, sumOfLosses } from "../../../lib/domain/audience/losses.ts";

/** Values of which each is in form as it stands, so that different texts are different values. */
const VALUES: Readonly<Record<ContactField, readonly string[]>> = {
  email: ["a@x.example", "b@x.example", "c@x.example", "d@x.example", "zoë@x.example", "nonsense", "x@y"],
  phone: ["+442079460018", "+442079460019", "+442079460020", "+442079460021", "12", "nobody"],
  firstName: ["ann", "zora", "-", "n".repeat(300)],
  lastName: ["other", "neil", "''"],
  country: ["GB", "IE", "Atlantis", "Channel Islands"],
  postcode: ["m11ae", "94035", "-"],
};
const DOES_NOT_MATTER = {} as AudienceRow;
const OWN_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  klaviyo: ["Email", "Phone Number", "First Name", "Last Name", "Country", "Zip Code"],
  mailchimp: ["Email Address", "Phone Number", "First Name", "Last Name"],
};

describe("what a tool's file lacks", () => {
  const cell = (field: ContactField) => fc.constantFrom("", ...VALUES[field]);
  const row = fc.record(Object.fromEntries(CONTACT_FIELDS.map((field) => [field, cell(field)])) as never);
  const destinations = [
    ...DESTINATIONS.map((name) => [name, destinationOf(name)] as const),
    ...AD_PLATFORMS.map((platform) => [`hashed-emails of ${platform}`, hashedEmails(platform)] as const),
  ];

  it.each(destinations)("and what it has are together what the contacts give: %s", (name, destination) => {
    fc.assert(
      fc.property(fc.array(row as fc.Arbitrary<ContactRow>, { minLength: 1, maxLength: 5 }), (rows) => {
        const contact = contactOf(rows, { needsConsent: false });
        const lines = destination.linesOf({ row: DOES_NOT_MATTER, contact });
        fc.pre(lines.length > 0);
        const given = CONTACT_FIELDS.reduce((sum, field) => {
          return sum + new Set(rows.map((one) => one[field]).filter((text) => text !== "")).size;
        }, 0);
        const own = OWN_COLUMNS[name] ?? destination.header.filter((header) => header !== "extern_id");
        const written = lines.flatMap(({ cells }) =>
          cells.filter((text, at) => text !== "" && own.includes(destination.header[at] ?? "")),
        ).length;
        const losses = sumOfLosses([contact.losses, destination.lossesOf(contact)]);
        const lost = losses.filter(({ reason }) => reason !== "shortened").reduce((sum, { values }) => sum + values, 0);
        expect(written + lost).toBe(given);
        for (const { reason } of losses) expect(LOSS_REASONS).toHaveProperty(reason);
      }),
    );
  });

  it("has no number that was read by the rules of another country than the row's", () => {
    const rules = { needsConsent: false, defaultCountry: "GB" };
    const of = (...rows: ContactRow[]) => contactOf(rows, rules).phones;
    expect(of({ phone: "020 7946 0018" })).toEqual(["+442079460018"]);
    expect(of({ phone: "01534 440000", country: "Channel Islands" })).toEqual([]);
    expect(of({ phone: "+33 1 70 18 99 00", country: "Atlantis" })).toEqual(["+33170189900"]);
    expect(of({ phone: "01 234 5678", country: "Eire" }, { phone: "020 7946 0018", country: "England" })).toEqual([
      "+35312345678",
      "+442079460018",
    ]);
  });
});
