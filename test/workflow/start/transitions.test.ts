import { describe, expect, it } from "vitest";
import { countTransitions, type Machine, SEGMENTATION_MACHINE } from "../../../lib/workflow/start/transitions.ts";

const pass = { Type: "Pass" };
const machine = (first: object, more: object = {}): Machine =>
  ({ StartAt: "First", States: { First: { Type: "Pass", ...first }, ...more } }) as Machine;

describe("countTransitions", () => {
  it("counts each state on the way", () => {
    expect(countTransitions(machine({}), {})).toBe(1);
    expect(countTransitions(machine({ Next: "Second" }, { Second: pass, Other: pass }), {})).toBe(2);
  });

  it("takes the way that the data takes", () => {
    const Choices = [
      { Variable: "$.a.b", BooleanEquals: true, Next: "Long" },
      { Variable: "$.c", StringEquals: "x", Next: "End" },
    ];
    const more = { Long: { ...pass, Next: "Longer" }, Longer: { ...pass, Next: "End" }, End: pass };
    const choice = machine({ Type: "Choice", Choices, Default: "Longer" }, more);
    expect(countTransitions(choice, { a: { b: true } })).toBe(4);
    expect(countTransitions(choice, { c: "x" })).toBe(2);
    expect(countTransitions(choice, { a: { b: false } })).toBe(3);
    expect(countTransitions(choice, {})).toBe(3);
  });

  it("counts the children of a Map by its items, or by its results where the items are gone", () => {
    const ItemProcessor = machine({ Next: "Second" }, { Second: pass });
    const map = machine({ Type: "Map", ItemsPath: "$.items", ResultPath: "$.results", ItemProcessor });
    expect(countTransitions(map, { items: [1, 2, 3], results: [1] })).toBe(7);
    expect(countTransitions(map, { results: [1, 2] })).toBe(5);
    expect(countTransitions(map, { items: [] })).toBe(1);
  });

  it("counts every branch", () => {
    const Branches = [machine({}), machine({ Next: "Second" }, { Second: pass })];
    expect(countTransitions(machine({ Type: "Parallel", Branches }), {})).toBe(4);
  });

  it("grows by two for each shard of the segmentation, and is smaller without a drop", () => {
    const of = (shards: number, hasRows: boolean) =>
      countTransitions(SEGMENTATION_MACHINE, {
        drop: { hasRows },
        plan: { shards: Array.from({ length: shards }, (_, shard) => shard) },
      });
    expect(of(1_000, true) - of(1, true)).toBe(1_998);
    expect(of(1, true) - of(1, false)).toBe(5);
  });

  it("counts the statements that the segmentation has let go of by what they left", () => {
    const marts = [{}, {}, {}];
    const of = (data: object) => countTransitions(SEGMENTATION_MACHINE, { drop: { hasRows: true }, ...data });
    expect(of({ queries: { describeFeatures: [{}], marts } })).toBe(
      of({ statements: { describeFeatures: [{}], marts } }),
    );
    expect(of({ statements: { marts } }) - of({})).toBe(3);
  });
});
