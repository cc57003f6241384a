import { SEGMENTS_CSV_HEADER } from "../domain/segmentRows.ts";
import type { ObjectStore } from "../ports.ts";

export const segmentsCsvPrefix = (prefix: string): string => `${prefix}segments_csv/`;

/**
 * One segments.csv out of the parts of the shards: their rows after one another under one header. Shards are stretches of
 * a table in the order of customer_id, so the file is in that order, and the same however many shards there were.
 * @returns its key.
 */
export async function writeSegmentsCsv(store: ObjectStore, prefix: string): Promise<string> {
  const header = Buffer.from(SEGMENTS_CSV_HEADER);
  const chunks: Uint8Array[] = [header];
  for (const part of await store.list(segmentsCsvPrefix(prefix))) {
    const bytes = await store.read(part.key);
    chunks.push(bytes.subarray(header.length));
  }
  const key = `${prefix}segments.csv`;
  await store.write(key, Buffer.concat(chunks), { contentType: "text/csv; charset=utf-8" });
  return key;
}
