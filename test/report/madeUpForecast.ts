import type { Summary } from "../../lib/domain/run/summary.ts";

const errors = (expected: number, bias: number) => ({ expected, bias, meanAbsoluteError: Math.abs(bias) + 0.1 });
const contest = { lastYear: errors(40, 0.2), ownRate: errors(44, 0.3) };

/** A forecast with all that the page shows of one. */
export function madeUpForecast(customers: number): NonNullable<Summary["forecast"]> {
  return {
    ...{ version: "f-000000000000", asOf: "2024-06-30", horizonDays: 90, timeUnit: "day", customers },
    ...{ repeatBuyers: Math.floor(customers / 2), historyDays: 181, reason: null },
    totals: {
      aliveCustomers: 0.6 * customers,
      orders: { expected: 52.4, low: 40, high: 65 },
      value: { expected: 1_200.5, low: 900, high: 1_500 },
    },
    check: {
      ...{ days: 90, customers, byRepeatOrders: [] },
      orders: { actual: 50, model: errors(48, 0.1), ...contest },
      value: { actual: 1_100, model: errors(1_000, 4), ...contest },
      coverage: { nominal: 0.9, customers, inside: 0.91, exact: 0.9 },
    },
    tracking: Array.from({ length: 20 }, (_, week) => ({
      date: new Date(Date.UTC(2024, 0, 7 + 7 * week)).toISOString().slice(0, 10),
      expected: 3.5 * week,
      actual: week < 16 ? 3 * week : null,
    })),
    winBack: [
      {
        ...{ segment: "Champions", goneCustomers: 178.7, wonBackCustomers: 17.9 },
        ...{ value: 677.4, valueLow: 160.8, valueHigh: 1_183.7 },
      },
      {
        ...{ segment: "At Risk", goneCustomers: 41.4, wonBackCustomers: 4.1 },
        ...{ value: 51.3, valueLow: null, valueHigh: null },
      },
    ],
    warnings: ["Customers who order twice as often spend 14% more on an order."],
  } as NonNullable<Summary["forecast"]>;
}
