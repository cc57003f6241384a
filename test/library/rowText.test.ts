import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { RowValueError, rowText } from "../../lib/library/rowText.ts";

describe("a row as text", () => {
  it("loses nothing that JSON can tell", () => {
    const row = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(row, (value) => {
        expect(JSON.parse(rowText(value, 1))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    [{ id: 12345678901234567890n, on: new Date(0) }, '{"id":"12345678901234567890","on":"1970-01-01T00:00:00.000Z"}'],
    [{ price: 0.1 + 0.2, gone: undefined, none: null }, '{"price":0.30000000000000004,"none":null}'],
    [{ lines: [{ price: "2.50" }] }, '{"lines":[{"price":"2.50"}]}'],
  ])("%o is %s", (row, text) => expect(rowText(row, 1)).toBe(text));

  it.each<[unknown, string]>([
    [{ on: new Date("never") }, 'Row 7, column "on": the date is not valid.'],
    [{ a: { price: Number.POSITIVE_INFINITY } }, 'Row 7, column "price": Infinity is not a finite number'],
    [{ f: () => 1 }, 'Row 7, column "f": it is a function.'],
    [null, "Row 7: it is null; a row is an object"],
    [["a", 1], "Row 7: it is a list; a row is an object"],
    [12, "Row 7: it is a number; a row is an object"],
  ])("%o is refused", (row, message) => {
    expect(() => rowText(row, 7)).toThrow(RowValueError);
    expect(() => rowText(row, 7)).toThrow(message);
  });
});

describe("settings", () => {
  it("may be given with all their defaults filled in, as the command line does", () => {
    for (const settings of [{}, { returns: "net", columns: { customer: 3 }, clusters: { k: 4 }, sheet: "May" }]) {
      const complete = parseConfig(settings);
      expect(parseConfig(complete)).toEqual(complete);
    }
  });
});
