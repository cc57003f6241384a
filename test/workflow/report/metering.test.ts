import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { writeJson } from "../../../lib/workflow/lake/json.ts";
import { meterRun, readStepRecords } from "../../../lib/workflow/report/metering.ts";
import type { RunState } from "../../../lib/workflow/steps/state.ts";

const folder = mkdtempSync(join(tmpdir(), "rfm-meter-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = openFolderStore(folder);

const query = (type: string, bytes: number) => ({ type, statistics: { DataScannedInBytes: bytes } });
const state = {
  attempt: "a",
  drop: { ingestId: "a", rows: 10, hasRows: true },
  queries: {
    tables: [query("DDL", 0), query("DDL", 0)],
    clean: query("DML", 25e6),
    describeFeatures: [query("DML", 0)],
    orders: query("DML", 9e6),
    marts: [query("DML", 11e6), query("DDL", 0)],
  },
  plan: { planKey: "", shards: [0], concurrency: 1 },
} as unknown as RunState;
const soFar = () => ({ milliseconds: 500, memoryMegabytes: 2_048, storeReads: 4, storeWrites: 5 });
const run = { state, records: [], soFar, rows: 1_000, newRows: 10, customers: 7 };

it("adds up statements, functions and requests, as AWS charges for them", async () => {
  for (const shard of ["00000", "00001"])
    await writeJson(store, `attempts/attempt=a/steps/FitShard-${shard}.json`, {
      ...{ milliseconds: 2_000, memoryMegabytes: 1_024, storeReads: 10, storeWrites: 1 },
    });
  const metered = meterRun({ ...run, records: await readStepRecords(store, "a"), isOnAws: true });
  expect(metered).toMatchObject({
    ...{ measuredOn: "aws", statements: 7, bytesScanned: 45e6, chargedStatements: 4 },
    // 25 MB, twice the least that a statement costs, and 11 MB.
    bytesCharged: 56e6,
    ...{ gigabyteSeconds: 5, invocations: 3, storeReads: 24, storeWrites: 7 },
  });
  expect(Object.fromEntries(metered.items.map(({ name, usd }) => [name, usd]))).toEqual({
    Athena: 0.00028,
    Lambda: Math.round(1e8 * (5 * 0.0000133334 + 3 * 0.2e-6)) / 1e8,
    "Step Functions": Math.round(1e8 * metered.stateTransitions * 0.000025) / 1e8,
    "S3 requests": Math.round(1e8 * (24 * 0.4e-6 + 7 * 5e-6)) / 1e8,
  });
  expect(metered.usd).toBeCloseTo(
    metered.items.reduce((sum, item) => sum + item.usd, 0),
    8,
  );
});

it("estimates on this computer what Athena would scan, which the local engine does not count", () => {
  const { measuredOn, bytesCharged } = meterRun({ ...run, isOnAws: false });
  expect(measuredOn).toBe("local");
  expect(bytesCharged).toBeGreaterThan(4 * 10e6);
  const { bytesCharged: larger } = meterRun({ ...run, rows: 1_000_000, isOnAws: false });
  expect(larger).toBeGreaterThan(bytesCharged + 100e6);
});
