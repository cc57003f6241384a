import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Table } from "apache-arrow";
import type { Summary } from "../domain/run/summary.ts";
import type { NewsDelivery } from "../local/notify/postNews.ts";
import { type CustomerFilter, type CustomerSegment, customersOf } from "./customers.ts";

/** Where the results of a run are: absolute paths. */
export interface ResultFiles {
  /** One row per customer, ordered by `customer_id`. */
  readonly segmentsCsv: string;
  /** A folder of Parquet files with the same rows, typed. */
  readonly segmentsParquet: string;
  /** What clustering read of each customer, as a folder of Parquet files. */
  readonly features: string;
  readonly summary: string;
  readonly dashboard: string;
  /** The model card, JSON. */
  readonly model: string;
}

/** A finished run. */
export interface Segmentation {
  readonly runId: string;
  /** What the run found, as `summary.json` has it. */
  readonly summary: Summary;
  readonly files: ResultFiles;
  /** What became of the message to the webhook of the settings; absent where they name none. */
  readonly news?: NewsDelivery;
  /** Every customer with segment and cluster, in the order of the ids' bytes, read as they are asked for. */
  customers(filter?: CustomerFilter): AsyncIterable<CustomerSegment>;
  /**
   * The same as an Arrow table: ids as text, money as decimal(18, 4), days as dates. Needs the package apache-arrow.
   */
  toArrow(filter?: CustomerFilter): Promise<Table>;
  /** Copies `segments.csv`, `summary.json` and `dashboard.html` into a folder. @returns their paths. */
  writeTo(folder: string): string[];
}

/** The results of a run in a lake. @param lakeDirectory absolute. */
export function openSegmentation(lakeDirectory: string, summary: Summary, news?: NewsDelivery): Segmentation {
  const at = (name: string): string => join(lakeDirectory, summary.outputs[name] ?? "");
  const files: ResultFiles = {
    segmentsCsv: at("segmentsCsv"),
    segmentsParquet: at("segmentsParquet"),
    features: at("features"),
    summary: at("summary"),
    dashboard: at("dashboard"),
    model: at("model"),
  };
  const customers = (filter?: CustomerFilter): AsyncIterable<CustomerSegment> =>
    customersOf(lakeDirectory, summary.runId, filter);
  return {
    runId: summary.runId,
    summary,
    files,
    ...(news === undefined ? {} : { news }),
    customers,
    toArrow: async (filter) => (await import("./arrowTable.ts")).arrowTable(customers(filter)),
    writeTo: (folder) => copyResults(files, folder),
  };
}

function copyResults({ segmentsCsv, summary, dashboard }: ResultFiles, folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const copies = { "segments.csv": segmentsCsv, "summary.json": summary, "dashboard.html": dashboard };
  return Object.entries(copies).map(([name, from]) => {
    const target = join(folder, name);
    copyFileSync(from, target);
    return target;
  });
}
