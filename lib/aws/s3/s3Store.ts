import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import {
  DeleteObjectsCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { compareUtf8 } from "../../domain/text/utf8Order.ts";
import type { ObjectInfo, ObjectStore, WriteOptions } from "../../ports.ts";
import { retrying } from "../transientError.ts";
import { copyObject } from "./s3Copy.ts";
import { checkKey, isMissing, RemovalError, writeError } from "./s3Errors.ts";
import { downloadObject, readObject } from "./s3Read.ts";
import type { S3Target } from "./s3Target.ts";

export interface S3StoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
}

const MIB = 1024 * 1024;
/** Bodies above this go up in parts, several at once. */
const MULTIPART_BYTES = 16 * MIB;
const PART_BYTES = 16 * MIB;
/** S3 takes 10,000 parts at most. */
const MAX_PARTS = 10_000;
/** DeleteObjects takes this many keys. */
const MAX_KEYS_PER_DELETE = 1_000;

/** A bucket as the lake. Conditional writes need nothing but S3 itself: If-None-Match and If-Match. */
export function openS3Store({ client, bucket }: S3StoreOptions): ObjectStore {
  const target: S3Target = { client, bucket };
  return {
    uri: `s3://${bucket}`,
    list: (prefix) => listObjects(target, prefix),
    head: (key) => headObject(target, checkKey(key)),
    read: (key, range) => readObject(target, checkKey(key), range),
    write: (key, body, options = {}) => writeBytes(target, checkKey(key), Buffer.from(body), options),
    copy: async (fromKey, toKey) => {
      checkKey(toKey);
      await copyObject(target, checkKey(fromKey), toKey, await headObject(target, fromKey));
    },
    remove: (keys) => removeObjects(target, keys.map(checkKey)),
    toLocalFile: (key, scratchDirectory) => downloadObject(target, checkKey(key), scratchDirectory),
    fromLocalFile: (path, key, options = {}) => writeFile(target, checkKey(key), path, options),
  };
}

async function listObjects({ client, bucket }: S3Target, prefix: string): Promise<ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
    );
    for (const { Key, Size, ETag } of page.Contents ?? []) {
      // Consoles make folders as empty objects that end with a slash; they are no objects to us.
      if (Key !== undefined && !Key.endsWith("/")) found.push({ key: Key, bytes: Size ?? 0, etag: ETag ?? "" });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  // S3 lists in UTF-8 byte order already; stores that only speak its protocol may not.
  return found.sort((a, b) => compareUtf8(a.key, b.key));
}

async function headObject({ client, bucket }: S3Target, key: string): Promise<ObjectInfo | undefined> {
  try {
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return { key, bytes: head.ContentLength ?? 0, etag: head.ETag ?? "" };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const writeParameters = ({ bucket }: S3Target, key: string, options: WriteOptions) => ({
  Bucket: bucket,
  Key: key,
  ...(options.contentType === undefined ? {} : { ContentType: options.contentType }),
  ...(options.contentEncoding === undefined ? {} : { ContentEncoding: options.contentEncoding }),
  ...(options.ifAbsent === true ? { IfNoneMatch: "*" } : {}),
  ...(options.ifMatch === undefined ? {} : { IfMatch: options.ifMatch }),
});

async function writeBytes(target: S3Target, key: string, body: Buffer, options: WriteOptions): Promise<ObjectInfo> {
  if (body.byteLength > MULTIPART_BYTES) return upload(target, key, body, body.byteLength, options);
  const put = () => target.client.send(new PutObjectCommand({ ...writeParameters(target, key, options), Body: body }));
  // 409: another conditional write of this key is under way. Once it has ended, the condition can be judged.
  const isRetryable = (error: unknown): boolean => (error as Error).name === "ConditionalRequestConflict";
  try {
    const { ETag } = await retrying(put, { attempts: 5, firstDelayMs: 100, maxDelayMs: 1_000, isRetryable });
    return { key, bytes: body.byteLength, etag: ETag ?? "" };
  } catch (error) {
    throw writeError(error, key, options);
  }
}

async function writeFile(target: S3Target, key: string, path: string, options: WriteOptions): Promise<ObjectInfo> {
  const { size } = await stat(path);
  return upload(target, key, createReadStream(path, { highWaterMark: MIB }), size, options);
}

/** Sends a body in parts where it is large; a failed upload leaves no parts behind. */
async function upload(
  target: S3Target,
  key: string,
  body: NonNullable<ConstructorParameters<typeof Upload>[0]["params"]["Body"]>,
  bytes: number,
  options: WriteOptions,
): Promise<ObjectInfo> {
  const partSize = Math.max(PART_BYTES, Math.ceil(bytes / MAX_PARTS));
  const params = { ...writeParameters(target, key, options), Body: body };
  try {
    const { ETag } = await new Upload({ client: target.client, params, partSize, queueSize: 4 }).done();
    return { key, bytes, etag: ETag ?? "" };
  } catch (error) {
    throw writeError(error, key, options);
  }
}

async function removeObjects({ client, bucket }: S3Target, keys: readonly string[]): Promise<void> {
  for (let start = 0; start < keys.length; start += MAX_KEYS_PER_DELETE) {
    const Objects = keys.slice(start, start + MAX_KEYS_PER_DELETE).map((Key) => ({ Key }));
    const { Errors } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    // The call succeeds even where single keys did not.
    if (Errors !== undefined && Errors.length > 0) throw new RemovalError(Errors);
  }
}
