import { featureTitle } from "../../clustering/space/features.ts";
import { conditionWords } from "../../rfm/rules/featureConditions.ts";
import { possibleSegments } from "../../rfm/rules/ruleReader.ts";
import type { SegmentDefinition } from "../../rfm/rules/types.ts";
import { binsOf, type ScoreEdges, type ScoreMeasure, type ScoreMeasures, type ScoreTies } from "../../rfm/scoring.ts";
import { cellName, combinedScore, frequencyMonetaryBins } from "../../rfm/segments.ts";
import type { Summary } from "../../run/summary.ts";
import type { Format } from "../format.ts";
import type { MapCell } from "../types.ts";
import { boughtAgain, total } from "../words.ts";

/** Who is in a segment, as it is defined, with the breakpoints of the run. */

/** How a run's scores and segments are defined. */
export interface ScoredSegments extends SegmentDefinition {
  readonly scoreEdges: ScoreEdges;
  /** Equal values may have different scores. */
  readonly scoreTies?: ScoreTies | undefined;
  /** What the scores are of, where it is not the usual. */
  readonly scoreMeasures?: ScoreMeasures | undefined;
}

/** The most days since the last purchase that still earn the recency score; undefined where every number does. */
export function longestDaysOf(score: number, edges: readonly number[]): number | undefined {
  const edge = edges[edges.length + 1 - score];
  return score <= 1 || edge === undefined ? undefined : Math.floor(edge);
}

type Range = readonly [low: number, high: number];

/** Which scores a segment has: the ranges of R and FM and the cells (R, FM), by its table and the numbers of bins. */
export function scoresOf(segment: string, { scoreEdges, ...definition }: ScoredSegments) {
  const bins = binsOf(scoreEdges);
  const segmentsAt = possibleSegments(definition, bins);
  const cells = new Map<string, Range>();
  for (let r = 1; r <= bins.recencyDays; r++)
    for (let f = 1; f <= bins.frequency; f++)
      for (let m = 1; m <= bins.monetary; m++) {
        const fm = combinedScore(bins, f, m);
        if (segmentsAt(r, f, m).includes(segment)) cells.set(cellName(r, fm, bins), [r, fm]);
      }
  const rangeOf = (of: (cell: Range) => number): Range => {
    const scores = [...cells.values()].map(of);
    return [Math.min(...scores), Math.max(...scores)];
  };
  return { bins, cells, r: rangeOf(([r]) => r), fm: rangeOf(([, fm]) => fm) };
}

/**
 * What is true of every customer of a segment by its cells, and how many of them bought again.
 * @returns sentences such as "Last purchase at most 40 days ago; score 4 or 5 for orders and spending."
 */
export function whoIsIn(
  segment: string,
  scored: ScoredSegments,
  map: readonly MapCell[],
  policy: Summary["policy"],
  format: Format,
): string {
  const { bins, cells, r, fm } = scoresOf(segment, scored);
  if (cells.size === 0) return "No combination of scores is in it.";
  const { scoreMeasures = {} } = scored;
  const byRecency = scoreMeasures.recencyDays;
  const facts = [
    byRecency === undefined
      ? recencyFact(r, scored.scoreEdges.recencyDays, scored.scoreTies?.recencyDays !== undefined, format)
      : scoreFact(r, bins.recencyDays, measureWords(byRecency), format),
    scoreFact(fm, frequencyMonetaryBins(bins), `${valueWords(scoreMeasures)} together`, format),
    ruleFact(segment, scored, format),
  ].filter((fact) => fact !== "");
  const definition = facts.length === 0 ? "whenever they bought and whatever they spent" : facts.join("; ");
  const own = map.filter((cell) => cell.segment === segment);
  const customers = total(own, (cell) => cell.customers);
  const again = total(own, (cell) => cell.repeatCustomers);
  const repeat = customers === 0 ? "" : ` ${format.count(again)} of ${format.count(customers)} ${boughtAgain(policy)}.`;
  return `${definition.charAt(0).toUpperCase()}${definition.slice(1)}.${repeat}`;
}

/** @param hasTies customers at a breakpoint may be on either side of it. */
function recencyFact([low, high]: Range, edges: readonly number[], hasTies: boolean, format: Format): string {
  const before = longestDaysOf(high + 1, edges);
  const least = before === undefined || !hasTies ? before : before - 1;
  const longest = longestDaysOf(low, edges);
  if (longest !== undefined && least !== undefined)
    return least + 1 >= longest
      ? `last purchase ${days(longest, format)} ago`
      : `last purchase ${format.count(least + 1)} to ${days(longest, format)} ago`;
  if (longest !== undefined) return `last purchase at most ${days(longest, format)} ago`;
  return least === undefined ? "" : `last purchase more than ${days(least, format)} ago`;
}

const days = (count: number, format: Format): string => `${format.count(count)} ${count === 1 ? "day" : "days"}`;

/** What its rules ask beside scores, or that it is the rest. */
function ruleFact(segment: string, { segmentRules }: ScoredSegments, format: Format): string {
  if (segmentRules === undefined) return "";
  const own = segmentRules.rules.filter(({ name }) => name === segment);
  const rules = own.map(({ features = {} }) =>
    Object.entries(features)
      .map(
        ([key, asked]) =>
          `${measureWords({ feature: key })} ${conditionWords(asked, (value) => format.decimal(value, 4))}`,
      )
      .join(", "),
  );
  const rest = segmentRules.otherwise === segment ? ["in no rule that comes before"] : [];
  return [...rules, ...rest].filter((fact) => fact !== "").join(", or ");
}

const measureWords = ({ feature }: ScoreMeasure): string => {
  const title = featureTitle(feature);
  return `${title.charAt(0).toLowerCase()}${title.slice(1)}`;
};

/** What F and M are of. */
function valueWords({ frequency, monetary }: ScoreMeasures): string {
  const words = [
    frequency === undefined ? "orders" : measureWords(frequency),
    monetary === undefined ? "spending" : measureWords(monetary),
  ];
  return words.join(" and ");
}

function scoreFact([low, high]: Range, most: number, of: string, format: Format): string {
  if (low === 1 && high === most) return "";
  const end = low === high ? "" : `${high - low === 1 ? " or " : " to "}${format.count(high)}`;
  return `score ${format.count(low)}${end} of ${format.count(most)} for ${of}`;
}
