import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Prediction } from "../../lib/api/schemas.ts";
import { parseCsv } from "../../lib/api/scoring/csvBody.ts";
import { DEFAULT_LIMITS } from "../../lib/api/types.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { decimalTextToUnits } from "../../lib/domain/money.ts";
import { aggregateTransactions, type ScoringTransaction } from "../../lib/domain/rfm/scoringTransactions.ts";
import { SEGMENT_FORECAST } from "../../lib/tables/forecasts.ts";
import type { RunManifest } from "../../lib/workflow/documents.ts";
import { readJson } from "../../lib/workflow/lake/json.ts";
import { curatedPrefix, manifestKey } from "../../lib/workflow/lake/layout.ts";
import { type Row, readRows } from "../../lib/workflow/lake/parquet.ts";
import { hasGoldenData, readGolden, SHARED } from "../golden/onlineRetail.ts";
import { endOfJob, type ServedLake, serveLake } from "./support.ts";

const FILE = join(SHARED, "data/online-retail.csv.gz");

describe.skipIf(!hasGoldenData)("Online Retail (skipped without ../shared)", () => {
  let lake: ServedLake;
  let segments: Row[];
  let features: string;
  beforeAll(async () => {
    lake = await serveLake();
    await lake.run([FILE], {});
    const runs = (await (await lake.request("/runs")).json()) as { runs: { run_id: string }[] };
    const manifest = await readJson<RunManifest>(lake.store, manifestKey(runs.runs[0]?.run_id as string));
    const prefix = curatedPrefix(manifest.runId, manifest.attempt);
    segments = await readRows(lake.store, `${prefix}segments/`);
    features = `${prefix}features/`;
  });
  afterAll(() => lake?.close());

  const inputs = () =>
    segments.map((row) => ({
      customer_id: row.customer_id,
      recency: row.recency_days,
      frequency: row.frequency,
      monetary: Math.round(Number(row.monetary) * 10_000) / 10_000,
    }));

  function expectSegments(predictions: readonly Record<string, unknown>[]): void {
    expect(predictions).toHaveLength(4_338);
    const rows = new Map(segments.map((row) => [row.customer_id, row]));
    let furthest = 0;
    for (const prediction of predictions) {
      const row = rows.get(prediction.customer_id as string) as Row;
      const of = [prediction.segment, prediction.cluster, prediction.label, prediction.model_version];
      expect(of.map(String)).toEqual(
        [row.rfm_segment, row.cluster_id, row.cluster_label, row.model_version].map(String),
      );
      expect([prediction.r_score, prediction.f_score, prediction.m_score].map(Number)).toEqual([
        row.r_score,
        row.f_score,
        row.m_score,
      ]);
      furthest = Math.max(furthest, Math.abs(Number(prediction.distance) - Number(row.distance)));
    }
    expect(furthest).toBeLessThanOrEqual(1e-9);
  }

  it("scores every customer as the batch did, by /invocations in JSON", async () => {
    expect(segments.length).toBeLessThan(DEFAULT_LIMITS.maxInstances);
    const response = await lake.post("/invocations", inputs());
    expectSegments((await response.json()) as Prediction[]);
  });

  it("tells what is to be expected of every customer as the batch did, given its history", async () => {
    const histories = await readRows(lake.store, features);
    const bodies = inputs().map((row, at) => ({
      ...row,
      history: {
        ...{ tenure_days: histories[at]?.tenure_days, active_days: Number(histories[at]?.active_days) },
        repeat_monetary: Math.round(Number(histories[at]?.repeat_monetary) * 10_000) / 10_000,
      },
    }));
    const predictions = (await (await lake.post("/invocations", bodies)).json()) as Prediction[];
    const text = (value: unknown) =>
      value instanceof Date ? value.toISOString().slice(0, 10) : typeof value === "number" ? value.toFixed(4) : value;
    const figuresOf = (row: object) =>
      Object.keys(SEGMENT_FORECAST).map((name) => text((row as Readonly<Record<string, unknown>>)[name] ?? null));
    expect(predictions.map(figuresOf)).toEqual(segments.map(figuresOf));
    expect(figuresOf(predictions[0] as Prediction)).not.toContain(null);
  });

  it("scores every customer as the batch did, in CSV", async () => {
    const lines = inputs().map((row) => `${row.customer_id},${row.recency},${row.frequency},${row.monetary}`);
    const response = await lake.request("/invocations", {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body: lines.join("\n"),
    });
    const [header, ...records] = parseCsv(await response.text(), 10_000);
    expectSegments(
      records.map((record) => Object.fromEntries((header as string[]).map((name, i) => [name, record[i]]))),
    );
  });

  it.each(["features", "csv"])("scores every customer as the batch did, by a score job over %s", async (kind) => {
    let input = features;
    if (kind === "csv") {
      input = "scoring/input/all.csv";
      const lines = inputs().map((row) => `"${row.customer_id}",${row.recency},${row.frequency},${row.monetary}\r\n`);
      await lake.store.write(input, `customer_id,recency_days,frequency,monetary\r\n${lines.join("")}`);
    }
    const started = await lake.post("/score-jobs", { input, output: `scoring/output/golden-${kind}/` });
    expect(started.status).toBe(202);
    const job = await endOfJob(lake, ((await started.json()) as { id: string }).id);
    expect(job).toMatchObject({ status: "succeeded", customers: 4_338, error: null });
    const parts = await lake.store.list(`scoring/output/golden-${kind}/`);
    const tables = await Promise.all(
      parts.map(async ({ key }) => parseCsv(Buffer.from(await lake.store.read(key)).toString(), 10_000)),
    );
    expectSegments(
      tables.flatMap(([header, ...records]) =>
        records.map((record) => Object.fromEntries((header as string[]).map((name, i) => [name, record[i]]))),
      ),
    );
  });

  it("shows every customer of the run under their segment", async () => {
    const counts = new Map<string, number>();
    for (const row of segments) counts.set(String(row.rfm_segment), (counts.get(String(row.rfm_segment)) ?? 0) + 1);
    const answer = (await (await lake.request("/segments")).json()) as {
      segments: { name: string; customers: number }[];
    };
    expect(new Map(answer.segments.map((segment) => [segment.name, segment.customers]))).toEqual(counts);
  });

  it("aggregates raw transactions to R, F and M of every customer (P2, P4)", () => {
    const { lines, uniqueLines } = rawTransactions();
    expect(lines).toBe(541_909);
    for (const [policy, returns] of [
      ["P2", "drop"],
      ["P4", "net"],
    ] as const) {
      const golden = readGolden(`rfm_${policy}.csv`);
      expect(golden).toHaveLength(4_338);
      const config = parseConfig({ returns });
      for (const { customer_id, recency_days, frequency, monetary } of golden) {
        const customer = uniqueLines.get(customer_id as string) as ScoringTransaction[];
        const window = { snapshotDate: "2011-12-10", windowStart: "0001-01-01" };
        const values = aggregateTransactions(customer, config, window);
        expect([values.recencyDays, values.frequency, values.monetary.toFixed(3)], `${policy} ${customer_id}`).toEqual([
          Number(recency_days),
          Number(frequency),
          Number(monetary).toFixed(3),
        ]);
      }
    }
  });
});

/** The file's lines by customer, exact copies removed and without lines of no price, as those policies leave them. */
function rawTransactions(): { lines: number; uniqueLines: Map<string, ScoringTransaction[]> } {
  const [, ...records] = parseCsv(gunzipSync(readFileSync(FILE)).toString("utf8"), 600_000);
  const seen = new Set<string>();
  const uniqueLines = new Map<string, ScoringTransaction[]>();
  for (const record of records) {
    const [order, , , quantity, time, price, customer] = record as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const identity = record.join("\u0000");
    if (customer === "" || seen.has(identity) || Number(price) <= 0) continue;
    seen.add(identity);
    const [month, day, year] = (time.split(" ")[0] as string).split("/") as [string, string, string];
    const list = uniqueLines.get(customer) ?? [];
    list.push({
      date: `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`,
      order,
      amountUnits: BigInt(quantity) * decimalTextToUnits(price),
    });
    uniqueLines.set(customer, list);
  }
  return { lines: records.length, uniqueLines };
}
