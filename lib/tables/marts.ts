import {
  type Columns,
  columnNames,
  count,
  day,
  decimal,
  flag,
  money,
  moneyText,
  type OrderedContract,
  optional,
  type RowOf,
  real,
  share,
  text,
  whole,
} from "./contract.ts";

/**
 * A mart: its statement, when it runs, its columns, and where it is seen. Those within one folder are unloaded
 * together, for Athena takes a second or more a statement; columns of one name then have one type.
 */
export interface MartContract<C extends Columns = Columns> extends OrderedContract<C> {
  /** File under sql/athena, without its ending. */
  readonly statement: string;
  /** Over the lines, over the orders, over the scored segments, or over them and those of the run before. */
  readonly over: "lines" | "orders" | "segments" | "movement";
  /** The table of the same rows for BI tools; absent for none. */
  readonly biTable?: string;
  /**
   * view: what the dashboard shows is worked out from it. rows: the page gets its rows as they are, so they must be
   * few, whatever the number of customers. Absent: the page has nothing of it.
   */
  readonly page?: "view" | "rows";
}

const SALES = {
  revenue: money("purchases minus what the returns policy takes off"),
  orders: count("distinct orders"),
  customers: count("distinct customers with an order"),
  units: decimal("units sold"),
  lines: count("lines of the orders"),
  average_order_value: optional(real("revenue per order")),
};
const GROUP = {
  customers: count("customers in it"),
  orders: count("their orders"),
  revenue: moneyText("what they spent"),
  median_recency_days: real("median days since the last purchase"),
  median_frequency: real("median orders of a customer"),
  median_monetary: real("median money of a customer"),
};

/** A customer in a list of few of a segment. */
const LISTED = {
  rfm_segment: text("named segment that the list is of"),
  list_name: text("which list"),
  list_rank: count("1 has spent most"),
  list_customers: count("customers of whom the list has the first"),
  customer_id: text("as in the files"),
  monetary: money("what the customer spent"),
};

/** What a listed customer is expected to do; missing without a forecast. */
const EXPECTED = {
  is_late: optional(flag("away for longer than nine in ten of the customer's own waits")),
  expected_value_90d: optional(money("what the next 90 days are expected to bring")),
};

const OVER_LINES = { over: "lines", within: "line_marts" } as const;
const OVER_ORDERS = { over: "orders", within: "order_marts" } as const;
const OVER_SEGMENTS = { over: "segments", within: "segment_marts" } as const;
/** Their money is text, for sums of many customers. */
const TOTALS = { over: "segments", within: "segment_totals" } as const;

const sales = <C extends Columns>(name: string, grain: string, order: readonly string[], keys: C) => ({
  statement: `marts/${name}`,
  ...OVER_ORDERS,
  biTable: `current_sales_${name}`,
  page: "view" as const,
  grain,
  order,
  columns: { ...keys, ...SALES },
});

