import { expectedOrders, type Outlook, orderMoments } from "../outlook.ts";

const DAYS_OF_YEAR = 365;

/** Gauss-Legendre nodes above zero and their weights, of twelve in −1..1 (Abramowitz and Stegun 25.4.30). */
const NODES = [
  [0.1252334085114689, 0.24914704581340277],
  [0.3678314989981802, 0.2334925365383548],
  [0.5873179542866175, 0.20316742672306592],
  [0.7699026741943047, 0.16007832854334622],
  [0.9041172563704749, 0.10693932599531843],
  [0.9815606342467192, 0.04717533638651183],
] as const;

/**
 * The force of interest δ of a yearly rate, per unit of time: money t units ahead is worth exp(−δt) of its amount, so a
 * year ahead 1 / (1 + rate).
 */
export const discountForce = (yearlyRate: number, unitDays = 1): number =>
  (Math.log1p(yearlyRate) / DAYS_OF_YEAR) * unitDays;

/**
 * Expected orders within a time, each counted for what its money is worth today: ∫ exp(−δt) dE[X(t)]. Integrated by
 * parts, it needs E[X(t)] alone and no derivative.
 * @param force of interest, per unit of time; with 0 these are the expected orders.
 */
export function presentOrders(outlook: Outlook, time: number, force: number): number {
  const atEnd = expectedOrders(outlook, time);
  if (force === 0) return atEnd;
  let sum = Math.exp(-force * time) * atEnd;
  for (const [at, width] of nodesWithin(outlook, time)) {
    sum += width * force * Math.exp(-force * at) * expectedOrders(outlook, at);
  }
  return sum;
}

/** Sums over a customer's orders within a time, v being what money at an order is worth today; all expected. */
export interface PresentMoments {
  /** Σ v. */
  readonly mean: number;
  /** Σ v². */
  readonly squares: number;
  /** Σ vᵢ vⱼ over ordered pairs of two orders. */
  readonly pairs: number;
}

/**
 * Of two orders, the later of which is at t, the earlier is anywhere before it: at a constant rate, orders before one
 * are spread evenly. So pairs are ∫ v(t) m(t) dE[X(t)² − X(t)], m(t) being the mean of v up to t.
 * @param force of interest, per unit of time; with 0 every v is 1.
 */
export function presentMoments(outlook: Outlook, time: number, force: number): PresentMoments {
  const { mean: orders, square } = orderMoments(outlook, time);
  if (force === 0) return { mean: orders, squares: orders, pairs: square - orders };
  const last = Math.exp(-force * time);
  let mean = last * orders;
  let squares = last ** 2 * orders;
  let pairs = last * meanWorth(force, time) * (square - orders);
  for (const [at, width] of nodesWithin(outlook, time)) {
    const worth = Math.exp(-force * at);
    const meanBefore = meanWorth(force, at);
    const before = orderMoments(outlook, at);
    mean += width * force * worth * before.mean;
    squares += width * 2 * force * worth ** 2 * before.mean;
    const fall = force * worth * meanBefore + (worth * (meanBefore - worth)) / at;
    pairs += width * fall * (before.square - before.mean);
  }
  return { mean, squares, pairs };
}

/** What money is worth on average that comes anywhere within a time. */
export const meanWorth = (force: number, time: number): number =>
  force === 0 ? 1 : -Math.expm1(-force * time) / (force * time);

/** Longer stretches of ln(rate + t) are taken in parts. */
const LONGEST = 4;

/**
 * Nodes and weights of an integral from 0 to a time, even in ln(rate + t): there expectations are smooth however short
 * the history, while in t itself they bend near −rate.
 */
export function nodesWithin({ rate }: Outlook, time: number): (readonly [at: number, width: number])[] {
  const whole = Math.log1p(time / rate);
  const parts = Math.ceil(whole / LONGEST);
  const half = whole / parts / 2;
  return Array.from({ length: parts }, (_, part) => part).flatMap((part) =>
    NODES.flatMap(([node, weight]) =>
      [-node, node].map((position) => {
        const at = rate * Math.expm1(half * (2 * part + 1 + position));
        return [at, weight * half * (rate + at)] as const;
      }),
    ),
  );
}
