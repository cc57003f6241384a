import { type PerMeasure, perMeasure, type ScoreBins, scoreByEdges } from "./scoring.ts";

/** The three scores as one number, and the bands that customers fall into by it. */
export interface WeightedScore {
  /** To three decimals. */
  readonly weights: PerMeasure<number>;
  /** Breakpoints between the bands, ascending: one fewer than there are bands. */
  readonly edges: readonly number[];
}

/** How the bands are asked for. */
export interface BandPlan {
  readonly weights: PerMeasure<number>;
  readonly bands: number;
}

interface Scores {
  readonly rScore: ArrayLike<number>;
  readonly fScore: ArrayLike<number>;
  readonly mScore: ArrayLike<number>;
}

const thousandths = (weights: PerMeasure<number>, r: number, f: number, m: number): number =>
  Math.round(weights.recencyDays * 1000) * r +
  Math.round(weights.frequency * 1000) * f +
  Math.round(weights.monetary * 1000) * m;

/** The weights times the scores, added up: in whole thousandths, so that equal sums are equal numbers. */
export const weightedScore = (weights: PerMeasure<number>, r: number, f: number, m: number): number =>
  thousandths(weights, r, f, m) / 1000;

/** The band of a customer by the three scores: 1 for the worst. */
export const bandOf = ({ weights, edges }: WeightedScore, r: number, f: number, m: number): number =>
  scoreByEdges(weightedScore(weights, r, f, m), edges);

/** How many customers have each combination of scores. */
export class CellCounts {
  readonly #bins: ScoreBins;
  readonly #counts: Float64Array;

  constructor(bins: ScoreBins) {
    this.#bins = bins;
    this.#counts = new Float64Array(bins.recencyDays * bins.frequency * bins.monetary);
  }

  add({ rScore, fScore, mScore }: Scores): this {
    const { frequency, monetary } = this.#bins;
    for (let i = 0; i < rScore.length; i++)
      this.#counts[((rScore[i] - 1) * frequency + fScore[i] - 1) * monetary + mScore[i] - 1]++;
    return this;
  }

  /** Bands as equal shares of the customers: between quantiles of their weighted scores, as those of scores. */
  bandsOf({ weights, bands }: BandPlan): WeightedScore {
    const { frequency, monetary } = this.#bins;
    const customers = new Map<number, number>();
    this.#counts.forEach((count, at) => {
      const [r, f, m] = [Math.floor(at / (frequency * monetary)), Math.floor(at / monetary) % frequency, at % monetary];
      const value = thousandths(weights, r + 1, f + 1, m + 1);
      if (count > 0) customers.set(value, (customers.get(value) ?? 0) + count);
    });
    const sorted = [...customers].sort(([a], [b]) => a - b);
    const total = sorted.reduce((sum, [, count]) => sum + count, 0);
    const edges = Array.from({ length: bands - 1 }, (_, i) => {
      const rank = (total - 1) * (i + 1);
      const low = atRank(sorted, Math.floor(rank / bands));
      const high = atRank(sorted, Math.min(total - 1, Math.floor(rank / bands) + 1));
      return (low * bands + (high - low) * (rank % bands)) / bands / 1000;
    });
    return { weights: perMeasure((measure) => weights[measure]), edges };
  }
}

/** The value of the customer of a rank, counted from 0. */
function atRank(sorted: readonly (readonly [value: number, count: number])[], rank: number): number {
  let below = 0;
  for (const [value, count] of sorted) {
    below += count;
    if (rank < below) return value;
  }
  return sorted.at(-1)?.[0] ?? 0;
}
