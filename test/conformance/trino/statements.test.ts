/*
 * A real Trino judges the SQL: Athena's engine 3 is Trino, so every statement of sql/athena runs on one as it stands,
 * beside the local engine and on the same raw rows, and both must give the same columns, types and rows.
 *
 * Rewritten, as for the local engine: UNLOAD to its query, CREATE TABLE without its Iceberg clauses (`string` is Trino's
 * varchar, Iceberg's `timestamp` its timestamp(6)). Everything else is the product's text.
 *
 * What this judge cannot see, for it is Athena's own:
 * - the syntax of UNLOAD, its properties, and the Parquet that it writes;
 * - the dialect of Iceberg's DDL (LOCATION, TBLPROPERTIES), and that views and UNLOAD refuse six decimals of a second
 *   (test/sql holds that);
 * - Glue's own tables. Trino's Hive connector has the same projection, `injected` and the location template included,
 *   so their form is judged here, not Glue's parsing of it;
 * - the limit of 262,144 bytes on a statement, which is held below for the longest parameters;
 * - S3, Lake Formation, workgroups and quotas; and Athena's own version of the engine, which is behind this one.
 */
import { globSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FeatureIdentity, featureOfKey } from "../../../lib/domain/clustering/space/features.ts";
import { SAVED_QUERIES } from "../../../lib/infra/lake/savedQueries.ts";
import { FEATURES } from "../../../lib/tables/segments.ts";
import { featureParameters } from "../../../lib/workflow/sql/featureParameters.ts";
import type { StatementParameters } from "../../../lib/workflow/sql/parameters.ts";
import { renderStatementFrom } from "../../../lib/workflow/sql/render.ts";
import { createTestLake, hasGoldenData, loadOnlineRetail, P2, type TestLake } from "../../golden/onlineRetail.ts";
import { rawRow, writeRawRows } from "../../sql/rawRows.ts";
import { trinoClient } from "./client.ts";
import { describeFunctions } from "./functions.ts";
import { hostileRows } from "./hostileRows.ts";
import { installTrino } from "./installation.ts";
import { createJudge, type Judge, judged } from "./judge.ts";
import { writeSegments } from "./segments.ts";
import { startTrino, type TrinoServer } from "./server.ts";

const installation = installTrino();
if (!installation.isReady) console.warn(`Trino does not judge the SQL here: ${installation.reason}.`);

const directory = fileURLToPath(new URL("../../../sql/athena/", import.meta.url));
const NAMES = globSync("**/*.sql", { cwd: directory })
  .map((file) => file.replace(/\.sql$/, ""))
  .filter((name) => !name.startsWith("partials/"))
  .sort();
/** Other rows for the same statements; any whole number. */
const SEED = Number(process.env.RFM_CONFORMANCE_SEED ?? 5);
const WRITERS = [
  ...["ingest/clean_transactions", "ingest/commit_ingest", "ingest/find_shared_orders", "ingest/remove_source"],
  ...["erasure/delete_lines", "erasure/delete_shared_orders", "ingest/clean_file_columns"],
];
/** Somebody of the hostile rows; nobody of Online Retail. */
const CUSTOMER = "O'Neill; --";
const FIRST = [
  "features/returned_lines",
  "features/build_features",
  "features/build_wide_features",
  "features/build_column_features",
  "features/build_orders",
  "features/score_breakpoints",
];
/** Every column of the features table that customers can be clustered by. */
const NUMBERS_OF_FEATURES = Object.entries(FEATURES.columns).flatMap(([name, { holds }]) =>
  ["text", "day"].includes(holds) || ["repeat_monetary", "returns_taken_off"].includes(name) ? [] : [name],
);
/** Scores of other measures than R, F and M, beside further ones that a run computes. */
function scoredBy([recency, frequency, monetary]: readonly [string, string, string]): StatementParameters {
  const keys = [
    recency,
    frequency,
    monetary,
    "monetary:200d",
    "average_order_value:100d",
    "lines:60d",
    "active_days:365d",
  ];
  const scoreMeasures = {
    ...{ recencyDays: { feature: recency }, frequency: { feature: frequency } },
    monetary: { feature: monetary, missing: -1.5 },
  };
  const all = keys.map((key) => featureOfKey(key) as FeatureIdentity);
  const { feature_names: _, ...parameters } = featureParameters({
    all,
    clustered: [],
    scoreMeasures,
    until: "2024-12-31",
  });
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !name.startsWith("share_")));
}
const UNLOADS = NAMES.filter((name) => !name.startsWith("ddl/") && !WRITERS.includes(name) && !FIRST.includes(name));

