import { Script } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { buildDashboard, type DashboardSources } from "../../lib/domain/dashboard/build.ts";
import { createFormat } from "../../lib/domain/dashboard/format.ts";
import { pack, unpack } from "../../lib/domain/dashboard/pack.ts";
import { cohortsTitle } from "../../lib/domain/dashboard/salesTitles.ts";
import type { DashboardData } from "../../lib/domain/dashboard/types.ts";
import { renderDashboard } from "../../lib/report/render.ts";
import { dataOf } from "../support/dashboard.ts";
import { madeUpSources, withAnalysis } from "./sources.ts";

/** Ends scripts, comments and attributes, and is code in any of them. */
const HOSTILE = `</script><script>alert(1)</script><!-- "'><img src=x onerror=alert(1)> \u2028 {{x}} \${y}`;

const scriptsOf = (html: string): string[] =>
  [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text as string);
const build = (sources: DashboardSources): DashboardData => buildDashboard(sources);

describe("the page as a file", () => {
  const html = renderDashboard(build(madeUpSources({ customers: 200 })));

  it("is one document with three scripts, each of which parses", () => {
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(scriptsOf(html)).toHaveLength(2);
    for (const text of scriptsOf(html)) expect(() => new Script(text)).not.toThrow();
    expect(scriptsOf(html)[1]).not.toMatch(/^\s*(import|export)\b/m);
  });

  it("refers to nothing outside of itself", () => {
    const own = html.replace(scriptsOf(html)[0] as string, "");
    expect(own).not.toMatch(/<(link|iframe|img|base)\b/i);
    expect(own).not.toMatch(/\b(src|href)\s*=\s*["']?https?:/i);
    expect(own).not.toMatch(/@import|url\(/);
    const addresses = [...own.matchAll(/https?:\/\/[\w./]+/g)].map(([address]) => address);
    // Names of an XML vocabulary, never fetched.
    expect(new Set(addresses)).toEqual(new Set(["http://www.w3.org/2000/svg"]));
  });

  it("allows its own scripts alone, by digest", () => {
    const [, policy = ""] = /Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+' 'sha256-[^']+';/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  });

  it("is the same for the same data", () => {
    expect(renderDashboard(build(madeUpSources({ customers: 200 })))).toBe(html);
  });

  it("stays under 2 MB with 100,000 customers and every table as long as it gets", () => {
    const data = build(
      madeUpSources({ customers: 100_000, months: 120, weeks: 520, countries: 200, products: 1000, clusters: 10 }),
    );
    expect(data.summary.totals.customers).toBe(100_000);
    expect(Buffer.byteLength(renderDashboard(data))).toBeLessThan(2_000_000);
  });
});

describe("names that are code", () => {
  const table = { [`Best${HOSTILE}`.slice(0, 60)]: cellsFrom(3, 5), Rest: cellsFrom(1, 2) };
  const data = build(withAnalysis(madeUpSources({ customers: 50, table, names: HOSTILE })));
  const html = renderDashboard(data);

  it("stay data", () => {
    expect(html.match(/<script/gi)).toHaveLength(3);
    const [, json = ""] = /id="data">(.*?)<\/script>/s.exec(html) ?? [];
    expect(json).not.toContain("<");
    expect(json.length).toBeGreaterThan(10_000);
    expect(dataOf(html)).toEqual(JSON.parse(JSON.stringify(data)));
  });
});

describe("ids of customers", () => {
  it("are in the page only where the configuration has them", () => {
    const sources = madeUpSources({ customers: 50, names: "-secret" });
    const masked = {
      ...sources,
      config: { ...sources.config, display: { ...sources.config.display, customerIds: false } },
    };
    // Those of the summary are left out where it is made.
    expect(renderDashboard(build(sources))).toContain("W0-secret");
    expect(renderDashboard(build(masked))).not.toContain("W0-secret");
  });
});

describe("the currency", () => {
  const display = { currency: "auto", locale: "en-US", customerIds: true } as const;
  const currencyOf = (currency: string | null): string | null =>
    build({ ...madeUpSources({ customers: 5 }), config: parseConfig({ display }), currency }).display.currency;

  it("is the file's own where it is one that is known, and else none", () => {
    expect(currencyOf("eur")).toBe("EUR");
    expect(currencyOf("€")).toBeNull();
    expect(currencyOf(null)).toBeNull();
  });
});

describe("the headline", () => {
  it("says how things stand first, and from the second run on what changed, like compared with like", () => {
    const first = build(madeUpSources({ customers: 300 }));
    expect(first.headline).toHaveLength(3);
    expect(first.headline.join(" ")).toMatch(/bring \d/);
    const second = build(withAnalysis(madeUpSources({ customers: 300 })));
    expect(second.headline.slice(0, 2)).toEqual([
      "Jun 2024, the latest whole month, brought £1,200: +20% on May 2024.",
      "The 28 days to 30 Jun 2024 brought £900 from 9 orders: -10% on the 28 days before.",
    ]);
    // What whole histories add up to grows by itself.
    expect(second.headline.join(" ")).not.toMatch(/grew/);
    expect(second.headline[2]).toMatch(/^Since the run as of 1 Jun 2024 there is 1 customer more; /);
    expect(second.headline[3]).toMatch(
      /^7 customers \(.*\) moved to another segment, 3 of them only because the thresholds moved\.$/,
    );
  });

  it("says first that settings changed, and then tells nobody's move as behaviour", () => {
    const changed = [{ setting: "returns", before: "drop", now: "net" }];
    const { headline } = build(withAnalysis(madeUpSources({ customers: 300 }), changed));
    expect(headline[0]).toMatch(/^Settings changed since the run as of 1 Jun 2024: returns from drop to net\. /);
    expect(headline.at(-1)).toMatch(/^Under these settings 7 of \d+ customers stand in another segment\.$/);
    expect(headline.join(" ")).not.toMatch(/moved|gained|lost/);
  });

  it("speaks of any run", () => {
    const one = build(madeUpSources({ customers: 1, months: 1, weeks: 1, countries: 0, products: 0, clusters: 1 }));
    expect(one.headline[0]).toMatch(/^The one customer falls into one segment/);
    expect(one.headline.every((sentence) => sentence.endsWith(".") && !/NaN|undefined|Infinity/.test(sentence))).toBe(
      true,
    );
  });
});

describe("the rate at which new customers come back", () => {
  const cohort = (month: string, ...customers: number[]) =>
    customers.map((count, monthsSinceFirst) => ({
      ...{ cohort: `${month}-01`, monthsSinceFirst, customers: count, revenue: 0 },
    }));
  const span = { firstMonth: "2010-12-01", snapshotDate: "2011-03-10" };

  it("leaves out the file's first month, and months that are not over", () => {
    const format = createFormat({ locale: "en-GB", currency: null });
    const cohorts = [
      ...cohort("2010-12", 900, 300, 300),
      ...cohort("2011-01", 400, 80, 90),
      ...cohort("2011-02", 300, 1),
      ...cohort("2011-03", 50),
    ];
    expect(cohortsTitle(cohorts, span, format, null)).toMatch(/^20% of the new customers/);
    // Nobody of a cohort came back: that counts.
    expect(cohortsTitle(cohort("2011-01", 400), span, format, null)).toMatch(/^0% of the new customers/);
    expect(cohortsTitle(cohorts.slice(0, 3), span, format, null)).toMatch(/^Too little history/);
  });
});

describe("advice", () => {
  it("is there for every segment, of one's own table too", () => {
    const table = { Gold: cellsFrom(3, 5), Grey: cellsFrom(1, 2) };
    const { advice } = build(madeUpSources({ customers: 20, table }));
    expect(Object.keys(advice)).toEqual(["Gold", "Grey"]);
    for (const { who, action } of Object.values(advice))
      expect([who, action].every((text) => text.length > 20)).toBe(true);
  });
});

describe("packing", () => {
  it("loses nothing", () => {
    const record = fc.record({ a: fc.integer(), b: fc.string(), c: fc.constantFrom(null, true, 1.5) });
    const value = fc.oneof(fc.jsonValue(), fc.array(record, { minLength: 2 }), fc.array(fc.array(record)));
    fc.assert(
      fc.property(value, (x) => {
        expect(unpack(JSON.parse(JSON.stringify(pack(x))))).toEqual(JSON.parse(JSON.stringify(x)));
      }),
    );
  });
});

/** All cells of the R rows from low to high. */
function cellsFrom(low: number, high: number): string[] {
  return [1, 2, 3, 4, 5].filter((r) => r >= low && r <= high).flatMap((r) => [1, 2, 3, 4, 5].map((fm) => `${r}${fm}`));
}
