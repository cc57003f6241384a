import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { ObjectNotFoundError } from "../../domain/storeErrors.ts";
import type { ObjectInfo } from "../../ports.ts";
import type { S3Target } from "./s3Target.ts";

const GIB = 1024 ** 3;
/** CopyObject takes 5 GiB at most. */
const MAX_SINGLE_COPY_BYTES = 5 * GIB;
const COPY_PART_BYTES = GIB;

/** Copies within the bucket, in parts where the object is too large for one request. */
export async function copyObject(
  target: S3Target,
  fromKey: string,
  toKey: string,
  source: ObjectInfo | undefined,
  maxSingleBytes: number = MAX_SINGLE_COPY_BYTES,
): Promise<void> {
  if (source === undefined) throw new ObjectNotFoundError(fromKey);
  const { client, bucket } = target;
  // The header is a URL path: every segment encoded, the slashes not.
  const CopySource = `${bucket}/${fromKey.split("/").map(encodeURIComponent).join("/")}`;
  if (source.bytes > maxSingleBytes) {
    await copyInParts(target, CopySource, toKey, source, Math.min(COPY_PART_BYTES, maxSingleBytes));
    return;
  }
  await client.send(
    new CopyObjectCommand({
      ...{ Bucket: bucket, Key: toKey, CopySource },
      // The object that was looked at is the one that is copied.
      CopySourceIfMatch: source.etag,
      // Tags stay behind: copying them needs rights on tags, and uploads that GuardDuty scanned carry some.
      TaggingDirective: "REPLACE",
    }),
  );
}

async function copyInParts(
  { client, bucket }: S3Target,
  CopySource: string,
  toKey: string,
  source: ObjectInfo,
  partBytes: number,
): Promise<void> {
  const place = { Bucket: bucket, Key: toKey };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(place));
  try {
    const Parts: CompletedPart[] = [];
    for (let start = 0; start < source.bytes; start += partBytes) {
      const CopySourceRange = `bytes=${start}-${Math.min(start + partBytes, source.bytes) - 1}`;
      const PartNumber = Parts.length + 1;
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({
          ...place,
          UploadId,
          PartNumber,
          CopySource,
          CopySourceRange,
          CopySourceIfMatch: source.etag,
        }),
      );
      Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand({ ...place, UploadId }));
    throw error;
  }
}
