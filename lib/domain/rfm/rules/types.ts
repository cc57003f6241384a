import type { SegmentTable } from "../segments.ts";
import type { FeatureConditions } from "./featureConditions.ts";

/** Scores that a segment takes; a measure that is left out may have any. */
export interface ScoreCondition {
  readonly r?: readonly number[] | undefined;
  readonly f?: readonly number[] | undefined;
  readonly m?: readonly number[] | undefined;
  /** F and M averaged, halves rounded up. */
  readonly fm?: readonly number[] | undefined;
  /** Bands of the weighted score. */
  readonly band?: readonly number[] | undefined;
}

/** The bands of the weighted score, where a shop has weights. */
export interface Bands {
  readonly count: number;
  /** Those that a combination of scores can be in: one, or all of them before customers are known. */
  readonly at: (r: number, f: number, m: number) => readonly number[];
}

/** Scores, and what features must be by their keys. */
export type RuleCondition = ScoreCondition & { readonly [feature: string]: unknown };

export interface SegmentRules {
  readonly rules: readonly { readonly name: string; readonly when: RuleCondition }[];
  /** What becomes of scores that two rules take: they are refused, or the first rule has them. */
  readonly overlaps: "refuse" | "first";
  /** The segment of scores that no rule takes; without it they are refused. */
  readonly otherwise?: string | undefined;
}

/** Rules that look at more than scores, in their order: the first that takes a customer names the segment. */
export interface FeatureRules {
  readonly rules: readonly {
    readonly name: string;
    /** Scores R-F-M that it takes. */
    readonly cells: readonly string[];
    readonly features?: FeatureConditions | undefined;
  }[];
  /** The segment of whom no rule takes; absent where every combination of scores is in a rule without features. */
  readonly otherwise?: string | undefined;
}

/** What names segments: a part of every model card. */
export interface SegmentDefinition {
  /** Each segment's cells; those where it can be, which others may share, where there are rules over features. */
  readonly segmentTable: SegmentTable;
  readonly segmentRules?: FeatureRules | undefined;
}
