import { describe, expect, it } from "vitest";
import type { Config, ConfigInput } from "../../../lib/domain/config/config.ts";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { decidingChanges } from "../../../lib/domain/config/settingChanges.ts";

const changes = (before: ConfigInput, now: ConfigInput) => decidingChanges(parseConfig(before), parseConfig(now));

describe("decidingChanges", () => {
  it("names what decides numbers and differs", () => {
    expect(changes({}, { returns: "net", clusters: { k: 5 } })).toEqual([
      { setting: "returns", before: "drop", now: "net" },
      { setting: "clusters.k", before: "auto", now: "5" },
    ]);
    expect(changes({ windowMonths: 12 }, {})).toEqual([{ setting: "windowMonths", before: "12", now: "none" }]);
  });

  it("is silent about the page, exports, checks, and how one delivery was read", () => {
    const silent: ConfigInput = {
      display: { locale: "de" },
      exports: { salt: "x" },
      copies: "allow",
      dateLayout: "dmy",
    };
    expect(changes({}, { ...silent, backtest: { holdoutDays: 30 } })).toEqual([]);
  });

  it("takes a setting that a release before did not know as its default", () => {
    const { forecast: _, ...older } = parseConfig({});
    expect(decidingChanges(older as Config, parseConfig({}))).toEqual([]);
  });
});
