import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DuckDbEngine, LakeBusyError, openDuckDbEngine } from "../../lib/local/duckdb/index.ts";
import { renderStatement, renderStatementFrom } from "../../lib/workflow/sql/render.ts";
import { P2 } from "../golden/onlineRetail.ts";

const ENGINE = fileURLToPath(new URL("../../lib/local/duckdb/index.ts", import.meta.url));
const WITH = "with (format = 'PARQUET', compression = 'SNAPPY')";

let lakeDirectory: string;
let engine: DuckDbEngine | undefined;
const open = async () => {
  engine = await openDuckDbEngine({ lakeDirectory, threads: 1, tempDirectory: join(lakeDirectory, "tmp") });
  return engine;
};

beforeEach(() => {
  lakeDirectory = mkdtempSync(join(tmpdir(), "rfm-engine-"));
});
afterEach(() => {
  engine?.close();
  engine = undefined;
  rmSync(lakeDirectory, { recursive: true, force: true });
});

/** A process that opens the lake, runs `work`, says so and then waits to be killed. */
async function holdLake(work: string): Promise<{ pid: number; kill: () => Promise<void> }> {
  const script = `
    const { openDuckDbEngine } = await import(${JSON.stringify(ENGINE)});
    const engine = await openDuckDbEngine({ lakeDirectory: ${JSON.stringify(lakeDirectory)}, threads: 1,
      tempDirectory: ${JSON.stringify(join(lakeDirectory, "tmp"))} });
    ${work}
    console.log("ready");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const ready = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  await Promise.race([ready, exited]);
  expect(child.exitCode).toBeNull();
  return {
    pid: child.pid as number,
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

describe("UNLOAD", () => {
  it("writes Parquet to the folder that the URI names, and nothing else", async () => {
    const { run, query } = await open();
    const result = await run(
      `-- numbers\nunload (\nselect 1 as a, cast('x)' as varchar) as b\n)\nto 's3://lake/curated/out/'\n${WITH}\n`,
    );
    expect(result.bytesScanned).toBe(0);
    expect(readdirSync(join(lakeDirectory, "curated/out"))).toEqual(["part-00000.parquet"]);
    expect(await query(`from '${lakeDirectory}/curated/out/*.parquet'`)).toEqual([{ a: 1, b: "x)" }]);
    expect(readdirSync(join(lakeDirectory, ".staging"))).toEqual([]);
  });

  it("refuses a folder that is not empty, like Athena, and leaves it alone", async () => {
    const { run } = await open();
    mkdirSync(join(lakeDirectory, "curated/out"), { recursive: true });
    writeFileSync(join(lakeDirectory, "curated/out/mine.txt"), "mine");
    const statement = `-- numbers\nunload (select 1 as a) to 's3://lake/curated/out/' ${WITH}`;
    await expect(run(statement)).rejects.toMatchObject({
      code: "UNLOAD_TARGET_NOT_EMPTY",
      context: { statement: "numbers" },
    });
    expect(readdirSync(join(lakeDirectory, "curated/out"))).toEqual(["mine.txt"]);
  });

  it("lets one of two to the same folder win, whole", async () => {
    const { run, query } = await open();
    const statement = (value: number) =>
      `unload (select ${value} as a from range(100000)) to 's3://lake/curated/out/' ${WITH}`;
    const results = await Promise.allSettled([run(statement(1)), run(statement(2))]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    const [row] = await query(
      `select count(*) as n, count(distinct a) as d from '${lakeDirectory}/curated/out/*.parquet'`,
    );
    expect(row).toEqual({ n: "100000", d: "1" });
  });

  it("leaves nothing behind when the query fails half-way", async () => {
    const { run } = await open();
    const failing = `-- halves\nunload (select cast(case when range = 99999 then 'x' else '1' end as integer) as a from range(100000)) to 's3://lake/curated/out/' ${WITH}`;
    await expect(run(failing)).rejects.toMatchObject({ code: "SQL_ENGINE", context: { statement: "halves" } });
    expect(existsSync(join(lakeDirectory, "curated/out"))).toBe(false);
    expect(readdirSync(join(lakeDirectory, ".staging"))).toEqual([]);
  });

  it.each(["s3://lake/../outside/", "s3://lake/a/../../outside/", "s3://elsewhere/out/", "s3://lakes/out/"])(
    "refuses to write to %s",
    async (uri) => {
      const { run } = await open();
      await expect(run(`unload (select 1 as a) to '${uri}' ${WITH}`)).rejects.toMatchObject({ code: "SQL_ENGINE" });
    },
  );
});

describe("external tables", () => {
  it("are empty and typed where there is no file", async () => {
    const { run, query } = await open();
    const select =
      "select customer_id, monetary, first_purchase, run_id from features where run_id = 'r1' and attempt = 'a1'";
    await run(`unload (${select}) to 's3://lake/curated/out/' ${WITH}`);
    expect(await query(`select column_type from (describe from '${lakeDirectory}/curated/out/*.parquet')`)).toEqual(
      ["VARCHAR", "DECIMAL(18,4)", "DATE", "VARCHAR"].map((column_type) => ({ column_type })),
    );
    expect(await query(`select count(*) as n from '${lakeDirectory}/curated/out/*.parquet'`)).toEqual([{ n: "0" }]);
  });

  it.each([
    ["no partition", "select * from raw_rows"],
    ["half of the partition", "select * from features where attempt = 'a1'"],
    ["two partitions", "select * from raw_rows where ingest_id = 'a' or ingest_id = 'b'"],
    ["a path", "select * from raw_rows where ingest_id = '../x'"],
  ])("need a literal for each partition column: %s", async (_case, sql) => {
    const { run } = await open();
    await expect(run(sql)).rejects.toMatchObject({ code: "SQL_ENGINE" });
  });
});

describe("the catalog", () => {
  it("takes the Iceberg definitions, again and again, and keeps what is in it", async () => {
    for (const _ of [1, 2]) {
      const { run, query } = await open();
      for (const name of ["ddl/transactions", "ddl/ingests", "ddl/shared_orders"])
        await run(renderStatement(name, { lake_uri: "s3://lake" }));
      await run("insert into ingests (ingest_id, is_removed) values ('i', false)");
      expect((await query("from ingests")).length).toBe(_);
      engine?.close();
    }
    engine = undefined;
  });

  it("says which process holds it", async () => {
    const holder = await holdLake("");
    const error = await open().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(LakeBusyError);
    expect(error).toMatchObject({ code: "LAKE_BUSY", context: { processId: holder.pid } });
    await holder.kill();
    await expect(open()).resolves.toBeDefined();
  });

  it("is busy for a second engine of the same process", async () => {
    await open();
    const first = engine;
    await expect(open()).rejects.toMatchObject({ code: "LAKE_BUSY" });
    engine = first;
  });

  it("opens again after kill -9 with what was committed, without what was not or was half-written", async () => {
    const holder = await holdLake(`
      await engine.run("create table kept (a integer)");
      await engine.run("insert into kept select range from range(100000)");
      engine.run("insert into kept select range from range(1000000000)").catch(() => {});
      engine.run("unload (select range from range(1000000000)) to 's3://lake/curated/out/' ${WITH}").catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 300));`);
    await holder.kill();
    expect(readdirSync(join(lakeDirectory, ".staging"))).toHaveLength(1);
    const { query } = await open();
    expect(await query("select count(*) as n from kept")).toEqual([{ n: "100000" }]);
    expect(existsSync(join(lakeDirectory, "curated/out"))).toBe(false);
    expect(existsSync(join(lakeDirectory, ".staging"))).toBe(false);
  });

  it("has views that open in any DuckDB client, read-only", async () => {
    const { run } = await open();
    for (const name of ["ddl/transactions", "ddl/ingests", "ddl/shared_orders", "ddl/rejects"]) {
      await run(renderStatementFrom(name, { ...P2, drop_non_products: "true" }));
    }
    await run("insert into ingests values ('i', 's.csv', 'h', 'k', 1, timestamp '2012-01-01 00:00:00', false)");
    await run(
      "insert into transactions (ingest_id, source, line_number, product_id, customer_id, ordered_at, amount) values ('i', 's.csv', 2, 'POST', '1', timestamp '2011-05-05 00:00:00', 1)",
    );
    engine?.close();
    engine = undefined;
    const client = await DuckDBInstance.create(join(lakeDirectory, "processed/catalog.duckdb"), {
      access_mode: "READ_ONLY",
    });
    const connection = await client.connect();
    const rows = await connection.runAndReadAll("select drop_reason, line_number from rejects");
    client.closeSync();
    expect(rows.getRowsJson()).toEqual([["non_product", "2"]]);
  });

  it("names the statement that failed and says why", async () => {
    const { run } = await open();
    await expect(run("-- marts/by_nothing\nselect nothing from nowhere")).rejects.toThrow(
      /marts\/by_nothing.*nowhere/s,
    );
  });

  it("says so when the file is no catalog", async () => {
    mkdirSync(join(lakeDirectory, "processed"));
    writeFileSync(join(lakeDirectory, "processed/catalog.duckdb"), "x".repeat(20_000));
    await expect(open()).rejects.toMatchObject({ code: "SQL_ENGINE" });
  });
});
