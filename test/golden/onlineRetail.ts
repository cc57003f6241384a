import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { DEFAULT_STATUS_PATTERNS } from "../../lib/domain/quality/statuses.ts";
import { type DuckDbEngine, openDuckDbEngine } from "../../lib/local/duckdb/index.ts";
import { tableStatements } from "../../lib/workflow/ledger/lakeVersion.ts";
import { featureParameters } from "../../lib/workflow/sql/featureParameters.ts";
import type { StatementParameters } from "../../lib/workflow/sql/parameters.ts";
import { statusParameters } from "../../lib/workflow/sql/policyParameters.ts";
import { renderStatementFrom } from "../../lib/workflow/sql/render.ts";
import { missingGoldenData } from "../../scripts/fetchGolden.ts";

export const SHARED = fileURLToPath(new URL("../../../shared/", import.meta.url));
export const GOLDEN = join(SHARED, "golden/online-retail");
export const hasOnlineRetail = missingGoldenData() === undefined;
/** The rows, and the reference figures of every customer. */
export const hasGoldenData = hasOnlineRetail && existsSync(GOLDEN);

export const INGEST_ID = "golden-1";

const RFM = [{ name: "recency_days" }, { name: "frequency" }, { name: "monetary" }] as const;

/** The default policy over the whole Online Retail history (P2). */
export const P2: StatementParameters = {
  lake_uri: "s3://lake",
  ingest_id: INGEST_ID,
  run_id: "golden",
  committed_at: "2012-01-01 00:00:00",
  as_of: "2012-01-02 00:00:00",
  returns: "drop",
  duplicates: "drop",
  overlap: "replace-orders",
  window_start: "0001-01-01",
  snapshot_date: "2011-12-10",
  previous_run_id: "golden",
  previous_attempt: "P2",
  cut_date: "2011-10-01",
  forecast_date: "2011-09-30",
  known_until: "2011-12-09",
  sample_modulus: "1",
  earliest_date: "1995-01-01",
  latest_date: "2012-01-02",
  drop_non_products: "false",
  non_product_pattern: "^(POST|D|M|BANK CHARGES)$",
  cancellation_pattern: "^[Cc][0-9]",
  target_currency: "",
  written_by: "0.1.0",
  ...statusParameters(DEFAULT_STATUS_PATTERNS),
  frequency_basis: "orders",
  recency_bins: "5",
  frequency_bins: "5",
  monetary_bins: "5",
  asinh_scale: "10",
  ...featureParameters({ all: RFM, clustered: RFM, until: "2011-12-10" }),
};

/** A lake in a temporary folder, with helpers to run statements and look at what they unloaded. */
export interface TestLake {
  readonly directory: string;
  readonly engine: DuckDbEngine;
  /** Runs a statement that writes no files. */
  run(name: string, parameters: StatementParameters): Promise<void>;
  /** Runs an UNLOAD into `curated/run_id=golden/attempt=<attempt>/<stage>/` and reads it back. */
  unload(
    name: string,
    attempt: string,
    stage: string,
    parameters: StatementParameters,
  ): Promise<Record<string, unknown>[]>;
  remove(): void;
}

/** What a run does before its statements: they look statuses up. */
async function findStatuses(
  directory: string,
  engine: DuckDbEngine,
  { attempt, ...parameters }: StatementParameters,
): Promise<void> {
  const folder = `attempts/attempt=${attempt}/history_facts/rows_of=statuses/`;
  const output_uri = `s3://lake/${folder}`;
  rmSync(join(directory, folder), { recursive: true, force: true });
  await engine.run(renderStatementFrom("ingest/history_statuses", { ...parameters, output_uri }));
}

/** Opens an empty lake with its tables. */
export async function createTestLake(): Promise<TestLake> {
  const directory = mkdtempSync(join(tmpdir(), "rfm-sql-"));
  const engine = await openDuckDbEngine({
    lakeDirectory: directory,
    threads: 2,
    memoryLimit: "2GB",
    tempDirectory: join(directory, "tmp"),
  });
  const run = async (name: string, parameters: StatementParameters): Promise<void> => {
    const statement = renderStatementFrom(name, parameters);
    if (statement.includes("order_statuses.attempt")) await findStatuses(directory, engine, parameters);
    await engine.run(statement);
  };
  for (const { statement } of tableStatements(1, "s3://lake")) await engine.run(statement);
  return {
    directory,
    engine,
    run,
    unload: async (name, attempt, stage, parameters) => {
      const folder = `curated/run_id=golden/attempt=${attempt}/${stage}/`;
      await run(name, { ...parameters, run_id: "golden", attempt, output_uri: `s3://lake/${folder}` });
      return engine.query(
        `select * from read_parquet('${join(directory, folder)}*.parquet', hive_partitioning = false)`,
      );
    },
    remove: () => {
      engine.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Writes the raw rows of Online Retail as Ingest would, straight from the shared CSV. */
export async function loadOnlineRetail(lake: TestLake, ingestId: string = INGEST_ID): Promise<void> {
  const folder = join(lake.directory, `raw/ingest_id=${ingestId}/rows`);
  mkdirSync(folder, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  await connection.run(`
    copy (
      select 'online-retail.csv.gz' as source, row_number() over () + 1 as line_number, CustomerID as customer_id,
        InvoiceNo as order_id, strftime(strptime(InvoiceDate, '%m/%d/%Y %H:%M'), '%Y-%m-%d %H:%M:%S') as order_date,
        StockCode as product_id, Description as description, Quantity as quantity, UnitPrice as unit_price,
        null::varchar as amount, Country as country, null::varchar as currency, null::varchar as order_status,
        null::varchar as category, null::varchar as payment_method, null::varchar as exchange_rate, null::varchar as other_columns,
        null::varchar as unreadable
      from read_csv('${join(SHARED, "data/online-retail.csv.gz")}', all_varchar = true, header = true, quote = '"')
    ) to '${join(folder, "part-00000.parquet")}' (format parquet)`);
  instance.closeSync();
}

/** A golden CSV as records of text. */
export function readGolden(file: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(join(GOLDEN, file), "utf8").trim().split("\n");
  const names = (header as string).split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i] as string, value])));
}

/** figures.json, in which Python wrote NaN for missing values. */
// biome-ignore lint/suspicious/noExplicitAny: a deep tree of reference figures, each checked where it is used
export function readFigures(): any {
  return JSON.parse(readFileSync(join(GOLDEN, "figures.json"), "utf8").replace(/: NaN\b/g, ": null"));
}
