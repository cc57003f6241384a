import { count, day, decimal, type OrderedContract, optional, real, text, whole } from "./contract.ts";
import { INGEST_STAGES } from "./ingestStages.ts";

/** What statements hand to the steps of an ingest and of a run: small, read once, and for no one else. */
export const STAGES = {
  ...INGEST_STAGES,
  feature_moments: {
    grain: "feature and transform",
    order: ["feature", "transform"],
    within: "feature_facts",
    columns: {
      feature: text("its name"),
      transform: text("identity, log1p or asinh"),
      row_count: count("customers"),
      defined_rows: count("customers with a value under the transform"),
      sum: text("exact decimal"),
      sum_of_squares: text("exact decimal"),
      min_value: optional(real("smallest untransformed value")),
      max_value: optional(real("largest untransformed value")),
    },
  },
  score_breakpoints: {
    grain: "measure and quantile breakpoint",
    order: ["measure", "edge_number"],
    within: "feature_facts",
    columns: {
      measure: text("recency_days, frequency or monetary"),
      edge_number: whole("1 for the lowest quantile"),
      lower_value: decimal("the order statistic at or below it"),
      upper_value: decimal("the next one"),
      remainder: whole("so many parts of the way from the one to the other the breakpoint lies"),
      parts: whole("bins of the measure"),
      customers: count("customers"),
    },
  },
  score_tiles: {
    grain: "measure and breakpoint between equally large parts of the customers",
    order: ["measure", "edge_number"],
    columns: {
      measure: text("recency_days, frequency or monetary"),
      edge_number: whole("1 for the end of the worst part"),
      edge: decimal("value of the last customer before it"),
      tie_key: text("first twelve digits of the MD5 of that customer's id"),
    },
  },
  repeat_intervals: {
    grain: "quantile breakpoint of the days between a customer's purchase days",
    order: ["measure", "edge_number"],
    columns: {
      measure: text("interval_days"),
      edge_number: whole("1 for the lowest quantile"),
      lower_value: decimal("the order statistic at or below it"),
      upper_value: decimal("the next one"),
      remainder: whole("so many parts of the way from the one to the other the breakpoint lies"),
      parts: whole("bins of recency"),
    },
  },
  feature_quantiles: {
    grain: "measure and percentile",
    order: ["measure", "percentile"],
    within: "feature_facts",
    columns: {
      measure: text("recency_days, frequency or monetary"),
      percentile: whole("0, 1, 5, 10, 20 .. 90, 95, 99, 100"),
      quantile: real("its value"),
      customers: count("customers"),
    },
  },
  backtest_customers: {
    grain: "customer with a purchase before the cut, or one in N of them",
    order: ["customer_id"],
    columns: {
      customer_id: text("as in the files"),
      recency_days: whole("days to the cut"),
      frequency: count("orders before the cut"),
      monetary: decimal("money before the cut"),
      holdout_orders: count("orders after it"),
      holdout_spend: decimal("money after it"),
    },
  },
  forecast_cells: {
    grain: "kind of cell (lifetime or spend) and its values",
    order: ["kind", "repeat_orders", "recency_days", "age_days", "repeat_spend"],
    within: "forecast_facts",
    columns: {
      kind: text("lifetime: all customers; spend: repeat buyers who spent something"),
      repeat_orders: count("days with an order after the first such day"),
      recency_days: optional(whole("days from the first order to the last, of a lifetime cell")),
      age_days: optional(whole("days from the first order to the forecast, of a lifetime cell")),
      repeat_spend: optional(decimal("money of the repeat orders of each customer, of a spend cell")),
      customers: count("customers"),
      total_repeat_spend: decimal("money of the repeat orders of all its customers, negative ones as zero"),
    },
  },
  forecast_customers: {
    grain: "customer with an order until the day of the forecast, or one in N of them",
    order: ["customer_id"],
    within: "forecast_facts",
    columns: {
      customer_id: text("as in the files"),
      repeat_orders: count("days with an order after the first such day"),
      recency_days: whole("days from the first order to the last"),
      age_days: whole("days from the first order to the forecast"),
      spend: decimal("money until the forecast"),
      repeat_spend: decimal("money after the first day"),
      last_year_orders: count("days with an order in the 365 days until the forecast"),
      last_year_spend: decimal("money in these days"),
      later_orders: count("days with an order after the forecast"),
      later_spend: decimal("money after it"),
    },
  },
  forecast_days: {
    grain: "day with an order of a customer known at the day of the forecast",
    order: ["order_date"],
    within: "forecast_facts",
    columns: {
      order_date: day("the day"),
      first_orders: count("customers who ordered for the first time"),
      repeat_orders: count("customers who ordered again"),
    },
  },
} as const satisfies Readonly<Record<string, OrderedContract>>;
