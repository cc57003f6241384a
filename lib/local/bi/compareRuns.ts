import { decidingChanges, type SettingChange } from "../../domain/config/settingChanges.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { LineageEntry, RunManifest, RunPlan } from "../../workflow/documents.ts";
import { readJson } from "../../workflow/lake/json.ts";
import { runKey } from "../../workflow/lake/layout.ts";
import { segmentsOf, withDuckDb } from "../lake/customers.ts";
import { openRun } from "../lake/openRun.ts";

/** One of two runs, as far as they are compared. Money in the currency of the files. */
export interface ComparedRun extends Pick<Summary, "runId" | "snapshotDate" | "createdAt" | "policy"> {
  readonly firstDate: string;
  readonly lastDate: string;
  readonly totals: Summary["totals"];
  /** After all returns, whatever the policy; absent in runs of older releases. */
  readonly netRevenue?: number;
}

export interface ComparedSegment {
  readonly name: string;
  readonly customersBefore: number;
  readonly customersNow: number;
  readonly revenueBefore: number;
  readonly revenueNow: number;
}

/** Customers who went one way between the segments of the two runs; null: not in that run. */
export interface ComparedMove {
  readonly segmentBefore: string | null;
  readonly segmentNow: string | null;
  readonly customers: number;
  readonly monetaryBefore: number;
  readonly monetaryNow: number;
}

export interface RunComparison {
  readonly before: ComparedRun;
  readonly now: ComparedRun;
  /** Settings that decide numbers and differ: then differences are not what customers did alone. */
  readonly changedSettings: readonly SettingChange[];
  /** Names of files. */
  readonly sources: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly otherContent: readonly string[];
  };
  readonly segments: readonly ComparedSegment[];
  readonly moves: readonly ComparedMove[];
}

/**
 * Two runs of a lake, whichever: settings, files, segments, and who went where.
 * @throws NoLakeError, UnknownNameError for a run.
 */
export async function compareRuns(directory: string, before: string, now: string): Promise<RunComparison> {
  const [first, second] = [await openRun(directory, before), await openRun(directory, now)];
  const { store, lakeDirectory } = first;
  const read = async ({ attempt, summaryKey }: RunManifest) => ({
    plan: await readJson<RunPlan>(store, runKey(attempt)),
    summary: await readJson<Summary>(store, summaryKey),
  });
  const [a, b] = [await read(first.manifest), await read(second.manifest)];
  return {
    before: runOf(a.summary),
    now: runOf(b.summary),
    changedSettings: decidingChanges(a.plan.config, b.plan.config),
    sources: sourcesOf(a.plan.lineage, b.plan.lineage),
    segments: segmentsOfBoth(a.summary, b.summary),
    moves: await movesOf(lakeDirectory, first.manifest, second.manifest),
  };
}

function runOf({ runId, snapshotDate, createdAt, policy, history, totals, returns }: Summary): ComparedRun {
  const { firstDate, lastDate } = history;
  const net = returns === undefined ? {} : { netRevenue: returns?.netRevenue ?? totals.revenue };
  return { runId, snapshotDate, createdAt, policy, firstDate, lastDate, totals, ...net };
}

function sourcesOf(before: readonly LineageEntry[], now: readonly LineageEntry[]): RunComparison["sources"] {
  const [old, fresh] = [before, now].map((list) => new Map(list.map((entry) => [entry.source, entry.contentHash])));
  const names = (list: readonly LineageEntry[], isWanted: (entry: LineageEntry) => boolean): string[] =>
    list.filter(isWanted).map(({ source }) => source);
  return {
    added: names(now, ({ source }) => !old?.has(source)),
    removed: names(before, ({ source }) => !fresh?.has(source)),
    otherContent: names(now, ({ source, contentHash }) => (old?.get(source) ?? contentHash) !== contentHash),
  };
}

/** In the order of the later run, then those that it has no more. */
function segmentsOfBoth({ segments: before }: Summary, { segments: now }: Summary): ComparedSegment[] {
  const names = [...new Set([...now, ...before].map(({ name }) => name))];
  return names.map((name) => {
    const [old, fresh] = [before, now].map((list) => list.find((segment) => segment.name === name));
    return {
      ...{ name, customersBefore: old?.customers ?? 0, customersNow: fresh?.customers ?? 0 },
      ...{ revenueBefore: old?.revenue ?? 0, revenueNow: fresh?.revenue ?? 0 },
    };
  });
}

async function movesOf(root: string, before: RunManifest, now: RunManifest): Promise<ComparedMove[]> {
  const rows = await withDuckDb((ask) =>
    ask(`select old.rfm_segment, fresh.rfm_segment, count(*), cast(coalesce(sum(old.monetary), 0) as double),
      cast(coalesce(sum(fresh.monetary), 0) as double)
    from ${segmentsOf(root, before)} as old full join ${segmentsOf(root, now)} as fresh using (customer_id)
    group by old.rfm_segment, fresh.rfm_segment order by count(*) desc, old.rfm_segment, fresh.rfm_segment`),
  );
  const text = (cell: unknown): string | null => (cell === null ? null : String(cell));
  return rows.map(([from, to, customers, monetaryBefore, monetaryNow]) => ({
    ...{ segmentBefore: text(from), segmentNow: text(to), customers: Number(customers) },
    ...{ monetaryBefore: Number(monetaryBefore), monetaryNow: Number(monetaryNow) },
  }));
}