/** Every mart by its name. */
export const MARTS = {
  history_ledger: {
    statement: "features/history_ledger",
    ...OVER_LINES,
    grain: "outcome of a row",
    order: ["outcome"],
    columns: {
      outcome: text("kept, or why the rows were rejected"),
      row_count: count("rows of the history"),
      return_rows: count("of them, returns"),
      amount: moneyText("of those rows"),
      line_value: moneyText("of those rows, signs as counted"),
      return_value: moneyText("what came back by the returns among them"),
      return_lines: count("returns among them, whether the policy takes them off or leaves them out"),
      returned_worth: moneyText("what came back of the purchases among them, where the policy matches returns"),
    },
  },
  returns_only_customers: {
    statement: "features/returns_only_customers",
    ...OVER_LINES,
    grain: "customer whose kept lines are returns alone",
    order: ["customer_id"],
    columns: {
      customer_id: text("as in the files"),
      return_lines: count("lines"),
      returns_amount: money("what came back"),
      last_return: day("its day"),
    },
  },
  totals: { statement: "marts/totals", ...OVER_ORDERS, grain: "run", order: [], columns: SALES },
  by_month: sales("by_month", "month with kept lines", ["order_month"], { order_month: day("its first day") }),
  by_day: sales("by_day", "day with kept lines", ["order_date"], { order_date: day("the day") }),
  by_country: sales("by_country", "country", ["revenue desc", "country"], {
    country: optional(text("as in the files; missing where they have none")),
  }),
  by_weekday_hour: sales(
    "by_weekday_hour",
    "weekday and hour, and one per weekday (hour missing) and one per hour (weekday missing): filter, never add up all",
    ["weekday", "order_hour"],
    {
      weekday: optional(whole("1 Monday .. 7 Sunday; missing in the rows per hour")),
      order_hour: optional(whole("0..23; missing in the rows per weekday, and where the files have no times")),
    },
  ),
  by_product: {
    ...sales("by_product", "product, the 1,000 with the most revenue", ["revenue desc", "product_id"], {
      product_id: optional(text("as in the files")),
      description: optional(text("the first of its descriptions in the alphabet")),
    }),
    ...OVER_LINES,
  },
  new_and_returning: {
    statement: "marts/new_and_returning",
    ...OVER_ORDERS,
    page: "view",
    biTable: "current_new_and_returning",
    grain: "month with purchases",
    order: ["order_month"],
    columns: {
      order_month: day("its first day"),
      new_customers: count("customers whose first purchase is in the month"),
      returning_customers: count("customers who bought before"),
      new_revenue: money("of the new ones"),
      returning_revenue: money("of the others"),
    },
  },
  cohorts: {
    statement: "marts/cohorts",
    ...OVER_ORDERS,
    page: "view",
    biTable: "current_cohorts",
    grain: "cohort and month since its first purchase in which some of it bought",
    order: ["cohort_month", "months_since_first"],
    columns: {
      cohort_month: day("first day of the month of the first purchase"),
      months_since_first: whole("0 is the month itself: its customers are the cohort's size"),
      customers: count("of the cohort who bought in that month"),
    },
  },
  order_gaps: {
    statement: "marts/order_gaps",
    ...OVER_ORDERS,
    page: "rows",
    biTable: "current_order_gaps",
    grain: "number of whole weeks between two purchase days of a customer",
    order: ["weeks_since_previous"],
    columns: {
      weeks_since_previous: whole("0..51; 52 is a year and more"),
      purchase_days: count("days with a purchase that came so long after the customer's previous one"),
      customers: count("customers who did so"),
      revenue: money("of those days"),
    },
  },
  concentration: {
    statement: "marts/concentration",
    ...OVER_ORDERS,
    page: "view",
    biTable: "current_concentration",
    grain: "percent of customers, 0..100, richest first",
    order: ["top_percent"],
    columns: {
      top_percent: whole("the top so many percent"),
      customers: count("so many customers, rounded up"),
      revenue: money("what they spent together"),
    },
  },
  concentration_summary: {
    statement: "marts/concentration_summary",
    ...OVER_ORDERS,
    page: "view",
    grain: "run",
    order: [],
    columns: {
      customers: count("customers with kept lines"),
      revenue: money("what they spent"),
      top_customer_share: optional(share("of the revenue, by the richest customer")),
      customers_for_80_percent: optional(count("richest customers who bring 80% of the revenue")),
      gini: optional(real("Gini coefficient of the money")),
      gini_clipped: optional(share("Gini coefficient of the money, negative customers as 0")),
    },
  },
  by_category: {
    ...sales("by_category", "category", ["revenue desc", "category"], {
      category: optional(text("as in the files; missing where they have none")),
    }),
    ...OVER_LINES,
  },
  by_payment_method: sales("by_payment_method", "payment method", ["revenue desc", "payment_method"], {
    payment_method: optional(text("as in the files; missing where they have none")),
  }),
  segment_summary: {
    statement: "segments/segment_summary",
    ...TOTALS,
    grain: "named segment that has customers",
    order: ["rfm_segment"],
    columns: {
      rfm_segment: text("named segment"),
      ...GROUP,
      returns_amount: moneyText("what came back"),
      returns_taken_off: moneyText("of that, what the revenue is already net of"),
      empty_customers: count("customers whose returns are as much as their purchases, or more"),
    },
  },
  cluster_summary: {
    statement: "segments/cluster_summary",
    ...TOTALS,
    grain: "cluster",
    order: ["cluster_id"],
    columns: { cluster_id: whole("K-Means cluster, 0 the most valuable"), ...GROUP },
  },
  segment_by_cluster: {
    statement: "segments/segment_by_cluster",
    ...TOTALS,
    grain: "named segment and cluster with customers in common",
    order: ["rfm_segment", "cluster_id"],
    columns: {
      rfm_segment: text("named segment"),
      cluster_id: whole("K-Means cluster"),
      customers: count("in both"),
      revenue: moneyText("what they spent"),
    },
  },
  dominant_customers: {
    statement: "segments/dominant_customers",
    ...TOTALS,
    grain: "customer among the ten with the most money or the ten farthest from their centroid",
    order: ["monetary_rank"],
    columns: {
      customer_id: text("as in the files"),
      recency_days: whole("days since the last purchase"),
      frequency: count("orders"),
      monetary: moneyText("what the customer spent"),
      rfm_segment: text("named segment"),
      cluster_label: text("label of the cluster"),
      distance: real("to the cluster's centroid"),
      monetary_rank: count("1 has the most money"),
      distance_rank: count("1 is the farthest"),
      total_monetary: moneyText("of all customers"),
      total_frequency: count("orders of all customers"),
      total_active_days: count("days with a purchase of all customers"),
      total_lines: count("lines of all customers"),
      total_customers: count("all customers"),
      repeat_customers: count("of them, with more than one order"),
    },
  },
  segment_forecast: {
    statement: "segments/segment_forecast",
    ...OVER_SEGMENTS,
    biTable: "current_segment_forecast",
    page: "rows",
    grain: "named segment whose customers are forecast",
    order: ["rfm_segment"],
    columns: {
      rfm_segment: text("named segment"),
      customers: count("customers in it"),
      alive_customers: real("customers of these who have not left, expected"),
      late_customers: count("customers away for longer than nine in ten of their own waits"),
      expected_orders_90d: real("orders expected in the next 90 days"),
      expected_value_90d: money("what these are expected to bring"),
      late_expected_value_90d: money("of that, from customers who are late"),
    },
  },
  worth_a_call: {
    statement: "segments/worth_a_call",
    ...TOTALS,
    page: "rows",
    grain: "customer worth a call: of much value, and late or more likely gone than not",
    order: ["call_rank"],
    columns: {
      call_rank: count("1 has brought the most"),
      customer_id: text("as in the files"),
      rfm_segment: text("named segment"),
      recency_days: whole("days since the last purchase"),
      frequency: count("orders"),
      net_monetary: money("what the customer spent, less all that came back"),
      p_alive: share("probability that the customer has not left for good"),
      ...EXPECTED,
    },
  },
  alive_map: {
    statement: "segments/alive_map",
    ...OVER_SEGMENTS,
    page: "rows",
    grain: "tenth of P(alive) and cell of money spent",
    order: ["alive_cell", "monetary_cell"],
    columns: {
      alive_cell: whole("0..9: P(alive) from so many tenths on; 9 has 1 too"),
      monetary_cell: whole("cell on the logarithmic axis, two to a factor of e"),
      customers: count("in the cell"),
      late_customers: count("of them, late by their own waits"),
      revenue: money("what they spent"),
      expected_value_90d: money("what they are expected to bring in 90 days"),
    },
  },
  segment_customers: {
    statement: "segments/segment_customers",
    ...OVER_SEGMENTS,
    page: "view",
    grain: "named segment, list (top: who spent most; quiet: of them, late or likely gone) and customer",
    order: ["rfm_segment", "list_name", "list_rank"],
    columns: {
      ...LISTED,
      recency_days: count("days since the last purchase"),
      frequency: count("orders"),
      r_score: whole("recency score, from 1 to the number of bins"),
      f_score: whole("frequency score, from 1 to the number of bins"),
      m_score: whole("monetary score, from 1 to the number of bins"),
      p_alive: optional(share("probability that the customer has not left for good")),
      ...EXPECTED,
    },
  },
  segment_sales: {
    statement: "segments/segment_sales",
    ...OVER_SEGMENTS,
    page: "view",
    grain: "named segment and, in turn, cohort and month, week, country, weekday and hour",
    order: ["rfm_segment", "cohort_month", "order_month", "order_week", "weekday", "order_hour", "country"],
    columns: {
      rfm_segment: text("named segment"),
      cohort_month: optional(day("month of the first purchase")),
      order_month: optional(day("month of the order")),
      order_week: optional(day("Monday of its week")),
      country: optional(text("as in the files")),
      weekday: optional(whole("1 Monday .. 7 Sunday")),
      order_hour: optional(whole("0..23")),
      ...SALES,
    },
  },
  segment_products: {
    statement: "segments/segment_products",
    ...OVER_SEGMENTS,
    page: "view",
    grain: "named segment and product, and product over everybody (segment missing)",
    order: ["rfm_segment", "revenue_rank"],
    columns: {
      rfm_segment: optional(text("named segment")),
      product_id: optional(text("as in the files")),
      revenue: money("what they spent on it"),
      units: decimal("units sold"),
      lines: count("lines"),
      customers: count("customers who bought it"),
      cancelled_revenue: money("what the same customers cancelled of it"),
      revenue_rank: count("1 brings the most"),
      units_rank: count("1 sells the most"),
    },
  },
  customer_map: {
    statement: "segments/customer_map",
    ...OVER_SEGMENTS,
    page: "view",
    grain: "named segment, cluster and cell of recency × monetary value",
    order: ["rfm_segment", "cluster_id", "recency_cell", "monetary_cell"],
    columns: {
      rfm_segment: text("named segment"),
      cluster_id: whole("K-Means cluster"),
      recency_cell: whole("cell on the logarithmic axis"),
      monetary_cell: whole("cell on the logarithmic axis"),
      customers: count("in the cell"),
      repeat_customers: count("of them, with more than one order"),
      recency_days: count("days since the last purchase, added up"),
      orders: count("their orders"),
      revenue: money("what they spent"),
    },
  },
  score_cells: {
    statement: "segments/score_cells",
    ...OVER_SEGMENTS,
    page: "view",
    grain: "segment and combination of the three scores that has customers",
    order: ["r_score", "f_score", "m_score", "rfm_segment"],
    columns: {
      r_score: whole("recency score, from 1 to the number of bins"),
      f_score: whole("frequency score, from 1 to the number of bins"),
      m_score: whole("monetary score, from 1 to the number of bins"),
      customers: count("with these scores"),
      revenue: money("what they spent"),
      rfm_segment: text("their segment"),
    },
  },
  migrations: {
    statement: "segments/customer_movements",
    over: "movement",
    biTable: "current_migrations",
    grain: "customer of the current run or of the one before it; none after a first run",
    order: ["customer_id"],
    columns: {
      run_from: text("the run before"),
      run_to: text("the current run"),
      customer_id: text("as in the files"),
      segment_from: optional(text("named segment then; missing for a new customer")),
      segment_to: optional(text("named segment now; missing for a customer whom the run does not have any more")),
      threshold_only: flag("the customer would have stayed under the breakpoints of the run before"),
    },
  },
  segment_movers: {
    statement: "segments/segment_movers",
    over: "movement",
    within: "segment_marts",
    page: "view",
    grain:
      "named segment, list (in: who came since the run before; out: who left) and customer; none after a first run",
    order: ["rfm_segment", "list_name", "list_rank"],
    columns: {
      ...LISTED,
      other_segment: optional(text("where the customer was or is; missing for none")),
      is_threshold_only: flag("the customer would have stayed under the breakpoints of the run before"),
      recency_days: optional(count("days since the last purchase; missing where this run does not have the customer")),
      frequency: optional(count("orders")),
      r_score: optional(whole("recency score")),
      f_score: optional(whole("frequency score")),
      m_score: optional(whole("monetary score")),
    },
  },
  migration_matrix: {
    statement: "segments/movement_matrix",
    over: "movement",
    within: "segment_totals",
    grain: "pair of segments, before and now, that has customers",
    order: ["segment_from", "segment_to"],
    columns: {
      segment_from: optional(text("named segment then")),
      segment_to: optional(text("named segment now")),
      customers: count("who went this way"),
      threshold_only: count("of them, only because the breakpoints moved"),
      monetary_before: optional(moneyText("what they had spent then")),
      monetary_after: optional(moneyText("what they have spent now")),
    },
  },
} as const satisfies Readonly<Record<string, MartContract>>;

