import type { ScoreBins } from "../scoring.ts";
import { compileSegmentTable, type SegmentTable, SegmentTableError } from "../segments.ts";
import { bandOf, type WeightedScore } from "../weightedScore.ts";
import { decide, featuresOf } from "./decide.ts";
import readyTables from "./readyTables.json" with { type: "json" };
import type { Bands, SegmentDefinition, SegmentRules } from "./types.ts";

/** A published table, with where it is from. */
export interface ReadyTable extends SegmentRules {
  readonly source: string;
  /** The scores that it is made for. */
  readonly bins: number;
}

export const READY_TABLES = readyTables as Readonly<Record<keyof typeof readyTables, ReadyTable>>;
export type ReadyTableName = keyof typeof READY_TABLES;
export const READY_TABLE_NAMES = Object.keys(readyTables) as [ReadyTableName, ...ReadyTableName[]];

/** What a shop calls its segments by: a table over cells, rules, a ready table by its name, or bands. */
export type SegmentSetting = SegmentTable | SegmentRules | ReadyTableName | typeof BANDS;

/** Each band of the weighted score is a segment. */
export const BANDS = "bands";

/**
 * The segments that a setting means, checked: every customer is in exactly one.
 * @throws SegmentTableError naming the cells that are in none or in two.
 */
export function segmentsOf(setting: SegmentSetting, bins: ScoreBins, bands?: Bands): SegmentDefinition {
  if (setting === BANDS) return bandSegments(bins, bands);
  if (typeof setting === "string") return readyTable(setting, bins);
  if (isRules(setting)) return decide(setting, bins, bands);
  compileSegmentTable(setting, bins);
  return { segmentTable: setting };
}

/** All bands for every combination of scores: what may be before customers are known. */
export const anyBand = (count: number | undefined): Bands | undefined =>
  count === undefined ? undefined : { count, at: () => Array.from({ length: count }, (_, i) => i + 1) };

/** The bands that customers fall into. */
export const bandsOf = (weighted: WeightedScore): Bands => ({
  count: weighted.edges.length + 1,
  at: (r, f, m) => [bandOf(weighted, r, f, m)],
});

function bandSegments(bins: ScoreBins, bands: Bands | undefined): SegmentDefinition {
  if (bands === undefined) throw new SegmentTableError("There are no bands to name segments by; set scores.weights.");
  const rules = Array.from({ length: bands.count }, (_, i) => bands.count - i).map((band) => ({
    ...{ name: `Band ${band}`, when: { band: [band] } },
  }));
  return decide({ rules, overlaps: "refuse" }, bins, bands);
}

/** Keys of the features that the rules of a setting look at. */
export function ruleFeatures(setting: SegmentSetting): string[] {
  if (typeof setting === "string" || !isRules(setting)) return [];
  return [...new Set(setting.rules.flatMap(({ when }) => Object.keys(featuresOf(when))))];
}

const isRules = (setting: SegmentTable | SegmentRules): setting is SegmentRules =>
  Object.hasOwn(setting, "overlaps") && Array.isArray(setting.rules);

function readyTable(name: ReadyTableName, bins: ScoreBins): SegmentDefinition {
  const table = READY_TABLES[name];
  const isMeantFor = Object.values(bins).every((count) => count === table.bins);
  if (isMeantFor) return decide(table, bins);
  throw new SegmentTableError(
    `The table ${name} is over ${table.bins} scores of each measure: set scores.bins to ${table.bins}.`,
  );
}
