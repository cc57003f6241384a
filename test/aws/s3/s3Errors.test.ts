import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { openS3Store } from "../../../lib/aws/s3/s3Store.ts";
import { ObjectChangedError, ObjectExistsError } from "../../../lib/domain/storeErrors.ts";

const client = new S3Client({ region: "us-east-1" });
const s3 = mockClient(client);
const store = openS3Store({ client, bucket: "lake-1" });
const failure = (name: string, httpStatusCode: number): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

/** A body that breaks off after some bytes, as a lost connection makes it. */
const breaking = (text: string): Readable =>
  Readable.from(
    (async function* () {
      yield Buffer.from(text);
      // Long enough for the file to be opened and the bytes to be in it.
      await new Promise((resolve) => setTimeout(resolve, 100));
      throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    })(),
  );

beforeEach(() => s3.reset());

describe("S3 when things go wrong", () => {
  it("repeats a conditional write that met another one under way", async () => {
    s3.on(PutObjectCommand).rejectsOnce(failure("ConditionalRequestConflict", 409)).resolves({ ETag: '"e"' });
    expect(await store.write("models/a.json", "x", { ifAbsent: true })).toMatchObject({ etag: '"e"' });
  });

  it("gives the reason of a refused write", async () => {
    s3.on(PutObjectCommand).rejects(failure("PreconditionFailed", 412));
    await expect(store.write("a", "x", { ifAbsent: true })).rejects.toThrow(ObjectExistsError);
    await expect(store.write("a", "x", { ifMatch: '"e"' })).rejects.toThrow(ObjectChangedError);
    s3.on(PutObjectCommand).rejects(failure("AccessDenied", 403));
    await expect(store.write("a", "x", { ifAbsent: true })).rejects.toThrow("AccessDenied");
  });

  it("never takes a forbidden object for a missing one", async () => {
    s3.onAnyCommand().rejects(failure("AccessDenied", 403));
    await expect(store.head("a")).rejects.toThrow("AccessDenied");
    await expect(store.read("a")).rejects.toThrow("AccessDenied");
  });

  it("reports objects that a removal left behind, though the request succeeded", async () => {
    s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: "a", Code: "AccessDenied" }] });
    await expect(store.remove(["a", "b"])).rejects.toThrow(/1 objects .* the first a \(AccessDenied\)/);
  });

  it("goes on with a download where the connection broke, from the same version", async () => {
    s3.on(GetObjectCommand)
      .resolvesOnce({ Body: breaking("01234") as never, ETag: '"v1"' })
      .resolves({ Body: Readable.from([Buffer.from("56789")]) as never, ETag: '"v1"' });
    const path = await store.toLocalFile("incoming/a.csv", await mkdtemp(join(tmpdir(), "rfm-download-")));
    expect(await readFile(path, "utf8")).toBe("0123456789");
    const [, second] = s3.commandCalls(GetObjectCommand);
    expect(second?.args[0].input).toMatchObject({ Range: "bytes=5-", IfMatch: '"v1"' });
  });

  it("does not mix two versions in one download", async () => {
    s3.on(GetObjectCommand)
      .resolvesOnce({ Body: breaking("01234") as never, ETag: '"v1"' })
      .rejects(failure("PreconditionFailed", 412));
    const directory = await mkdtemp(join(tmpdir(), "rfm-download-"));
    await expect(store.toLocalFile("incoming/a.csv", directory)).rejects.toThrow("PreconditionFailed");
  });
});
