import { buildDashboard } from "../domain/dashboard/build.ts";
import type { DashboardData, IngestQuality } from "../domain/dashboard/types.ts";
import type { ModelCard } from "../domain/modelCard.ts";
import type { Summary } from "../domain/summary.ts";
import type { ObjectStore } from "../ports.ts";
import { readAliases } from "./aliases.ts";
import { readJson } from "./json.ts";
import { attemptPrefix, curatedPrefix, manifestKey, qualityKey } from "./layout.ts";
import { readRows } from "./parquet.ts";
import type { QualityReport } from "./steps/checkQuality.ts";
import type { RunPlan } from "./steps/planRun.ts";
import type { RunManifest } from "./steps/publishRun.ts";
import type { RunState } from "./steps/state.ts";

const MARTS = [
  "by_month",
  "by_day",
  "by_country",
  "by_weekday_hour",
  "by_product",
  "new_and_returning",
  "cohorts",
  "concentration",
  "concentration_summary",
  "by_category",
  "by_payment_method",
  "segment_sales",
  "segment_products",
  "customer_map",
  "score_cells",
] as const;

/** Ingests whose quality is shown, the latest ones. */
const MOST_INGESTS = 30;

export interface DashboardRequest {
  readonly runPlan: Pick<RunPlan, "config" | "lineage">;
  readonly summary: Summary;
  readonly model: ModelCard;
  readonly queries: RunState["queries"];
}

/** The page's data of a run, from its marts, its summary and the run that is published now. */
export async function readDashboard(store: ObjectStore, request: DashboardRequest): Promise<DashboardData> {
  const { runPlan, summary, model, queries } = request;
  const prefix = curatedPrefix(summary.runId, summary.attempt);
  const [tables, bounds, earlier, ingests] = await Promise.all([
    Promise.all(MARTS.map((name) => readRows(store, `${prefix}${name}/`))),
    readRows(store, `${attemptPrefix(summary.attempt)}bounds/`),
    readEarlier(store, summary),
    readIngests(store, runPlan),
  ]);
  const currency = bounds[0]?.currency;
  return buildDashboard({
    summary,
    model,
    config: runPlan.config,
    currency: typeof currency === "string" ? currency : null,
    earlier,
    marts: Object.fromEntries(MARTS.map((name, i) => [name, tables[i] ?? []])),
    ingests,
    stages: stagesOf(queries),
  });
}

/** The summary of the run that movement compares with, else of the published one; null for the first run. */
async function readEarlier(store: ObjectStore, summary: Summary): Promise<Summary | null> {
  const runId = summary.movement?.runFrom ?? (await readAliases(store)).run;
  if (runId === undefined || runId === null || runId === summary.runId) return null;
  if ((await store.head(manifestKey(runId))) === undefined) return null;
  const { summaryKey } = await readJson<RunManifest>(store, manifestKey(runId));
  return await readJson<Summary>(store, summaryKey);
}

async function readIngests(store: ObjectStore, { lineage }: DashboardRequest["runPlan"]): Promise<IngestQuality[]> {
  const ids = [...new Set(lineage.map(({ ingestId }) => ingestId))].sort().slice(-MOST_INGESTS);
  return Promise.all(ids.map(async (id) => qualityOf(await readJson<QualityReport>(store, qualityKey(id)))));
}

function qualityOf({ ingestId, rowsIn, ledger }: QualityReport): IngestQuality {
  const rows = (reason: string): number => ledger.find((line) => line.reason === reason)?.rows ?? 0;
  return { ingestId, rowsIn, rowsKept: rows("kept"), missingCustomer: rows("missing_customer") };
}

/** Time of the statements by stage, as the engine reports it; each entry is one result or a list of them. */
function stagesOf(queries: RunState["queries"]): DashboardData["stages"] {
  return Object.entries(queries).map(([stage, results]) => {
    const list = [results].flat() as { statistics?: { TotalExecutionTimeInMillis?: number } }[];
    const ms = list.reduce((sum, result) => sum + (result?.statistics?.TotalExecutionTimeInMillis ?? 0), 0);
    return { stage, statements: list.length, ms };
  });
}
