import { toTenThousandths } from "../../domain/money.ts";
import { compareUtf8 } from "../../domain/text/utf8Order.ts";
import type { ObjectStore } from "../../ports.ts";
import { columnNames } from "../../tables/contract.ts";
import { CUSTOMER_ORDERS } from "../../tables/customerOrders.ts";
import { SEGMENT_ROWS } from "../../tables/segments.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { curatedPrefix } from "../../workflow/lake/layout.ts";
import { countRows, findRows, readColumns } from "../../workflow/lake/parquet.ts";
import { bySnapshot, latestManifests, manifestOf, runReader } from "./publishedRuns.ts";
import {
  type Customer,
  type CustomerRow,
  customerOf,
  type ListRequest,
  type SegmentReader,
  withoutCase,
} from "./segmentReader.ts";

/** One Parquet object of a run's segments. Parts in key order are in the order of their customers' ids. */
interface Part {
  readonly key: string;
  readonly firstId: string;
  readonly rows: number;
}

/** Runs whose parts are remembered: they never change. */
const REMEMBERED_RUNS = 50;

/**
 * Published segments out of the runs' Parquet, in any store and without an engine: for deployments without a database.
 * A question reads the parts that can hold its customers, some 250,000 rows each; where questions are many, a database
 * is the better place.
 */
export function openFileSegments(store: ObjectStore): SegmentReader {
  const partsOf = rememberedParts(store);
  const customersOf = async (manifest: RunManifest, ids: readonly string[]): Promise<Customer[]> => {
    const parts = await partsOf(manifest);
    const found = await Promise.all(
      parts.map(({ key }, i) => {
        const wanted = ids.filter((id) => mayHold(parts, i, id));
        return wanted.length === 0 ? [] : rowsOf(store, manifest, key, { customer_id: { $in: wanted } });
      }),
    );
    return found.flat();
  };
  return {
    ...runReader(store),
    async customers(runId, ids) {
      const manifest = await manifestOf(store, runId);
      return manifest === undefined ? [] : customersOf(manifest, ids);
    },
    async history(id) {
      const manifests = await latestManifests(store);
      const found = await Promise.all(manifests.map((manifest) => customersOf(manifest, [id])));
      return found.flat().sort(bySnapshot);
    },
    async page({ runId, segment, after, limit }) {
      const manifest = await manifestOf(store, runId);
      if (manifest === undefined) return undefined;
      const parts = await partsOf(manifest);
      const page: Customer[] = [];
      for (const [i, { key }] of parts.entries()) {
        if (page.length >= limit) break;
        if (after !== null && endsBefore(parts, i, after)) continue;
        const rows = await rowsOf(store, manifest, key, { rfm_segment: { $eq: segment } });
        page.push(...rows.filter((row) => after === null || compareUtf8(row.customer_id, after) > 0));
      }
      return page.slice(0, limit);
    },
    async list({ runId, limit, ...wanted }) {
      const manifest = await manifestOf(store, runId);
      if (manifest === undefined) return undefined;
      const { total, ids } = await firstIds(store, await partsOf(manifest), wanted, limit);
      const found = new Map((await customersOf(manifest, ids)).map((customer) => [customer.customer_id, customer]));
      return { total, customers: ids.flatMap((id) => found.get(id) ?? []) };
    },
    close: async () => undefined,
  };
}

/** Ids of the first customers by an order, of three columns alone: a part at a time is in memory. */
async function firstIds(
  store: ObjectStore,
  parts: readonly Part[],
  { segment, search, order }: Omit<ListRequest, "runId" | "limit">,
  limit: number,
): Promise<{ total: number; ids: string[] }> {
  const { column, isDescending } = CUSTOMER_ORDERS[order];
  const text = search === null ? null : withoutCase(search);
  const compare = (a: Ranked, b: Ranked): number =>
    (isDescending ? b.value - a.value : a.value - b.value) || compareUtf8(a.id, b.id);
  let total = 0;
  let first: Ranked[] = [];
  for (const { key, rows } of parts) {
    const columns = await readColumns(store, { key, start: 0, end: rows }, ["customer_id", "rfm_segment", column]);
    const [ids, segments, values] = ["customer_id", "rfm_segment", column].map((name) => columns.get(name) ?? []);
    for (let i = 0; i < rows; i++) {
      const id = String(ids?.[i]);
      if (segment !== null && segments?.[i] !== segment) continue;
      if (text !== null && !withoutCase(id).includes(text)) continue;
      total += 1;
      first.push({ id, value: Number(values?.[i]) });
    }
    first = first.sort(compare).slice(0, limit);
  }
  return { total, ids: first.map(({ id }) => id) };
}

interface Ranked {
  readonly id: string;
  readonly value: number;
}

/** Whether the next part begins at the id or before it. */
function endsBefore(parts: readonly Part[], i: number, id: string): boolean {
  const next = parts[i + 1];
  return next !== undefined && compareUtf8(next.firstId, id) <= 0;
}

function mayHold(parts: readonly Part[], i: number, id: string): boolean {
  return compareUtf8((parts[i] as Part).firstId, id) <= 0 && !endsBefore(parts, i, id);
}

/** Customers of a part, in the order of their ids. */
async function rowsOf(
  store: ObjectStore,
  manifest: RunManifest,
  key: string,
  filter: Parameters<typeof findRows>[2],
): Promise<Customer[]> {
  const rows = await findRows(store, key, filter);
  return rows
    .map((row) =>
      customerOf({
        ...row,
        ...exactMoney(row),
        run_id: manifest.runId,
      } as unknown as CustomerRow),
    )
    .sort((a, b) => compareUtf8(a.customer_id, b.customer_id));
}

const MONEY = columnNames(SEGMENT_ROWS).filter((name) => SEGMENT_ROWS.columns[name].holds === "money");

/** Decimals come as their integers times a rounded power of ten. */
function exactMoney(row: Readonly<Record<string, unknown>>): Record<string, number> {
  const given = MONEY.filter((name) => row[name] !== null && row[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, toTenThousandths(Number(row[name])) / 10_000]));
}

function rememberedParts(store: ObjectStore): (manifest: RunManifest) => Promise<readonly Part[]> {
  const known = new Map<string, readonly Part[]>();
  return async ({ runId, attempt }) => {
    const remembered = known.get(`${runId}/${attempt}`);
    if (remembered !== undefined) return remembered;
    const counts = await countRows(store, `${curatedPrefix(runId, attempt)}segments/`);
    const parts = await Promise.all(
      counts.map(async ({ key, rows }) => ({ key, rows, firstId: await firstIdOf(store, key) })),
    );
    if (known.size >= REMEMBERED_RUNS) known.clear();
    known.set(`${runId}/${attempt}`, parts);
    return parts;
  };
}

async function firstIdOf(store: ObjectStore, key: string): Promise<string> {
  const columns = await readColumns(store, { key, start: 0, end: 1 }, ["customer_id"]);
  return String(columns.get("customer_id")?.[0]);
}
