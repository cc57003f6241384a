import type { ScoreBins } from "../scoring.ts";
import { compileSegmentTable, SegmentTableError, scoresOfCell, segmentOf } from "../segments.ts";
import { type FeatureCondition, meets } from "./featureConditions.ts";
import type { FeatureRules, SegmentDefinition } from "./types.ts";

/** The segment of a row by its scores. @throws SegmentTableError where rules that nobody checked take nobody. */
type RuleReader = (rScore: number, fScore: number, mScore: number, row: number) => string;

/**
 * Reads rules over scores and features: the first that takes a customer names the segment.
 * @param columnOf the values of a feature, NaN where a customer has none.
 */
export function ruleReader(
  { rules, otherwise }: FeatureRules,
  { recencyDays, frequency, monetary }: ScoreBins,
  columnOf: (feature: string) => Float64Array,
): RuleReader {
  const cellAt = (r: number, f: number, m: number): number => ((r - 1) * frequency + f - 1) * monetary + m - 1;
  const byCell: Rule[][] = Array.from({ length: recencyDays * frequency * monetary }, () => []);
  for (const { name, cells, features = {} } of rules) {
    const asked = Object.entries(features).map(([key, condition]) => ({ values: columnOf(key), condition }));
    for (const cell of cells) {
      const [r = 0, f = 0, m = 0] = scoresOfCell(cell) ?? [];
      byCell[cellAt(r, f, m)]?.push({ name, asked });
    }
  }
  return (r, f, m, row) => {
    const taking = byCell[cellAt(r, f, m)]?.find(({ asked }) =>
      asked.every(({ values, condition }) => meets(values[row] as number, condition)),
    );
    const name = taking?.name ?? otherwise;
    if (name === undefined) throw new SegmentTableError(`No rule takes a customer with the scores ${r}-${f}-${m}.`);
    return name;
  };
}

/** The segments that a combination of scores can be in: one, unless rules over features part its customers. */
export function possibleSegments(
  { segmentTable, segmentRules }: SegmentDefinition,
  bins: ScoreBins,
): (rScore: number, fScore: number, mScore: number) => readonly string[] {
  if (segmentRules === undefined) {
    const compiled = compileSegmentTable(segmentTable, bins);
    return (r, f, m) => [segmentOf(compiled, r, f, m)];
  }
  const names = new Map<string, string[]>();
  for (const [name, cells] of Object.entries(segmentTable))
    for (const cell of cells) names.set(cell, [...(names.get(cell) ?? []), name]);
  return (r, f, m) => names.get(`${r}-${f}-${m}`) ?? [];
}

interface Rule {
  readonly name: string;
  readonly asked: readonly { readonly values: Float64Array; readonly condition: FeatureCondition }[];
}
