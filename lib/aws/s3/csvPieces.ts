import type { ObjectInfo, ObjectStore } from "../../ports.ts";

/** Memory is about twice this. */
const READ_BYTES = 8 * 1024 * 1024;
const LINE_FEED = 0x0a;
const QUOTE = 0x22;

/**
 * Cuts a CSV object with a header line into pieces of about `pieceBytes` that are CSV with that header themselves. Cuts
 * are made between records only: a line feed within quotes is none.
 */
export async function* csvPieces(store: ObjectStore, part: ObjectInfo, pieceBytes: number): AsyncGenerator<Uint8Array> {
  let header: Uint8Array | undefined;
  let piece: Uint8Array[] = [];
  let bytes = 0;
  for await (const records of wholeRecords(store, part, Math.min(READ_BYTES, pieceBytes))) {
    let body = records;
    if (header === undefined) {
      // A stretch ends with a record, so the first one has the header line, whole.
      const end = records.indexOf(LINE_FEED) + 1;
      header = records.subarray(0, end);
      body = records.subarray(end);
    }
    piece.push(body);
    bytes += body.byteLength;
    if (bytes < pieceBytes) continue;
    yield Buffer.concat([header, ...piece]);
    piece = [];
    bytes = 0;
  }
  if (header !== undefined && bytes > 0) yield Buffer.concat([header, ...piece]);
}

/** The object in stretches that end with a record. */
async function* wholeRecords(store: ObjectStore, part: ObjectInfo, readBytes: number): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  let isQuoted = false;
  for (let start = 0; start < part.bytes; start += readBytes) {
    const chunk = await store.read(part.key, { start, end: Math.min(part.bytes, start + readBytes) });
    let end = -1;
    for (let i = 0; i < chunk.length; i++) {
      // A doubled quote within quotes flips twice, which is right.
      if (chunk[i] === QUOTE) isQuoted = !isQuoted;
      else if (chunk[i] === LINE_FEED && !isQuoted) end = i;
    }
    if (end < 0) {
      rest = Buffer.concat([rest, chunk]);
      continue;
    }
    yield Buffer.concat([rest, chunk.subarray(0, end + 1)]);
    rest = chunk.subarray(end + 1);
  }
  if (rest.length > 0) yield rest;
}
