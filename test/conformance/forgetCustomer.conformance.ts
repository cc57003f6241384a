/*
 * A customer is erased from a versioned bucket over HTTP (moto): the command's own code with the S3 adapter. The lake was made by a
 * run over files of every format; DuckDB has Athena's place, so tables and what Iceberg keeps are not judged here but in
 * test/conformance/trino/erasure.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CloudErasureRequest,
  forgetCustomer,
  ZONES_OF_CUSTOMERS,
} from "../../lib/aws/maintenance/forgetCustomer.ts";
import { openS3Store } from "../../lib/aws/s3/s3Store.ts";
import { openOldVersions } from "../../lib/aws/s3/s3Versions.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { translateStatement } from "../../lib/local/duckdb/translate.ts";
import { erasureFiles } from "../../lib/local/erasure/erasureFiles.ts";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import { type LocalLake, openLocalLake } from "../../lib/local/run/runLocally.ts";
import type { ObjectStore, SqlEngine } from "../../lib/ports.ts";
import { readErased } from "../../lib/workflow/lake/erasures.ts";
import { SHOP_HEADER, shopCsv, writeText } from "../support/shop.ts";
import { workbookOf } from "../support/workbook.ts";
import { zipOf } from "../support/zip.ts";
import { CREDENTIALS, REGION, startMoto } from "./support/moto.ts";

/** CSV, JSON, XML and URLs each write it otherwise. */
const PERSON = "DOM\\K9-O'Neil {a:1} <b>&amp;%20é";
const QUOTED = PERSON.replaceAll("'", "''");
const moto = await startMoto();
if ("missing" in moto) console.warn(`Skipped: ${moto.missing}`);
const endpoint = "missing" in moto ? "http://127.0.0.1:9" : moto.endpoint;
const client = new S3Client({ endpoint, region: REGION, credentials: CREDENTIALS, forcePathStyle: true });

const root = mkdtempSync(join(tmpdir(), "rfm-forget-s3-"));
const TABLES = ["transactions", "ingests", "shared_orders"];
const lineOf = (order: number): string => `${PERSON},9${order},2024-02-11,P1,3,9.50`;
const csvWith = (seed: number): string => `${shopCsv({ seed, customers: 12, lines: 40 })}${lineOf(seed)}\n`;
const cellsOf = (csv: string): string[][] =>
  csv
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
const jsonLines = (csv: string): string => {
  const [header, ...rows] = cellsOf(csv) as [string[], ...string[][]];
  return rows.map((row) => JSON.stringify(Object.fromEntries(header.map((name, i) => [name, row[i]])))).join("\n");
};

/** The formats of a drop, each with the person in it. */
async function filesOf(seed: number): Promise<Record<string, Uint8Array>> {
  const path = join(root, `rows-${seed}.parquet`);
  const csv = writeText(join(root, `rows-${seed}.csv`), csvWith(seed));
  await lake.engine.query(`copy (from read_csv('${csv}', all_varchar = true)) to '${path}' (format parquet)`);
  return {
    "plain.csv": Buffer.from(csvWith(seed + 1)),
    "packed.csv.gz": gzipSync(csvWith(seed + 2)),
    "wide.csv": Buffer.from(`\ufeff${csvWith(seed + 3)}`, "utf16le"),
    "box.zip": zipOf([
      { name: "a.csv", content: csvWith(seed + 4) },
      { name: "b.csv", content: `${SHOP_HEADER}\nother,1,2024-01-01,P1,1,2.00\n` },
    ]),
    "book.xlsx": workbookOf([{ name: "Orders", rows: cellsOf(csvWith(seed + 5)) }]),
    "lines.jsonl": Buffer.from(jsonLines(csvWith(seed + 6))),
    "rows.parquet": readFileSync(path),
  };
}

let lake: LocalLake;
let local: ObjectStore;
/** The bucket as it is before each erasure: what the run left, what was dropped, and what no run has read. */
const objects = new Map<string, Uint8Array>();
const NOBODY = ["incoming/nobody.csv", "incoming/nobody.xlsx", "incoming/damaged.zip", "incoming/damaged.csv.gz"];
let unread: string[];

