import { buildDashboard } from "../../domain/dashboard/build.ts";
import type { DashboardData, IngestQuality } from "../../domain/dashboard/types.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { ObjectStore } from "../../ports.ts";
import { type MartRows, type PageMart, pageMarts } from "../../tables/marts.ts";
import type { RunManifest, RunPlan } from "../documents.ts";
import { readJson } from "../lake/json.ts";
import { attemptPrefix, curatedPrefix, manifestKey, qualityKey } from "../lake/layout.ts";
import { readMart, readStage } from "../lake/readTable.ts";
import { readAliases } from "../models/aliases.ts";
import type { QualityReport } from "../steps/checkQuality.ts";

/** Ingests whose quality is shown, the latest ones. */
const MOST_INGESTS = 20;

export interface DashboardRequest {
  readonly runPlan: Pick<RunPlan, "config">;
  readonly summary: Summary;
  readonly model: ModelCard;
  readonly timings: DashboardData["timings"];
}

/** The page's data of a run, from its marts, its summary and the run that is published now. */
export async function readDashboard(store: ObjectStore, request: DashboardRequest): Promise<DashboardData> {
  const { runPlan, summary, model, timings } = request;
  const prefix = curatedPrefix(summary.runId, summary.attempt);
  const [marts, bounds, earlier, ingests] = await Promise.all([
    readPageMarts(store, prefix),
    readStage(store, "bounds", attemptPrefix(summary.attempt)),
    readEarlier(store, summary),
    readIngests(store, summary.attempt),
  ]);
  return buildDashboard({
    summary,
    model,
    config: runPlan.config,
    currency: bounds[0]?.currency ?? null,
    earlier,
    marts,
    ingests,
    timings,
  });
}

async function readPageMarts(store: ObjectStore, prefix: string): Promise<MartRows<PageMart>> {
  const names = pageMarts("view", "rows");
  const tables = await Promise.all(names.map(async (name) => [name, await readMart(store, name, prefix)] as const));
  return Object.fromEntries(tables) as unknown as MartRows<PageMart>;
}

/** The summary of the run that movement compares with, else of the published one; null for the first run. */
async function readEarlier(store: ObjectStore, summary: Summary): Promise<Summary | null> {
  const runId = summary.movement?.runFrom ?? (await readAliases(store)).run;
  if (runId === undefined || runId === null || runId === summary.runId) return null;
  if ((await store.head(manifestKey(runId))) === undefined) return null;
  const { summaryKey } = await readJson<RunManifest>(store, manifestKey(runId));
  return await readJson<Summary>(store, summaryKey);
}

/** The latest ingests that the run is made of, the earliest of them first. */
async function readIngests(store: ObjectStore, attempt: string): Promise<IngestQuality[]> {
  const committed = new Map(
    (await readStage(store, "history", attemptPrefix(attempt))).map((row) => [row.ingest_id, row.committed_at]),
  );
  const latest = [...committed].sort(([a, aAt], [b, bAt]) => order(aAt, bAt) || order(a, b)).slice(-MOST_INGESTS);
  return Promise.all(
    latest.map(async ([id, committedAt]) =>
      qualityOf(await readJson<QualityReport>(store, qualityKey(id)), committedAt),
    ),
  );
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function qualityOf({ ingestId, rowsIn, ledger, findings }: QualityReport, committedAt: string): IngestQuality {
  const rows = (reason: string): number => ledger.find((line) => line.reason === reason)?.rows ?? 0;
  const warnings = findings.filter(({ level }) => level !== "info").length;
  return {
    ingestId,
    committedAt,
    rowsIn,
    rowsKept: rows("kept"),
    missingCustomer: rows("missing_customer"),
    warnings,
    notes: findings.length - warnings,
  };
}
