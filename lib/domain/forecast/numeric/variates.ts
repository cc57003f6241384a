import type { Random } from "../../clustering/fit/random.ts";

/** A uniform number inside (0, 1): never an end, for its logarithm is taken. */
const inside = (random: Random): number => (random() * 4_294_967_296 + 0.5) / 4_294_967_296;

/** From the exponential distribution with mean 1. */
export const exponential = (random: Random): number => -Math.log(inside(random));

/** From the standard normal distribution, by Marsaglia's polar method. */
export function normal(random: Random): number {
  for (;;) {
    const x = 2 * inside(random) - 1;
    const y = 2 * inside(random) - 1;
    const square = x * x + y * y;
    if (square < 1 && square > 0) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}

/** From the gamma distribution with scale 1 (Marsaglia and Tsang 2000). */
export function gamma(random: Random, shape: number): number {
  // Below one: Gamma(shape + 1) times a power of a uniform number.
  if (shape < 1) return gamma(random, shape + 1) * inside(random) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(inside(random)) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** From the beta distribution. */
export function beta(random: Random, a: number, b: number): number {
  const x = gamma(random, a);
  const y = gamma(random, b);
  // Both may be below the least double where a and b are tiny: then it is one end or the other.
  return x + y > 0 ? x / (x + y) : random() < a / (a + b) ? 1 : 0;
}
