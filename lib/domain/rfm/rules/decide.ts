import type { ScoreBins } from "../scoring.ts";
import { combinedScore, frequencyMonetaryBins, SegmentTableError } from "../segments.ts";
import { type FeatureConditions, overlap } from "./featureConditions.ts";
import type { Bands, RuleCondition, ScoreCondition, SegmentDefinition, SegmentRules } from "./types.ts";

/** Cells that a message names. */
const SHOWN_CELLS = 12;

const SCORES: readonly string[] = ["r", "f", "m", "fm", "band"] satisfies (keyof ScoreCondition)[];

/** The part of a condition that is about features. */
export function featuresOf(when: RuleCondition): FeatureConditions {
  const entries = Object.entries(when).filter(([key, value]) => !SCORES.includes(key) && value !== undefined);
  return Object.fromEntries(entries as [string, FeatureConditions[string]][]);
}

/**
 * Cells R-F-M of each segment, in the order of the rules.
 * @param bands where a cell may be in several, so many segments share it. @throws SegmentTableError
 */
export function decide(
  { rules: given, overlaps, otherwise }: SegmentRules,
  bins: ScoreBins,
  bands?: Bands,
): SegmentDefinition {
  checkScores(given, bins, bands);
  const rules = given.map(({ name, when }) => ({ name, when, features: featuresOf(when), cells: [] as string[] }));
  const rest: string[] = [];
  const [none, twice]: [string[], string[]] = [[], []];
  const all = cellsOf(bins, given.some(({ when }) => when.band !== undefined) ? bands : undefined);
  for (const { cell, scores } of all) {
    const taking = rules.filter(({ when }) => takes(when, scores));
    const disputed = taking.filter((rule) =>
      taking.some((other) => other.name !== rule.name && areBothMet(rule, other)),
    );
    if (disputed.length > 0) twice.push(`${cell} (${[...new Set(disputed.map(({ name }) => name))].join(", ")})`);
    // Whoever is not asked about features is all that is left; rules behind take nobody there.
    const last = taking.findIndex(({ features }) => Object.keys(features).length === 0);
    for (const { cells } of last < 0 ? taking : taking.slice(0, last + 1)) if (cells.at(-1) !== cell) cells.push(cell);
    if (last < 0 && otherwise === undefined && none.at(-1) !== cell) none.push(cell);
    if (last < 0) rest.push(cell);
  }
  const asksFeatures = rules.some(({ features }) => Object.keys(features).length > 0);
  refuse(none, overlaps === "refuse" ? twice : [], asksFeatures);
  const names = [...new Set([...rules.map(({ name }) => name), ...(rest.length > 0 ? [otherwise as string] : [])])];
  const ofName = (name: string): string[] => [
    ...rules.filter((rule) => rule.name === name).flatMap(({ cells }) => cells),
    ...(name === otherwise ? rest : []),
  ];
  const segmentTable = Object.fromEntries(names.map((name) => [name, inOrder(ofName(name), all)]));
  if (!asksFeatures) return { segmentTable };
  const listed = rules.map(({ name, cells, features }) => ({
    ...{ name, cells },
    ...(Object.keys(features).length === 0 ? {} : { features }),
  }));
  return { segmentTable, segmentRules: { rules: listed, ...(rest.length === 0 ? {} : { otherwise }) } };
}

const areBothMet = (
  a: { readonly features: FeatureConditions },
  b: { readonly features: FeatureConditions },
): boolean => overlap(a.features, b.features);

function refuse(none: readonly string[], twice: readonly string[], asksFeatures: boolean): void {
  const why = asksFeatures ? " whatever the customer's features" : "";
  if (none.length > 0)
    throw new SegmentTableError(
      `No rule takes the scores R-F-M ${listed(none)}${why}; add a rule, or "otherwise" with a name for the rest.`,
    );
  if (twice.length > 0)
    throw new SegmentTableError(
      `Several rules take the scores R-F-M ${listed(twice)}; part them, or set "overlaps" to "first".`,
    );
}

interface ScoredCell {
  readonly cell: string;
  readonly scores: Readonly<Record<keyof ScoreCondition, number>>;
}

/** Every combination of scores, in the order of R, F and M, once for each band that it can be in. */
function cellsOf(bins: ScoreBins, bands: Bands | undefined): ScoredCell[] {
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
  return upTo(bins.recencyDays).flatMap((r) =>
    upTo(bins.frequency).flatMap((f) =>
      upTo(bins.monetary).flatMap((m) =>
        (bands?.at(r, f, m) ?? [0]).map((band) => ({
          cell: `${r}-${f}-${m}`,
          scores: { r, f, m, fm: combinedScore(bins, f, m), band },
        })),
      ),
    ),
  );
}

/** Each cell once, in the order of R, F and M. */
function inOrder(cells: readonly string[], all: readonly { readonly cell: string }[]): string[] {
  const own = new Set(cells);
  return all.flatMap(({ cell }, i) => (own.has(cell) && all[i - 1]?.cell !== cell ? [cell] : []));
}

function takes(when: ScoreCondition, scores: Readonly<Record<keyof ScoreCondition, number>>): boolean {
  return (Object.keys(scores) as (keyof ScoreCondition)[]).every(
    (measure) => when[measure] === undefined || when[measure].includes(scores[measure]),
  );
}

function checkScores(rules: SegmentRules["rules"], bins: ScoreBins, bands: Bands | undefined): void {
  const fm = frequencyMonetaryBins(bins);
  const most = { r: bins.recencyDays, f: bins.frequency, m: bins.monetary, fm, band: bands?.count ?? 0 };
  for (const { name, when } of rules)
    for (const measure of ["r", "f", "m", "fm", "band"] as const) {
      if (measure === "band" && when.band !== undefined && bands === undefined)
        throw new SegmentTableError(`Rule "${name}": there are no bands; set scores.weights.`);
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