beforeAll(async () => {
  if ("missing" in moto) return;
  const directory = join(root, "lake");
  lake = await openLocalLake({ lakeDirectory: directory, threads: 1 });
  local = openFolderStore(directory);
  const dropped = await filesOf(10);
  const files = Object.entries(dropped).map(([name, bytes]) => writeText(join(root, "drop", name), bytes));
  await lake.run({ files, config: parseConfig({ overlap: "keep", copies: "allow" }) });
  for (const table of TABLES) await lake.engine.query(`create table kept_${table} as from ${table}`);
  // Of the run's papers some of each kind: an erasure reads every object several times.
  for (const { key } of await local.list(""))
    if (/^(raw|runs|reports)\/|\/(features|segments)\/|segments\.csv$|failure|plan\.json$/.test(key))
      objects.set(key, await local.read(key));
  for (const [name, bytes] of Object.entries(dropped)) objects.set(`incoming/${name}`, bytes);
  const late = Object.entries(await filesOf(40)).map(([name, bytes]) => [`incoming/late/${name}`, bytes] as const);
  for (const [key, bytes] of late) objects.set(key, bytes);
  unread = late.map(([key]) => key);
  const nobody = shopCsv({ seed: 3, customers: 5, lines: 9 });
  const bodies = [
    nobody,
    workbookOf([{ name: "a", rows: cellsOf(nobody) }]),
    "PK\x03\x04\x14\0cut",
    gzipSync(nobody).subarray(0, 40),
  ];
  for (const [i, key] of NOBODY.entries()) objects.set(key, Buffer.from(bodies[i] as string));
});
afterAll(async () => {
  client.destroy();
  if ("stop" in moto) moto.stop();
  await lake?.close();
  rmSync(root, { recursive: true, force: true });
});

interface Place {
  readonly bucket: string;
  readonly store: ObjectStore;
}

