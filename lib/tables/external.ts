import {
  type Column,
  count,
  day,
  decimal,
  leftOutWhereMissing,
  money,
  optional,
  type TableContract,
  text,
  whole,
} from "./contract.ts";
import { FORECASTS } from "./forecasts.ts";
import { FEATURES, RETURNED_LINES, SEGMENTS } from "./segments.ts";
import { STAGES } from "./stages.ts";

/** A table over Parquet files in the lake: Glue tables with injected partition projection on AWS, views locally. */
export interface ExternalTable extends TableContract {
  /**
   * Folder of the files relative to the lake's root, with `{partition}` for each partition column; no slash at the end.
   */
  readonly location: string;
  /** Partition columns: a statement must compare each with a literal. */
  readonly partitionColumns: readonly string[];
}

const ofIngest = (folder: string) => ({
  location: `raw/ingest_id={ingest_id}/${folder}`,
  partitionColumns: ["ingest_id"],
});
const ofRun = (folder: string) => ({
  location: `curated/run_id={run_id}/attempt={attempt}/${folder}`,
  partitionColumns: ["run_id", "attempt"],
});
const asWritten = (what: string): Column<"text", true> => optional(text(`${what}, as written`));

/** External tables that the statements read. */
export const EXTERNAL_TABLES = {
  raw_rows: {
    ...ofIngest("rows"),
    grain: "row of a file as delivered, every column text",
    columns: {
      source: text("name of the file"),
      line_number: count("physical line in it"),
      customer_id: asWritten("customer"),
      order_id: asWritten("order"),
      order_date: asWritten("date"),
      product_id: asWritten("product"),
      description: asWritten("description"),
      quantity: asWritten("quantity"),
      unit_price: asWritten("price of a piece"),
      amount: asWritten("amount of the line"),
      country: asWritten("country"),
      currency: asWritten("currency"),
      order_status: asWritten("status"),
      category: asWritten("category"),
      payment_method: asWritten("payment method"),
      exchange_rate: optional(text("by which amounts are multiplied")),
      other_columns: optional(text("all other cells, so that copies can be told")),
      unreadable: optional(text("what is wrong with a line that could not be read")),
      file_columns: leftOutWhereMissing(text("what the columns hold that the settings name, as JSON by their names")),
    },
  },
  raw_sources: {
    ...ofIngest("sources"),
    grain: "file of a delivery",
    columns: {
      source: text("name of the file"),
      content_hash: text("SHA-256 of its bytes"),
      object_key: text("where it lies"),
    },
  },
  /** No file where a delivery brings no folder whole. */
  dropped_folders: {
    ...ofIngest("folders"),
    grain: "folder that a delivery brings whole",
    columns: { prefix: text("of the names of its files") },
  },
  /** No file where no status of the history does anything. */
  order_statuses: {
    location: "attempts/attempt={attempt}/history_facts/rows_of=statuses",
    partitionColumns: ["attempt"],
    grain: STAGES.statuses.grain,
    columns: STAGES.statuses.columns,
  },
  orders: {
    ...ofRun("orders"),
    grain: "order of a customer on a day, and its returns apart",
    columns: {
      customer_id: text("as in the files"),
      order_key: text("order, or day where the file has no orders"),
      line_type: text("purchase or return"),
      order_date: day("its day"),
      order_hour: optional(whole("hour of its first line")),
      country: optional(text("as in the files")),
      payment_method: optional(text("as in the files")),
      lines: count("lines kept"),
      units: decimal("units sold"),
      revenue: money("what it brought"),
    },
  },
  /** No file unless the policy matches returns with purchases. */
  returned_lines: { ...ofRun("returned_lines"), ...RETURNED_LINES },
  features: { ...ofRun("features"), ...FEATURES },
  segments: { ...ofRun("segments"), ...SEGMENTS },
  forecasts: { ...ofRun("forecasts"), ...FORECASTS },
  // The same files under partition columns of their own: a statement names one partition of a table.
  previous_segments: {
    location: "curated/run_id={previous_run_id}/attempt={previous_attempt}/segments",
    partitionColumns: ["previous_run_id", "previous_attempt"],
    ...SEGMENTS,
  },
  // The segments that this run's customers have by the breakpoints and the segment table of the run before.
  rescored: {
    ...ofRun("rescored"),
    grain: "customer of a run",
    columns: { customer_id: text("as in the files"), rfm_segment: text("named segment by the run before") },
  },
} satisfies Readonly<Record<string, ExternalTable>>;
