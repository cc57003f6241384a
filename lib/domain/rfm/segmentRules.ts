import readyTables from "./readyTables.json" with { type: "json" };
import type { ScoreBins } from "./scoring.ts";
import {
  combinedScore,
  compileSegmentTable,
  frequencyMonetaryBins,
  type SegmentTable,
  SegmentTableError,
} from "./segments.ts";

/** Scores that a segment takes; a measure that is left out may have any. */
export interface ScoreCondition {
  readonly r?: readonly number[] | undefined;
  readonly f?: readonly number[] | undefined;
  readonly m?: readonly number[] | undefined;
  /** F and M averaged, halves rounded up. */
  readonly fm?: readonly number[] | undefined;
}

export interface SegmentRules {
  readonly rules: readonly { readonly name: string; readonly when: ScoreCondition }[];
  /** What becomes of scores that two rules take: they are refused, or the first rule has them. */
  readonly overlaps: "refuse" | "first";
  /** The segment of scores that no rule takes; without it they are refused. */
  readonly otherwise?: string | undefined;
}

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

/** Cells that a message names. */
const SHOWN_CELLS = 12;

/**
 * The table of segments that a setting means, checked: every combination of scores is in exactly one.
 * @throws SegmentTableError naming the cells that are in none or in two.
 */
export function segmentTableOf(setting: SegmentSetting, bins: ScoreBins): SegmentTable {
  const table =
    typeof setting === "string" ? readyTable(setting, bins) : isRules(setting) ? tableOfRules(setting, bins) : setting;
  compileSegmentTable(table, bins);
  return table;
}

const isRules = (setting: SegmentTable | SegmentRules): setting is SegmentRules =>
  Object.hasOwn(setting, "overlaps") && Array.isArray(setting.rules);

function readyTable(name: ReadyTableName, bins: ScoreBins): SegmentTable {
  const table = READY_TABLES[name];
  const isMeantFor = Object.values(bins).every((count) => count === table.bins);
  if (isMeantFor) return tableOfRules(table, bins);
  throw new SegmentTableError(
    `The table ${name} is over ${table.bins} scores of each measure: set scores.bins to ${table.bins}.`,
  );
}

/** Cells R-F-M of each segment, in the order of the rules. @throws SegmentTableError */
function tableOfRules({ rules, overlaps, otherwise }: SegmentRules, bins: ScoreBins): SegmentTable {
  checkScores(rules, bins);
  const table = new Map<string, string[]>(rules.map(({ name }) => [name, []]));
  const [none, twice]: [string[], string[]] = [[], []];
  for (let r = 1; r <= bins.recencyDays; r++)
    for (let f = 1; f <= bins.frequency; f++)
      for (let m = 1; m <= bins.monetary; m++) {
        const taking = rules.filter(({ when }) => takes(when, { r, f, m, fm: combinedScore(bins, f, m) }));
        const names = [...new Set(taking.map(({ name }) => name))];
        if (names.length > 1) twice.push(`${r}-${f}-${m} (${names.join(", ")})`);
        const name = names[0] ?? otherwise;
        if (name === undefined) none.push(`${r}-${f}-${m}`);
        else table.set(name, [...(table.get(name) ?? []), `${r}-${f}-${m}`]);
      }
  if (none.length > 0)
    throw new SegmentTableError(
      `No rule takes the scores R-F-M ${listed(none)}; add a rule, or "otherwise" with a name for the rest.`,
    );
  if (twice.length > 0 && overlaps === "refuse")
    throw new SegmentTableError(
      `Several rules take the scores R-F-M ${listed(twice)}; part them, or set "overlaps" to "first".`,
    );
  return Object.fromEntries(table);
}

function takes(when: ScoreCondition, scores: Readonly<Record<keyof ScoreCondition, number>>): boolean {
  return (Object.keys(scores) as (keyof ScoreCondition)[]).every(
    (measure) => when[measure] === undefined || when[measure].includes(scores[measure]),
  );
}

function checkScores(rules: SegmentRules["rules"], bins: ScoreBins): void {
  const most = { r: bins.recencyDays, f: bins.frequency, m: bins.monetary, fm: frequencyMonetaryBins(bins) };
  for (const { name, when } of rules)
    for (const measure of ["r", "f", "m", "fm"] as const) {
      const wrong = when[measure]?.find((score) => score > most[measure]);
      if (wrong !== undefined)
        throw new SegmentTableError(
          `Rule "${name}": ${measure} has no score ${wrong}; it goes from 1 to ${most[measure]}.`,
        );
    }
}

const listed = (cells: readonly string[]): string =>
  cells.length <= SHOWN_CELLS
    ? cells.join(", ")
    : `${cells.slice(0, SHOWN_CELLS).join(", ")} and ${cells.length - SHOWN_CELLS} more`;