/** Columns of hostile files, one of which has held words and numbers. */
const ASKED_COLUMNS = [
  "(1, 'margin', 'cost', '', date '0001-01-01')",
  "(2, 'margin', 'cost', '', date '2024-01-01')",
  "(3, 'column_sum', 'points', '', date '0001-01-01')",
  "(4, 'attribute', 'points', '', date '0001-01-01')",
  "(5, 'attribute_is', 'word', 'L''Aquila \"🎁\"', date '0001-01-01')",
  "(6, 'attribute', 'none', '', date '0001-01-01')",
].join(", ");

/** What Ingest knows of the files of a drop, but for the first. */
async function writeSources(lake: TestLake, ingestId: string, sources: readonly string[]): Promise<void> {
  const folder = `${lake.directory}/raw/ingest_id=${ingestId}/sources`;
  mkdirSync(folder, { recursive: true });
  const rows = sources.slice(1).map((source) => `('${source.replaceAll("'", "''")}', 'hash', 'incoming/it''s 🛒.csv')`);
  await lake.engine.query(
    `copy (select * from (values ${["(null, null, null)", ...rows].join(", ")}) as files (source, content_hash, object_key)
     where source is not null) to '${folder}/part-00000.parquet'`,
  );
}

/** The folder that a drop brings whole. */
async function writeFolder(lake: TestLake, ingestId: string, prefix: string): Promise<void> {
  const folder = `${lake.directory}/raw/ingest_id=${ingestId}/folders`;
  mkdirSync(folder, { recursive: true });
  const text = prefix.replaceAll("'", "''");
  await lake.engine.query(`copy (select '${text}' as prefix) to '${folder}/part-00000.parquet'`);
}

/** Judges everything that a run unloads, and the view of what it rejects. */
async function judgeRun(judge: Judge, attempt: string, parameters: StatementParameters): Promise<void> {
  await judge.compare("features/returned_lines", attempt, parameters);
  await judge.compare("features/build_features", attempt, parameters);
  const features = await judge.compare("features/build_wide_features", attempt, parameters);
  await judge.compare("features/build_column_features", attempt, { ...parameters, asked_columns: ASKED_COLUMNS });
  await judge.compare("features/build_orders", attempt, parameters);
  const edges = await judge.compare("features/score_breakpoints", attempt, parameters);
  writeSegments(judge.lake, attempt, features, edges);
  for (const name of UNLOADS) await judge.compare(name, attempt, { customer_id: CUSTOMER, ...parameters });
  await judge.compareCombined(attempt, parameters);
  await judge.run("ddl/rejects", parameters);
  const copy = `rejects_of_${attempt.toLowerCase()}`;
  await judge.trino(`create table ${copy} as select * from rejects`);
  await judge.lake.engine.query(`create or replace view ${copy} as from rejects`);
  await judge.compareTable(copy);
}

