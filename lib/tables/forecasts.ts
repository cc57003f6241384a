import { type Column, count, day, flag, money, optional, real, share, type TableContract, text } from "./contract.ts";

/** Days ahead that each customer is forecast for. */
export const FORECAST_DAYS = [30, 90, 365] as const;

const orders = (days: number): Readonly<Record<string, Column>> => ({
  [`expected_orders_${days}d`]: optional(real(`orders expected in the next ${days} days`)),
  [`orders_${days}d_low`]: optional(count("of these, 5 % of what may come lies below")),
  [`orders_${days}d_high`]: optional(count("of these, 5 % of what may come lies above")),
});
const values = (days: number): Readonly<Record<string, Column>> => ({
  [`expected_value_${days}d`]: optional(money(`what these orders are expected to bring in ${days} days`)),
  [`value_${days}d_low`]: optional(money("of this, 5 % of what may come lies below")),
  [`value_${days}d_high`]: optional(money("of this, 5 % of what may come lies above")),
});

/** What each customer is expected to do. */
export const FORECASTS = {
  grain: "customer of a run",
  columns: {
    customer_id: text("as in the files"),
    forecast_date: day("day up to which orders are known"),
    p_alive: optional(share("probability that the customer has not left for good")),
    p_alive_low: optional(share("5 % of what the parameters leave open lies below")),
    p_alive_high: optional(share("5 % of what the parameters leave open lies above")),
    ...Object.fromEntries(FORECAST_DAYS.flatMap((days) => Object.entries({ ...orders(days), ...values(days) }))),
    next_order_date: optional(day("half of such customers have ordered again by then, if they have not left")),
    next_order_earliest: optional(day("one in twenty has")),
    next_order_latest: optional(day("nineteen in twenty have")),
    is_late: optional(flag("away for longer than nine in ten of the customer's own waits")),
  } as Readonly<Record<string, Column>>,
} satisfies TableContract;
