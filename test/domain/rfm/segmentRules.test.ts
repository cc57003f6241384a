import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { scoreBinsOf } from "../../../lib/domain/config/scoreSettings.ts";
import { segmentColours } from "../../../lib/domain/dashboard/segment/styles.ts";
import { READY_TABLE_NAMES, READY_TABLES, segmentsOf } from "../../../lib/domain/rfm/rules/segmentRules.ts";
import { nameSegments } from "../../../lib/domain/rfm/scoreFeatures.ts";
import {
  compileSegmentTable,
  DEFAULT_SEGMENT_TABLE,
  type SegmentTable,
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
    const { names } = compileSegmentTable(segmentsOf(name, binsOf(bins)).segmentTable, binsOf(bins));
    const known = [...rules.map((rule) => rule.name), ...(otherwise === undefined ? [] : [otherwise])];
    expect(names).toHaveLength(bins ** 3);
    expect(new Set(names)).toEqual(new Set(known));
    expect(source.length).toBeGreaterThan(30);
    expect(() => segmentsOf(name, binsOf(bins + 1)).segmentTable).toThrow(new RegExp(`set scores.bins to ${bins}`));
    expect(parseConfig({ segments: name, scores: { bins } }).segments).toBe(name);
  });

  it("has Klaviyo's 27 cells, R rfm's first match and the map over R and F", () => {
    const klaviyo = segmentsOf("klaviyo", binsOf(3)).segmentTable;
    expect(Object.values(klaviyo).map((cells) => cells.length)).toEqual([3, 5, 5, 5, 5, 4]);
    expect([nameOf(klaviyo, 3)(3, 2, 3), nameOf(klaviyo, 3)(1, 1, 3)]).toEqual(["Champions", "Inactive"]);
    const rfm = nameOf(segmentsOf("r-rfm", binsOf(5)).segmentTable, 5);
    expect([rfm(5, 5, 5), rfm(4, 4, 4), rfm(1, 1, 1), rfm(2, 1, 5)]).toEqual([
      "Champions",
      "Potential Loyalist",
      "Lost",
      "Others",
    ]);
    const map = nameOf(segmentsOf("rf-map", binsOf(5)).segmentTable, 5);
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
    [
      { rules: [{ name: "A", when: { recency: [1] } }] },
      /segments\.rules\.0\.when\.recency" must be scores of r, f, m, fm or band/,
    ],
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
        let table: SegmentTable;
        try {
          table = segmentsOf(rules, bins).segmentTable;
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

describe("rules over features", () => {
  const problem = (rules: readonly unknown[], more: object = {}): string => {
    try {
      parseConfig({ segments: { rules, ...more }, scores: { bins: 3 } } as never);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  const old = { name: "Old", when: { r: [3], tenure_days: { atLeast: 90 } } };

  it("need a name for the rest, and part customers of equal scores", () => {
    expect(problem([old])).toMatch(/No rule takes the scores R-F-M 1-1-1, .* whatever the customer's features/);
    expect(problem([old], { otherwise: "Rest" })).toBe("");
    expect(problem([old, { name: "All", when: {} }], { overlaps: "first" })).toBe("");
    const young = (below: object) => ({ name: "Young", when: { r: [2, 3], tenure_days: below } });
    expect(problem([old, young({ below: 90 })], { otherwise: "Rest" })).toBe("");
    expect(problem([old, young({ atMost: 90 })], { otherwise: "Rest" })).toMatch(
      /Several rules take the scores R-F-M 3-1-1 \(Old, Young\), /,
    );
    const silent = { name: "Once", when: { gap_days_mean: { missing: true } } };
    expect(problem([silent, { name: "Quick", when: { gap_days_mean: { below: 9 } } }], { otherwise: "Rest" })).toBe("");
  });

  it.each([
    [{ tenure: { atLeast: 3 } }, /"tenure" is neither a score .* nor the name of a feature/],
    [{ tenure_days: [3] }, /tenure_days" must be scores of r, f, m, fm or band/],
    [{ tenure_days: {} }, /asks nothing of tenure_days/],
    [{ tenure_days: { missing: true } }, /every customer has one/],
    [{ tenure_days: { atLeast: 9, below: 9 } }, /no tenure_days can be met/],
    [{ gap_days_mean: { missing: true, below: 9 } }, /to be missing and to be in a range/],
    [{ "tenure_days:30d": { below: 9 } }, /neither a score/],
    [{ "recency_mean:3": { below: 9 } }, /^$/],
  ])("are refused where %j is wrong", (when, message) => {
    expect(problem([{ name: "A", when }], { otherwise: "Rest" })).toMatch(message);
  });

  it("give every customer one segment, that of the first rule that takes it", () => {
    const scores = fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1 }), { nil: undefined });
    const bound = fc.integer({ min: 0, max: 4 });
    const condition = fc.oneof(
      fc.record({ atLeast: bound, below: fc.integer({ min: 5, max: 6 }) }),
      fc.record({ above: bound }),
      fc.record({ atMost: bound }),
      fc.record({ below: bound }),
      fc.constant({ missing: true as const }),
    );
    const asked = fc.record(
      { r: scores, fm: scores, gap_days_mean: condition, units: condition },
      { requiredKeys: [] },
    );
    const rule = fc.record({ name: fc.constantFrom("A", "B", "C"), when: asked });
    const setting = fc.record({
      rules: fc.array(rule, { minLength: 1, maxLength: 5 }),
      overlaps: fc.constantFrom("refuse" as const, "first" as const),
      otherwise: fc.constant("Rest"),
    });
    // Every score and value, missing ones too.
    const values = [...[0, 1, 2, 3, 4, 5], Number.NaN];
    const places = [1, 2, 3].flatMap((r) => [1, 2, 3].flatMap((f) => [1, 2, 3].map((m) => [r, f, m] as const)));
    const people = places.flatMap((at) => values.flatMap((gap) => values.map((units) => ({ at, gap, units }))));
    const column = (of: (one: (typeof people)[number]) => number) => Float64Array.from(people, of);
    const columns = {
      ...{ recencyDays: column(() => 1), frequency: column(() => 1), monetary: column(() => 1) },
      features: new Map([
        ["gap_days_mean", column(({ gap }) => gap)],
        ["units", column(({ units }) => units)],
      ]),
    };
    const scored = {
      rScore: Uint8Array.from(people, ({ at }) => at[0]),
      fScore: Uint8Array.from(people, ({ at }) => at[1]),
      mScore: Uint8Array.from(people, ({ at }) => at[2]),
    };
    const isMet = (value: number, bounds: Partial<Record<string, number | true>>): boolean =>
      "missing" in bounds
        ? Number.isNaN(value)
        : Object.entries(bounds).every(([how, than]) =>
            how === "atLeast"
              ? value >= Number(than)
              : how === "above"
                ? value > Number(than)
                : how === "atMost"
                  ? value <= Number(than)
                  : value < Number(than),
          );
    const edges = [1.5, 2.5];
    const scoreEdges = { recencyDays: edges, frequency: edges, monetary: edges };
    let refused = 0;
    fc.assert(
      fc.property(setting, (rules) => {
        const taking = ({ at: [r, f, m], gap, units }: (typeof people)[number]) =>
          rules.rules.filter(
            ({ when }) =>
              (when.r?.includes(r) ?? true) &&
              (when.fm?.includes(Math.floor((f + m + 1) / 2)) ?? true) &&
              (when.gap_days_mean === undefined || isMet(gap, when.gap_days_mean)) &&
              (when.units === undefined || isMet(units, when.units)),
          );
        let definition: ReturnType<typeof segmentsOf>;
        try {
          definition = segmentsOf(rules as never, binsOf(3));
        } catch (error) {
          expect(error).toBeInstanceOf(SegmentTableError);
          expect(rules.overlaps).toBe("refuse");
          refused++;
          return;
        }
        const names = nameSegments({ scoreEdges, ...definition }, scored, columns);
        const expected = people.map((one) => taking(one)[0]?.name ?? "Rest");
        expect(names).toEqual(expected);
        const cells = definition.segmentTable;
        for (const [i, { at }] of people.entries()) {
          const compiledCell = at.join("-");
          if (definition.segmentRules !== undefined) expect(cells[names[i] as string]).toContain(compiledCell);
        }
        if (rules.overlaps === "refuse")
          for (const one of people) expect(new Set(taking(one).map(({ name }) => name)).size).toBeLessThan(2);
      }),
      { numRuns: 60 },
    );
    expect(refused).toBeGreaterThan(3);
  });
});

describe("colours", () => {
  it("are the palette's own for the default table, and by recency and value for any other", () => {
    const places = Object.values(segmentColours(DEFAULT_SEGMENT_TABLE, [])).map(({ place }) => place);
    expect(places).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const klaviyo = segmentColours(segmentsOf("klaviyo", binsOf(3)).segmentTable, [
      { name: "Loyal", colour: "#123456" },
    ]);
    expect(klaviyo.Champions).toEqual({ place: 0 });
    expect(klaviyo.Loyal).toEqual({ colour: "#123456" });
    expect(klaviyo.Inactive?.place).toBeGreaterThan(7);
  });
});
