import { SegmentationError } from "../../domain/errors.ts";
import { isCollision, ObjectExistsError } from "../../domain/storeErrors.ts";
import type { ObjectStore, WriteOptions } from "../../ports.ts";

/** A document in the lake that is not what was written there. */
export class DamagedObjectError extends SegmentationError {
  constructor(key: string, cause: unknown) {
    super(
      "DAMAGED_OBJECT",
      `${key} in the lake is not readable JSON: ${(cause as Error).message}.`,
      { key },
      { cause },
    );
  }
}

/** Reads a JSON document. The caller vouches for its shape: only this code writes these keys. */
export async function readJson<T>(store: ObjectStore, key: string): Promise<T> {
  const bytes = await store.read(key);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  } catch (error) {
    throw new DamagedObjectError(key, error);
  }
}

/** Writes an object unless it is there already: then what is there holds. @returns whether it was written. */
export async function writeOnce(
  store: ObjectStore,
  key: string,
  body: Uint8Array | string,
  options: WriteOptions = {},
): Promise<boolean> {
  try {
    await store.write(key, body, { ...options, ifAbsent: true });
    return true;
  } catch (error) {
    if (error instanceof ObjectExistsError) return false;
    throw error;
  }
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Writes a JSON document unless it is there already. @returns whether it was written. */
export const writeJsonOnce = (store: ObjectStore, key: string, value: unknown): Promise<boolean> =>
  writeOnce(store, key, asJson(value), { contentType: "application/json" });

/** Writes a JSON document, indented: people open these. */
export async function writeJson(
  store: ObjectStore,
  key: string,
  value: unknown,
  options: WriteOptions = {},
): Promise<void> {
  await store.write(key, asJson(value), { contentType: "application/json", ...options });
}

const DEFAULT_ATTEMPTS = 5;

/**
 * Changes a JSON document by a conditional write, again on top of somebody else's change where there was one: no change
 * is lost.
 * @param none what stands for the document where there is none.
 * @param change gets the document. Giving back what it got writes nothing.
 * @returns the document as it is then.
 * @throws ObjectChangedError, ObjectExistsError where others were quicker each time.
 */
export async function changeJson<T, None>(
  store: ObjectStore,
  key: string,
  none: None,
  change: (before: T | None) => T,
  maxAttempts = DEFAULT_ATTEMPTS,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    // The etag first: a change between the two calls then fails the write, as it must.
    const info = await store.head(key);
    const before = info === undefined ? none : await readJson<T>(store, key);
    const after = change(before);
    if (after === before) return after;
    try {
      await writeJson(store, key, after, info === undefined ? { ifAbsent: true } : { ifMatch: info.etag });
      return after;
    } catch (error) {
      if (!isCollision(error) || attempt === maxAttempts) throw error;
    }
  }
}
