import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashEmail, normaliseEmail } from "../../../lib/domain/audience/hashedEmail.ts";

describe("hashed e-mail addresses", () => {
  it.each([
    ["  Test@Example.COM\t", "meta", "test@example.com"],
    ["Jane.Doe@gmail.com", "meta", "jane.doe@gmail.com"],
    ["Jane.Doe@gmail.com", "google", "janedoe@gmail.com"],
    ["j.a.n.e+shop@GoogleMail.com", "google", "jane+shop@googlemail.com"],
    ["jane.doe@mail.gmail.com.example", "google", "jane.doe@mail.gmail.com.example"],
    ["\u00a0müller@bücher.de\u00a0", "google", "müller@bücher.de"],
  ] as const)("brings %j into %s's form", (text, platform, form) => expect(normaliseEmail(text, platform)).toBe(form));

  it.each(["", "17850", "a@b", "a@@b.com", "a b@c.com", "@b.com", "a@b.", "a@b.com, c@d.com", "Jane <a@b.com>"])(
    "finds no address in %j",
    (text) => expect(normaliseEmail(text, "meta")).toBeUndefined(),
  );

  it("hashes as the platforms' own examples do", () => {
    // Known digests of these addresses, from `printf %s … | sha256sum`.
    expect(hashEmail("test@example.com")).toBe("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b");
    expect(hashEmail("jsmith@gmail.com")).toBe("2d974c2de0956a540ed36cfa50622b60ab5de35cec066ad1b6d02832f96bbf81");
  });

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
