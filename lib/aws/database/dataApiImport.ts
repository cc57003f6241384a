import type { ObjectInfo, ObjectStore, PartContent } from "../../ports.ts";
import { DatabaseError, SegmentPartError } from "../../postgres/errors.ts";
import { columnsOfPart } from "../../postgres/segmentPart.ts";
import { csvPieces } from "../s3/csvPieces.ts";
import type { DataApi } from "./dataApi.ts";

export interface ImportOptions {
  readonly api: DataApi;
  /** Region of the bucket. */
  readonly region: string;
  /**
   * Parts above this are imported in pieces: a statement may take 45 s, and a database just resumed is slow. Default 16
   * MiB.
   */
  readonly pieceBytes?: number;
}

/** Where pieces of large parts lie for a day. */
export const STAGING_PREFIX = "staging/";

const PIECE_BYTES = 16 * 1024 * 1024;
/** `match`: the header line must name the columns in their order; COPY would otherwise skip whatever stands there. */
const COPY_OPTIONS = "format csv, header match, encoding 'UTF8'";

export const IMPORT_STATEMENTS = {
  beginPart: `select staged_load as "stagedLoad", table_name as "tableName", is_new as "isNew", known_rows as "knownRows"
    from rfm.begin_part(:runId, :part, :etag)`,
  beginMovementsPart: `select staged_load as "stagedLoad", table_name as "tableName", is_new as "isNew", known_rows as "knownRows"
    from rfm.begin_movements_part(:runId, :part, :etag)`,
  importPart: `select aws_s3.table_import_from_s3(:tableName, :columnList, :copyOptions,
    aws_commons.create_s3_uri(:bucket, :key, :region)) as answer`,
  // The Data API cannot hand over a result of the type `void`.
  finishPart: "select cast(rfm.finish_part(cast(:stagedLoad as bigint), :part, cast(:rows as bigint)) as text) as done",
} as const;

interface PartPlace {
  readonly stagedLoad: number;
  readonly tableName: string;
  readonly isNew: boolean;
  readonly knownRows: number | null;
}

/**
 * Loads one CSV part into the staged run, all of it in one transaction; PostgreSQL fetches it from the bucket itself.
 * @returns rows loaded, now or by an earlier call.
 */
export async function importPart(
  options: ImportOptions,
  runId: string,
  store: ObjectStore,
  key: string,
  content: PartContent = "segments",
): Promise<number> {
  const { api } = options;
  const part = await store.head(key);
  if (part === undefined)
    throw new SegmentPartError("SEGMENT_PART", `Part ${key} of run '${runId}' is missing.`, { key });
  return api.transaction(async (transactionId) => {
    const parameters = { runId, part: key, etag: part.etag };
    const begin = content === "segments" ? IMPORT_STATEMENTS.beginPart : IMPORT_STATEMENTS.beginMovementsPart;
    const [place] = await api.query<PartPlace>(begin, parameters, { transactionId });
    if (place === undefined) throw new DatabaseError("DATABASE", "The database gave no place for a part.", { key });
    if (!place.isNew) return place.knownRows ?? 0;
    const columnList = (await columnsOfPart(store, part, content)).join(",");
    const target = { tableName: place.tableName, columnList, transactionId };
    const rows = await importPieces(options, store, part, target);
    await api.query(IMPORT_STATEMENTS.finishPart, { stagedLoad: place.stagedLoad, part: key, rows }, { transactionId });
    return rows;
  });
}

/** Where an object's rows go, within which transaction. */
export interface ImportTarget {
  /** In the schema `rfm`. */
  readonly tableName: string;
  /** Columns, with commas between them. */
  readonly columnList: string;
  readonly transactionId: string;
  /** Columns in which an empty field is an empty text; in others it is a missing value. */
  readonly notNull?: readonly string[];
}

/** Imports a CSV object, in pieces where it is large. @returns rows. */
export async function importPieces(
  options: ImportOptions,
  store: ObjectStore,
  part: ObjectInfo,
  target: ImportTarget,
): Promise<number> {
  let rows = 0;
  for await (const piece of importableKeys(options, store, part))
    rows += await importObject(options, store, piece, target);
  return rows;
}

/** The part itself, or pieces of it that fit the time of a statement. */
async function* importableKeys(options: ImportOptions, store: ObjectStore, part: ObjectInfo): AsyncGenerator<string> {
  const pieceBytes = options.pieceBytes ?? PIECE_BYTES;
  if (part.bytes <= pieceBytes || part.key.endsWith(".gz")) {
    yield part.key;
    return;
  }
  let number = 0;
  for await (const piece of csvPieces(store, part, pieceBytes)) {
    const key = `${STAGING_PREFIX}${part.key}/piece-${String(number++).padStart(4, "0")}.csv`;
    await store.write(key, piece, { contentType: "text/csv; charset=utf-8" });
    yield key;
  }
}

async function importObject(
  { api, region }: ImportOptions,
  store: ObjectStore,
  key: string,
  { tableName, columnList, transactionId, notNull = [] }: ImportTarget,
): Promise<number> {
  const [bucket, ...prefix] = store.uri.slice("s3://".length).split("/") as [string, ...string[]];
  const parameters = {
    tableName: `rfm.${tableName}`,
    columnList,
    copyOptions: `(${COPY_OPTIONS}${notNull.length === 0 ? "" : `, force_not_null (${notNull.join(", ")})`})`,
    bucket,
    key: [...prefix, key].join("/"),
    region,
  };
  const [row] = await api.query<{ answer: string }>(IMPORT_STATEMENTS.importPart, parameters, { transactionId });
  const rows = /^(\d+) rows imported/.exec(row?.answer ?? "")?.[1];
  if (rows === undefined) {
    throw new DatabaseError("DATABASE", `The import of ${key} gave an unexpected answer: ${row?.answer}.`, { key });
  }
  return Number(rows);
}
