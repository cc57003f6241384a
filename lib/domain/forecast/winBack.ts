import type { ForecastCustomers } from "./customerForecast.ts";
import type { Fitted, ParameterDraw } from "./fit/parameterDraws.ts";
import { mixtureRange } from "./intervals.ts";
import { outlookOf, spendMoments } from "./outlook.ts";
import { discountForce, presentMoments } from "./value/presentValue.ts";

/** A campaign wins back one in so many of those who have left. */
const WON_BACK_ONE_IN = 10;
export const WIN_BACK_DAYS = 90;
/** Draws of the parameters that the interval is mixed from. */
const MOST_DRAWS = 8;
/** What fewer customers bring is far from normal, so it gets no interval. */
const LEAST_WON_BACK = 5;

/**
 * Of a segment, what those bring whom a campaign wins back, by the fit and then by each draw. Sums, so that parts of a
 * segment add up.
 */
export interface WinBackSums {
  readonly segment: string;
  /** Customers who have left, expected at the fit. */
  readonly goneCustomers: number;
  readonly means: readonly number[];
  readonly variances: readonly number[];
}

/** What a segment's customers would bring in 90 days if one in ten of those who have left were won back. */
export interface WinBack {
  readonly segment: string;
  readonly goneCustomers: number;
  readonly wonBackCustomers: number;
  readonly value: number;
  /** The middle 90% of what may come; null for fewer than five customers, or where amounts have no spread. */
  readonly valueLow: number | null;
  readonly valueHigh: number | null;
}

/**
 * Adds up the customers of each segment. Whoever is won back orders like a customer of the same history who has not
 * left; which ones of those who have left that are is chance, and so is what they order and spend.
 * @param fitted parameters in days. @param segments of each customer.
 * @param discountRate yearly, 0..1: values are present values. @returns nothing without a model of spend.
 */
export function winBackSums(
  fitted: Fitted,
  draws: readonly ParameterDraw[],
  customers: ForecastCustomers,
  segments: readonly string[],
  discountRate = 0,
): WinBackSums[] {
  const force = discountForce(discountRate);
  const sets = [fitted, ...draws.slice(0, MOST_DRAWS)];
  const histories = new Map<number, Float64Array>();
  const found = new Map<string, { gone: number; means: Float64Array; variances: Float64Array }>();
  for (let at = 0; at < segments.length; at++) {
    const [x, recency, age] = [customers.repeatOrders[at], customers.recencyDays[at], customers.ageDays[at]];
    const key = (x * 65_536 + recency) * 65_536 + age;
    let cell = histories.get(key);
    if (cell === undefined) {
      cell = cellOf(fitted, sets, { repeatOrders: x, recency, age }, force);
      histories.set(key, cell);
    }
    const segment = segments[at];
    let sums = found.get(segment);
    if (sums === undefined) {
      sums = { gone: 0, means: new Float64Array(sets.length), variances: new Float64Array(sets.length) };
      found.set(segment, sums);
    }
    sums.gone += cell[0];
    const meanSpend = x === 0 ? 0 : Math.max(0, customers.repeatSpend[at] / x);
    for (let set = 0; set < sets.length; set++) {
      const { spend } = sets[set];
      if (spend === null) return [];
      const [gone, orders, squares, pairs] = cell.subarray(4 * set, 4 * set + 4);
      const amount = spendMoments(spend, x, meanSpend);
      const share = gone / WON_BACK_ONE_IN;
      const mean = share * orders * amount.mean;
      sums.means[set] += mean;
      sums.variances[set] += share * (squares * amount.square + pairs * amount.meanSquare) - mean * mean;
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([segment, { gone, means, variances }]) => ({
      ...{ segment, goneCustomers: gone, means: [...means], variances: [...variances] },
    }));
}

/** Of each set of parameters: P(left), and the moments of what the orders of one are worth who has not left. */
function cellOf(
  { model }: Fitted,
  sets: readonly ParameterDraw[],
  history: Parameters<typeof outlookOf>[2],
  force: number,
): Float64Array {
  const cell = new Float64Array(4 * sets.length);
  sets.forEach(({ lifetime }, set) => {
    const outlook = outlookOf(model, lifetime, history);
    const { mean, squares, pairs } = presentMoments({ ...outlook, pAlive: 1 }, WIN_BACK_DAYS, force);
    cell.set([1 - outlook.pAlive, mean, squares, pairs], 4 * set);
  });
  return cell;
}

/** Segments out of the sums of their parts, those that could bring the most first. Money to four decimals. */
export function winBackOf(parts: readonly WinBackSums[]): WinBack[] {
  return [...Map.groupBy(parts, ({ segment }) => segment)]
    .map(([segment, of]) => {
      const sum = (value: (part: WinBackSums) => number): number => of.reduce((total, part) => total + value(part), 0);
      const goneCustomers = sum((part) => part.goneCustomers);
      const wonBackCustomers = goneCustomers / WON_BACK_ONE_IN;
      const moments = (of[0]?.means ?? []).map((_, set) => ({
        mean: sum(({ means }) => means[set]),
        variance: sum(({ variances }) => variances[set]),
      }));
      const others = moments.length > 1 ? moments.slice(1) : moments;
      const hasSpread = others.every(({ variance }) => Number.isFinite(variance) && variance > 0);
      const range = hasSpread && wonBackCustomers >= LEAST_WON_BACK ? mixtureRange(others) : null;
      return {
        ...{ segment, goneCustomers: rounded(goneCustomers), wonBackCustomers: rounded(wonBackCustomers) },
        value: rounded(moments[0]?.mean ?? 0),
        valueLow: range === null ? null : rounded(range.low),
        valueHigh: range === null ? null : rounded(range.high),
      };
    })
    .sort((a, b) => b.value - a.value || (a.segment < b.segment ? -1 : 1));
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
