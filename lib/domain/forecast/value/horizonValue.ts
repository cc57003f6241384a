import { HIGH, LOW, type OrderDistribution } from "../intervals.ts";
import type { Outlook } from "../outlook.ts";
import type { SpendParameters } from "../types.ts";
import { presentShape, worthByOrders } from "./presentSpread.ts";
import { presentOrders } from "./presentValue.ts";
import { ValueDistribution } from "./valueDistribution.ts";

/** What a customer's orders within a horizon count for, and limits of the money in units of gamma + x · mean spend. */
export type HorizonValue = readonly [orders: number, low: number, high: number];

interface HorizonOrders {
  readonly outlook: Outlook;
  readonly expected: number;
  /** Over the draws of the parameters. */
  readonly orders: OrderDistribution;
}

/**
 * By horizon, what customers with as many repeat orders bring within it.
 * @param force of interest, per unit of time: values are present values.
 */
export function horizonValues(
  spend: SpendParameters,
  times: readonly number[],
  force: number,
): ((repeatOrders: number, orders: HorizonOrders) => HorizonValue)[] {
  if (force > 0) return times.map((time) => presentValues(spend, time, force));
  const distribution = new ValueDistribution(spend);
  return times.map(() => (repeatOrders, { expected, orders }) => [
    expected,
    distribution.quantile(repeatOrders, orders, LOW),
    distribution.quantile(repeatOrders, orders, HIGH),
  ]);
}

function presentValues(spend: SpendParameters, time: number, force: number) {
  const shape = presentShape(spend.p, time, force);
  const distribution = new ValueDistribution(spend, shape);
  return (repeatOrders: number, { outlook, expected, orders }: HorizonOrders): HorizonValue => {
    const present = presentOrders(outlook, time, force);
    const mean = present > 0 ? present / expected : 1;
    // Beside their mean, so that little is left to find between two points of the distribution.
    const worth = worthByOrders(outlook, time, force, orders.most).map((one) => one / mean);
    const unit = (mean * spend.p) / shape;
    return [
      present,
      unit * distribution.quantile(repeatOrders, orders, LOW, worth),
      unit * distribution.quantile(repeatOrders, orders, HIGH, worth),
    ];
  };
}
