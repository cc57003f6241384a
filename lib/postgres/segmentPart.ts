import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ObjectInfo, ObjectStore, PartContent } from "../ports.ts";
import { MOVEMENT_COLUMNS } from "../tables/marts.ts";
import { SEGMENT_CSV_COLUMNS } from "../tables/segments.ts";
import { SegmentPartError } from "./errors.ts";

const CHUNK_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** Columns that the parts may have, in their order; a part's header line says which of the lists it is. */
const PART_COLUMNS: Readonly<Record<PartContent, readonly (readonly string[])[]>> = {
  segments: SEGMENT_CSV_COLUMNS,
  movements: [MOVEMENT_COLUMNS],
};
/** No header line of a part is longer. */
const HEADER_BYTES = 4_096;

/**
 * The columns of a CSV part, by its header line, and its bytes, unpacked when its key ends with `.gz`.
 * @throws SegmentPartError for another header: `COPY` itself would fill the columns in the wrong order.
 */
export async function openPart(
  store: ObjectStore,
  part: ObjectInfo,
  content: PartContent = "segments",
): Promise<{ readonly columns: readonly string[]; readonly bytes: AsyncIterable<Uint8Array> }> {
  const chunks = unpacked(store, part)[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let isDone = false;
  while (!isDone && head.indexOf(LINE_FEED) < 0 && head.length < HEADER_BYTES) {
    const next = await chunks.next();
    isDone = next.done === true;
    if (!next.done) head = Buffer.concat([head, next.value]);
  }
  const end = head.indexOf(LINE_FEED);
  const columns = columnsOf(head.subarray(0, end < 0 ? HEADER_BYTES : end).toString(), part.key, content);
  return { columns, bytes: from(head, isDone ? undefined : chunks) };
}

/**
 * The columns that a part's header line names, for a database that reads the part itself and checks the line; the usual
 * ones for any other line.
 */
export async function columnsOfPart(
  store: ObjectStore,
  part: ObjectInfo,
  content: PartContent = "segments",
): Promise<readonly string[]> {
  const [usual, ...others] = PART_COLUMNS[content] as [readonly string[], ...(readonly string[])[]];
  // A packed part cannot be read from the middle.
  if (others.length === 0 || part.bytes === 0 || part.key.endsWith(".gz")) return usual;
  const head = await store.read(part.key, { start: 0, end: Math.min(part.bytes, HEADER_BYTES) });
  const [line = ""] = new TextDecoder().decode(head).split(/\r?\n/, 1);
  return others.find((names) => names.join(",") === line) ?? usual;
}

async function* from(head: Uint8Array, rest: AsyncIterator<Uint8Array> | undefined): AsyncGenerator<Uint8Array> {
  yield head;
  for (let next = await rest?.next(); next !== undefined && !next.done; next = await rest?.next()) yield next.value;
}

function unpacked(store: ObjectStore, part: ObjectInfo): AsyncIterable<Uint8Array> {
  const stored = readChunks(store, part);
  return part.key.endsWith(".gz") ? Readable.from(stored, { objectMode: true }).pipe(createGunzip()) : stored;
}

/** An object in pieces that fit the memory. */
export async function* readChunks(store: ObjectStore, part: ObjectInfo): AsyncGenerator<Uint8Array> {
  if (part.bytes <= CHUNK_BYTES) {
    yield await store.read(part.key);
    return;
  }
  for (let start = 0; start < part.bytes; start += CHUNK_BYTES) {
    yield await store.read(part.key, { start, end: Math.min(start + CHUNK_BYTES, part.bytes) });
  }
}

function columnsOf(line: string, key: string, content: PartContent): readonly string[] {
  const found = line.replace(/\r$/, "");
  const columns = PART_COLUMNS[content].find((names) => names.join(",") === found);
  if (columns !== undefined) return columns;
  throw new SegmentPartError(
    "SEGMENT_PART",
    `Part ${key} does not start with the header line of ${content}: expected "${PART_COLUMNS[content][0]?.join(",")}", found "${found.slice(0, 300)}".`,
    { key },
  );
}
