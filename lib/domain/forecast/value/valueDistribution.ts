import type { OrderDistribution } from "../intervals.ts";
import { betaIncomplete } from "../numeric/betaIncomplete.ts";
import type { SpendParameters } from "../types.ts";

/**
 * Amounts in units of gamma + x · mean spend, from hardly anything to a hundred thousand times that, a tenth more each.
 */
const LEAST = Math.log(1e-4);
const STEP = Math.log(1.1);
const POINTS = Math.ceil((Math.log(1e5) - LEAST) / STEP) + 1;

/** Numbers of orders less likely than this move no limit. */
const LEAST_PROBABILITY = 1e-5;

const amountAt = (point: number): number => Math.exp(LEAST + point * STEP);

/**
 * What customers spend within a time, in units of gamma + x · mean spend: with that unit it depends on the repeat
 * orders alone, so many customers share it. The sum of k amounts is beta prime (p·k, p·x + q); how many there are is
 * the orders' distribution.
 */
export class ValueDistribution {
  readonly #spend: SpendParameters;
  readonly #shape: number;
  /** Per repeat orders x and number of amounts k: P(sum ≤ amount), as far as it was asked for. */
  readonly #tables = new Map<number, Float64Array[]>();

  /** @param shape of an amount ahead; default: that of those known, p. */
  constructor(spend: SpendParameters, shape = spend.p) {
    this.#spend = spend;
    this.#shape = shape;
  }

  /**
   * The amount that is not exceeded with this probability; 0 where no order is as likely.
   * @param worth by number of orders, what the sum of so many amounts counts for; default: 1.
   */
  quantile(repeatOrders: number, orders: OrderDistribution, probability: number, worth?: Float64Array): number {
    const shifts = worth?.map((factor) => Math.log(factor) / STEP);
    if (1 - orders.atLeast(1) >= probability) return 0;
    let [low, high] = [0, POINTS - 1];
    const belowAt = (point: number): number => this.#below(repeatOrders, orders, point, shifts);
    let [belowLow, belowHigh] = [belowAt(low), belowAt(high)];
    if (belowLow >= probability) return amountAt(low);
    if (belowHigh < probability) return amountAt(high);
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const below = belowAt(middle);
      if (below < probability) [low, belowLow] = [middle, below];
      else [high, belowHigh] = [middle, below];
    }
    return amountAt(low + (probability - belowLow) / (belowHigh - belowLow));
  }

  /** P(amount ≤ that of the point): that of k orders, weighted with how likely k orders are. */
  #below(repeatOrders: number, orders: OrderDistribution, point: number, shifts?: Float64Array): number {
    const tables = this.#tablesOf(repeatOrders, orders.most);
    let sum = 1 - orders.atLeast(1);
    for (let k = 1; k <= orders.most; k++) {
      const probability = orders.atLeast(k) - orders.atLeast(k + 1);
      if (probability < LEAST_PROBABILITY) continue;
      sum += probability * this.#sumBelow(tables[k], repeatOrders, k, point - (shifts?.[k] ?? 0));
    }
    return sum;
  }

  /** Between two points, in proportion. */
  #sumBelow(table: Float64Array, repeatOrders: number, k: number, position: number): number {
    const within = Math.min(POINTS - 1, Math.max(0, position));
    const point = Math.floor(within);
    const below = this.#sumBelowPoint(table, repeatOrders, k, point);
    if (within === point) return below;
    return below + (within - point) * (this.#sumBelowPoint(table, repeatOrders, k, point + 1) - below);
  }

  #tablesOf(repeatOrders: number, most: number): Float64Array[] {
    let tables = this.#tables.get(repeatOrders);
    if (tables === undefined) {
      tables = [];
      this.#tables.set(repeatOrders, tables);
    }
    while (tables.length <= most) tables.push(new Float64Array(POINTS).fill(Number.NaN));
    return tables;
  }

  #sumBelowPoint(table: Float64Array, repeatOrders: number, k: number, point: number): number {
    if (!Number.isNaN(table[point])) return table[point];
    const { p, q } = this.#spend;
    const amount = amountAt(point);
    const below = betaIncomplete(this.#shape * k, p * repeatOrders + q, amount / (1 + amount));
    table[point] = below;
    return below;
  }
}
