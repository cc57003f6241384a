import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FEATURE_NAMES, type FeatureName, kindOf } from "../../../../lib/domain/clustering/space/catalogue.ts";
import { featureFaults, proposeFeatures } from "../../../../lib/domain/clustering/space/featureFaults.ts";
import {
  type FeatureSetting,
  featureKey,
  featureOfKey,
  featureSources,
  featureTitle,
  isFeatureKey,
} from "../../../../lib/domain/clustering/space/features.ts";
import { parseConfig } from "../../../../lib/domain/config/configFile.ts";
import { decidingSettings } from "../../../../lib/domain/config/decidingSettings.ts";

const setting = (name: FeatureName, more: Partial<FeatureSetting> = {}): FeatureSetting => ({
  ...{ name, transform: "auto", ...(kindOf(name).shareOf === undefined ? {} : { of: "Books" }) },
  ...(kindOf(name).readsColumn === undefined ? {} : { of: "age" }),
  ...(kindOf(name).takesWord === true ? { is: "f" } : {}),
  ...(kindOf(name).takesLast === true ? { last: 3 } : {}),
  ...more,
});
const features = (...list: readonly unknown[]) => parseConfig({ clusters: { features: list } });

describe("clusters.features", () => {
  it("refuses more than six, and proposes which to keep", () => {
    const names = ["recency_days", "frequency", "monetary", "lines", "units", "tenure_days", "weekend_share"] as const;
    expect(() => features(...names.map((name) => ({ name })))).toThrow(
      /are 7; the exact grid takes 6\. Kept would be recency_days, frequency, monetary, lines, tenure_days, weekend_share/,
    );
    const five = ["recency_days", "frequency", "monetary", "weekend_share"].map((name) => ({ name }));
    const gaps = ["gap_days_mean", "gap_days_spread"].map((name) => ({ name, indicator: true }));
    expect(() => features(...five, ...gaps)).toThrow(/are 8, an indicator being one more/);
  });

  it("proposes what would be taken, whatever is asked for", () => {
    const one = fc
      .constantFrom(...FEATURE_NAMES)
      .chain((name) =>
        fc.boolean().map((wants) => setting(name, wants && kindOf(name).mayBeMissing ? { indicator: true } : {})),
      );
    fc.assert(
      fc.property(fc.uniqueArray(one, { selector: featureKey, minLength: 1, maxLength: 18 }), (list) => {
        const kept = proposeFeatures(list);
        expect(featureFaults(kept)).toEqual([]);
        expect(kept.length).toBe(Math.min(6, list.length));
        if (featureFaults(list).length === 0) expect(kept).toEqual(list);
      }),
    );
  });

  it.each([
    [[{ name: "units" }, { name: "units" }], /names the feature units twice/],
    [[{ name: "category_share" }], /needs "of": the category whose share category_share is/],
    [[{ name: "units", of: "Books" }], /has "of", which units has no use for/],
    [[{ name: "monetary", missing: "mean" }], /every customer has monetary/],
    [[{ name: "recency_mean" }], /needs "last": of how many purchase days/],
    [[{ name: "units", last: 3 }], /has "last", which units has no use for/],
    [[{ name: "tenure_days", withinDays: 30 }], /has "withinDays", which tenure_days has no use for/],
    [[{ name: "gap_days_mean", missing: "refuse", indicator: true }], /refuses such customers/],
    [[{ name: "margin" }], /needs "of": the name that a column of the files has in fileColumns/],
    [[{ name: "attribute_is", of: "sex" }], /needs "is": the word of the column/],
    [[{ name: "attribute", of: "age", is: "9" }], /has "is", which attribute has no use for/],
    [[{ name: "age" }], /name/],
  ])("says what is wrong with %j", (list, message) => {
    expect(() => features(...list)).toThrow(message);
  });

  it("finds shares of named values in columns of their own, in their order", () => {
    const list = [
      setting("category_share", { of: "Books" }),
      setting("units"),
      setting("country_share", { of: "France" }),
    ];
    expect(featureSources(list).map(({ key, column }) => [key, column])).toEqual([
      ["category_share:Books", "share_1"],
      ["units", "units"],
      ["country_share:France", "share_2"],
    ]);
    expect(
      ["units", "category_share:Books", "category_share", "units:x", "monetary", "toString"].map(isFeatureKey),
    ).toEqual([true, true, false, false, false, false]);
  });

  it("counts what has a window in columns of its own, and knows each key again", () => {
    const list = [
      setting("monetary", { withinDays: 365 }),
      setting("monetary"),
      setting("recency_mean", { last: 3 }),
      setting("recency_mean", { last: 3, withinDays: 90 }),
    ];
    const sources = featureSources(list).map(({ key, column }) => [key, column]);
    expect(sources).toEqual([
      ["monetary:365d", "measure_1"],
      ["monetary", "monetary"],
      ["recency_mean:3", "measure_2"],
      ["recency_mean:3:90d", "measure_3"],
    ]);
    const one = fc.record({
      name: fc.constantFrom(...FEATURE_NAMES),
      of: fc.string({ minLength: 1 }),
      last: fc.integer({ min: 1, max: 999 }),
      withinDays: fc.option(fc.integer({ min: 1, max: 36_600 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(one, ({ name, of, last, withinDays }) => {
        const { shareOf, takesLast, mayHaveWindow, readsColumn, takesWord } = kindOf(name);
        const feature = {
          ...{ name, ...(shareOf === undefined ? {} : { of }), ...(takesLast === true ? { last } : {}) },
          ...(readsColumn === undefined ? {} : { of: "unit_cost" }),
          ...(takesWord === true ? { is: of } : {}),
          ...(mayHaveWindow === true && withinDays !== undefined ? { withinDays } : {}),
        };
        expect(featureOfKey(featureKey(feature))).toEqual(feature);
      }),
    );
    const wrong = ["monetary:0d", "monetary:x", "recency_mean", "recency_mean:90d", "tenure_days:9d", "units:3", "age"];
    expect(wrong.map(featureOfKey)).toEqual(wrong.map(() => undefined));
    expect(featureTitle("recency_mean:3:90d")).toBe("Mean recency of 3 purchase days, last 90 days");
  });

  it("leaves the identity of older configurations alone", () => {
    const { clusters } = decidingSettings(features({ name: "recency_days" }, { name: "monetary" }));
    const list = ["recency_days", "monetary"].map((name) => ({ name, transform: "auto" }));
    expect(clusters).toEqual({ features: list });
  });
});
