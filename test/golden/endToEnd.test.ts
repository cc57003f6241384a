import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../lib/domain/config/config.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { type ModelCard, modelCardSchema } from "../../lib/domain/model/modelCard.ts";
import { type Summary, summarySchema } from "../../lib/domain/run/summary.ts";
import { type LocalLake, openLocalLake } from "../../lib/local/run/runLocally.ts";
import type { PostgresSegmentDatabase } from "../../lib/postgres/segmentDatabase.ts";
import { selectList } from "../../lib/tables/rows.ts";
import { SEGMENT_COLUMNS, SEGMENT_ROWS } from "../../lib/tables/segments.ts";
import { expectReferenceFigures } from "../report/golden.ts";
import { rfm } from "../support/cli.ts";
import { dataOf } from "../support/dashboard.ts";
import { effort, isFullEffort } from "../support/effort.ts";
import { bodyOf, currentSegments, segmentLine, temporaryFolder } from "../support/lake.ts";
import { hasGoldenData, hasOnlineRetail, readFigures, readGolden, SHARED } from "./onlineRetail.ts";

const UTF8_GZIP = join(SHARED, "data/online-retail.csv.gz");
const folder = temporaryFolder();
const lakeDirectory = join(folder, "lake");

interface Run {
  readonly csv: string;
  readonly summary: Summary;
  readonly model: ModelCard;
}

async function runIn(lake: LocalLake, files: readonly string[], settings: ConfigInput = {}): Promise<Run> {
  const { summary, store } = await lake.run({ files, config: parseConfig(settings) });
  const read = async (key: string | undefined): Promise<string> => Buffer.from(await store.read(key ?? "")).toString();
  const model = JSON.parse(await read(summary.outputs.model)) as ModelCard;
  return { csv: await read(summary.outputs.segmentsCsv), summary, model };
}

/** One run in a lake of its own. */
async function runAlone(name: string, file: string, threads: number): Promise<string> {
  const lake = await openLocalLake({ lakeDirectory: join(folder, name), threads });
  try {
    return (await runIn(lake, [file])).csv;
  } finally {
    await lake.close();
  }
}

const records = (csv: string): Record<string, string>[] => {
  const [header, ...lines] = csv.trimEnd().split("\n");
  const names = (header as string).split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i] as string, value])));
};

/** The rows without the ids of run and model, which stand for the bytes of the file too: another rendering, another run. */
const withoutRun = (csv: string): string[] =>
  records(csv).map(({ run_id: _run, model_version: _model, ...row }) => JSON.stringify(row));

/** R, F and M of every customer, money to three decimals, as the golden files have them. */
const rfmOf = (rows: readonly Record<string, string>[]): string[] =>
  rows.map((row) => `${row.customer_id},${row.recency_days},${row.frequency},${Number(row.monetary).toFixed(3)}`);

const goldenRfm = (policy: string): string[] =>
  rfmOf(
    readGolden(`rfm_${policy}.csv`).sort((a, b) => ((a.customer_id as string) < (b.customer_id as string) ? -1 : 1)),
  );