/** A versioned bucket in which reports were written twice, and one object was removed; the tables as after the run. */
async function openBucket(isWanted: (key: string) => boolean = () => true): Promise<Place> {
  const bucket = `lake-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
  const store = openS3Store({ client, bucket });
  for (const [key, bytes] of objects) {
    if (!isWanted(key)) continue;
    if (key.startsWith("reports/")) await store.write(key, `before: ${PERSON}`);
    await store.write(key, bytes);
  }
  await store.write("staging/part.csv", `customer_id\n${PERSON}\n`);
  await store.remove(["staging/part.csv"]);
  for (const table of TABLES) {
    await lake.engine.query(`delete from ${table}`);
    await lake.engine.query(`insert into ${table} from kept_${table}`);
  }
  return { bucket, store };
}

/** DuckDB in Athena's place: what it unloads into the folder goes to the bucket; what only Iceberg has is left out. */
function engineFor(store: ObjectStore): SqlEngine {
  return {
    async run(statement) {
      if (/^(alter|optimize|vacuum) /.test(statement)) return { bytesScanned: 0, elapsedMs: 0 };
      const result = await lake.engine.run(statement.replaceAll(store.uri, local.uri));
      if (translateStatement(statement).kind !== "unload") return result;
      for (const { key } of await local.list("staging/")) {
        await store.write(key, await local.read(key));
        await local.remove([key]);
      }
      return result;
    },
  };
}

const requestFor = ({ bucket, store }: Place, changed: Partial<CloudErasureRequest> = {}): CloudErasureRequest => ({
  ...{ store, sql: engineFor(store), database: undefined, token: "t1", customerId: PERSON, newSalt: () => "5a17" },
  clock: { now: () => new Date("2024-05-01T00:00:00Z") },
  ...erasureFiles(lake.engine),
  oldVersions: openOldVersions({ client, bucket }, ZONES_OF_CUSTOMERS),
  scratch: {
    open: async () => mkdtempSync(join(root, "batch-")),
    remove: async (directory) => rmSync(directory, { recursive: true }),
  },
  tell: () => undefined,
  ...changed,
});

/** Every version and marker of the bucket: key and content's digest. */
async function versionsOf({ bucket }: Place) {
  const {
    Versions = [],
    DeleteMarkers = [],
    IsTruncated,
  } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
  expect(IsTruncated).not.toBe(true);
  return { versions: Versions, markers: DeleteMarkers };
}

const contentsOf = async (place: Place): Promise<string[]> =>
  (await place.store.list("")).map(({ key, etag }) => `${key} ${etag}`);

/** Whether bytes of an object, unpacked or by the columns of Parquet, hold the person's id in any spelling. */
async function holdsPerson(key: string, bytes: Uint8Array): Promise<boolean> {
  if (NOBODY.includes(key)) return false;
  if (Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "PAR1") {
    const path = writeText(join(root, "look.parquet"), bytes);
    const [row] = await lake.engine.query(
      `select count(*) as n from read_parquet('${path}') as rows where contains(cast(rows as varchar), 'K9-O')`,
    );
    return Number(row?.n) > 0;
  }
  const content = bytes[0] === 0x1f ? gunzipSync(bytes) : Buffer.from(bytes);
  return content.includes("K9-O");
}

describe.skipIf("missing" in moto)("the erasure of a customer from a versioned bucket", () => {
  let whole: string[];

  it("leaves no version and no marker that holds the customer", async () => {
    const place = await openBucket();
    const before = await versionsOf(place);
    expect(before.markers.length).toBe(1);
    expect(before.versions.length).toBeGreaterThan(objects.size + 1);
    const report = await forgetCustomer(requestFor(place));
    const after = await versionsOf(place);
    expect(after.markers).toEqual([]);
    expect(after.versions.filter(({ Key }) => !Key?.startsWith("erasures/")).every(({ IsLatest }) => IsLatest)).toBe(
      true,
    );
    for (const { Key, VersionId } of after.versions) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: place.bucket, Key, VersionId }));
      const bytes = (await Body?.transformToByteArray()) as Uint8Array;
      expect([Key, await holdsPerson(Key as string, bytes)]).toEqual([Key, false]);
    }
    expect(report.oldVersionsRemoved).toBeGreaterThan(10);
    expect(report.proof.unreadable).toEqual(["incoming/damaged.csv.gz", "incoming/damaged.zip"]);
    whole = await contentsOf(place);
  });

  it("removes the files that hold the customer, read or not, in every format, and no other", async () => {
    const keys = whole.map((line) => line.slice(0, line.lastIndexOf(" ")));
    expect(keys.filter((key) => key.startsWith("incoming/"))).toEqual([...NOBODY].sort());
    expect(unread.length).toBe(7);
    expect(keys.filter((key) => key.includes("/original/"))).toEqual([]);
    expect(keys.filter((key) => key.includes("/rows/")).length).toBe(1);
    const [row] = await lake.engine.query(
      `select count(*) filter (where customer_id = '${QUOTED}') as person, count(*) as lines from transactions`,
    );
    expect([Number(row?.person), Number(row?.lines) > 200]).toEqual([0, true]);
  });

  /** Calls that change something, in whatever order they come; the one of this number fails, before or after its work. */
  function breaking(
    place: Place,
    number: number,
    isAfter: boolean,
  ): { request: CloudErasureRequest; calls: () => number } {
    let calls = 0;
    const breakable =
      <Given extends unknown[], Result>(run: (...given: Given) => Promise<Result>) =>
      async (...given: Given): Promise<Result> => {
        const isThis = ++calls === number;
        if (isThis && !isAfter) throw new Error("the process was killed");
        const result = await run(...given);
        if (isThis) throw new Error("the process was killed");
        return result;
      };
    const plain = requestFor(place);
    const { store, sql, oldVersions } = plain;
    const request = {
      ...plain,
      store: {
        ...store,
        write: breakable(store.write),
        remove: breakable(store.remove),
        fromLocalFile: breakable(store.fromLocalFile),
      },
      sql: { run: breakable(sql.run) },
      oldVersions: { ...oldVersions, remove: breakable(oldVersions.remove) },
    };
    return { request, calls: () => calls };
  }

  it("comes to the same end wherever it was killed and repeated, and tells of it meanwhile", async () => {
    // Something of each way to change; each call costs an erasure and a half.
    const isOfSweep = (key: string): boolean =>
      /\/rows\/|box\.zip|nobody\.csv|\/segments\.csv$|^(runs|reports)\//.test(key);
    const complete = await openBucket(isOfSweep);
    await forgetCustomer(requestFor(complete));
    const end = await contentsOf(complete);
    let number = 1;
    const unproven: number[] = [];
    for (let isComplete = false; !isComplete; number++) {
      const place = await openBucket(isOfSweep);
      const { request, calls } = breaking(place, number, number % 2 === 0);
      const ending = await forgetCustomer(request).then(
        () => "complete",
        (error) => error.code ?? error.message,
      );
      isComplete = calls() < number;
      const records = await readErased(place.store);
      if (isComplete) expect([ending, records?.unproven]).toEqual(["complete", []]);
      else if (records !== undefined) {
        expect([number, ending]).toEqual([number, "ERASURE_CUT_SHORT"]);
        unproven.push(records.unproven.length);
      }
      if (!isComplete) await forgetCustomer(requestFor(place));
      expect([number, await contentsOf(place)]).toEqual([number, end]);
      const { versions, markers } = await versionsOf(place);
      expect(markers).toEqual([]);
      expect(versions.filter(({ Key, IsLatest }) => !IsLatest && !Key?.startsWith("erasures/"))).toEqual([]);
    }
    expect(unproven.length).toBeGreaterThan(10);
    // Killed after its very last call, it is complete.
    expect(unproven.slice(0, -1)).toEqual(unproven.slice(1).map(() => 1));
  });
});
