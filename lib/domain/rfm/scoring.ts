/** The four edges between scores 1..5 of each measure: linearly interpolated 20/40/60/80 % quantiles. */
export interface ScoreEdges {
  readonly recencyDays: readonly number[];
  readonly frequency: readonly number[];
  readonly monetary: readonly number[];
}

/** Scores 1..5, higher is better for the shop (a recent customer has a high R). */
export interface RfmScores {
  readonly rScore: number;
  readonly fScore: number;
  readonly mScore: number;
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

/** R, F and M scores of one customer. */
export function scoreRfm(edges: ScoreEdges, recencyDays: number, frequency: number, monetary: number): RfmScores {
  return {
    rScore: scoreRecency(recencyDays, edges.recencyDays),
    fScore: scoreByEdges(frequency, edges.frequency),
    mScore: scoreByEdges(monetary, edges.monetary),
  };
}
