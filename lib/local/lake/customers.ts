import { existsSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { UnknownNameError } from "../../domain/audience/audience.ts";
import { customerIdOf, erasedIdOf } from "../../domain/customerId.ts";
import { SegmentationError } from "../../domain/errors.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import { orderByOf } from "../../tables/customerOrders.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { readJson } from "../../workflow/lake/json.ts";
import { curatedPrefix, modelKey } from "../../workflow/lake/layout.ts";
import { quoteLiteral } from "../duckdb/translate.ts";
import { runManifests } from "../serve/publishedRuns.ts";
import type {
  CountedOrder,
  CustomerDetails,
  CustomerList,
  CustomerQuery,
  EarlierStanding,
  ListedCustomer,
} from "./customerTypes.ts";
import { openRun } from "./openRun.ts";

/** A run that has no such customer. */
export class NoCustomerError extends SegmentationError {
  constructor(customerId: string, runId: string) {
    super(
      "NO_CUSTOMER",
      `Run ${runId} has no customer ${JSON.stringify(customerId)}. \`rfm customers --search TEXT\` finds ids by a part of them; \`rfm rejects\` lists rows that did not count.`,
      { customerId, runId },
    );
  }
}

const COLUMNS = `customer_id, recency_days, frequency, cast(monetary as varchar), case when greatest(r_score, f_score, m_score) > 9 then concat_ws('-', r_score, f_score, m_score) else concat(r_score, f_score, m_score) end,
  rfm_segment, cluster_label, first_purchase::varchar, last_purchase::varchar`;

function customerOf(row: readonly DuckDBValue[]): ListedCustomer {
  const [customerId, recencyDays, frequency, monetary, scores, segment, cluster, first, last] = row;
  return {
    customerId: String(customerId),
    recencyDays: Number(recencyDays),
    frequency: Number(frequency),
    monetary: String(monetary).replace(/0{1,2}$/, ""),
    scores: String(scores),
    segment: String(segment),
    cluster: String(cluster),
    firstPurchase: String(first),
    lastPurchase: String(last),
  };
}

/**
 * Customers of a run, out of the lake's files; a run may go on meanwhile.
 * @throws NoLakeError, UnknownNameError for a run or a segment.
 */
export async function listCustomers(directory: string, query: CustomerQuery): Promise<CustomerList> {
  const { store, lakeDirectory: root, manifest } = await openRun(directory, query.runId);
  const { segmentTable } = await readJson<ModelCard>(store, modelKey(manifest.modelVersion));
  const known = Object.keys(segmentTable);
  const segments = query.segments.map((word) => {
    const found = known.find((name) => name.toLowerCase() === word.trim().toLowerCase());
    if (found === undefined) throw new UnknownNameError("segment", word, known);
    return found;
  });
  const inSegments = segments.length === 0 ? "true" : `rfm_segment in (${segments.map(quoteLiteral).join(", ")})`;
  const { search } = query;
  const isFound = search === undefined ? "true" : `contains(lower(customer_id), lower(${quoteLiteral(search)}))`;
  const matching = `from ${segmentsOf(root, manifest)} as customers where ${inSegments} and ${isFound}`;
  return withDuckDb(async (rows) => {
    const [[total] = [0]] = await rows(`select count(*) ${matching}`);
    const found = await rows(
      `select ${COLUMNS} ${matching} order by ${orderByOf(query.order, "customers")} limit ${query.limit}`,
    );
    const { runId, snapshotDate } = manifest;
    return { runId, snapshotDate, total: Number(total), customers: found.map(customerOf) };
  });
}

/**
 * One customer of a run: its figures beside the breakpoints, its orders, and where it stood in the runs before.
 * @throws NoLakeError, NoCustomerError, UnknownNameError for a run.
 */
export async function describeCustomer(directory: string, given: string, runId?: string): Promise<CustomerDetails> {
  const { store, lakeDirectory: root, manifest } = await openRun(directory, runId);
  const asked = customerIdOf(given) ?? "";
  const ids = `(${[...new Set([asked, erasedIdOf(given) ?? asked])].map(quoteLiteral).join(", ")})`;
  const runs = (await runManifests(store)).filter(({ snapshotDate }) => snapshotDate <= manifest.snapshotDate);
  const card = await readJson<ModelCard>(store, modelKey(manifest.modelVersion));
  return withDuckDb(async (rows) => {
    const standing = async (run: RunManifest): Promise<ListedCustomer | null> => {
      if (!existsSync(join(root, curatedPrefix(run.runId, run.attempt), "segments"))) return null;
      const found = await rows(`select ${COLUMNS} from ${segmentsOf(root, run)} where customer_id in ${ids}
        order by customer_id <> ${quoteLiteral(asked)} limit 1`);
      return found[0] === undefined ? null : customerOf(found[0]);
    };
    const customer = await standing(manifest);
    if (customer === null) throw new NoCustomerError(given, manifest.runId);
    const orders =
      await rows(`select order_key, max(order_date), line_type, sum(lines), cast(sum(revenue) as decimal(18, 4))::varchar
      from read_parquet(${quoteLiteral(join(root, curatedPrefix(manifest.runId, manifest.attempt), "orders", "*.parquet"))})
      where customer_id = ${quoteLiteral(customer.customerId)} group by order_key, line_type, case when order_key is null then order_date end
      order by max(order_date) desc, order_key`);
    const history: EarlierStanding[] = [];
    for (const run of runs)
      history.push({ runId: run.runId, snapshotDate: run.snapshotDate, customer: await standing(run) });
    return {
      ...{ runId: manifest.runId, snapshotDate: manifest.snapshotDate, customer, history },
      scoreEdges: card.scoreEdges,
      ...(card.scoreMeasures === undefined ? {} : { scoreMeasures: card.scoreMeasures }),
      orders: orders.map(([key, day, kind, lines, revenue]) => ({
        orderId: key === null || key === `${customer.customerId} on ${day}` ? null : String(key),
        ...{ day: String(day), kind: kind as CountedOrder["kind"], lines: Number(lines) },
        revenue: String(revenue).replace(/0{1,2}$/, ""),
      })),
    };
  });
}

/** The segments of a run as a relation. */
export const segmentsOf = (root: string, { runId, attempt }: RunManifest): string =>
  `read_parquet(${quoteLiteral(join(root, curatedPrefix(runId, attempt), "segments", "*.parquet"))})`;

/** Asks an engine that is open for no longer, over files alone. */
export async function withDuckDb<T>(work: (rows: (sql: string) => Promise<DuckDBValue[][]>) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  try {
    return await work(async (sql) => (await connection.runAndReadAll(sql)).getRows());
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
