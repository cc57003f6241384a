import { SegmentationError } from "../../domain/errors.ts";
import { ObjectExistsError } from "../../domain/storeErrors.ts";
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
