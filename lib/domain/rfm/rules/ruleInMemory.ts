import { scoreColumns } from "../scoreFeatures.ts";
import { breakpointsInMemory, type CountedColumns, type ScorePlan } from "../scorePlan.ts";
import { perMeasure, type ScoreBins } from "../scoring.ts";
import { type BandPlan, CellCounts, type WeightedScore } from "../weightedScore.ts";
import { bandsOf, type SegmentSetting, segmentsOf } from "./segmentRules.ts";

export interface ScoringPlan {
  readonly scorePlan: ScorePlan;
  readonly bandPlan?: BandPlan | undefined;
  readonly segments: SegmentSetting;
}

/** The number of scores of each measure. */
export const binsOfPlan = (plan: ScorePlan): ScoreBins => perMeasure((measure) => plan[measure].bins);

/**
 * Scores of customers in memory, and the segments as a run over them would have defined them.
 * @param repeatEdges breakpoints by the shop's time between purchases, for the method repeat-interval.
 */
export function ruleInMemory(
  { scorePlan, bandPlan, segments }: ScoringPlan,
  columns: CountedColumns,
  repeatEdges: readonly number[],
) {
  const breakpoints = breakpointsInMemory(scorePlan, columns, repeatEdges);
  const scores = scoreColumns(breakpoints, columns);
  const bins = binsOfPlan(scorePlan);
  const weighted: WeightedScore | undefined =
    bandPlan === undefined ? undefined : new CellCounts(bins).add(scores).bandsOf(bandPlan);
  const definition = segmentsOf(segments, bins, weighted === undefined ? undefined : bandsOf(weighted));
  return { scores, rule: { ...breakpoints, ...definition } };
}
