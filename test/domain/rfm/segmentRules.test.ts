import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { scoreBinsOf } from "../../../lib/domain/config/scoreSettings.ts";
import { segmentColours } from "../../../lib/domain/dashboard/segment/styles.ts";
import { READY_TABLE_NAMES, READY_TABLES, segmentTableOf } from "../../../lib/domain/rfm/segmentRules.ts";
import {
  compileSegmentTable,
  DEFAULT_SEGMENT_TABLE,
  SegmentTableError,
  segmentOf,
} from "../../../lib/domain/rfm/segments.ts";

const binsOf = (count: number) => ({ recencyDays: count, frequency: count, monetary: count });
const nameOf = (table: Parameters<typeof compileSegmentTable>[0], bins: number) => {
  const compiled = compileSegmentTable(table, binsOf(bins));
  return (r: number, f: number, m: number): string => segmentOf(compiled, r, f, m);
};

describe("ready tables", () => {
  it.each(READY_TABLE_NAMES)("%s names every combination of scores, and says where it is from", (name) => {
    const { bins, source, rules, otherwise } = READY_TABLES[name];
    const { names } = compileSegmentTable(segmentTableOf(name, binsOf(bins)), binsOf(bins));
    const known = [...rules.map((rule) => rule.name), ...(otherwise === undefined ? [] : [otherwise])];
    expect(names).toHaveLength(bins ** 3);
    expect(new Set(names)).toEqual(new Set(known));
    expect(source.length).toBeGreaterThan(30);
    expect(() => segmentTableOf(name, binsOf(bins + 1))).toThrow(new RegExp(`set scores.bins to ${bins}`));
    expect(parseConfig({ segments: name, scores: { bins } }).segments).toBe(name);
  });

  it("has Klaviyo's 27 cells, R rfm's first match and the map over R and F", () => {
    const klaviyo = segmentTableOf("klaviyo", binsOf(3));
    expect(Object.values(klaviyo).map((cells) => cells.length)).toEqual([3, 5, 5, 5, 5, 4]);
    expect([nameOf(klaviyo, 3)(3, 2, 3), nameOf(klaviyo, 3)(1, 1, 3)]).toEqual(["Champions", "Inactive"]);
    const rfm = nameOf(segmentTableOf("r-rfm", binsOf(5)), 5);
    expect([rfm(5, 5, 5), rfm(4, 4, 4), rfm(1, 1, 1), rfm(2, 1, 5)]).toEqual([
      "Champions",
      "Potential Loyalist",
      "Lost",
      "Others",
    ]);
    const map = nameOf(segmentTableOf("rf-map", binsOf(5)), 5);
    expect([map(1, 5, 1), map(3, 3, 5), map(5, 2, 2)]).toEqual([
      "Can't Lose Them",
      "Need Attention",
      "Potential Loyalists",
    ]);
  });
});

describe("rules", () => {
  const any = { r: [1, 2, 3], f: [1, 2, 3], m: [1, 2, 3] };
  const problem = (segments: unknown, bins = 3): string => {
    try {
      parseConfig({ segments, scores: { bins } } as never);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };

  it("name the cells that none of them takes, and those that two take", () => {
    const best = { name: "Best", when: { r: [3], f: [2, 3] } };
    expect(problem({ rules: [best] })).toMatch(
      /No rule takes the scores R-F-M 1-1-1, 1-1-2, .* and 9 more; add a rule, or "otherwise"/,
    );
    expect(problem({ rules: [best, { name: "All", when: any }] })).toMatch(
      /Several rules take the scores R-F-M 3-2-1 \(Best, All\), .*set "overlaps" to "first"/,
    );
    expect(problem({ rules: [best, { name: "All", when: any }], overlaps: "first" })).toBe("");
    expect(problem({ rules: [best], otherwise: "Rest" })).toBe("");
    expect(problem({ rules: [{ name: "Best", when: { r: [4] } }] })).toMatch(
      /Rule "Best": r has no score 4; it goes from 1 to 3/,
    );
  });

  it.each([
    ["klavio", /"segments" must be .*did you mean "klaviyo"/],
    [{ rules: [{ nam: "A", when: {} }] }, /segments\.rules\.0/],
    [{ rules: [{ name: "A", when: { recency: [1] } }] }, /unknown setting "segments\.rules\.0\.when\.recency"/],
    [{ A: "11" }, /"segments\.A" expected array/],
  ])("are refused where %j is misspelt", (segments, message) => expect(problem(segments)).toMatch(message));

  it("give every combination of scores one segment, or are refused", () => {
    const scores = fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1 }), { nil: undefined });
    const when = fc.record({ r: scores, f: scores, m: scores, fm: scores });
    const rule = fc.record({ name: fc.constantFrom("A", "B", "C"), when });
    const setting = fc.record({
      rules: fc.array(rule, { minLength: 1, maxLength: 6 }),
      overlaps: fc.constantFrom("refuse" as const, "first" as const),
      otherwise: fc.option(fc.constant("Rest"), { nil: undefined }),
    });
    const bins = scoreBinsOf(parseConfig({ scores: { bins: 4 } }).scores);
    fc.assert(
      fc.property(setting, (rules) => {
        const takes = (r: number, f: number, m: number) =>
          rules.rules.filter(({ when: { r: rs, f: fs, m: ms, fm } }) =>
            [
              [rs, r],
              [fs, f],
              [ms, m],
              [fm, Math.floor((f + m + 1) / 2)],
            ].every(([list, score]) => list === undefined || (list as number[]).includes(score as number)),
          );
        let table: ReturnType<typeof segmentTableOf>;
        try {
          table = segmentTableOf(rules, bins);
        } catch (error) {
          expect(error).toBeInstanceOf(SegmentTableError);
          return;
        }
        const compiled = compileSegmentTable(table, bins);
        for (const r of [1, 2, 3, 4])
          for (const f of [1, 2, 3, 4])
            for (const m of [1, 2, 3, 4]) expect(segmentOf(compiled, r, f, m)).toBe(takes(r, f, m)[0]?.name ?? "Rest");
      }),
    );
  });
});

describe("colours", () => {
  it("are the palette's own for the default table, and by recency and value for any other", () => {
    const places = Object.values(segmentColours(DEFAULT_SEGMENT_TABLE, [])).map(({ place }) => place);
    expect(places).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const klaviyo = segmentColours(segmentTableOf("klaviyo", binsOf(3)), [{ name: "Loyal", colour: "#123456" }]);
    expect(klaviyo.Champions).toEqual({ place: 0 });
    expect(klaviyo.Loyal).toEqual({ colour: "#123456" });
    expect(klaviyo.Inactive?.place).toBeGreaterThan(7);
  });
});
