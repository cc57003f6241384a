import { existsSync, readdirSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { MS_PER_DAY } from "../../domain/dates.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { quoteLiteral } from "../duckdb/translate.ts";
import { rebuildCatalog } from "../erasure/eraseFromCatalog.ts";
import { runManifests } from "../serve/publishedRuns.ts";
import { openFolderStore } from "./folderStore.ts";
import { removeTemporaryFiles } from "./temporaryFiles.ts";

export interface CompactRequest {
  readonly lakeDirectory: string;
  /** Run artifacts and leftovers of attempts are kept for so many days. */
  readonly keepDays: number;
  /** Also lets go of what was replaced or removed: then no earlier state of the history can be segmented any more. */
  readonly dropsReplaced: boolean;
  readonly now: Date;
}

export interface CompactReport {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly filesBefore: number;
  readonly filesAfter: number;
  /** Rows taken out of the catalog: of drops that were never committed, and of replaced ones where asked. */
  readonly rowsRemoved: number;
  /** Folders removed, as keys. */
  readonly removed: readonly string[];
}

/**
 * Removes what nothing can come back to (rows and files of drops that were refused or failed, results that no run
 * points to, what killed writers have left, old run artifacts), and writes the catalog anew without gaps. Results, live
 * rows and, unless asked, all that an earlier state of the history needs stay. The engine must be closed right after:
 * it still has the old catalog.
 */
export async function compactLake(engine: DuckDbEngine, request: CompactRequest): Promise<CompactReport> {
  const { lakeDirectory } = request;
  const before = sizeOf(lakeDirectory);
  const kept = await keptIngests(engine, request.dropsReplaced);
  const rowsRemoved = await removeRows(engine, kept);
  const removed: string[] = [];
  await removeTemporaryFiles(lakeDirectory);
  for (const key of await leftovers(request, new Set(kept.map(({ ingestId }) => ingestId)))) {
    await rm(join(lakeDirectory, key), { recursive: true, force: true });
    removed.push(key);
  }
  await rebuildCatalog(engine, lakeDirectory);
  const after = sizeOf(lakeDirectory);
  return {
    bytesBefore: before.bytes,
    bytesAfter: after.bytes,
    filesBefore: before.files,
    filesAfter: after.files,
    rowsRemoved,
    removed,
  };
}

interface KeptIngest {
  readonly ingestId: string;
  readonly source: string;
}

/** Committed sources; only the live ones where the others are to go. */
async function keptIngests(engine: DuckDbEngine, isLiveOnly: boolean): Promise<KeptIngest[]> {
  const rows = await engine.query(`
    select ingest_id, source from (
      select *, row_number() over (partition by source order by committed_at desc, ingest_id desc, is_removed desc) as recency_rank
      from ingests)
    where not is_removed and (recency_rank = 1 or not ${isLiveOnly})`);
  return rows.map((row) => ({ ingestId: String(row.ingest_id), source: String(row.source) }));
}

/** Takes the lines of all other ingests out of the tables. @returns how many lines. */
async function removeRows(engine: DuckDbEngine, kept: readonly KeptIngest[]): Promise<number> {
  const count = async (): Promise<number> =>
    Number((await engine.query("select count(*) as rows from transactions"))[0]?.rows);
  const before = await count();
  const list = JSON.stringify(kept.map(({ ingestId, source }) => ({ ingestId, source })));
  const names = `select unnest(from_json(${quoteLiteral(list)}, '[{"ingestId": "VARCHAR", "source": "VARCHAR"}]'), recursive := true)`;
  await engine.query(`delete from transactions where (ingest_id, source) not in (${names})`);
  await engine.query(
    `delete from shared_orders where (ingest_id, source) not in (${names}) or (other_ingest_id, other_source) not in (${names})`,
  );
  return before - (await count());
}

/** Folders that nothing comes back to. */
async function leftovers(request: CompactRequest, keptIngestIds: ReadonlySet<string>): Promise<string[]> {
  const { lakeDirectory, keepDays, now } = request;
  const manifests = await runManifests(openFolderStore(lakeDirectory));
  const attemptsOfRuns = new Set(manifests.map(({ attempt }) => attempt));
  const isOld = (attempt: string): boolean => now.getTime() - timeOf(attempt) > keepDays * MS_PER_DAY;
  const names = (folder: string): string[] =>
    existsSync(join(lakeDirectory, folder)) ? readdirSync(join(lakeDirectory, folder)).sort() : [];
  const id = (name: string): string => name.slice(name.indexOf("=") + 1);
  const raw = names("raw").filter((name) => !keptIngestIds.has(id(name)) && (request.dropsReplaced || isOld(id(name))));
  const results = ["curated", "reports"].flatMap((zone) =>
    names(zone).flatMap((run) =>
      names(`${zone}/${run}`).map((attempt) => ({ key: `${zone}/${run}/${attempt}`, attempt })),
    ),
  );
  return [
    // How the file was understood and judged is small, and stays.
    ...raw.flatMap((name) => ["rows", "original", "sources"].map((part) => `raw/${name}/${part}`)),
    ...results.filter(({ attempt }) => !attemptsOfRuns.has(id(attempt)) && isOld(id(attempt))).map(({ key }) => key),
    ...names("attempts")
      .filter((name) => isOld(id(name)))
      .map((name) => `attempts/${name}`),
  ].filter((key) => existsSync(join(lakeDirectory, key)));
}

/** When an attempt began, from its name; of a name of another make, now and ever. */
function timeOf(attempt: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(attempt) ?? [];
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  return year === undefined ? Number.POSITIVE_INFINITY : Date.parse(text);
}

function sizeOf(lakeDirectory: string): { bytes: number; files: number } {
  const entries = readdirSync(lakeDirectory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const bytes = entries.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  return { bytes, files: entries.length };
}
