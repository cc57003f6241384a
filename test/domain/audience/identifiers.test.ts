import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  hashIdentifier,
  normaliseEmail,
  normaliseName,
  normalisePhone,
  normalisePostcode,
  phoneOf,
} from "../../../lib/domain/audience/identifiers.ts";

describe("e-mail addresses", () => {
  it.each([
    ["  Test@Example.COM\t", "meta", "test@example.com"],
    ["Jane.Doe@gmail.com", "meta", "jane.doe@gmail.com"],
    ["Jane.Doe+shop@gmail.com", "meta", "jane.doe+shop@gmail.com"],
    ["Jane.Doe@gmail.com", "google", "janedoe@gmail.com"],
    ["j.a.n.e+shop@GoogleMail.com", "google", "jane@googlemail.com"],
    // The two examples of Google's own page, "Format user data".
    ["cloudy.sanfrancisco+shopping@gmail.com", "google", "cloudysanfrancisco@gmail.com"],
    ["user.name+NYC@Example.com", "google", "user.name+nyc@example.com"],
    ["jane.doe@mail.gmail.com.example", "google", "jane.doe@mail.gmail.com.example"],
    ["\u00a0müller@bücher.de\u00a0", "google", "müller@bücher.de"],
  ] as const)("brings %j into %s's form", (text, platform, form) => expect(normaliseEmail(text, platform)).toBe(form));

  it.each(["", "17850", "a@b", "a@@b.com", "a b@c.com", "@b.com", "a@b.", "a@b.com, c@d.com", "Jane <a@b.com>"])(
    "finds no address in %j",
    (text) => expect(normaliseEmail(text, "meta")).toBeUndefined(),
  );

  it("has one form for every spelling", () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9.+_-]{0,10}$/);
    const spaces = fc.constantFrom("", " ", "\t", "  ");
    fc.assert(
      fc.property(name, fc.constantFrom("gmail.com", "shop.example"), spaces, spaces, (who, domain, before, after) => {
        const address = `${who}@${domain}`;
        for (const platform of ["meta", "google"] as const)
          expect(normaliseEmail(`${before}${address.toUpperCase()}${after}`, platform)).toBe(
            normaliseEmail(address, platform),
          );
      }),
    );
  });
});

describe("telephone numbers", () => {
  it.each([
    // Google's example, and three of Meta's.
    ["(800)555-0100", "US", "+18005550100"],
    ["1-234-567-8910", "US", "+12345678910"],
    ["+44 844 412 4653", undefined, "+448444124653"],
    ["+1 (650) 555-1212", undefined, "+16505551212"],
    ["0171 2345678", "de", "+491712345678"],
    ["0044 20 7946 0018", "GB", "+442079460018"],
  ])("reads %j in %s as %s", (text, country, e164) => expect(phoneOf(text, country)).toBe(e164));

  it.each([
    ["0171 2345678", undefined],
    ["", "US"],
    ["12", "US"],
    ["not known", "US"],
    ["555-0100", "XX"],
  ])("finds none in %j of %s", (text, country) => expect(phoneOf(text, country)).toBeUndefined());

  it("are digits alone at Meta", () => {
    expect(normalisePhone("+16505551212", "meta")).toBe("16505551212");
    expect(normalisePhone("+16505551212", "google")).toBe("+16505551212");
  });
});

describe("names and postcodes", () => {
  it("follow each platform's rules", () => {
    expect(normaliseName("  Mary-Jane O'Neil ", "meta")).toBe("maryjaneoneil");
    expect(normaliseName("  Mary  Jane ", "google")).toBe("mary jane");
    expect(normaliseName("Zoë", "meta")).toBe(normaliseName("Zoe\u0308", "meta"));
    expect(normaliseName(" - ", "meta")).toBeUndefined();
    expect(normalisePostcode("94035-1234", "us", "meta")).toBe("94035");
    expect(normalisePostcode("M1 1AE", "gb", "meta")).toBe("m11ae");
    expect(normalisePostcode("M1 1AE", "gb", "google")).toBe("M1 1AE");
    expect(normalisePostcode(" - ", "gb", "meta")).toBeUndefined();
  });
});

describe("hashes", () => {
  it("are those that the platforms publish", () => {
    // Meta, "Hashing and normalizing data": the telephone number and the first name of its examples.
    expect(hashIdentifier("16505551212")).toBe("e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176");
    expect(hashIdentifier("mary")).toBe("6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec");
    // Known digests of these addresses, from `printf %s … | sha256sum`.
    expect(hashIdentifier("test@example.com")).toBe("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b");
    expect(hashIdentifier("jsmith@gmail.com")).toBe("2d974c2de0956a540ed36cfa50622b60ab5de35cec066ad1b6d02832f96bbf81");
  });
});
