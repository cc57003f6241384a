import { readdirSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import type { AffectedSource } from "../../domain/erasure.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { quoteLiteral } from "../duckdb/translate.ts";
import { parquetGroups } from "./parquetGroups.ts";
import { pruneCsv, pruneJson } from "./prune.ts";
import { countToken, decompressed } from "./tokens.ts";

/** Folders of the lake that are not files of their own: the catalog and the database have their own ways. */
const APART = ["processed", "postgres", ".tmp", ".staging", "erasures"];

export interface FileErasure {
  /** Keys of files that were written anew without the customer. */
  readonly rewritten: readonly string[];
  /** Keys of files that could not be, and are gone: files as dropped, pages. */
  readonly removed: readonly string[];
  /** Sources whose raw rows held the customer. */
  readonly affected: readonly AffectedSource[];
}

export const keyOf = (lakeDirectory: string, path: string): string =>
  relative(lakeDirectory, path).split(sep).join("/");

/** Keys of all files of the lake that are written and read as files. */
export function lakeFiles(lakeDirectory: string): string[] {
  return readdirSync(lakeDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => keyOf(lakeDirectory, join(entry.parentPath, entry.name)))
    .filter((key) => !APART.includes(key.split("/")[0] as string))
    .sort();
}

/** SQL that is true for rows of the customer, whatever the spelling of the id in raw rows. */
export const isCustomer = (customerId: string): string => {
  const text = "trim(replace(cast(customer_id as varchar), chr(65279), ''))";
  return `coalesce(${text} in (${quoteLiteral(customerId)}, ${quoteLiteral(`${customerId}.0`)}), false)`;
};

interface Task {
  readonly engine: DuckDbEngine;
  readonly lakeDirectory: string;
  readonly customerId: string;
  /** Only says what would be done. */
  readonly isTrial: boolean;
}

/** Takes a customer out of every file of the lake: files are written anew, each at once, or removed where they cannot be. */
export async function eraseFromFiles(task: Task): Promise<FileErasure> {
  const { lakeDirectory } = task;
  const rewritten: string[] = [];
  const affected: AffectedSource[] = [];
  const keys = lakeFiles(lakeDirectory);
  const parquet = keys.filter((name) => name.endsWith(".parquet"));
  for (const [key, sources] of await parquetOf(task, parquet)) {
    if (!task.isTrial) await rewriteParquet(task, join(lakeDirectory, key));
    rewritten.push(key);
    const ingestId = /^raw\/ingest_id=([^/]+)\/rows\//.exec(key)?.[1];
    if (ingestId !== undefined) affected.push(...sources.map((source) => ({ ingestId, source })));
  }
  const removed: string[] = [];
  for (const key of keys.filter((name) => !name.endsWith(".parquet") || isAsDropped(name))) {
    const done = await eraseFromText(task, key, affected);
    if (done === "rewritten") rewritten.push(key);
    if (done === "removed") removed.push(key);
  }
  return { rewritten, removed, affected };
}

const isAsDropped = (key: string): boolean => /^(incoming\/|raw\/[^/]+\/original\/)/.test(key);

/** The Parquet files that hold the customer, each with the sources of the rows where it has any. */
async function parquetOf(
  { engine, lakeDirectory, customerId }: Task,
  keys: readonly string[],
): Promise<[string, string[]][]> {
  const groups = await parquetGroups(
    engine,
    keys.map((key) => join(lakeDirectory, key)),
  );
  const found: [string, string[]][] = [];
  for (const { relation, columns } of groups.filter((group) => group.columns.includes("customer_id"))) {
    const source = columns.includes("source") ? "cast(source as varchar)" : "''";
    const rows = await engine.query(
      `select distinct file_path, ${source} as source from ${relation} where ${isCustomer(customerId)} order by all`,
    );
    for (const [path, entries] of Map.groupBy(rows, (row) => String(row.file_path)))
      found.push([keyOf(lakeDirectory, path), entries.map((row) => String(row.source))]);
  }
  return found;
}

async function rewriteParquet({ engine, customerId }: Task, path: string): Promise<void> {
  const temporary = `${path}.erasing`;
  const file = `read_parquet(${quoteLiteral(path)}, hive_partitioning = false)`;
  await engine.query(
    `copy (from ${file} where not ${isCustomer(customerId)}) to ${quoteLiteral(temporary)} (format parquet, compression snappy)`,
  );
  await rename(temporary, path);
}

async function eraseFromText(
  { lakeDirectory, customerId, isTrial }: Task,
  key: string,
  affected: readonly AffectedSource[],
): Promise<"rewritten" | "removed" | undefined> {
  const path = join(lakeDirectory, key);
  const original = /^raw\/ingest_id=([^/]+)\/original\/(.+)$/.exec(key);
  const isOfCustomer = affected.some(
    ({ ingestId, source }) =>
      ingestId === original?.[1] && (source === original[2] || source.startsWith(`${original[2]}/`)),
  );
  const bytes = decompressed(await readFile(path));
  if (!isOfCustomer && countToken(bytes, customerId) === 0) return undefined;
  const pruned = isAsDropped(key) ? undefined : prunedText(key, Buffer.from(bytes).toString("utf8"), customerId);
  if (pruned !== undefined) {
    if (isTrial) return "rewritten";
    await writeFile(`${path}.erasing`, pruned);
    await rename(`${path}.erasing`, path);
    return "rewritten";
  }
  // The same text as a number or as somebody else's word is no reason to lose a document of the lake's own.
  const isPage = /\.html?$/i.test(basename(key));
  if (!isOfCustomer && !isPage && !key.startsWith("incoming/")) return undefined;
  if (!isTrial) await rm(path);
  return "removed";
}

function prunedText(key: string, text: string, customerId: string): string | undefined {
  if (key.endsWith(".csv")) return pruneCsv(text, customerId);
  return /\.(json|jsonl|ndjson)$/.test(key) ? pruneJson(text, customerId) : undefined;
}
