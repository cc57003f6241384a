import { type Random, randomInteger } from "../fit/random.ts";
import { drawPoint, seedCentroids } from "../fit/seed.ts";
import { createLevel, labelLevel } from "../sketch/points.ts";
import { fitFrom, mixtureOfLabels } from "./em.ts";
import type { CovarianceType, FittedMixture, Mixture, MixtureLevel } from "./types.ts";

/** Starts from greedy k-means++. */
const SEEDED = 3;
/**
 * Starts from greedy k-means++ with one feature so many times as wide, for each feature: where rows lie on atoms (one
 * order, two orders, …), the likeliest components are slices of that feature, which even starts hardly ever find.
 */
const STRETCH = 4;
/** Starts whose first steps promised most; they go on. */
const KEPT = 4;
/** Components moved elsewhere since the last success. */
const PATIENCE = 8;
const EXPLORE = { maxIterations: 15, tolerance: 1e-3 };
const CONTINUE = { maxIterations: 80, tolerance: 1e-5 };
const TRIAL = { maxIterations: 12, tolerance: 1e-3 };
/** Gains below this, in nats per row, are no better place but more steps in the same one. */
const LEAST_GAIN = 1e-4;

export interface MixtureRequest {
  readonly k: number;
  readonly covariance: CovarianceType;
  readonly floor: number;
  /** Mixtures of k components to start from as well, of any covariance type. */
  readonly given: readonly Mixture[];
  /** The best mixture of k − 1 components. */
  readonly fewer?: Mixture | undefined;
}

/**
 * The likeliest mixture that a search over a level finds: expectation-maximisation from given mixtures, from k − 1
 * components with one more and from greedy k-means++; then components are moved from where they are missed least to
 * other points, for as long as that pays.
 */
export function searchMixture(level: MixtureLevel, request: MixtureRequest, random: Random): FittedMixture {
  const { k, covariance, floor, given, fewer } = request;
  const starts = [
    ...given.map((mixture) => ({ ...mixture, covariance })),
    ...(fewer === undefined ? [] : [withComponent(level, fewer, random), withComponent(level, fewer, random)]),
    ...Array.from({ length: SEEDED }, () => seededMixture(level, k, covariance, floor, random)),
    ...Array.from({ length: level.dimensions }, (_, j) => seededMixture(level, k, covariance, floor, random, j)),
  ];
  const explored = likeliestFirst(starts.map((start) => fitFrom(level, start, { floor, ...EXPLORE })));
  const ends = explored.slice(0, KEPT).map((mixture) => fitFrom(level, mixture, { floor, ...CONTINUE }));
  const [best] = likeliestFirst(ends);
  return k < 2 ? best : moveComponents(level, best, floor, random);
}

/** The mixture of the partition into k that greedy k-means++ starts with. @param stretched a feature to tell apart. */
export function seededMixture(
  level: MixtureLevel,
  k: number,
  covariance: CovarianceType,
  floor: number,
  random: Random,
  stretched = -1,
): Mixture {
  const { count: rows, dimensions: columns, points, weights } = level;
  const data =
    stretched < 0 ? points : points.map((value, at) => (at % columns === stretched ? STRETCH * value : value));
  const flat = createLevel({ points: { rows, columns, data }, weights, withinCellInertia: 0 });
  labelLevel(flat, seedCentroids(flat, k, new Float64Array(0), random), k);
  return mixtureOfLabels(level, flat.labels, k, covariance, floor);
}

function moveComponents(level: MixtureLevel, from: FittedMixture, floor: number, random: Random): FittedMixture {
  let best = from;
  for (let failures = 0; failures < PATIENCE; failures++) {
    // The lightest is missed least as a rule, but not always.
    const removed = failures % 2 === 0 ? lightest(best) : randomInteger(random, best.k);
    const start = withComponent(level, withoutComponent(best, removed), random);
    const tried = fitFrom(level, start, { floor, ...TRIAL });
    if (tried.logLikelihood < best.logLikelihood - 100 * LEAST_GAIN) continue;
    const ended = fitFrom(level, tried, { floor, ...CONTINUE });
    if (ended.logLikelihood < best.logLikelihood + LEAST_GAIN) continue;
    best = ended;
    failures = -1;
  }
  return best;
}

/** One more component at a point drawn by weight, a k-th of the whole and as narrow as that. */
function withComponent(level: MixtureLevel, mixture: Mixture, random: Random): Mixture {
  const { k, dimensions: d, weights, means, covariances } = mixture;
  const size = d * d;
  const point = drawPoint(level.weights, level.totalWeight, random) * d;
  const more = {
    ...mixture,
    k: k + 1,
    weights: Float64Array.of(...weights.map((weight) => (weight * k) / (k + 1)), 1 / (k + 1)),
    means: Float64Array.of(...means, ...level.points.subarray(point, point + d)),
    covariances: new Float64Array((k + 1) * size),
  };
  more.covariances.set(covariances);
  // Under one covariance for all, that is the new one's, too.
  if (mixture.covariance === "tied") more.covariances.set(covariances.subarray(0, size), k * size);
  else for (let a = 0; a < d; a++) more.covariances[k * size + a * d + a] = 1 / (k + 1);
  return more;
}

function withoutComponent(mixture: Mixture, removed: number): Mixture {
  const { k, dimensions: d, weights } = mixture;
  const others = (values: Float64Array, width: number): Float64Array =>
    values.filter((_, at) => Math.floor(at / width) !== removed);
  const rest = Math.max(1 - weights[removed], Number.EPSILON);
  return {
    ...mixture,
    k: k - 1,
    weights: others(weights, 1).map((weight) => weight / rest),
    means: others(mixture.means, d),
    covariances: others(mixture.covariances, d * d),
  };
}

const lightest = ({ weights }: Mixture): number => weights.indexOf(Math.min(...weights));

const likeliestFirst = (mixtures: readonly FittedMixture[]): FittedMixture[] =>
  [...mixtures].sort((a, b) => b.logLikelihood - a.logLikelihood);
