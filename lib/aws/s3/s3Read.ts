import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { ObjectNotFoundError } from "../../domain/storeErrors.ts";
import { isTransient, retrying } from "../transientError.ts";
import { isMissing } from "./s3Errors.ts";
import type { S3Target } from "./s3Target.ts";

/** The SDK retries requests, not bodies that break off on the way. */
const BODY_RETRIES = { attempts: 4, firstDelayMs: 200, maxDelayMs: 2_000 };
/** File systems end names at 255 bytes; the rest is left for the digest. */
const MAX_NAME_CHARACTERS = 60;

/** The object's bytes, or [start, end) of it; fewer where the object ends before. */
export async function readObject(
  { client, bucket }: S3Target,
  key: string,
  range?: { readonly start: number; readonly end: number },
): Promise<Uint8Array> {
  // A range of HTTP cannot be empty; the first byte then stands for the question whether there is an object.
  const isEmpty = range !== undefined && range.end <= range.start;
  const Range = range === undefined ? undefined : `bytes=${range.start}-${isEmpty ? range.start : range.end - 1}`;
  const fetchBytes = async (): Promise<Uint8Array> => {
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, ...(Range === undefined ? {} : { Range }) }),
    );
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    return isEmpty ? new Uint8Array() : bytes;
  };
  try {
    return await retrying(fetchBytes, { ...BODY_RETRIES, isRetryable: isBrokenBody });
  } catch (error) {
    if (isMissing(error)) throw new ObjectNotFoundError(key);
    if ((error as Error).name === "InvalidRange") return new Uint8Array();
    throw error;
  }
}

/**
 * Streams an object into a file of the scratch directory, going on where a broken connection left off.
 * @returns the file's path; its name ends as the key does, so that readers can tell the format.
 */
export async function downloadObject(target: S3Target, key: string, scratchDirectory: string): Promise<string> {
  const digest = createHash("sha256").update(key).digest("hex").slice(0, 12);
  const path = join(scratchDirectory, `${digest}-${basename(key).slice(-MAX_NAME_CHARACTERS)}`);
  const progress = { bytes: 0, etag: undefined as string | undefined };
  try {
    await retrying(() => appendRest(target, key, path, progress), { ...BODY_RETRIES, isRetryable: isBrokenBody });
  } catch (error) {
    await rm(path, { force: true });
    if (isMissing(error)) throw new ObjectNotFoundError(key);
    throw error;
  }
  return path;
}

async function appendRest(
  { client, bucket }: S3Target,
  key: string,
  path: string,
  progress: { bytes: number; etag: string | undefined },
): Promise<void> {
  // If-Match: the rest must come from the version that the beginning came from.
  const rest = progress.bytes === 0 ? {} : { Range: `bytes=${progress.bytes}-`, IfMatch: progress.etag };
  const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...rest }));
  progress.etag = ETag;
  const file = createWriteStream(path, { flags: progress.bytes === 0 ? "w" : "r+", start: progress.bytes });
  try {
    await pipeline(Body as Readable, file);
  } finally {
    progress.bytes += file.bytesWritten;
  }
}

function isBrokenBody(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return isTransient(error) || code === "ERR_STREAM_PREMATURE_CLOSE" || /aborted|premature/i.test(message);
}
