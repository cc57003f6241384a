import { evaluateLifetime } from "../numeric/lifetimeLikelihood.ts";
import { type Failure, maximise } from "../numeric/maximise.ts";
import type { Fit, FitFailure, FitOrFailure, LifetimeCells, LifetimeModel, LifetimeParameters } from "../types.ts";

const NAMES = ["r", "alpha", "a", "b"] as const;

/**
 * Maximum likelihood over the cells, from a start that knows the unit of time by the mean age.
 * @param start parameters nearby, for a repeated fit; where nobody leaves in them (a = 0), nobody does in the fit
 * either.
 */
export function fitLifetime(
  model: LifetimeModel,
  cells: LifetimeCells,
  start?: LifetimeParameters,
): FitOrFailure<LifetimeParameters> {
  if (start?.a === 0) {
    const { fitted, failure } = fitOrdersAlone(model, cells, start);
    return fitted === undefined ? { isFitted: false, failure, parameter: null } : { isFitted: true, ...fitted };
  }
  const customers = sum(cells.customers);
  const meanAge = cells.age.reduce((total, age, at) => total + age * cells.customers[at], 0) / customers;
  const first = start ?? { r: 0.5, alpha: 0.3 * meanAge, a: 0.7, b: 2 };
  const found = maximise(
    ([r, alpha, a, b]) => evaluateLifetime(model, cells, { r, alpha, a, b }),
    [first.r, first.alpha, first.a, first.b],
  );
  if ("reason" in found) return fitWithoutLeaving(model, cells, first, found);
  const { value, covariance, iterations } = found;
  return {
    isFitted: true,
    parameters: named(found.parameters),
    standardErrors: named(covariance.map((row, at) => Math.sqrt(row[at]))),
    ...{ logLikelihood: value, customers, cells: cells.age.length, iterations },
  };
}

/** A likelihood this much below the best that was seen is another fit. */
const SAME_LIKELIHOOD = 1e-3;

/**
 * Where customers are not seen to leave, the likelihood grows as a goes to zero: the limit is the negative binomial
 * distribution (Ehrenberg 1959), with a = 0, and b means nothing. Only if that is as likely as where the search ended.
 */
function fitWithoutLeaving(
  model: LifetimeModel,
  cells: LifetimeCells,
  start: LifetimeParameters,
  ended: Failure,
): FitOrFailure<LifetimeParameters> {
  const failure: FitFailure = {
    isFitted: false,
    failure: ended,
    parameter: ended.reason === "at-boundary" ? NAMES[ended.parameter] : null,
  };
  if (ended.reason === "not-finite") return failure;
  const { fitted } = fitOrdersAlone(model, cells, start);
  if (fitted === undefined || fitted.logLikelihood < ended.value - SAME_LIKELIHOOD) return failure;
  return { isFitted: true, ...fitted };
}

type OrdersAlone =
  | { readonly fitted: Fit<LifetimeParameters>; readonly failure?: undefined }
  | { readonly fitted?: undefined; readonly failure: Failure };

/** The fit with a = 0: two parameters, and no search that runs away. */
function fitOrdersAlone(model: LifetimeModel, cells: LifetimeCells, start: LifetimeParameters): OrdersAlone {
  const found = maximise(
    ([r, alpha]) => {
      const { value, gradient, hessian } = evaluateLifetime(model, cells, { r, alpha, a: 0, b: 1 });
      return { value, gradient: gradient.slice(0, 2), hessian: hessian.slice(0, 2).map((row) => row.slice(0, 2)) };
    },
    [start.r, start.alpha],
  );
  if ("reason" in found) return { failure: found };
  const [r, alpha] = found.parameters;
  const [ofR, ofAlpha] = found.covariance.map((row, at) => Math.sqrt(row[at]));
  return {
    fitted: {
      parameters: { r, alpha, a: 0, b: 1 },
      standardErrors: { r: ofR, alpha: ofAlpha, a: Number.NaN, b: Number.NaN },
      ...{ logLikelihood: found.value, customers: sum(cells.customers), cells: cells.age.length },
      iterations: found.iterations,
    },
  };
}

const named = ([r, alpha, a, b]: readonly number[]): LifetimeParameters => ({ r, alpha, a, b });
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
