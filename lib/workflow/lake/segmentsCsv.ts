import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { segmentsCsvHeader } from "../../domain/rfm/segmentRows.ts";
import type { ObjectStore } from "../../ports.ts";

const LINE_FEED = 0x0a;

export const segmentsCsvPrefix = (prefix: string): string => `${prefix}segments_csv/`;

/**
 * One segments.csv out of the parts of the shards: their rows after one another under one header. Shards are stretches
 * of a table in the order of customer_id, so the file is in that order, and the same however many shards there were. It
 * is put together on disk, so no more than a part is in memory.
 * @returns its key.
 */
export async function writeSegmentsCsv(store: ObjectStore, prefix: string): Promise<string> {
  const key = `${prefix}segments.csv`;
  const scratchDirectory = await mkdtemp(join(tmpdir(), "rfm-csv-"));
  try {
    const path = join(scratchDirectory, "segments.csv");
    await joinParts(store, prefix, path);
    await store.fromLocalFile(path, key, { contentType: "text/csv; charset=utf-8" });
  } finally {
    await rm(scratchDirectory, { recursive: true, force: true });
  }
  return key;
}

async function joinParts(store: ObjectStore, prefix: string, path: string): Promise<void> {
  const file = await open(path, "w");
  try {
    let isFirst = true;
    for (const part of await store.list(segmentsCsvPrefix(prefix))) {
      const bytes = await store.read(part.key);
      await file.appendFile(isFirst ? bytes : bytes.subarray(bytes.indexOf(LINE_FEED) + 1));
      isFirst = false;
    }
    if (isFirst) await file.appendFile(segmentsCsvHeader(false));
  } finally {
    await file.close();
  }
}
