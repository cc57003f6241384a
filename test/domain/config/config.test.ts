import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, configJsonSchema, parseConfig, parseConfigText } from "../../../lib/domain/config/configFile.ts";
import { rowSettings } from "../../../lib/domain/config/rowSettings.ts";
import { DEFAULT_SEGMENT_TABLE } from "../../../lib/domain/rfm/segments.ts";

const defaults = parseConfig({});

describe("parseConfig", () => {
  it("fills in every default", () => {
    expect(defaults).toMatchObject({
      returns: "drop",
      duplicates: "drop",
      snapshotDate: "auto",
      windowMonths: null,
      clusters: { k: "auto", minK: 3, maxK: 10, seed: 42, winsorise: { enabled: false } },
      segments: DEFAULT_SEGMENT_TABLE,
    });
    expect(defaults.clusters.features.map((f) => f.name)).toEqual(["recency_days", "frequency", "monetary"]);
  });

  it("gives its own result back unchanged: a written configuration can be read again", () => {
    expect(parseConfig(JSON.parse(JSON.stringify(defaults)))).toEqual(defaults);
  });

  it("hands out no shared defaults: changing one result leaves the next alone", () => {
    const before = structuredClone(defaults);
    const mine = parseConfig({});
    (mine.segments as Record<string, string[]>).Champions?.push("11");
    mine.clusters.features.pop();
    expect(parseConfig({})).toEqual(before);
  });

  it.each([
    [{ retruns: "net" }, /unknown setting "retruns"; did you mean "returns"\?/],
    [
      { returns: "nett" },
      /"returns" must be "drop" or "match" or "net" or "count" \(it is "nett"\); did you mean "net"\?/,
    ],
    [{ clusters: { sed: 1 } }, /unknown setting "clusters.sed"; did you mean "seed"\?/],
    [{ columns: { custmer: "id" } }, /unknown setting "columns\.custmer"; did you mean "customer"\?/],
    [{ quality: { dropped: { wran: 0.1 } } }, /unknown setting "quality.dropped.wran"; did you mean "warn"\?/],
    [{ clusters: { features: [{ nane: "monetary" }] } }, /"clusters\.features\.0\.nane"; did you mean "name"\?/],
    [{ windowMonths: 0 }, /"windowMonths"/],
    [{ statuses: { keep: "x".repeat(15_000) } }, /"statuses" has more than 20000 bytes of patterns/],
    [{ clusters: { minK: 8, maxK: 3 } }, /clusters\.minK.*greater than clusters\.maxK/],
    [{ clusters: { features: [{ name: "monetary" }, { name: "monetary" }] } }, /clusters\.features.*twice/],
    [{ segments: { All: ["11"] } }, /leaves out the cells 12, 13/],
    [{ snapshotDate: "10/12/2011" }, /snapshotDate/],
    [null, /cannot be used/],
    [[], /cannot be used/],
    ["returns", /cannot be used/],
  ])("names what is wrong in %j", (input, message) => {
    expect(() => parseConfig(input, "rfm.config.json")).toThrow(message);
    expect(() => parseConfig(input, "rfm.config.json")).toThrow(/^rfm\.config\.json cannot be used:/);
  });

  it("names every wrong setting at once", () => {
    const error = caught(() => parseConfig({ returns: "x", duplicates: "y", colour: 1, clusters: { k: 0 } }));
    expect(error).toBeInstanceOf(ConfigError);
    for (const name of ["returns", "duplicates", "colour", "clusters.k"]) expect(error?.message).toContain(name);
    expect((error as ConfigError).context.problems).toHaveLength(4);
  });

  it("throws nothing but ConfigError on arbitrary JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (input) => onlyConfigErrors(() => parseConfig(input))),
      { numRuns: 500 },
    );
  });

  it("throws nothing but ConfigError on a good configuration with one value replaced by anything", () => {
    const paths = settingPaths(defaults);
    const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom("", "auto", -1, 1e308, "2011-02-30", [null]));
    fc.assert(
      fc.property(fc.constantFrom(...paths), odd, (path, value) =>
        onlyConfigErrors(() => parseConfig(withValue(defaults, path, value))),
      ),
      { numRuns: 1_000 },
    );
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "takes no harm from a setting named %s",
    (name) => {
      for (const at of ["", "clusters", "columns", "quality", "segments"]) {
        const inner = `{"${name}": {"polluted": true}}`;
        const text = at === "" ? inner : `{"${at}": ${inner}}`;
        onlyConfigErrors(() => parseConfigText(text, "rfm.config.json"));
      }
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );
});

describe("parseConfigText", () => {
  it("names the file of a syntax error", () => {
    expect(() => parseConfigText('{"returns": }', "shop/rfm.config.json")).toThrow(
      /^shop\/rfm\.config\.json.*\n.*not JSON/,
    );
  });

  it("throws nothing but ConfigError on arbitrary text", () => {
    fc.assert(fc.property(fc.string(), (text) => onlyConfigErrors(() => parseConfigText(text, "x"))));
  });
});

describe("configJsonSchema", () => {
  it("demands no setting, allows no unknown one, and describes every setting at the top", () => {
    const schema = configJsonSchema() as { required?: string[]; additionalProperties: unknown; properties: object };
    expect(schema.required ?? []).toEqual([]);
    expect(schema.additionalProperties).toBe(false);
    expect(Object.keys(schema.properties).sort()).toEqual(
      [...Object.keys(defaults), ...Object.keys(rowSettings), "$schema"].sort(),
    );
  });
});

function onlyConfigErrors(run: () => unknown): void {
  const error = caught(run);
  if (error !== undefined) expect(error).toBeInstanceOf(ConfigError);
}

function caught(run: () => unknown): Error | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

function settingPaths(value: unknown, path: readonly string[] = []): string[][] {
  if (value === null || typeof value !== "object") return [[...path]];
  return [[...path], ...Object.entries(value).flatMap(([key, item]) => settingPaths(item, [...path, key]))];
}

function withValue(root: unknown, path: readonly string[], value: unknown): unknown {
  if (path.length === 0) return value;
  const copy = structuredClone(root) as Record<string, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1) as string] = value;
  return copy;
}

describe("names of clusters", () => {
  const labelled =
    (labels: Record<string, string>, more: object = {}) =>
    () =>
      parseConfig({ clusters: { labels, ...more } });

  it.each([
    [{ VIP: "Gold" }, { names: "profile" }, /names "VIP", which is one of the literature's names/],
    [{ Gold: "VIP" }, {}, /has no cluster "Gold": write the letter of a cluster/],
    [{ A: "Gold" }, { names: "literature" }, /has no label "A"; the labels are VIP/],
    [{ A: "At-risk" }, {}, /calls a cluster "At-risk", and a segment is called "At Risk"/],
    [{ A: "Gold", B: "Gold" }, {}, /calls both "A" and "B" "Gold"/],
  ])("refuses %j", (labels, more, message) => {
    expect(labelled(labels, more)).toThrow(message);
  });

  it("takes letters, and the literature's names as configurations of old have them", () => {
    for (const labels of [{ A: "Gold", AB: "Silver" }, { VIP: "Gold" }, { "All Customers": "Everybody" }])
      expect(labelled(labels)).not.toThrow();
  });
});
