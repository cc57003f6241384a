import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvField } from "../../../lib/domain/text/csv.ts";

/** A reader after RFC 4180, written from the grammar: quoted fields may hold anything, "" is a quote. */
function readRecord(text: string): string[] {
  const fields: string[] = [];
  let at = 0;
  while (at <= text.length) {
    let value = "";
    if (text[at] === '"') {
      at++;
      while (!(text[at] === '"' && text[at + 1] !== '"')) {
        if (at >= text.length) throw new Error("unterminated quote");
        if (text[at] === '"') at++;
        value += text[at++];
      }
      at++;
    } else {
      while (at < text.length && text[at] !== ",") value += text[at++];
    }
    fields.push(value);
    if (at < text.length && text[at] !== ",") throw new Error(`text after a quoted field at ${at}`);
    at++;
  }
  return fields;
}

const hostileText = fc.string({
  unit: fc.constantFrom('"', ",", "\n", "\r", "\\", ".", "a", " ", "é", "🛒", "\0", "\t", ";"),
  maxLength: 12,
});

describe("csvField", () => {
  it.each([
    ["17850", "17850"],
    ["007", "007"],
    ["", ""],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["two\nlines", '"two\nlines"'],
    ["cr\r", '"cr\r"'],
    ["\\.", '"\\."'],
    [" padded ", " padded "],
    ["🛒", "🛒"],
  ])("writes %j as %j", (value, field) => expect(csvField(value)).toBe(field));

  it("comes back from a reader of RFC 4180, whatever the text", () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 6 }), (values) => {
        expect(readRecord(values.map(csvField).join(","))).toEqual(values);
      }),
      { numRuns: 1_000 },
    );
  });

  it("quotes only where it must", () => {
    const plain = fc.string({ unit: fc.constantFrom("a", "Z", "0", " ", "'", ";", "\t", "é", "🛒"), maxLength: 20 });
    fc.assert(fc.property(plain, (value) => csvField(value) === value));
  });
});
