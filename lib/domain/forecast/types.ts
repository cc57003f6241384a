import type { Failure } from "./numeric/maximise.ts";

/**
 * BG/NBD (Fader, Hardie and Lee 2005), or MBG/NBD, where customers may leave after their first order too (Batislam et
 * al. 2007).
 */
export type LifetimeModel = "bg-nbd" | "mbg-nbd";
export const LIFETIME_MODELS = ["bg-nbd", "mbg-nbd"] as const;

/**
 * Customers counted by what the lifetime models see of them, a column each. Ordered by `repeatOrders`; times in one
 * unit throughout.
 */
export interface LifetimeCells {
  /** Days with an order after the first such day. */
  readonly repeatOrders: Float64Array;
  /** From the first to the last order. */
  readonly recency: Float64Array;
  /** From the first order to the day of the forecast. */
  readonly age: Float64Array;
  readonly customers: Float64Array;
}

/** With what these customers spent, for sums over them. */
export interface CustomerCells extends LifetimeCells {
  /** Money of the repeat orders of all customers of the cell, a customer's being zero at least. */
  readonly totalRepeatSpend: Float64Array;
}

/**
 * Orders come at random with a rate of its own for each customer, rates being Gamma(r, alpha); after an order a
 * customer leaves with a probability of its own, these being Beta(a, b). `alpha` is in units of time.
 */
export interface LifetimeParameters {
  readonly r: number;
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

/** Repeat buyers counted by repeat orders and their mean amount, ordered by `repeatOrders`. */
export interface SpendCells {
  readonly repeatOrders: Float64Array;
  /** Mean amount of a repeat order, above zero. */
  readonly meanSpend: Float64Array;
  readonly customers: Float64Array;
}

/**
 * Gamma-Gamma (Colombo and Jiang 1999; Fader and Hardie 2013): amounts are Gamma(p, ν) around a customer's mean, ν
 * being Gamma(q, gamma).
 */
export interface SpendParameters {
  readonly p: number;
  readonly q: number;
  readonly gamma: number;
}

/** Maximum-likelihood estimates. */
export interface Fit<Parameters> {
  readonly parameters: Parameters;
  /** NaN for what the data say nothing of. */
  readonly standardErrors: Parameters;
  readonly logLikelihood: number;
  readonly customers: number;
  readonly cells: number;
  readonly iterations: number;
}

export interface FitFailure {
  readonly isFitted: false;
  readonly failure: Failure;
  /** The parameter that ran away, where one did. */
  readonly parameter: string | null;
}

export type FitOrFailure<Parameters> = ({ readonly isFitted: true } & Fit<Parameters>) | FitFailure;
