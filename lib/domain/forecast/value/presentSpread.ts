import type { Outlook } from "../outlook.ts";
import { meanWorth, nodesWithin } from "./presentValue.ts";

/**
 * What money is worth on average at the orders of a customer who places just so many within a time: element k is that
 * of k orders. One who has not left has its orders anywhere in the time; of one who left with an order, they are all
 * before the next, which did not come about any more.
 * @param most orders. @param force of interest, per unit of time, above 0.
 */
export function worthByOrders(outlook: Outlook, time: number, force: number, most: number): Float64Array {
  const { a, b } = outlook;
  const whole = meanWorth(force, time);
  const atEnd = nextOrders(outlook, time);
  const within = nodesWithin(outlook, time).map(([at, width]) => ({
    next: nextOrders(outlook, at),
    fall: (width * (meanWorth(force, at) - Math.exp(-force * at))) / at,
  }));
  const worth = new Float64Array(most + 1).fill(1);
  for (let k = 1; k <= most; k++) {
    const { exactly, more } = atEnd(k);
    let left = whole * more;
    for (const { next, fall } of within) left += fall * next(k).more;
    const leaving = a / (a + b + k - 1);
    const probability = exactly + leaving * more;
    worth[k] = probability > 0 ? (exactly * whole + leaving * left) / probability : whole;
  }
  return worth;
}

/**
 * The shape of an order's amount once it is discounted: the mean and the variance are those of an amount of shape `p`
 * on a day anywhere in the time.
 */
export function presentShape(p: number, time: number, force: number): number {
  const square = meanWorth(force, time) ** 2;
  const squares = meanWorth(2 * force, time);
  return (p * square) / (squares + p * (squares - square));
}

/** Below this, a logarithm has no number. */
const LEAST_LOGARITHM = -690;

/** Orders until a time of one who never leaves: P(exactly k) and P(more), to be asked for k = 1, 2, … in turn. */
function nextOrders({ shape, rate }: Outlook, time: number) {
  const z = time / (rate + time);
  let logarithm = -shape * Math.log1p(time / rate);
  let exactly = Math.exp(logarithm);
  let more = 1 - exactly;
  return (k: number): { readonly exactly: number; readonly more: number } => {
    const ratio = (z * (shape + k - 1)) / k;
    if (logarithm < LEAST_LOGARITHM) {
      logarithm += Math.log(ratio);
      exactly = Math.exp(logarithm);
    } else exactly *= ratio;
    more = Math.max(0, more - exactly);
    return { exactly, more };
  };
}
