import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../domain/config/config.ts";
import type { Finding } from "../../domain/quality/quality.ts";
import type { FileReadingFacts, ObjectStore, TransactionReader } from "../../ports.ts";
import { EXTERNAL_TABLES } from "../../tables/external.ts";
import { type ErasedCustomers, readErased, recordLeftOut, unprovenText } from "../lake/erasures.ts";
import { writeJson } from "../lake/json.ts";
import { droppedFoldersKey, originalKey, rawRowsKey, rawSourcesKey, readingKey } from "../lake/layout.ts";
import { tableToParquet } from "../lake/writeTable.ts";
import { earlierMoment } from "../ledger/asOf.ts";
import { readableLakeVersion, versionAfter } from "../ledger/lakeVersion.ts";
import { momentOfLedger, nextMoment } from "../ledger/ledgerClock.ts";
import { readingSettings } from "../sql/readingSettings.ts";
import { renderIngestStatements } from "../sql/statements.ts";
import { loadConfig } from "../start/configuration.ts";
import type { DroppedObject, ExecutionInput, IngestState, StepPorts } from "./state.ts";

/** `reading.json`: how the dropped files were understood. */
export interface IngestRecord {
  readonly ingestId: string;
  readonly ingestedAt: string;
  readonly rows: number;
  readonly files: readonly FileReadingFacts[];
  readonly notes: readonly string[];
  /** What somebody should know of the drop as a whole. */
  readonly findings: readonly Finding[];
}

/**
 * Reads the dropped files into raw Parquet, keeps the files as dropped, and renders the statements up to the history.
 * A repeated call of the same attempt writes the same objects again.
 * @throws AsOfError, NewerLakeError
 */
export async function ingest(
  ports: StepPorts & { readonly reader: TransactionReader },
  input: ExecutionInput,
): Promise<IngestState> {
  const config = await loadConfig(ports.store, input.configKey);
  const lakeVersion = await readableLakeVersion(ports.store);
  const { store, clock } = ports;
  const earlier = earlierMoment(input.drop, await momentOfLedger(store, clock));
  const now = earlier ?? (await nextMoment(store, clock));
  const migrated = versionAfter(lakeVersion, config);
  const ingestId = input.attempt;
  const { objects } = input.drop;
  let rows = 0;
  let folders: readonly string[] = [];
  if (objects.length > 0) {
    const erased = await readErased(ports.store);
    const { files, findings, ...reading } = await readObjects(ports, ingestId, objects, config, erased);
    rows = reading.rows;
    const notes = files.flatMap((file) =>
      file.notes.map((note) => (files.length > 1 ? `${file.source}: ${note}` : note)),
    );
    notes.push(...(await noteErased(ports.store, ingestId, files)), ...(erased?.unproven ?? []).map(unprovenText));
    // An archive brings its members whole, and a workbook its sheets, as a folder brings its files.
    const containers = new Set(files.flatMap(({ container }) => (container === undefined ? [] : [`${container}/`])));
    folders = [...(input.drop.folders ?? []), ...containers];
    const record: IngestRecord = { ingestId, ingestedAt: now.toISOString(), rows, files, notes, findings };
    await writeJson(ports.store, readingKey(ingestId), record);
    await ports.store.write(rawSourcesKey(ingestId), sourcesParquet(files, objects));
    if (folders.length > 0) await ports.store.write(droppedFoldersKey(ingestId), foldersParquet(folders));
  }
  return {
    attempt: input.attempt,
    repeats: {},
    configKey: input.configKey,
    asOf: now.toISOString(),
    drop: {
      ...{ ingestId, rows, hasRows: objects.length > 0, hasFolders: folders.length > 0 },
      isEarlier: input.drop.asOf !== undefined,
    },
    migratedTo: lakeVersion === migrated ? null : migrated,
    statements: renderIngestStatements({
      config,
      now,
      attempt: input.attempt,
      lakeUri: ports.store.uri,
      lakeVersion,
      codeVersion: ports.codeVersion,
      hasFolders: folders.length > 0,
    }),
  };
}

async function readObjects(
  ports: StepPorts & { readonly reader: TransactionReader },
  ingestId: string,
  objects: readonly DroppedObject[],
  config: Config,
  erased: ErasedCustomers | undefined,
): ReturnType<TransactionReader["read"]> {
  const scratchDirectory = await mkdtemp(join(tmpdir(), "rfm-ingest-"));
  try {
    const files = await Promise.all(
      objects.map(async ({ key, source }) => ({ path: await ports.store.toLocalFile(key, scratchDirectory), source })),
    );
    const outputPath = join(scratchDirectory, "rows.parquet");
    const reading = await ports.reader.read({
      files,
      ...readingSettings(config),
      ...(erased === undefined ? {} : { erased }),
      outputPath,
      scratchDirectory,
    });
    await ports.store.fromLocalFile(outputPath, rawRowsKey(ingestId));
    // A file that holds somebody who was erased is not kept: its other rows are.
    const unkept = new Set(reading.files.filter(({ erasedRows }) => erasedRows !== undefined).map(originalOf));
    for (const { key, source } of objects)
      if (!unkept.has(source)) await ports.store.copy(key, originalKey(ingestId, source));
    return reading;
  } finally {
    await rm(scratchDirectory, { recursive: true, force: true });
  }
}

/** The dropped file that a source is, or is a part of. */
const originalOf = ({ container, source }: FileReadingFacts): string => container ?? source;

/** Says whom a drop was rid of, and remembers it: without them the same file gives other results. */
async function noteErased(store: ObjectStore, ingestId: string, files: readonly FileReadingFacts[]): Promise<string[]> {
  const lacking = files.filter(({ erasedRows }) => erasedRows !== undefined);
  if (lacking.length === 0) return [];
  await recordLeftOut(
    store,
    ingestId,
    lacking.map(({ source, erasureIds = [] }) => ({ source, erasureIds })),
  );
  return lacking.map(
    ({ source, erasedRows }) =>
      `${source} holds ${erasedRows} rows of customers who were erased; they are left out, and the file itself is not kept`,
  );
}

/** One row per dropped file, for the ledger. */
function sourcesParquet(files: readonly FileReadingFacts[], objects: readonly DroppedObject[]): Uint8Array {
  const keyOf = (source: string): string => objects.find((object) => object.source === source)?.key ?? "";
  return tableToParquet(EXTERNAL_TABLES.raw_sources, {
    source: files.map((file) => file.source),
    content_hash: files.map((file) => file.contentHash),
    object_key: files.map((file) => keyOf(originalOf(file))),
  });
}

/** One row per folder that the drop brings whole. */
function foldersParquet(folders: readonly string[]): Uint8Array {
  return tableToParquet(EXTERNAL_TABLES.dropped_folders, { prefix: [...folders] });
}
