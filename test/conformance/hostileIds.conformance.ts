/* Ids that formats write otherwise than they are, erased from every kind of file of a bucket over HTTP (moto), by the S3 adapter. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openS3Store } from "../../lib/aws/s3/s3Store.ts";
import { type DuckDbEngine, openDuckDbEngine } from "../../lib/local/duckdb/index.ts";
import { erasureFiles } from "../../lib/local/erasure/erasureFiles.ts";
import { eraseFromObjects } from "../../lib/workflow/erasure/eraseFromObjects.ts";
import { searchObjects } from "../../lib/workflow/erasure/searchObjects.ts";
import { csvOf, DELIVERED, EXAMPLES, isBeyondXml, OWN } from "../local/erasure/hostileDocuments.ts";
import { hostileId } from "../local/erasure/hostileIds.ts";
import { CREDENTIALS, REGION, startMoto } from "./support/moto.ts";

const moto = await startMoto();
if ("missing" in moto) console.warn(`Skipped: ${moto.missing}`);
const endpoint = "missing" in moto ? "http://127.0.0.1:9" : moto.endpoint;
const client = new S3Client({ endpoint, region: REGION, credentials: CREDENTIALS, forcePathStyle: true });
const root = mkdtempSync(join(tmpdir(), "rfm-hostile-s3-"));
let engine: DuckDbEngine;
beforeAll(async () => {
  engine = await openDuckDbEngine({ lakeDirectory: join(root, "none"), threads: 1, tempDirectory: join(root, "tmp") });
});
afterAll(() => {
  engine?.close();
  client.destroy();
  if ("stop" in moto) moto.stop();
  rmSync(root, { recursive: true, force: true });
});

async function taskFor(customerId: string) {
  const bucket = `lake-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const store = openS3Store({ client, bucket });
  const scratch = {
    open: async () => mkdtempSync(join(root, "scratch-")),
    remove: async (directory: string) => rmSync(directory, { recursive: true, force: true }),
  };
  return { store, ...erasureFiles(engine), customerId, isSearched: () => true, scratch };
}

describe.skipIf("missing" in moto)("an id that formats write otherwise than it is, in a bucket", () => {
  it("is taken out of the lake's own documents and of what was delivered, and nobody else is", async () => {
    const property = fc.asyncProperty(hostileId, async (id) => {
      const task = await taskFor(id);
      const others = [`${id}x`, `x${id}`, "K0001", `${id} ${id}`];
      for (const [key, { write }] of Object.entries(OWN)) await task.store.write(key, write([...others, id]));
      for (const [name, write] of Object.entries(DELIVERED))
        if (!name.endsWith(".xlsx") || !isBeyondXml(id)) await task.store.write(`incoming/${name}`, write(id));
      if (/[\p{L}\p{N}]/u.test(id)) await task.store.write("incoming/nobody.csv", csvOf(others.slice(0, 3)));
      const keys = (await task.store.list("")).map(({ key }) => key).filter((key) => !key.includes("nobody"));
      expect([...(await searchObjects(task)).asCustomer].sort()).toEqual(keys.sort());
      const done = await eraseFromObjects({ ...task, isTrial: false });
      expect([...done.removed, ...done.rewritten].sort()).toEqual(keys);
      for (const [key, { read }] of Object.entries(OWN))
        expect(read(Buffer.from(await task.store.read(key)).toString())).toEqual(others);
      expect(await searchObjects(task)).toMatchObject({ asCustomer: [], unreadable: [] });
    });
    await fc.assert(property, { numRuns: 60, examples: EXAMPLES });
  }, 1_200_000);
});
