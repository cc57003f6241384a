import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  FEATURE_NAMES,
  type FeatureName,
  type FeatureSetting,
  featureKey,
  featureSources,
  isFeatureKey,
  kindOf,
} from "../../../../lib/domain/clustering/space/catalogue.ts";
import { featureFaults, proposeFeatures } from "../../../../lib/domain/clustering/space/featureFaults.ts";
import { parseConfig } from "../../../../lib/domain/config/configFile.ts";
import { decidingSettings } from "../../../../lib/domain/config/decidingSettings.ts";

const setting = (name: FeatureName, more: Partial<FeatureSetting> = {}): FeatureSetting => ({
  ...{ name, transform: "auto", ...(kindOf(name).shareOf === undefined ? {} : { of: "Books" }) },
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
    [[{ name: "gap_days_mean", missing: "refuse", indicator: true }], /refuses such customers/],
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

  it("leaves the identity of older configurations alone", () => {
    const { clusters } = decidingSettings(features({ name: "recency_days" }, { name: "monetary" }));
    const list = ["recency_days", "monetary"].map((name) => ({ name, transform: "auto" }));
    expect(clusters).toEqual({ features: list });
  });
});
