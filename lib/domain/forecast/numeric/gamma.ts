/**
 * The gamma function's logarithm and its derivatives for positive arguments: the argument is raised to 12 or more by
 * the recurrence, where the asymptotic series (Abramowitz and Stegun 6.1.41, 6.3.18, 6.4.12) is good to the last digits
 * of a double.
 */
const ASYMPTOTIC_FROM = 12;
const HALF_LOG_TWO_PI = 0.9189385332046727;

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  let product = 1;
  let at = x;
  for (; at < ASYMPTOTIC_FROM; at++) product *= at;
  const inverse = 1 / at;
  const square = inverse * inverse;
  const series =
    inverse *
    (1 / 12 -
      square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360360))))));
  return (at - 0.5) * Math.log(at) - at + HALF_LOG_TWO_PI + series - Math.log(product);
}

/** ln B(a, b) for a, b > 0. */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** ψ(x), the first derivative of ln Γ, for x > 0. */
export function digamma(x: number): number {
  let sum = 0;
  let at = x;
  for (; at < ASYMPTOTIC_FROM; at++) sum += 1 / at;
  const square = 1 / (at * at);
  const series =
    square *
    (1 / 12 -
      square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square * (1 / 132 - square * (691 / 32760))))));
  return Math.log(at) - 0.5 / at - series - sum;
}

/** ψ′(x), the second derivative of ln Γ, for x > 0. */
export function trigamma(x: number): number {
  let sum = 0;
  let at = x;
  for (; at < ASYMPTOTIC_FROM; at++) sum += 1 / (at * at);
  const inverse = 1 / at;
  const square = inverse * inverse;
  const series =
    inverse *
    square *
    (1 / 6 - square * (1 / 30 - square * (1 / 42 - square * (1 / 30 - square * (5 / 66 - square * (691 / 2730))))));
  return inverse + 0.5 * square + series + sum;
}
