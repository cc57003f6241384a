import type { ScoreMeasures } from "../../domain/rfm/scoring.ts";
import { modelKey } from "../../workflow/lake/layout.ts";
import { readModel } from "../../workflow/models/modelRegistry.ts";
import { cursorQuery, customersQuery, idParams, noQuery, type OperationId, segmentParams } from "../operations.ts";
import { checked, ProblemError } from "../problems.ts";
import { bodyFormat, parseJson, readText } from "../requestBody.ts";
import { LIMITS } from "../schemas.ts";
import type { ApiContext, ApiHandler, ApiPorts } from "../types.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { batchGetSchema } from "./lakeSchemas.ts";
import type { Customer, RunFacts } from "./segmentReader.ts";

type CustomerOperation = Extract<
  OperationId,
  "listCustomers" | "getCustomer" | "batchGetCustomers" | "listSegments" | "listSegmentCustomers" | "listRuns"
>;

/** Operations over published segments. */
export function customerHandlers(ports: ApiPorts): Readonly<Record<CustomerOperation, ApiHandler>> {
  return {
    listCustomers: (context) => listCustomers(ports, context),
    getCustomer: (context) => getCustomer(ports, context),
    batchGetCustomers: (context) => batchGet(ports, context),
    listSegments: (context) => listSegments(ports, context),
    listSegmentCustomers: (context) => listSegmentCustomers(ports, context),
    async listRuns(context) {
      checked(noQuery, context.req.query());
      return context.json({ runs: await ports.segments.runs() });
    },
  };
}

async function requireRun({ segments }: ApiPorts): Promise<RunFacts> {
  const run = await segments.currentRun();
  if (run === undefined) throw new ProblemError(409, "NO_RUN", "Nothing is published yet: the first run does it.");
  return run;
}

async function getCustomer(ports: ApiPorts, context: ApiContext): Promise<Response> {
  checked(noQuery, context.req.query());
  const { id } = checked(idParams, { id: context.req.param("id") });
  const { run_id } = await requireRun(ports);
  const [[customer], history] = await Promise.all([ports.segments.customers(run_id, [id]), ports.segments.history(id)]);
  if (customer === undefined)
    throw new ProblemError(404, "UNKNOWN_CUSTOMER", "The current run has no customer of this id.");
  const [why, orders = null] = await Promise.all([whyOf(ports, customer), ports.segments.orders?.(run_id, id)]);
  return context.json({ customer, why, orders, orders_note: orders === null ? noteOnOrders(ports) : null, history });
}

/** Why a customer comes without orders, and where they are. */
const noteOnOrders = ({ segments }: ApiPorts): string =>
  segments.orders === undefined
    ? "This service reads customers alone. Where the lake's files are on this computer, `rfm customer ID` and `rfm serve` have the orders; on AWS the table orders of the lake's database in Athena has them."
    : "The lake of this service no longer has the orders of this run; a new run writes them.";

/** The figures of a customer beside the breakpoints of the run's model. */
async function whyOf({ store }: ApiPorts, customer: Customer): Promise<object[] | null> {
  const { recency, frequency, monetary, r_score, f_score, m_score, model_version } = customer;
  if ((await store.head(modelKey(model_version))) === undefined) return null;
  const { scoreEdges, scoreMeasures = {} } = await readModel(store, model_version);
  const of = (measure: keyof ScoreMeasures, value: number) => {
    const chosen = scoreMeasures[measure];
    return chosen === undefined ? { value } : { feature: chosen.feature, value: null };
  };
  return [
    { measure: "recency", ...of("recencyDays", recency), score: r_score, breakpoints: scoreEdges.recencyDays },
    { measure: "frequency", ...of("frequency", frequency), score: f_score, breakpoints: scoreEdges.frequency },
    { measure: "monetary", ...of("monetary", monetary), score: m_score, breakpoints: scoreEdges.monetary },
  ];
}

async function listCustomers(ports: ApiPorts, context: ApiContext): Promise<Response> {
  const query = checked(customersQuery, context.req.query());
  const { segment = null, search = null, sort: order = "monetary", limit = LIMITS.defaultPageSize } = query;
  const { run_id, snapshot_date } = await requireRun(ports);
  const listing = await ports.segments.list({ runId: run_id, segment, search, order, limit });
  if (segment !== null && listing?.total === 0) await requireSegment(ports, run_id, segment);
  return context.json({ run_id, snapshot_date, total: listing?.total ?? 0, customers: listing?.customers ?? [] });
}

async function batchGet(ports: ApiPorts, context: ApiContext): Promise<Response> {
  checked(noQuery, context.req.query());
  bodyFormat(context.req.raw.headers, ["json"]);
  const body = parseJson(await readText(context.req.raw, ports.limits.maxBodyBytes), "The body");
  const ids = [...new Set(checked(batchGetSchema, body).ids)];
  const { run_id } = await requireRun(ports);
  const customers = await ports.segments.customers(run_id, ids);
  const found = new Set(customers.map((customer) => customer.customer_id));
  return context.json({ run_id, customers, not_found: ids.filter((id) => !found.has(id)) });
}

async function listSegments(ports: ApiPorts, context: ApiContext): Promise<Response> {
  checked(noQuery, context.req.query());
  const run = await requireRun(ports);
  const summary = await ports.segments.summary(run.run_id);
  const { run_id, model_version, snapshot_date, created_at, customers } = run;
  const segments = (summary?.segments ?? []).map((segment) => ({
    name: segment.name,
    customers: segment.customers,
    customer_share: segment.customerShare,
    revenue: segment.revenue,
    revenue_share: segment.revenueShare,
    median_recency: segment.medianRecencyDays,
    median_frequency: segment.medianFrequency,
    median_monetary: segment.medianMonetary,
  }));
  return context.json({ run_id, model_version, snapshot_date, created_at, customers, segments });
}

async function listSegmentCustomers(ports: ApiPorts, context: ApiContext): Promise<Response> {
  const { name } = checked(segmentParams, { name: context.req.param("name") });
  const { limit = LIMITS.defaultPageSize, cursor } = checked(cursorQuery, context.req.query());
  const key = await ports.cursorKey();
  const place = cursor === undefined ? undefined : readCursor(key, cursor, name);
  const run = place?.run ?? (await requireRun(ports)).run_id;
  // One more than asked for tells whether there is a next page.
  const rows = await ports.segments.page({ runId: run, segment: name, after: place?.after ?? null, limit: limit + 1 });
  if (rows === undefined)
    throw new ProblemError(410, "RUN_GONE", "The run that this listing began with is not kept any more; begin anew.");
  if (rows.length === 0 && place === undefined) await requireSegment(ports, run, name);
  const customers = rows.slice(0, limit);
  const last = rows.length > limit ? customers.at(-1) : undefined;
  const next = last === undefined ? null : writeCursor(key, { run, segment: name, after: last.customer_id });
  return context.json({ run_id: run, segment: name, customers, next_cursor: next });
}

/** A segment without customers is one all the same where the run's table has it. */
async function requireSegment({ segments }: ApiPorts, run: string, name: string): Promise<void> {
  const summary = await segments.summary(run);
  if (summary?.segments.some((segment) => segment.name === name)) return;
  throw new ProblemError(404, "UNKNOWN_SEGMENT", "The run has no customer in a segment of this name.");
}
