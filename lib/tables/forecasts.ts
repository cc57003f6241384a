import {
  type Column,
  count,
  day,
  flag,
  leftOutWhereMissing,
  money,
  optional,
  real,
  share,
  type TableContract,
  text,
} from "./contract.ts";

/** Days ahead that each customer is forecast for. */
export const FORECAST_DAYS = [30, 90, 365] as const;
type ForecastDays = (typeof FORECAST_DAYS)[number];

type Expected<Days extends ForecastDays> = Readonly<
  Record<`expected_orders_${Days}d`, Column<"real", true>> &
    Record<`orders_${Days}d_${"low" | "high"}`, Column<"integer", true>> &
    Record<`expected_value_${Days}d` | `value_${Days}d_${"low" | "high"}`, Column<"money", true>>
>;
const expectedIn = <Days extends ForecastDays>(days: Days): Expected<Days> =>
  ({
    [`expected_orders_${days}d`]: optional(real(`orders expected in the next ${days} days`)),
    [`orders_${days}d_low`]: optional(count("of these, 5% of what may come lies below")),
    [`orders_${days}d_high`]: optional(count("of these, 5% of what may come lies above")),
    [`expected_value_${days}d`]: optional(money(`what these orders are expected to bring in ${days} days`)),
    [`value_${days}d_low`]: optional(money("of this, 5% of what may come lies below")),
    [`value_${days}d_high`]: optional(money("of this, 5% of what may come lies above")),
  }) as Expected<Days>;

const FIGURES = {
  p_alive: optional(share("probability that the customer has not left for good")),
  p_alive_low: optional(share("5% of what the parameters leave open lies below")),
  p_alive_high: optional(share("5% of what the parameters leave open lies above")),
  ...expectedIn(30),
  ...expectedIn(90),
  ...expectedIn(365),
  next_order_date: optional(day("half of such customers have ordered again by then, if they have not left")),
  next_order_earliest: optional(day("one in twenty has")),
  next_order_latest: optional(day("nineteen in twenty have")),
  is_late: optional(flag("away for longer than nine in ten of the customer's own waits")),
} as const;

/** Name of a figure that a customer is forecast to have. */
export type ForecastFigure = keyof typeof FIGURES;
export const FORECAST_FIGURES = Object.keys(FIGURES) as readonly ForecastFigure[];

/** What each customer is expected to do, every figure with its interval. */
export const FORECASTS = {
  grain: "customer of a run",
  columns: {
    customer_id: text("as in the files"),
    forecast_date: day("day up to which orders are known"),
    ...FIGURES,
  },
} satisfies TableContract;

const OF_SEGMENTS = [
  "p_alive",
  "expected_orders_30d",
  "expected_orders_90d",
  "expected_orders_365d",
  "expected_value_30d",
  "expected_value_90d",
  "expected_value_365d",
  "value_90d_low",
  "value_90d_high",
  "next_order_date",
  "is_late",
] as const satisfies readonly ForecastFigure[];
export type SegmentFigure = (typeof OF_SEGMENTS)[number];

/**
 * The figures that segments have of each customer: what is expected, and the interval of the value that most decisions
 * are about. The other intervals would double the width of `segments.csv`; `FORECASTS` has them. Runs of earlier
 * releases have none.
 */
export const SEGMENT_FORECAST = Object.fromEntries(
  OF_SEGMENTS.map((name) => [name, leftOutWhereMissing<Column["holds"]>(FIGURES[name])]),
) as unknown as { readonly [Name in SegmentFigure]: (typeof FIGURES)[Name] };