// With the rows alone the figures that stand here are checked; those of every customer need the reference files.
describe.skipIf(!hasOnlineRetail)(
  "Online Retail from end to end (needs ../shared/data: scripts/fetchGolden.ts)",
  () => {
    let lake: LocalLake;
    /** What the command line wrote, with default settings. */
    let csv: string;
    let summary: Summary;

    beforeAll(async () => {
      const { code, stderr, stdout } = await rfm(
        ["run", UTF8_GZIP, "--lake", lakeDirectory, "--out", "out", "--json"],
        {
          cwd: folder,
        },
      );
      expect(code, stderr).toBe(0);
      csv = readFileSync(join(folder, "out/segments.csv"), "utf8");
      summary = JSON.parse(readFileSync(join(folder, "out/summary.json"), "utf8"));
      expect(JSON.parse(stdout)).toMatchObject(summary);
      lake = await openLocalLake({ lakeDirectory, threads: 2 });
    });

    afterAll(async () => {
      await lake?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it.skipIf(!hasGoldenData)(
      "gives one row per customer, in the order of the ids' bytes, with R, F, M, scores and segment as the reference",
      () => {
        expect(csv.slice(0, csv.indexOf("\n"))).toBe(SEGMENT_COLUMNS.join(","));
        const rows = records(csv);
        const ids = rows.map((row) => row.customer_id as string);
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
        expect(rfmOf(rows)).toEqual(goldenRfm("P2"));
        const golden = new Map(readGolden("scores_P2.csv").map((row) => [row.customer_id as string, row]));
        expect(golden.size).toBe(rows.length);
        const scored = (row: Record<string, string> | undefined, [r, f, m, segment]: readonly string[]): unknown[] =>
          [r, f, m, segment].map((name) => row?.[name as string]);
        for (const row of rows) {
          const expected = scored(golden.get(row.customer_id as string), [
            "r_qcut",
            "f_qcut",
            "m_qcut",
            "segment_qcut",
          ]);
          expect(scored(row, ["r_score", "f_score", "m_score", "rfm_segment"]), row.customer_id).toEqual(expected);
        }
      },
    );

    it("says in summary.json and the model card what the reference says, in the published form", async () => {
      expect(summarySchema.strict().parse(summary)).toEqual(summary);
      const model = JSON.parse(readFileSync(join(lakeDirectory, summary.outputs.model as string), "utf8"));
      expect(modelCardSchema.strict().parse(model)).toEqual(model);
      expect(summary.history.rowsIn).toBe(541_909);
      expect(summary.history.ledger.find(({ reason }) => reason === "missing_customer")?.rows).toBe(135_080);
      expect(summary.history.ledger.reduce((sum, line) => sum + line.rows, 0)).toBe(541_909);
      expect(summary).toMatchObject({ snapshotDate: "2011-12-10", history: { rowsKept: 392_692 } });
      expect(summary.totals).toMatchObject({ customers: 4338, orders: 18_532, revenue: 8_887_208.894 });
      const sizes = [879, 670, 579, 36, 219, 721, 146, 356, 53, 349, 330];
      expect(summary.segments.map(({ customers }) => customers)).toEqual(sizes);
      expect(summary.clusters.map(({ customers }) => customers)).toEqual(
        model.clusters.map(({ customers }: { customers: number }) => customers),
      );
      expect(new Set(model.clusters.map(({ label }: { label: string }) => label)).size).toBe(model.k);
      const deviations = model.features.map(({ deviation }: { deviation: number }) => deviation.toFixed(6));
      expect(deviations).toEqual(["1.306909", "0.683025", "1.258293"]);
      expect(summary.dominance.customers[0]).toMatchObject({ customerId: "14646", monetary: 280_206.02 });
    });

    it.skipIf(!hasGoldenData)(
      "shows on the dashboard what the reference says, and segments that add up to it",
      async () => {
        const html = readFileSync(join(lakeDirectory, summary.outputs.dashboard as string), "utf8");
        expect(html).toBe(readFileSync(join(folder, "out/dashboard.html"), "utf8"));
        expectReferenceFigures(dataOf(html), readFigures());
        const { stdout } = await rfm(["report", "--lake", lakeDirectory], { cwd: folder });
        expect(stdout).toBe(`${join(lakeDirectory, summary.outputs.dashboard as string)}\n`);
      },
    );

    it("has the same rows in Parquet and in PostgreSQL", async () => {
      const path = join(lakeDirectory, summary.outputs.segmentsParquet as string);
      const columns = SEGMENT_COLUMNS.map((name) =>
        name === "run_id" ? name : selectList({ [name]: SEGMENT_ROWS.columns[name] }),
      );
      // The run's id is in the path, as Hive tables have it.
      const rows = await lake.engine.query(
        `select ${columns.join(", ")}
       from read_parquet('${path}*.parquet', hive_partitioning = true, hive_types_autocast = false) order by customer_id`,
      );
      expect(rows.map((row) => segmentLine(row as never)).join("")).toBe(bodyOf(csv));
      expect(await currentSegments(lake.database as PostgresSegmentDatabase)).toBe(bodyOf(csv));
    });

    it.skipIf(!hasGoldenData)("gives every customer of the other policies R, F and M of the reference", async () => {
      const policies: Record<string, ConfigInput> = {
        P4: { returns: "net" },
        // The SQL under every policy is held in rfm.test.ts.
        ...effort<Record<string, ConfigInput>>(
          {},
          { P1: { duplicates: "keep" }, P3: { returns: "count", duplicates: "keep" }, P3D: { returns: "count" } },
        ),
      };
      for (const [policy, settings] of Object.entries(policies)) {
        const run = await runIn(lake, [], settings);
        expect(rfmOf(records(run.csv)), policy).toEqual(goldenRfm(policy));
      }
    });

    it("is byte-identical when the file is dropped again, and when the history is segmented again", async () => {
      expect((await runIn(lake, [UTF8_GZIP])).csv).toBe(csv);
      // Of a smaller history in overTime.test.ts, always.
      if (isFullEffort) expect((await runIn(lake, [])).csv).toBe(csv);
    });

    it.runIf(isFullEffort)(
      "never passes another run's model off as its own: each card has its own lineage, criteria and reason",
      async () => {
        const { summary: byHand, model } = await runIn(lake, [], { clusters: { k: summary.choice.k } });
        expect(byHand.choice.k).toBe(summary.choice.k);
        expect(model.lineage.runId).toBe(byHand.runId);
        expect(byHand.choice.criteria.map(({ k }) => k)).toEqual([summary.choice.k]);
        expect(byHand.choice.reason).not.toBe(summary.choice.reason);
      },
    );

    it.skipIf(!hasGoldenData)(
      "is as good from five shards as from one, and the criteria agree with the reference",
      async () => {
        const figures = readFigures().clustering.log1p_z;
        for (const rowsPerShard of effort([1000], [1000, 250_000])) {
          const {
            model,
            csv: sharded,
            summary: shardedSummary,
            // A partition that goes on from the last model's may be 1 % costlier.
          } = await runIn(lake, [], { clusters: { minK: 2, rowsPerShard, stableIds: false } });
          expect(model.training.shards).toBe(rowsPerShard === 1000 ? 5 : 1);
          expect(model.criteria.map(({ k }) => k)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
          for (const { k, inertia, silhouette, calinskiHarabasz, daviesBouldin, basis } of model.criteria) {
            // The best of 100 starts; figures.json has the best of 50.
            const bestKnown = k === 4 ? 3924.913 : figures[k].inertia;
            expect(inertia / bestKnown, `inertia of k = ${k}`).toBeLessThanOrEqual(1.0005);
            // Partitions within 0.05 % of the best inertia may differ in a few customers on the borders.
            expect(Math.abs(silhouette - figures[k].silhouette), `silhouette of k = ${k}`).toBeLessThan(0.005);
            expect(calinskiHarabasz / figures[k].calinski_harabasz).toBeCloseTo(1, 2);
            expect(daviesBouldin / figures[k].davies_bouldin).toBeCloseTo(1, 1);
            expect(basis).toBe("exact");
          }
          const chosen = model.criteria.find(({ k }) => k === model.k);
          const total = records(sharded).reduce((sum, row) => sum + Number(row.distance) ** 2, 0);
          expect(total / (chosen?.inertia ?? 0)).toBeCloseTo(1, 6);
          expect(shardedSummary.choice.criteria.map(({ k }) => k)).toEqual(model.criteria.map(({ k }) => k));
        }
      },
    );

    // That the renderings have the same rows is held in test/ingest, and that threads change nothing by the runs of faults.test.ts.
    it.runIf(isFullEffort)(
      "does not depend on the encoding, the line ends, the compression or the number of threads",
      async () => {
        const expected = withoutRun(csv);
        const gzipped = join(folder, "online-retail.csv.gz");
        copyFileSync(join(SHARED, "data/online-retail-latin1.csv.gz"), gzipped);
        expect(withoutRun(await runAlone("latin1", gzipped, 4))).toEqual(expected);
        // The same bytes under the same name in another lake: the same result, run id included, on one thread.
        expect(await runAlone("one-thread", UTF8_GZIP, 1)).toBe(csv);
        const plain = join(folder, "online-retail.csv");
        writeFileSync(plain, gunzipSync(readFileSync(UTF8_GZIP)));
        expect(withoutRun(await runAlone("utf8-plain", plain, 2))).toEqual(expected);
        expect(readdirSync(join(folder, "utf8-plain/incoming"))).toEqual([]);
      },
    );
  },
);