export type MartName = keyof typeof MARTS;
export type MartRow<Name extends MartName> = RowOf<(typeof MARTS)[Name]["columns"]>;
/** Rows of marts by their names. */
export type MartRows<Names extends MartName = MartName> = { readonly [Name in Names]: readonly MartRow<Name>[] };

type OfPage<Kind extends "view" | "rows"> = {
  [Name in MartName]: (typeof MARTS)[Name] extends { readonly page: Kind } ? Name : never;
}[MartName];

/** Marts that the dashboard is worked out from. */
export type PageMart = OfPage<"view"> | OfPage<"rows">;
/** Marts whose rows the page gets as they are. */
export type RowsOfPage = OfPage<"rows">;

const marts: Readonly<Record<string, MartContract>> = MARTS;

/** Marts that the page needs; of one kind alone, if it is given. */
export const pageMarts = <Kind extends "view" | "rows">(...kinds: readonly Kind[]): readonly OfPage<Kind>[] =>
  Object.keys(marts).filter((name) => kinds.some((kind) => marts[name]?.page === kind)) as OfPage<Kind>[];

/** Marts that are made at one moment of a run, in the order in which they are asked for. */
export const martsOver = (moment: MartContract["over"]): readonly MartName[] =>
  (Object.keys(MARTS) as MartName[]).filter((name) => MARTS[name].over === moment);

/** Columns of the movements' CSV parts and of PostgreSQL's view `rfm.migrations`. */
export const MOVEMENT_COLUMNS = columnNames(MARTS.migrations);
