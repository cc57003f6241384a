import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createFormat } from "../../../lib/domain/dashboard/format.ts";
import { finePercentText, percentText } from "../../../lib/domain/text/percent.ts";

describe("percent", () => {
  it("has one style, whoever writes it", () => {
    expect([percentText(0.7249), percentText(-0.0671), percentText(0.5, 0)]).toEqual(["72.5%", "-6.7%", "50%"]);
    expect([finePercentText(0.0001), finePercentText(0), finePercentText(0.5)]).toEqual(["0.010%", "0.0%", "50.0%"]);
    expect(createFormat({ locale: "en", currency: null }).change(-0.0671)).toBe("-6.7%");
  });

  it("is told in no text of the program with a blank before its sign, nor a number with another minus", () => {
    const sources = globSync(["lib/**/*.ts", "bin/**/*.ts"]).filter((path) => !/charts\/|\/infra\//.test(path));
    expect(sources.length).toBeGreaterThan(500);
    const bypasses = sources.flatMap((path) =>
      readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => !/^\s*(?:\*|\/\/|\/\*|")|describe\(|(?:share|count|money|optional)\(|width:/.test(line))
        .filter((line) => /\} %(?!\w)|"[^"]*\d %[^"]*"|[?:] ["'`]−["'`]|toFixed\(.*\)\}%/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
    expect(bypasses.filter((line) => !line.startsWith("lib/domain/text/percent.ts"))).toEqual([]);
  });

  it("and signs in sentences of a run get the digits and signs of the page's locale", () => {
    const { retold } = createFormat({ locale: "sv", currency: null });
    expect(retold("difference -5.1 points, 95% interval -7.8 to +3.1 (-36.6%) in 2011-12-10-6e3a")).toBe(
      "difference \u22125,1 points, 95\u00a0% interval \u22127,8 to +3,1 (\u221236,6\u00a0%) in 2011-12-10-6e3a",
    );
  });
});
