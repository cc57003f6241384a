import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ObjectInfo, ObjectStore, PartContent } from "../ports.ts";
import { MOVEMENT_COLUMNS } from "../tables/marts.ts";
import { SEGMENT_COLUMNS } from "../tables/segments.ts";
import { SegmentPartError } from "./errors.ts";

const CHUNK_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** Columns of the parts, in their order. */
export const PART_COLUMNS: Readonly<Record<PartContent, readonly string[]>> = {
  segments: SEGMENT_COLUMNS,
  movements: MOVEMENT_COLUMNS,
};

async function* readChunks(store: ObjectStore, part: ObjectInfo): AsyncGenerator<Uint8Array> {
  if (part.bytes <= CHUNK_BYTES) {
    yield await store.read(part.key);
    return;
  }
  for (let start = 0; start < part.bytes; start += CHUNK_BYTES) {
    yield await store.read(part.key, { start, end: Math.min(start + CHUNK_BYTES, part.bytes) });
  }
}

function checkHeader(line: string, key: string, content: PartContent): void {
  const found = line.replace(/\r$/, "");
  const expected = PART_COLUMNS[content].join(",");
  if (found === expected) return;
  throw new SegmentPartError(
    "SEGMENT_PART",
    `Part ${key} does not start with the header line of ${content}: expected "${expected}", found "${found.slice(0, 300)}".`,
    { key },
  );
}

/**
 * The bytes of a CSV part, unpacked when its key ends with `.gz`, after a check of its header line (which is passed
 * on).
 * @throws SegmentPartError for another header: `COPY` itself would fill the columns in the wrong order.
 */
export async function* readPart(
  store: ObjectStore,
  part: ObjectInfo,
  content: PartContent = "segments",
): AsyncGenerator<Uint8Array> {
  const headerLength = PART_COLUMNS[content].join(",").length;
  const stored = readChunks(store, part);
  const source: AsyncIterable<Uint8Array> = part.key.endsWith(".gz")
    ? Readable.from(stored, { objectMode: true }).pipe(createGunzip())
    : stored;
  let head: Uint8Array | undefined = new Uint8Array();
  for await (const chunk of source) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(LINE_FEED);
    if (end < 0 && head.length < headerLength + 2) continue;
    checkHeader(Buffer.from(head.subarray(0, end < 0 ? head.length : end)).toString(), part.key, content);
    yield head;
    head = undefined;
  }
  if (head === undefined) return;
  checkHeader(Buffer.from(head).toString(), part.key, content);
  yield head;
}
