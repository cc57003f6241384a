import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, contentId } from "../../../lib/domain/text/hash.ts";

/** The same value, the keys of every object in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, item]) => [key, reordered(item)] as const);
  return Object.fromEntries(entries.reverse());
}

describe("canonicalJson", () => {
  it("does not depend on the order of keys, at any depth", () => {
    expect(canonicalJson({ b: 1, a: { d: [2, { y: 1, x: 0 }], c: null } })).toBe(
      '{"a":{"c":null,"d":[2,{"x":0,"y":1}]},"b":1}',
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reordered(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it("is JSON of the same value, without white space between tokens", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(canonicalJson([1, "a b", { k: "v w" }])).toBe('[1,"a b",{"k":"v w"}]');
  });

  it("gives different values different text", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [plainA, plainB] = [JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))];
        const same = canonicalJson(plainA) === canonicalJson(plainB);
        if (same) expect(plainA).toEqual(plainB);
      }),
    );
    expect(canonicalJson({ a: "1" })).not.toBe(canonicalJson({ a: 1 }));
    expect(canonicalJson(["a", "b"])).not.toBe(canonicalJson(["b", "a"]));
    expect(canonicalJson([["a"], "b"])).not.toBe(canonicalJson(["a", ["b"]]));
  });

  it("leaves out what JSON leaves out", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    expect(canonicalJson([undefined])).toBe("[null]");
  });
});

describe("contentId", () => {
  it("is a prefix of the SHA-256 of the canonical text", () => {
    const digest = createHash("sha256").update('{"a":1,"b":[2]}').digest("hex");
    expect(contentId({ b: [2], a: 1 })).toBe(digest.slice(0, 12));
    expect(contentId({ b: [2], a: 1 }, 64)).toBe(digest);
  });

  it("never depends on the order of keys", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => contentId(reordered(value)) === contentId(value)));
  });
});
