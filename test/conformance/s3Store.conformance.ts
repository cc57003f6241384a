import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, describe, expect, it } from "vitest";
import { copyObject } from "../../lib/aws/s3/s3Copy.ts";
import { openS3Store } from "../../lib/aws/s3/s3Store.ts";
import { InvalidKeyError } from "../../lib/domain/storeErrors.ts";
import { objectStoreContract } from "../objectStoreContract.ts";
import { CREDENTIALS, REGION, startMoto } from "./support/moto.ts";

const MIB = 1024 * 1024;
const moto = await startMoto();
if ("missing" in moto) console.warn(`Skipped: ${moto.missing}`);
const endpoint = "missing" in moto ? "http://127.0.0.1:9" : moto.endpoint;
const client = new S3Client({ endpoint, region: REGION, credentials: CREDENTIALS, forcePathStyle: true });

async function openBucket() {
  const bucket = `lake-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return { bucket, store: openS3Store({ client, bucket }) };
}

afterAll(() => {
  client.destroy();
  if ("stop" in moto) moto.stop();
});

describe.skipIf("missing" in moto)("S3 over HTTP", () => {
  objectStoreContract("moto's S3", async () => (await openBucket()).store);

  it.each([
    "plus+and%20percent.csv",
    "日本語/ファイル.parquet",
    "semi;colon,comma&amp;and<tag>.csv",
    "hash#question?equals=at@dollar$.csv",
    "brackets[0](1){2}~tilde*star!bang|pipe^caret.csv",
  ])("keeps the key %s through write, list, copy, download and removal", async (key) => {
    const { store } = await openBucket();
    await store.write(`zone/${key}`, "content");
    await store.copy(`zone/${key}`, `copy of/${key}`);
    expect((await store.list("")).map((object) => object.key)).toEqual([`copy of/${key}`, `zone/${key}`]);
    const path = await store.toLocalFile(`copy of/${key}`, await mkdtemp(join(tmpdir(), "rfm-key-")));
    expect(await readFile(path, "utf8")).toBe("content");
    await store.remove([`zone/${key}`]);
    expect(await store.head(`zone/${key}`)).toBeUndefined();
  });

  it.each(["", "/absolute", "up/../../etc/passwd", "back\\slash", "nul\u0000", "x".repeat(1_025)])(
    "refuses the key %j",
    async (key) => {
      const { store } = await openBucket();
      await expect((async () => store.write(key, "x"))()).rejects.toThrow(InvalidKeyError);
      await expect((async () => store.read(key))()).rejects.toThrow(InvalidKeyError);
    },
  );

  it("lists beyond the 1,000 keys of a page, and removes beyond the 1,000 of a request", async () => {
    const { store } = await openBucket();
    const keys = Array.from({ length: 1_105 }, (_, i) => `page/${String(i).padStart(5, "0")}`);
    for (let start = 0; start < keys.length; start += 50) {
      await Promise.all(keys.slice(start, start + 50).map((key) => store.write(key, "x")));
    }
    expect((await store.list("page/")).map(({ key }) => key)).toEqual(keys);
    await store.remove(keys);
    expect(await store.list("")).toEqual([]);
  });

  it("sends large bodies in parts, from memory and from a file, under conditions too", async () => {
    const { store, bucket } = await openBucket();
    const body = Buffer.alloc(35 * MIB, "rfm-segmentation ");
    const info = await store.write("large.bin", body, { contentType: "text/plain", ifAbsent: true });
    expect(info.bytes).toBe(body.length);
    expect(info.etag).toMatch(/-3"?$/);
    expect(Buffer.compare(Buffer.from(await store.read("large.bin")), body)).toBe(0);
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: "large.bin" }));
    expect(head.ContentType).toBe("text/plain");
    const directory = await mkdtemp(join(tmpdir(), "rfm-large-"));
    const file = join(directory, "large.bin");
    await writeFile(file, body);
    await store.fromLocalFile(file, "from file.bin");
    const back = await store.toLocalFile("from file.bin", directory);
    expect(Buffer.compare(await readFile(back), body)).toBe(0);
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads ?? []).toEqual([]);
  });

  it("copies in parts what is too large for one request", async () => {
    const { store, bucket } = await openBucket();
    const body = Buffer.alloc(17 * MIB, "0123456789abcdef");
    const info = await store.write("from/ä b+c.bin", body);
    await copyObject({ client, bucket }, "from/ä b+c.bin", "to/ä b+c.bin", info, 6 * MIB);
    expect(Buffer.compare(Buffer.from(await store.read("to/ä b+c.bin")), body)).toBe(0);
  });

  it("leaves out the empty objects that consoles make for folders", async () => {
    const { store, bucket } = await openBucket();
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: "incoming/", Body: "" }));
    await store.write("incoming/a.csv", "x");
    expect((await store.list("incoming/")).map(({ key }) => key)).toEqual(["incoming/a.csv"]);
  });
});
