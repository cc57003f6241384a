import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { openOldVersions } from "../../../lib/aws/s3/s3Versions.ts";

const client = new S3Client({ region: "us-east-1" });
const s3 = mockClient(client);
const old = (prefixes: readonly string[]) => openOldVersions({ client, bucket: "lake-1" }, prefixes);
const removed = () =>
  s3
    .commandCalls(DeleteObjectsCommand)
    .map(({ args }) => args[0].input.Delete?.Objects?.map(({ Key, VersionId }) => `${Key} ${VersionId}`));

beforeEach(() => {
  s3.reset();
  s3.on(DeleteObjectsCommand).resolves({});
});

describe("old versions of a bucket", () => {
  it("go, versions before the markers over them, page by page; what is there stays", async () => {
    s3.on(ListObjectVersionsCommand, { Prefix: "raw/" })
      .resolvesOnce({
        IsTruncated: true,
        NextKeyMarker: "raw/b",
        NextVersionIdMarker: "2",
        Versions: [
          { Key: "raw/a", VersionId: "2", IsLatest: true },
          { Key: "raw/a", VersionId: "1", IsLatest: false },
        ],
        DeleteMarkers: [{ Key: "raw/b", VersionId: "2", IsLatest: true }],
      })
      .resolvesOnce({ Versions: [{ Key: "raw/b", VersionId: "1", IsLatest: false }] });
    expect(await old(["raw/"]).remove()).toBe(2);
    expect(removed()).toEqual([["raw/a 1", "raw/b 1"], ["raw/b 2"]]);
    expect(s3.commandCalls(ListObjectVersionsCommand)[1]?.args[0].input).toMatchObject({
      KeyMarker: "raw/b",
      VersionIdMarker: "2",
    });
  });

  it("are looked for in the given prefixes alone", async () => {
    s3.on(ListObjectVersionsCommand).resolves({});
    await old(["raw/", "curated/"]).remove();
    expect(s3.commandCalls(ListObjectVersionsCommand).map(({ args }) => args[0].input.Prefix)).toEqual([
      "raw/",
      "curated/",
    ]);
    expect(removed()).toEqual([]);
  });

  it("are removed a thousand at a time", async () => {
    const Versions = Array.from({ length: 1_001 }, (_, i) => ({ Key: "raw/a", VersionId: `${i}`, IsLatest: false }));
    s3.on(ListObjectVersionsCommand).resolves({ Versions });
    expect(await old(["raw/"]).remove()).toBe(1_001);
    expect(removed().map((entries) => entries?.length)).toEqual([1_000, 1]);
  });

  it("that cannot be removed end the erasure, and stay known", async () => {
    s3.on(ListObjectVersionsCommand).resolves({ Versions: [{ Key: "raw/a", VersionId: "1", IsLatest: false }] });
    s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: "raw/a", Code: "AccessDenied" }] });
    await expect(old(["raw/"]).remove()).rejects.toThrow(/raw\/a \(AccessDenied\)/);
    expect(await old(["raw/"]).keys()).toEqual(["raw/a"]);
  });
});
