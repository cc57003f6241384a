import {
  count,
  day,
  decimal,
  moment,
  moneyText,
  type OrderedContract,
  optional,
  real,
  text,
  whole,
} from "./contract.ts";

/** What statements hand to the steps of an ingest and of a run: small, read once, and for no one else. */
export const STAGES = {
  reconcile: {
    grain: "source and outcome of a row of one ingest",
    order: ["source", "outcome"],
    columns: {
      source: text("name of the file"),
      rows_in: count("rows of the source, on each of its lines"),
      outcome: text("kept, or the first reason to reject"),
      row_count: count("rows"),
      amount: moneyText("of those rows"),
    },
  },
  earlier_drops: {
    grain: "earlier ingest, the newest twenty",
    order: ["committed_at desc", "ingest_id desc"],
    columns: { ingest_id: text("the ingest"), row_count: count("its rows"), committed_at: moment("of its commit") },
  },
  overlap: {
    grain: "source of the ingest and other live source that share orders",
    order: ["source", "other_source", "other_ingest_id"],
    columns: {
      source: text("of the ingest"),
      other_ingest_id: text("ingest of the other"),
      other_source: text("the other"),
      shared_orders: count("orders in both"),
      identical_lines: count("lines that are the same word for word"),
      identical_amount: moneyText("of those lines"),
      own_lines: count("lines of the source"),
      other_lines: count("lines of the other"),
      order_lines: count("lines of the shared orders"),
    },
  },
  gone_parts: {
    grain: "part that is gone from a folder which is delivered again",
    order: ["source"],
    columns: { source: text("name of the part"), rows_in: count("its rows") },
  },
  history: {
    grain: "live source as of a moment",
    order: ["source"],
    columns: {
      source: text("name of the file"),
      ingest_id: text("its ingest"),
      content_hash: text("SHA-256 of the file"),
      object_key: optional(text("where the file lies")),
      rows_in: count("its rows"),
      committed_at: moment("of its commit"),
      superseded_orders: optional(count("orders that a later source has, too")),
    },
  },
  bounds: {
    grain: "history",
    order: [],
    columns: {
      first_date: optional(day("of the first purchase")),
      last_date: optional(day("of the last purchase")),
      row_count: count("lines kept"),
      customers: count("customers with a purchase"),
      currency: optional(text("the one currency, where the files name it")),
      currencies: count("distinct currencies"),
    },
  },
  feature_moments: {
    grain: "feature and transform",
    order: ["feature", "transform"],
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
    columns: {
      measure: text("recency_days, frequency or monetary"),
      edge_number: whole("1..4: the 20, 40, 60 and 80 % quantile"),
      edge: real("its value"),
      customers: count("customers"),
    },
  },
  feature_quantiles: {
    grain: "measure and percentile",
    order: ["measure", "percentile"],
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
} as const satisfies Readonly<Record<string, OrderedContract>>;
