import { choleskyFactor, inverseOfFactored, type SymmetricMatrix, solveFactored } from "./matrix.ts";

/** A log-likelihood at one point, with its exact first and second derivatives in the parameters. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: readonly number[];
  readonly hessian: SymmetricMatrix;
}

export interface Maximum {
  readonly parameters: number[];
  readonly value: number;
  /** Inverse of the observed information, in the parameters themselves. */
  readonly covariance: number[][];
  readonly iterations: number;
}

/** Why there is no maximum to speak of, and the best value that was seen. */
export type Failure = { readonly value: number } & (
  | { readonly reason: "not-finite" }
  | { readonly reason: "not-converged"; readonly iterations: number }
  /** The likelihood still grows where this parameter leaves every sensible range. */
  | { readonly reason: "at-boundary"; readonly parameter: number; readonly direction: "zero" | "infinity" }
);

const MOST_ITERATIONS = 200;
/**
 * The log-likelihood that a last Newton step would still gain; parameters are then good to far more digits than they
 * are printed with.
 */
const GAIN_AT_MAXIMUM = 1e-10;
/**
 * A damped step that gains less than this leads nowhere: near a maximum no step needs damping. Searches that run away
 * along a flat ridge would go on like that for hundreds of steps.
 */
const GAIN_WORTH_DAMPING = 1e-5;
/**
 * Sums over hundreds of thousands of cells are right to so many parts; of what is gained below, the derivatives know
 * more than the sums.
 */
const ROUNDING_OF_SUMS = 1e-12;
/** No step changes a parameter by more than the factor e². */
const LONGEST_STEP = 2;
/** A parameter this many e-folds from its start has run away. */
const FARTHEST = 16;

/**
 * Newton's method on the logarithms of positive parameters, damped as Levenberg and Marquardt do until a step gains.
 * Deterministic: same function and start, same bytes.
 * @param start positive values.
 */
export function maximise(
  evaluate: (parameters: readonly number[]) => Evaluation,
  start: readonly number[],
): Maximum | Failure {
  let parameters = [...start];
  let now = evaluate(parameters);
  if (!Number.isFinite(now.value)) return { reason: "not-finite", value: now.value };
  for (let iteration = 1; iteration <= MOST_ITERATIONS; iteration++) {
    const { gradient, information } = inLogarithms(now, parameters);
    const step = climb(evaluate, { parameters, now, gradient, information });
    const away = parameters.findIndex((value, at) => Math.abs(Math.log(value / start[at])) > FARTHEST);
    if (away >= 0) {
      return {
        reason: "at-boundary",
        value: now.value,
        parameter: away,
        direction: parameters[away] < start[away] ? "zero" : "infinity",
      };
    }
    if (step === undefined) return { reason: "not-converged", iterations: iteration, value: now.value };
    if (step.isLast) return finish(now, parameters, iteration);
    ({ parameters, now } = step);
  }
  return { reason: "not-converged", iterations: MOST_ITERATIONS, value: now.value };
}

function finish(now: Evaluation, parameters: number[], iterations: number): Maximum | Failure {
  const factor = choleskyFactor(now.hessian.map((row) => row.map((value) => -value)));
  if (factor === undefined) return { reason: "not-converged", iterations, value: now.value };
  return { parameters, value: now.value, covariance: inverseOfFactored(factor), iterations };
}

/** Gradient, and minus the second derivatives, in the logarithms of the parameters. */
function inLogarithms({ gradient, hessian }: Evaluation, parameters: readonly number[]) {
  const scaled = gradient.map((value, at) => value * parameters[at]);
  const information = hessian.map((row, i) =>
    row.map((value, j) => -value * parameters[i] * parameters[j] - (i === j ? scaled[i] : 0)),
  );
  return { gradient: scaled, information };
}

interface Place {
  readonly parameters: number[];
  readonly now: Evaluation;
  readonly gradient: readonly number[];
  readonly information: SymmetricMatrix;
}

/** The next place; the last one when a full Newton step gains nothing; undefined when no step does. */
function climb(
  evaluate: (parameters: readonly number[]) => Evaluation,
  { parameters, now, gradient, information }: Place,
) {
  const size = Math.max(...information.map((row, at) => Math.abs(row[at])), 1e-300);
  for (let damping = 0; damping <= 1e12 * size; damping = damping === 0 ? 1e-9 * size : damping * 10) {
    const factor = choleskyFactor(information.map((row, i) => row.map((value, j) => value + (i === j ? damping : 0))));
    if (factor === undefined) continue;
    const full = solveFactored(factor, gradient);
    const gain = 0.5 * full.reduce((sum, value, at) => sum + value * gradient[at], 0);
    if (damping === 0 && gain < GAIN_AT_MAXIMUM) return { isLast: true, parameters, now };
    const longest = Math.max(...full.map(Math.abs));
    const scale = Math.min(1, LONGEST_STEP / longest);
    const next = parameters.map((value, at) => value * Math.exp(scale * full[at]));
    const there = evaluate(next);
    if (damping > 0 && there.value >= now.value && there.value - now.value < GAIN_WORTH_DAMPING) return undefined;
    // Near the top, a gain may be smaller than the rounding of the sum: Newton's own step is taken there all the same.
    const rounding = (damping === 0 ? ROUNDING_OF_SUMS : 1e-14) * Math.abs(now.value);
    if (there.value >= now.value - rounding) return { isLast: false, parameters: next, now: there };
  }
  return undefined;
}
