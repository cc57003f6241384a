import type { ScoreBins } from "../scoring.ts";
import { compileSegmentTable, type SegmentTable, SegmentTableError } from "../segments.ts";
import { decide, featuresOf } from "./decide.ts";
import readyTables from "./readyTables.json" with { type: "json" };
import type { SegmentDefinition, SegmentRules } from "./types.ts";

/** A published table, with where it is from. */
export interface ReadyTable extends SegmentRules {
  readonly source: string;
  /** The scores that it is made for. */
  readonly bins: number;
}

export const READY_TABLES = readyTables as Readonly<Record<keyof typeof readyTables, ReadyTable>>;
export type ReadyTableName = keyof typeof READY_TABLES;
export const READY_TABLE_NAMES = Object.keys(readyTables) as [ReadyTableName, ...ReadyTableName[]];

/** What a shop calls its segments by: a table over cells, rules, or the name of a ready table. */
export type SegmentSetting = SegmentTable | SegmentRules | ReadyTableName;

/**
 * The segments that a setting means, checked: every customer is in exactly one.
 * @throws SegmentTableError naming the cells that are in none or in two.
 */
export function segmentsOf(setting: SegmentSetting, bins: ScoreBins): SegmentDefinition {
  const definition = typeof setting === "string" ? readyTable(setting, bins) : definitionOf(setting, bins);
  if (definition.segmentRules === undefined) compileSegmentTable(definition.segmentTable, bins);
  return definition;
}

/** Keys of the features that the rules of a setting look at. */
export function ruleFeatures(setting: SegmentSetting): string[] {
  if (typeof setting === "string" || !isRules(setting)) return [];
  return [...new Set(setting.rules.flatMap(({ when }) => Object.keys(featuresOf(when))))];
}

const isRules = (setting: SegmentTable | SegmentRules): setting is SegmentRules =>
  Object.hasOwn(setting, "overlaps") && Array.isArray(setting.rules);

const definitionOf = (setting: SegmentTable | SegmentRules, bins: ScoreBins): SegmentDefinition =>
  isRules(setting) ? decide(setting, bins) : { segmentTable: setting };

function readyTable(name: ReadyTableName, bins: ScoreBins): SegmentDefinition {
  const table = READY_TABLES[name];
  const isMeantFor = Object.values(bins).every((count) => count === table.bins);
  if (isMeantFor) return decide(table, bins);
  throw new SegmentTableError(
    `The table ${name} is over ${table.bins} scores of each measure: set scores.bins to ${table.bins}.`,
  );
}
