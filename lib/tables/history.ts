import {
  type Column,
  count,
  day,
  decimal,
  flag,
  moment,
  money,
  optional,
  type TableContract,
  text,
} from "./contract.ts";

const asParsed = (what: string): Column<"text", true> => optional(text(what));
const LINE = {
  source: text("name of the file"),
  line_number: count("physical line in it"),
  customer_id: asParsed("customer, one spelling each"),
  order_id: asParsed("order"),
  ordered_at: optional(moment("of the order; local time of the files")),
  product_id: asParsed("product"),
  description: asParsed("description"),
  quantity: optional(decimal("pieces; negative for returns")),
  unit_price: optional(money("price of a piece")),
  amount: optional(money("amount of the line")),
  country: asParsed("country"),
} as const;
const INGEST = { ingest_id: text("the ingest") } as const;

/**
 * The history: Iceberg tables on AWS, tables of the catalog locally. `sql/athena/ddl` makes them, and numbered
 * migrations add columns, so a table's columns are in the order in which they came.
 */
export const HISTORY_TABLES = {
  transactions: {
    grain: "line of every ingested file, good or not",
    columns: {
      ...INGEST,
      ...LINE,
      currency: asParsed("currency, before conversion"),
      order_status: asParsed("status"),
      category: asParsed("category"),
      payment_method: asParsed("payment method"),
      is_cancellation: flag("whether it takes an order back"),
      is_duplicate: flag("whether the same line stands in the file before it"),
      invalid_reason: asParsed("why it cannot count"),
      invalid_value: asParsed("the cell that is to blame, as written"),
    },
  },
  ingests: {
    grain: "source committed, and one per removal: the ledger",
    columns: {
      ...INGEST,
      source: text("name of the file"),
      content_hash: asParsed("SHA-256 of its bytes"),
      object_key: asParsed("where it lies"),
      rows_in: optional(count("its rows")),
      committed_at: moment("of the commit"),
      is_removed: flag("whether it takes the source out of the history"),
      written_by: asParsed("release that wrote it; missing before version 2 of the lake"),
    },
  },
  shared_orders: {
    grain: "order and day of which two sources have a line in common, word for word",
    columns: {
      ...INGEST,
      source: text("of the later ingest"),
      other_ingest_id: text("ingest of the other"),
      other_source: text("the other"),
      order_key: text("the order"),
      order_date: optional(day("its day")),
    },
  },
  rejects: {
    grain: "live line that the latest run rejected",
    columns: { drop_reason: text("the first that applied"), ...LINE, invalid_value: asParsed("the cell"), ...INGEST },
  },
} as const satisfies Readonly<Record<string, TableContract>>;
