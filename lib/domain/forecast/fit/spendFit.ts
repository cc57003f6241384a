import { digamma, logGamma, trigamma } from "../numeric/gamma.ts";
import { type Evaluation, maximise } from "../numeric/maximise.ts";
import type { FitOrFailure, SpendCells, SpendParameters } from "../types.ts";

const NAMES = ["p", "q", "gamma"] as const;

/** Maximum likelihood of the Gamma-Gamma model over the cells. @param start parameters nearby, for a repeated fit. */
export function fitSpend(cells: SpendCells, start?: SpendParameters): FitOrFailure<SpendParameters> {
  const customers = cells.customers.reduce((total, count) => total + count, 0);
  const mean = cells.meanSpend.reduce((total, spend, at) => total + spend * cells.customers[at], 0) / customers;
  const first = start ?? { p: 3, q: 3, gamma: (2 * mean) / 3 };
  const found = maximise(([p, q, gamma]) => evaluateSpend(cells, { p, q, gamma }), [first.p, first.q, first.gamma]);
  if ("reason" in found) {
    return {
      isFitted: false,
      failure: found,
      parameter: found.reason === "at-boundary" ? NAMES[found.parameter] : null,
    };
  }
  const { value, covariance, iterations } = found;
  return {
    isFitted: true,
    parameters: named(found.parameters),
    standardErrors: named(covariance.map((row, at) => Math.sqrt(row[at]))),
    ...{ logLikelihood: value, customers, cells: cells.customers.length, iterations },
  };
}

const named = ([p, q, gamma]: readonly number[]): SpendParameters => ({ p, q, gamma });

/**
 * The log-likelihood of all cells with exact first and second derivatives in p, q, gamma (equation 1a of Fader and
 * Hardie 2013).
 */
export function evaluateSpend(cells: SpendCells, { p, q, gamma }: SpendParameters): Evaluation {
  let [value, dp, dq, dGamma] = [0, 0, 0, 0];
  let [pp, pq, pGamma, qq, qGamma, gammaGamma] = [0, 0, 0, 0, 0, 0];
  let [ofX, logBetaOfX, both, own, bothSlope, ownSlope] = [-1, 0, 0, 0, 0, 0];
  const [ofQ, slopeOfQ] = [digamma(q), trigamma(q)];
  const logGammaParameter = Math.log(gamma);
  for (let at = 0; at < cells.customers.length; at++) {
    const x = cells.repeatOrders[at];
    const n = cells.customers[at];
    if (x !== ofX) {
      ofX = x;
      logBetaOfX = logGamma(p * x + q) - logGamma(p * x) - logGamma(q) + p * x * Math.log(x);
      [both, own] = [digamma(p * x + q), digamma(p * x)];
      [bothSlope, ownSlope] = [trigamma(p * x + q), trigamma(p * x)];
    }
    const scale = gamma + x * cells.meanSpend[at];
    const logScale = Math.log(scale);
    const logMean = Math.log(cells.meanSpend[at]);
    value += n * (logBetaOfX + q * logGammaParameter + (p * x - 1) * logMean - (p * x + q) * logScale);
    dp += n * x * (both - own + logMean + Math.log(x) - logScale);
    dq += n * (both - ofQ + logGammaParameter - logScale);
    dGamma += n * (q / gamma - (p * x + q) / scale);
    pp += n * x * x * (bothSlope - ownSlope);
    pq += n * x * bothSlope;
    pGamma -= (n * x) / scale;
    qq += n * (bothSlope - slopeOfQ);
    qGamma += n * (1 / gamma - 1 / scale);
    gammaGamma += n * ((p * x + q) / (scale * scale) - q / (gamma * gamma));
  }
  return {
    value,
    gradient: [dp, dq, dGamma],
    hessian: [
      [pp, pq, pGamma],
      [pq, qq, qGamma],
      [pGamma, qGamma, gammaGamma],
    ],
  };
}
