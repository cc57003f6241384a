import { existsSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { bySnapshot, latestManifests, manifestOf, runReader } from "../../api/segments/publishedRuns.ts";
import {
  type CustomerRow,
  customerOf,
  type SegmentReader,
  withoutCaseInSql,
} from "../../api/segments/segmentReader.ts";
import type { ObjectStore } from "../../ports.ts";
import type { TableContract } from "../../tables/contract.ts";
import { orderByOf } from "../../tables/customerOrders.ts";
import { EXTERNAL_TABLES } from "../../tables/external.ts";
import { selectList, wholeRelation } from "../../tables/rows.ts";
import { SEGMENTS } from "../../tables/segments.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { curatedPrefix } from "../../workflow/lake/layout.ts";
import { quoteLiteral } from "../duckdb/translate.ts";

/** An order of a customer, as the statement gives it. */
interface OrderRow {
  readonly order_key: string | null;
  readonly order_date: string;
  readonly line_type: "purchase" | "return";
  readonly lines: number;
  readonly revenue: number;
}
/** An order with lines of several days is one, as frequency counts it; returns have no order, and go by their day. */
const ordersOf = (relation: string): string => `
  select order_key, cast(max(orders.order_date) as varchar) as order_date, line_type, cast(sum(lines) as integer) as lines,
    cast(cast(sum(revenue) as decimal(18, 4)) as double) as revenue
  from ${relation} as orders where customer_id = $1
  group by order_key, line_type, case when order_key is null then orders.order_date end
  order by max(orders.order_date) desc, order_key`;

/**
 * Published segments of a lake's folder, read from the runs' Parquet. Nothing is locked: a run may go on meanwhile, for
 * its files only count once its manifest and the aliases name them, and they never change afterwards.
 */
export async function openLakeSegments(store: ObjectStore, lakeDirectory: string): Promise<SegmentReader> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const hasFiles = ({ runId, attempt }: RunManifest, table: string): boolean =>
    existsSync(join(lakeDirectory, `${curatedPrefix(runId, attempt)}${table}/`));
  /** Rows of a table of a run; none where the run has no files of it. */
  const ask = async <Row>(
    manifest: RunManifest,
    table: string,
    { columns }: TableContract,
    sqlOf: (relation: string) => string,
    values: DuckDBValue[],
  ): Promise<Row[]> => {
    if (!hasFiles(manifest, table)) return [];
    const prefix = `${curatedPrefix(manifest.runId, manifest.attempt)}${table}/`;
    const files = quoteLiteral(join(lakeDirectory, prefix, "*.parquet"));
    const connection = await instance.connect();
    try {
      const relation = wholeRelation(`read_parquet(${files}, hive_partitioning = false)`, columns);
      return (await connection.runAndReadAll(sqlOf(relation), values)).getRowObjectsJson() as Row[];
    } finally {
      connection.closeSync();
    }
  };
  const select = async (manifest: RunManifest, where: string, values: DuckDBValue[]): Promise<CustomerRow[]> => {
    const sql = (relation: string): string =>
      `select ${selectList(SEGMENTS.columns)} from ${relation} as customers ${where}`;
    const rows = await ask<object>(manifest, "segments", SEGMENTS, sql, values);
    return rows.map((row) => ({ ...row, run_id: manifest.runId })) as unknown as CustomerRow[];
  };
  return {
    ...runReader(store),
    async customers(runId, ids) {
      const manifest = await manifestOf(store, runId);
      if (manifest === undefined) return [];
      const places = ids.map((_, i) => `$${i + 1}`).join(", ");
      const rows = await select(manifest, `where customer_id in (${places}) order by customer_id`, [...ids]);
      return rows.map(customerOf);
    },
    async history(id) {
      const manifests = await latestManifests(store);
      const rows = await Promise.all(manifests.map((manifest) => select(manifest, "where customer_id = $1", [id])));
      return rows.flat().map(customerOf).sort(bySnapshot);
    },
    async page({ runId, segment, after, limit }) {
      const manifest = await manifestOf(store, runId);
      if (manifest === undefined) return undefined;
      const where = "where rfm_segment = $1 and ($2 is null or customer_id > $2) order by customer_id limit $3";
      return (await select(manifest, where, [segment, after, limit])).map(customerOf);
    },
    async list({ runId, segment, search, order, limit }) {
      const manifest = await manifestOf(store, runId);
      if (manifest === undefined) return undefined;
      const isFound = `position(${withoutCaseInSql("$2")} in ${withoutCaseInSql("customer_id")}) > 0`;
      const where = `where ($1 is null or rfm_segment = $1) and ($2 is null or ${isFound})`;
      const count = (from: string): string => `select count(*) as total from ${from} ${where}`;
      const [[counted], rows] = await Promise.all([
        ask<{ total: string }>(manifest, "segments", SEGMENTS, count, [segment, search]),
        select(manifest, `${where} order by ${orderByOf(order, "customers")} limit $3`, [segment, search, limit]),
      ]);
      return { total: Number(counted?.total ?? 0), customers: rows.map(customerOf) };
    },
    async orders(runId, id) {
      const manifest = await manifestOf(store, runId);
      if (manifest === undefined || !hasFiles(manifest, "orders")) return undefined;
      const rows = await ask<OrderRow>(manifest, "orders", EXTERNAL_TABLES.orders, ordersOf, [id]);
      return rows.map(({ order_key, order_date, line_type, lines, revenue }) => ({
        order: order_key === null || order_key === `${id} on ${order_date}` ? null : order_key,
        ...{ date: order_date, kind: line_type, lines, revenue },
      }));
    },
    close: async () => instance.closeSync(),
  };
}
