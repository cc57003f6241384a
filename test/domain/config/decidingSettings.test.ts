import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../../lib/domain/config/config.ts";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { decidingSettings } from "../../../lib/domain/config/decidingSettings.ts";
import { DEFAULT_SEGMENT_TABLE } from "../../../lib/domain/rfm/segments.ts";

const deciding = (settings: ConfigInput) => decidingSettings(parseConfig(settings));

/** Every setting with its default, written out as a user may. */
const written = JSON.parse(JSON.stringify(parseConfig({}))) as ConfigInput;

describe("decidingSettings", () => {
  it("is empty at the defaults, left out or written out: a setting that a release adds changes no run id", () => {
    expect(deciding({})).toEqual({});
    expect(deciding(written)).toEqual({});
    expect(
      deciding({ clusters: { seed: 42 }, returns: "drop", segments: { ...DEFAULT_SEGMENT_TABLE } as never }),
    ).toEqual({});
  });

  it("has each setting that differs, without its neighbours at their defaults", () => {
    expect(deciding({ returns: "net", clusters: { k: 5, seed: 42, winsorise: { enabled: true } } })).toEqual({
      returns: "net",
      clusters: { k: 5, winsorise: { enabled: true } },
    });
  });

  it("has the rate that values ahead are discounted by, for they are columns of the segments", () => {
    expect(deciding({ forecast: { discountRate: 0.1 } })).toEqual({ forecast: { discountRate: 0.1 } });
    expect(deciding({ forecast: { discountRate: 0 } })).toEqual({});
    for (const discountRate of [-0.01, 1.01, 10]) expect(() => deciding({ forecast: { discountRate } })).toThrow();
  });

  it("tells a default that was chosen from one that was changed and back", () => {
    expect(deciding({ ...written, windowMonths: 12 })).toEqual({ windowMonths: 12 });
    expect(deciding({ ...written, windowMonths: null })).toEqual({});
  });

  it("takes lists and objects with keys of the user's own whole", () => {
    const features = [{ name: "recency_days" as const, transform: "auto" as const }];
    expect(deciding({ clusters: { features } })).toEqual({ clusters: { features } });
    expect(deciding({ columns: { customer: "Kunde" } })).toEqual({ columns: { customer: "Kunde" } });
    const { Champions, ...others } = DEFAULT_SEGMENT_TABLE;
    const segments = {
      Best: [...Champions],
      ...Object.fromEntries(Object.entries(others).map(([n, c]) => [n, [...c]])),
    };
    expect(deciding({ segments })).toEqual({ segments });
  });

  it("leaves out what decides nothing about the segments", () => {
    const silent: ConfigInput = {
      $schema: "./schema.json",
      copies: "allow",
      display: { locale: "de-DE" },
      exports: { salt: "spring" },
      backtest: { enabled: false },
    };
    expect(deciding(silent)).toEqual({});
  });
});
