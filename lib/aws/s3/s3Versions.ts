import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
} from "@aws-sdk/client-s3";
import { RemovalError } from "./s3Errors.ts";
import type { S3Target } from "./s3Target.ts";

/** DeleteObjects takes this many, and a page has no more. */
const MAX_PER_REQUEST = 1_000;

/** What a versioned bucket keeps of objects that were replaced or removed. */
export interface OldVersions {
  /** Removes them for good. @returns how many there were. */
  remove(): Promise<number>;
  /** Their keys; a bucket without versions has none. */
  keys(): Promise<string[]>;
}

interface OldEntries {
  readonly versions: ObjectIdentifier[];
  readonly markers: ObjectIdentifier[];
}

/** The old versions under some prefixes of a bucket. Everything else of the bucket is left alone. */
export function openOldVersions(target: S3Target, prefixes: readonly string[]): OldVersions {
  return {
    async remove() {
      let removed = 0;
      for (const prefix of prefixes) {
        const { versions, markers } = await listOld(target, prefix);
        // A marker that goes before the versions below it would bring the latest of them back.
        await removeAll(target, versions);
        await removeAll(target, markers);
        removed += versions.length;
      }
      return removed;
    },
    async keys() {
      const keys: string[] = [];
      for (const prefix of prefixes)
        keys.push(...(await listOld(target, prefix)).versions.map(({ Key }) => Key as string));
      return [...new Set(keys)].sort();
    },
  };
}

async function listOld({ client, bucket }: S3Target, prefix: string): Promise<OldEntries> {
  const versions: ObjectIdentifier[] = [];
  const markers: ObjectIdentifier[] = [];
  let place: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } | undefined = {};
  while (place !== undefined) {
    const page = await list({ client, bucket }, prefix, place);
    const old = (page.Versions ?? []).filter(({ IsLatest }) => IsLatest === false);
    versions.push(...old.map(({ Key, VersionId }) => ({ Key, VersionId })));
    markers.push(...(page.DeleteMarkers ?? []).map(({ Key, VersionId }) => ({ Key, VersionId })));
    place = page.IsTruncated === true ? nextPlace(page) : undefined;
  }
  return { versions, markers };
}

const list = (
  { client, bucket }: S3Target,
  prefix: string,
  place: { readonly KeyMarker?: string; readonly VersionIdMarker?: string },
) => client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...place }));

function nextPlace({
  NextKeyMarker,
  NextVersionIdMarker,
}: Pick<ListObjectVersionsCommandOutput, "NextKeyMarker" | "NextVersionIdMarker">) {
  return {
    ...(NextKeyMarker === undefined ? {} : { KeyMarker: NextKeyMarker }),
    ...(NextVersionIdMarker === undefined ? {} : { VersionIdMarker: NextVersionIdMarker }),
  };
}

async function removeAll({ client, bucket }: S3Target, entries: readonly ObjectIdentifier[]): Promise<void> {
  for (let start = 0; start < entries.length; start += MAX_PER_REQUEST) {
    const Objects = entries.slice(start, start + MAX_PER_REQUEST);
    const { Errors } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    if (Errors !== undefined && Errors.length > 0) throw new RemovalError(Errors);
  }
}
