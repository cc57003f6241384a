import { SegmentationError } from "../../domain/errors.ts";
import { InvalidKeyError, ObjectChangedError, ObjectExistsError } from "../../domain/storeErrors.ts";
import type { WriteOptions } from "../../ports.ts";

/** S3's limit, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1_024;

/** Some objects could not be removed. */
export class RemovalError extends SegmentationError {
  constructor(errors: readonly { Key?: string | undefined; Code?: string | undefined }[]) {
    const first = errors[0];
    super(
      "REMOVAL",
      `${errors.length} objects of the lake could not be removed, the first ${first?.Key} (${first?.Code}).`,
      {
        keys: errors.map(({ Key }) => Key),
      },
    );
  }
}

/** The key itself, if it is one that every store can hold. @throws InvalidKeyError */
export function checkKey(key: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  const bad = key === "" || /[\u0000-\u001f\\]/.test(key) || key.startsWith("/") || key.split("/").includes("..");
  if (bad || Buffer.byteLength(key) > MAX_KEY_BYTES) throw new InvalidKeyError(key);
  return key;
}

/** HEAD has no body and so no error code: the SDK calls its 404 `NotFound`. */
export function isMissing(error: unknown): boolean {
  return ["NotFound", "NoSuchKey"].includes((error as Error).name);
}

/** What a write's failure means under its conditions. */
export function writeError(error: unknown, key: string, options: WriteOptions): unknown {
  const { name } = error as Error;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const refused = name === "PreconditionFailed" || name === "ConditionalRequestConflict" || status === 412;
  if (options.ifAbsent === true && refused) return new ObjectExistsError(key);
  // If-Match on an object that is gone: 404.
  if (options.ifMatch !== undefined && (refused || isMissing(error))) return new ObjectChangedError(key);
  return error;
}
