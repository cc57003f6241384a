import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { SEGMENT_COLUMNS } from "../domain/segmentRow.ts";
import type { ObjectInfo, ObjectStore } from "../ports.ts";
import { SegmentPartError } from "./errors.ts";

const CHUNK_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;
const HEADER = SEGMENT_COLUMNS.join(",");

async function* readChunks(store: ObjectStore, part: ObjectInfo): AsyncGenerator<Uint8Array> {
  if (part.bytes <= CHUNK_BYTES) {
    yield await store.read(part.key);
    return;
  }
  for (let start = 0; start < part.bytes; start += CHUNK_BYTES) {
    yield await store.read(part.key, { start, end: Math.min(start + CHUNK_BYTES, part.bytes) });
  }
}

function checkHeader(line: string, key: string): void {
  const found = line.replace(/\r$/, "");
  if (found === HEADER) return;
  throw new SegmentPartError(
    "SEGMENT_PART",
    `Part ${key} does not start with the header line of segments: expected "${HEADER}", found "${found.slice(0, 300)}".`,
    { key },
  );
}

/**
 * The bytes of a CSV part, unpacked when its key ends with `.gz`, after a check of its header line (which is passed on).
 * Throws `SegmentPartError` for another header: `COPY` itself would fill the columns in the wrong order.
 */
export async function* readPart(store: ObjectStore, part: ObjectInfo): AsyncGenerator<Uint8Array> {
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
    if (end < 0 && head.length < HEADER.length + 2) continue;
    checkHeader(Buffer.from(head.subarray(0, end < 0 ? head.length : end)).toString(), part.key);
    yield head;
    head = undefined;
  }
  if (head === undefined) return;
  checkHeader(Buffer.from(head).toString(), part.key);
  yield head;
}
