/** One value for each of the three measures that are scored. */
export interface PerMeasure<T> {
  readonly recencyDays: T;
  readonly frequency: T;
  readonly monetary: T;
}

export const MEASURES = [
  "recencyDays",
  "frequency",
  "monetary",
] as const satisfies readonly (keyof PerMeasure<unknown>)[];

/** The breakpoints between the scores of each measure, ascending: one fewer than there are scores. */
export type ScoreEdges = PerMeasure<readonly number[]>;

/** How many scores each measure has: 1..bins. */
export type ScoreBins = PerMeasure<number>;

/** For measures scored by ntile: the tie keys of the customers at the breakpoints, in the order of the edges. */
export type ScoreTies = Partial<PerMeasure<readonly string[] | undefined>>;

/** A feature that a measure is scored by in place of recency, frequency or monetary value itself. */
export interface ScoreMeasure {
  /** Its key. */
  readonly feature: string;
  /** What customers without a value are scored by. */
  readonly missing?: number | undefined;
}

export type ScoreMeasures = Partial<PerMeasure<ScoreMeasure | undefined>>;

/** Scores from 1 to the number of bins, higher is better for the shop (a recent customer has a high R). */
export interface RfmScores {
  readonly rScore: number;
  readonly fScore: number;
  readonly mScore: number;
}

/** One value for every measure. */
export function perMeasure<T>(of: (measure: keyof PerMeasure<unknown>) => T): PerMeasure<T> {
  return { recencyDays: of("recencyDays"), frequency: of("frequency"), monetary: of("monetary") };
}

/** The number of scores between breakpoints. */
export function binsOf(edges: ScoreEdges): ScoreBins {
  return perMeasure((measure) => edges[measure].length + 1);
}

/**
 * Score by value: 1 + the number of edges strictly below the value, so equal values always get equal scores.
 * Repeated edges (many customers with the same value) simply leave some scores unused.
 * @example
 * ```ts
 * scoreByEdges(25, [10, 20, 30, 40]); // → 3
 * scoreByEdges(20, [10, 20, 30, 40]); // → 2
 * ```
 */
export function scoreByEdges(value: number, edges: readonly number[]): number {
  let score = 1;
  for (const edge of edges) if (edge < value) score++;
  return score;
}

/** R score: recency counts in reverse, for a recent customer is a good one. */
export function scoreRecency(recencyDays: number, edges: readonly number[]): number {
  return edges.length + 2 - scoreByEdges(recencyDays, edges);
}

/**
 * Score under ntile: 1 + the number of breakpoints before the customer in the order of value, the worst first, and tie
 * key. A customer without a key counts as the first among equals.
 */
export function scoreByTiles(value: number, key: string | undefined, tiles: Tiles): number {
  const { edges, ties, isReversed } = tiles;
  let score = 1;
  for (let i = 0; i < edges.length; i++) {
    const ahead = isReversed ? edges[i] - value : value - edges[i];
    if (ahead > 0 || (ahead === 0 && key !== undefined && ties[i] < key)) score++;
  }
  return score;
}

export interface Tiles {
  readonly edges: readonly number[];
  readonly ties: readonly string[];
  /** Large values are bad, as of recency. */
  readonly isReversed: boolean;
}

/** R, F and M scores of one customer by the value alone. */
export function scoreRfm(edges: ScoreEdges, recencyDays: number, frequency: number, monetary: number): RfmScores {
  return {
    rScore: scoreRecency(recencyDays, edges.recencyDays),
    fScore: scoreByEdges(frequency, edges.frequency),
    mScore: scoreByEdges(monetary, edges.monetary),
  };
}
