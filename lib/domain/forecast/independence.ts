import type { SpendCells } from "./types.ts";

/** Whether those who order more often spend more or less on an order. Gamma-Gamma takes it that they do not. */
export interface Independence {
  /** Pearson's, of repeat orders and mean amounts. */
  readonly correlation: number;
  /** By what share the mean amount grows where the repeat orders double. */
  readonly perDoubling: number;
  /** Of that growth, in its standard errors (White 1980: amounts scatter more, the fewer they are averaged over). */
  readonly z: number;
  readonly isDependent: boolean;
}

/** A dependence beyond chance (1%) that changes the mean amount by less is not worth a warning. */
const LEAST_CHANGE = 0.05;
const CRITICAL_Z = 2.576;

/** Mean amounts against the logarithm of repeat orders, by least squares. */
export function testIndependence(cells: SpendCells): Independence {
  const { repeatOrders, meanSpend, customers } = cells;
  const n = customers.reduce((sum, count) => sum + count, 0);
  const mean = (value: (at: number) => number): number =>
    customers.reduce((sum, count, at) => sum + count * value(at), 0) / n;
  const logMean = mean((at) => Math.log(repeatOrders[at]));
  const spendMean = mean((at) => meanSpend[at]);
  const u = (at: number): number => Math.log(repeatOrders[at]) - logMean;
  const variance = mean((at) => u(at) ** 2);
  const slope = variance === 0 ? 0 : mean((at) => u(at) * meanSpend[at]) / variance;
  const scatter = mean((at) => (u(at) * (meanSpend[at] - spendMean - slope * u(at))) ** 2);
  const z = scatter === 0 ? 0 : (slope * variance) / Math.sqrt(scatter / n);
  const perDoubling = (slope * Math.LN2) / spendMean;
  const ordersMean = mean((at) => repeatOrders[at]);
  const covariance = mean((at) => (repeatOrders[at] - ordersMean) * (meanSpend[at] - spendMean));
  const spread = mean((at) => (repeatOrders[at] - ordersMean) ** 2) * mean((at) => (meanSpend[at] - spendMean) ** 2);
  return {
    correlation: spread === 0 ? 0 : covariance / Math.sqrt(spread),
    perDoubling,
    z,
    isDependent: Math.abs(z) > CRITICAL_Z && Math.abs(perDoubling) > LEAST_CHANGE,
  };
}
