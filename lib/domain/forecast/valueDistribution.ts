import type { OrderDistribution } from "./intervals.ts";
import { betaIncomplete } from "./numeric/betaIncomplete.ts";
import type { SpendParameters } from "./types.ts";

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
  /** Per repeat orders x and number of amounts k: P(sum ≤ amount), as far as it was asked for. */
  readonly #tables = new Map<number, Float64Array[]>();

  constructor(spend: SpendParameters) {
    this.#spend = spend;
  }

  /** The amount that is not exceeded with this probability; 0 where no order is as likely. */
  quantile(repeatOrders: number, orders: OrderDistribution, probability: number): number {
    if (1 - orders.atLeast(1) >= probability) return 0;
    let [low, high] = [0, POINTS - 1];
    let [belowLow, belowHigh] = [this.#below(repeatOrders, orders, low), this.#below(repeatOrders, orders, high)];
    if (belowLow >= probability) return amountAt(low);
    if (belowHigh < probability) return amountAt(high);
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const below = this.#below(repeatOrders, orders, middle);
      if (below < probability) [low, belowLow] = [middle, below];
      else [high, belowHigh] = [middle, below];
    }
    return amountAt(low + (probability - belowLow) / (belowHigh - belowLow));
  }

  /** P(amount ≤ that of the point): that of k orders, weighted with how likely k orders are. */
  #below(repeatOrders: number, orders: OrderDistribution, point: number): number {
    const tables = this.#tablesOf(repeatOrders, orders.most);
    let sum = 1 - orders.atLeast(1);
    for (let k = 1; k <= orders.most; k++) {
      const probability = orders.atLeast(k) - orders.atLeast(k + 1);
      if (probability < LEAST_PROBABILITY) continue;
      const known = tables[k][point];
      sum += probability * (Number.isNaN(known) ? this.#sumBelow(tables[k], repeatOrders, k, point) : known);
    }
    return sum;
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

  #sumBelow(table: Float64Array, repeatOrders: number, k: number, point: number): number {
    const { p, q } = this.#spend;
    const amount = amountAt(point);
    const below = betaIncomplete(p * k, p * repeatOrders + q, amount / (1 + amount));
    table[point] = below;
    return below;
  }
}