describe.skipIf(!installation.isReady)("Trino and the local engine (skipped without Java 24, mvn and Trino)", () => {
  let server: TrinoServer;
  beforeAll(async () => {
    if (installation.isReady) server = await startTrino(installation);
  });
  afterAll(() => server?.stop());

  describe("over hostile rows of several sources", () => {
    const POLICY: StatementParameters = {
      ...P2,
      latest_date: "2098-01-01",
      target_currency: "EUR",
      snapshot_date: "2024-12-31",
      previous_attempt: "drop",
      cut_date: "2024-03-01",
      sample_modulus: "2",
      as_of: "2025-02-01 00:00:00",
      non_product_pattern: "^(POST|[Mm])$|^K.se",
      feature_names: NUMBERS_OF_FEATURES.join(","),
      ...{ share_column_1: "category", share_value_1: "toys" },
      ...{ share_column_2: "country", share_value_2: "France" },
      ...{ share_column_3: "payment_method", share_value_3: "card" },
    };
    const RUNS: readonly (readonly [attempt: string, parameters: StatementParameters])[] = [
      ["drop", {}],
      [
        "net",
        {
          returns: "net",
          drop_non_products: "true",
          frequency_basis: "active_days",
          asinh_scale: "0.5",
          recency_bins: "3",
        },
      ],
      [
        "count",
        { returns: "count", duplicates: "keep", frequency_basis: "lines", recency_bins: "7", frequency_bins: "10" },
      ],
      ["match", { returns: "match", window_start: "2023-06-01", snapshot_date: "2024-06-01" }],
      ["window", { returns: "net", window_start: "2023-06-01", snapshot_date: "2024-06-01" }],
      ["before", { returns: "count", as_of: "2025-01-03 12:00:00" }],
      ["between", { as_of: "2025-01-04 00:00:00.000001" }],
      ["measures", scoredBy(["recency_mean:3", "frequency:120d", "average_order_value"])],
      [
        "windows",
        {
          returns: "net",
          frequency_basis: "lines",
          ...scoredBy(["recency_mean:2:90d", "units:200d", "gap_days_mean"]),
        },
      ],
      ["nothing", { as_of: "2024-01-01 00:00:00" }],
    ];
    let lake: TestLake;
    let judge: Judge;
    beforeAll(async () => {
      lake = await createTestLake();
      judge = await createJudge(server, lake);
      const drop = async (ingest_id: string, sources: readonly string[], committed_at: string, count: number) => {
        await writeRawRows(lake, ingest_id, hostileRows(sources, count, SEED + count));
        const hasColumns = ingest_id !== "i2";
        await judge.run(`ingest/clean_${hasColumns ? "file_columns" : "transactions"}`, { ...POLICY, ingest_id });
        await judge.run("ingest/find_shared_orders", { ...POLICY, ingest_id });
        await writeSources(lake, ingest_id, sources);
        await judge.run("ingest/commit_ingest", { ...POLICY, ingest_id, committed_at });
      };
      await drop("i1", ["a.csv", "b's.csv"], "2025-01-01 00:00:00", 1500);
      await drop("i2", ["ü 🛒.csv"], "2025-01-02 00:00:00.123456", 1501);
      await drop("i3", ["a.csv"], "2025-01-03 00:00:00", 1502);
      const removed_at = "2025-01-04 00:00:00";
      await judge.run("ingest/remove_source", { ingest_id: "r1", source: "b's.csv", removed_at });
      await judge.run("ingest/remove_source", {
        ingest_id: "r2",
        source: "ü 🛒.csv",
        removed_at: "2025-01-05 00:00:00",
      });
      await drop("i4", ["b's.csv", "c.csv"], "2025-01-06 00:00:00", 1503);
      await judge.run("ingest/commit_ingest", { ...POLICY, ingest_id: "i4", committed_at: "2025-01-07 00:00:00" });
      // Much of what i4 brought, under another name.
      await drop("i7", ["d.csv"], "2025-01-08 00:00:00", 1503);
      await writeRawRows(lake, "i5", hostileRows(["c.csv"], 200, SEED));
      await judge.run("ingest/clean_transactions", { ...POLICY, ingest_id: "i5" });
    });
    afterAll(() => lake?.remove());

    it("clean, commit and remove alike", async () => {
      await judge.compareTable("transactions");
      await judge.compareTable("ingests");
      await judge.compareTable("shared_orders");
    });

    it.each(RUNS)("give the same results: %s", async (attempt, parameters) => {
      await judgeRun(judge, attempt, { ...POLICY, ingest_id: "i4", ...parameters });
    });

    it("take the parts out of the history that are gone from a folder", async () => {
      const policy = (ingest_id: string, day: string): StatementParameters => {
        const moment = `2025-01-${day} 00:00:00`;
        return { ...POLICY, ingest_id, as_of: moment, committed_at: moment };
      };
      const drop = async (parameters: StatementParameters, sources: readonly string[]) => {
        const ingestId = parameters.ingest_id as string;
        const rows = sources.map((source, i) => rawRow({ source, order_id: `${source}${i}` }));
        await writeRawRows(lake, ingestId, rows);
        await writeFolder(lake, ingestId, "it's 50%_/");
        await judge.run("ingest/clean_transactions", parameters);
        const gone = await judge.compare("ingest/gone_parts", ingestId, parameters);
        await judge.run("ingest/commit_ingest", parameters);
        return gone.map((row) => row.source);
      };
      const others = ["it's 50%_.csv", "it's 50ab/a.csv"];
      expect(await drop(policy("f1", "09"), ["it's 50%_/a.csv", "it's 50%_/b.csv", ...others])).toEqual([]);
      expect(await drop(policy("f2", "10"), ["it's 50%_/a.csv"])).toEqual(["it's 50%_/b.csv"]);
      await judge.compareTable("ingests");
    });

    it("erase a customer alike", async () => {
      const [somebody] = await lake.engine.query(
        "select customer_id from transactions where order_id is null and customer_id is not null group by 1 order by count(*) desc, 1",
      );
      // The files of an Iceberg table keep deleted rows, so the tables are asked.
      const counts = (table: string) => `select cast(count(*) as varchar) from ${table}`;
      for (const [i, customer_id] of [String(somebody?.customer_id), CUSTOMER].entries()) {
        const held = await judge.compare("erasure/held_lines", `held${i}`, { customer_id });
        expect(held.length > 0).toBe(i === 0);
        await judge.run("erasure/delete_lines", { customer_id });
        await judge.run("erasure/delete_shared_orders", { customer_id });
        expect(await judge.compare("erasure/held_lines", `gone${i}`, { customer_id })).toEqual([]);
        for (const table of ["transactions", "shared_orders"]) {
          const [local] = await lake.engine.query(counts(table));
          expect((await judge.trino(counts(table))).rows[0], table).toEqual(Object.values(local ?? {}));
        }
      }
    });

    it("leave out a line that one of them alone would keep: an empty drop", async () => {
      await writeRawRows(lake, "i6", [rawRow({ source: "empty.csv" })].slice(1));
      await judge.run("ingest/clean_transactions", { ...POLICY, ingest_id: "i6" });
      await judge.run("ingest/commit_ingest", { ...POLICY, ingest_id: "i6" });
      await judge.compareTable("ingests");
    });
  });

  describe.skipIf(!hasGoldenData)("over Online Retail (the shared reference data is absent when skipped)", () => {
    const POLICIES: readonly (readonly [string, StatementParameters])[] = [
      ["P2", P2],
      ["P1", { ...P2, duplicates: "keep" }],
      ["P3", { ...P2, returns: "count", duplicates: "keep" }],
      ["P3D", { ...P2, returns: "count" }],
      ["P4", { ...P2, returns: "net" }],
      ["match", { ...P2, returns: "match" }],
    ];
    let lake: TestLake;
    let judge: Judge;
    beforeAll(async () => {
      lake = await createTestLake();
      judge = await createJudge(server, lake);
      await loadOnlineRetail(lake);
      await judge.run("ingest/clean_transactions", P2);
      await judge.run("ingest/commit_ingest", P2);
    });
    afterAll(() => lake?.remove());

    it("clean and commit alike", async () => {
      await judge.compareTable("transactions");
      await judge.compareTable("ingests");
    });

    it.each(POLICIES)("give the same results under %s", async (policy, parameters) => {
      await judgeRun(judge, policy, parameters);
    });
  });

  describe("over expressions alone", () => {
    let lake: TestLake;
    beforeAll(async () => {
      lake = await createTestLake();
    });
    afterAll(() => lake?.remove());
    describeFunctions(() => ({ trino: trinoClient(server.url, "lake", "default"), local: lake.engine.query }));
  });

  describe("over empty tables", () => {
    let lake: TestLake;
    let judge: Judge;
    beforeAll(async () => {
      lake = await createTestLake();
      judge = await createJudge(server, lake);
      await judge.run("ddl/rejects", P2);
    });
    afterAll(() => lake?.remove());

    it("give the same results", () => judgeRun(judge, "empty", P2));

    it.each(SAVED_QUERIES)("understand the saved query «$name»", async ({ sql }) => {
      const { rows } = await judge.trino(sql);
      expect(rows).toEqual([]);
    });

    it.each(["raw_rows", "features"])("refuse to read all partitions of %s", async (table) => {
      await expect(judge.trino(`select * from ${table}`)).rejects.toThrow(/Injected projection requires/);
      await expect(lake.engine.query(`select * from ${table}`)).rejects.toMatchObject({ code: "SQL_ENGINE" });
    });
  });

  it("have been compared on every statement there is", () => {
    expect([...judged.keys()].sort()).toEqual(NAMES);
  });
});

describe("a rendered statement", () => {
  it.each(NAMES)("%s stays below Athena's 262,144 bytes with the longest parameters", (name) => {
    const longest: StatementParameters = {
      ...P2,
      attempt: "a".repeat(128),
      run_id: "r".repeat(128),
      ingest_id: "i".repeat(128),
      source: "🛒".repeat(512),
      lake_version: "9999",
      table_name: "t".repeat(63),
      column_name: "c".repeat(63),
      customer_id: "'".repeat(1_024),
      removed_at: "2012-01-03 00:00:00.000001",
      lake_uri: `s3://${"b".repeat(63)}/${"p".repeat(900)}`,
      output_uri: `s3://${"b".repeat(63)}/${"p".repeat(900)}/`,
      non_product_pattern: "'".repeat(500),
      cancellation_pattern: "'".repeat(500),
    };
    expect(Buffer.byteLength(renderStatementFrom(name, longest))).toBeLessThan(262_144);
  });
});
