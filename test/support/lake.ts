import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigInput } from "../../lib/domain/config/config.ts";
import { csvField } from "../../lib/domain/text/csv.ts";
import { openDuckDbEngine } from "../../lib/local/duckdb/index.ts";
import { databaseDirectory } from "../../lib/local/lake/lakePaths.ts";
import { isTemporary } from "../../lib/local/lake/temporaryFiles.ts";
import { openPgliteDatabase } from "../../lib/local/postgres/pgliteDatabase.ts";
import type { PostgresSegmentDatabase } from "../../lib/postgres/segmentDatabase.ts";
import { SEGMENT_COLUMNS, SEGMENT_ROWS, type SegmentColumn } from "../../lib/tables/segments.ts";
import type { RunManifest } from "../../lib/workflow/documents.ts";

/** Settings of runs whose clusters are not what a test is about: few to search, and nothing held back. */
export const QUICK: ConfigInput = { clusters: { minK: 3, maxK: 4 }, backtest: { enabled: false } };

/** A fresh folder of the system's temporary directory. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "rfm-e2e-"));

type Rows = readonly Record<string, unknown>[];

/** Something that answers SQL: the catalog of a lake. */
export interface Catalog {
  query(sql: string): Promise<Rows>;
}

/** All that anybody outside sees of a lake, as text: equal texts, equal view. */
export interface Published {
  /** `runs/*.json` and the summary and segments that each points to. */
  readonly manifests: string;
  readonly aliases: string;
  /** The committed ingests. */
  readonly ledger: string;
  /** `rfm.current_segments` as segments.csv writes it; empty without one. */
  readonly segments: string;
}

const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");

/** segments.csv of the run that a manifest names. */
export function segmentsCsvOf(lake: string, { runId, attempt }: Pick<RunManifest, "runId" | "attempt">): string {
  return readFileSync(join(lake, `curated/run_id=${runId}/attempt=${attempt}/segments.csv`), "utf8");
}

export function manifestsOf(lake: string): RunManifest[] {
  const folder = join(lake, "runs");
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  // A killed writer leaves its temporary file, which no reader of the lake looks at.
  const manifests = names.filter((name) => !isTemporary(name));
  return manifests.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as RunManifest);
}

/** The rows of the view as lines of segments.csv, without the header. */
export async function currentSegments(database: PostgresSegmentDatabase): Promise<string> {
  const [schema] = await database.query<{ found: boolean }>(
    "select to_regclass('rfm.current_segments') is not null as found",
  );
  if (schema?.found !== true) return "";
  const rows = await database.query<Record<SegmentColumn, Cell>>(
    `select ${SEGMENT_COLUMNS.join(", ")} from rfm.current_segments order by customer_id collate "C"`,
  );
  return rows.map(segmentLine).join("");
}

type Cell = string | number | boolean | null;

/** A row as a line of the segments.csv of K-Means. */
export const segmentLine = (row: Readonly<Record<SegmentColumn, Cell>>): string =>
  `${SEGMENT_COLUMNS.map((name) => csvCell(name, row[name])).join(",")}\n`;

/** A value as segments.csv writes it: money without the last two decimals where they are zero, real numbers with six. */
function csvCell(column: SegmentColumn, value: Cell): string {
  const { holds } = SEGMENT_ROWS.columns[column];
  if (value === null) return "";
  if (holds === "money") return String(value).replace(/(\.\d\d\d??)0{1,2}$/, "$1");
  return holds === "real" ? Number(value).toFixed(6) : csvField(String(value));
}

/** What is published in a lake that is open already. */
export async function lookAt(lake: string, catalog: Catalog, database: PostgresSegmentDatabase): Promise<Published> {
  const hasLedger = await catalog.query("select 1 from information_schema.tables where table_name = 'ingests'");
  const ledger =
    hasLedger.length === 0 ? [] : await catalog.query("select * from ingests order by committed_at, ingest_id, source");
  const manifests = manifestsOf(lake).map((manifest) => ({
    ...manifest,
    summary: textOf(join(lake, manifest.summaryKey)),
    segments: segmentsCsvOf(lake, manifest),
  }));
  return {
    manifests: JSON.stringify(manifests),
    aliases: textOf(join(lake, "models/aliases.json")),
    ledger: JSON.stringify(ledger),
    segments: await currentSegments(database),
  };
}

/** Opens a lake that nobody uses and tells what is published in it. */
export async function published(lake: string): Promise<Published> {
  const catalog = await openDuckDbEngine({ lakeDirectory: lake, threads: 1, tempDirectory: join(lake, ".tmp") });
  const database = openPgliteDatabase(databaseDirectory(lake));
  try {
    return await lookAt(lake, catalog, database);
  } finally {
    await database.close();
    catalog.close();
  }
}

/** Lines of a segments.csv after its header. */
export const bodyOf = (csv: string): string => csv.slice(csv.indexOf("\n") + 1);
