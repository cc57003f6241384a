import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, describe, expect, it } from "vitest";
import { databaseDirectory } from "../../lib/local/lake/lakePaths.ts";
import { openPgliteDatabase } from "../../lib/local/postgres/pgliteDatabase.ts";
import { type InstalledPackage, runBeside } from "../support/installedPackage.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));
/** Customers whose ids would be numbers to a careless reader, and money that no binary fraction holds. */
const ORDERS = [
  "customer,order,date,amount",
  ...Array.from({ length: 60 }, (_, i) => {
    const day = new Date(Date.UTC(2024, 0, 1 + ((i * 37) % 300))).toISOString().slice(0, 10);
    return `000${100 + (i % 24)},A-${i},${day},${(i * 7) % 90}.1`;
  }),
].join("\n");

const python = process.env.RFM_TEST_PYTHON ?? "python3";
const hasPandas = spawnSync(python, ["-c", "import pandas, polars, pyarrow"]).status === 0;

/** The files of `examples/`, run from a folder that has nothing but the installed package. */
export const exampleTests = (installed: () => InstalledPackage): void => {
  describe("the examples", () => {
    const text = (name: string): string => readFileSync(join(EXAMPLES, name), "utf8");
    let folder: string;
    let segments: string[][];
    beforeAll(async () => {
      folder = join(installed().folder, "examples");
      mkdirSync(folder);
      writeFileSync(join(folder, "orders.csv"), `${ORDERS}\n`);
      writeFileSync(join(folder, "segment.mjs"), text("segment.mjs"));
      const run = await runBeside(installed(), process.execPath, ["segment.mjs", "orders.csv"], { cwd: folder });
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(run.stdout).toContain("published");
      const [, ...lines] = readFileSync(join(folder, "results/segments.csv"), "utf8").trimEnd().split("\n");
      segments = lines.map((line) => line.split(","));
    });

    it("segment from Node, with rows of an iterable too, and explain what is refused", async () => {
      expect(segments.map(([id]) => id)).toEqual(Array.from({ length: 24 }, (_, i) => `000${100 + i}`));
      mkdirSync(join(folder, "iterable"));
      const script = ["../segment.mjs"];
      const iterable = await runBeside(installed(), process.execPath, script, { cwd: join(folder, "iterable") });
      expect(iterable).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("customers: 3") });
      const missing = await runBeside(installed(), process.execPath, ["segment.mjs", "gone.csv"], { cwd: folder });
      expect(missing).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/gone\.csv does not exist.*\[DROP_FILE\]/),
      });
    });

    it("read the lake from DuckDB, typed", async () => {
      const connection = await (await DuckDBInstance.create(":memory:")).connect();
      const statements = text("duckdb.sql")
        .replaceAll(/^--.*$/gm, "")
        .split(";");
      const answers: Record<string, unknown>[][] = [];
      for (const sql of statements.filter((part) => part.trim() !== "")) {
        const atHome = sql.replaceAll(/'(lake|results)\b/g, (_, name) => `'${join(folder, name)}`);
        answers.push((await connection.runAndReadAll(atHome)).getRowObjectsJson());
      }
      connection.closeSync();
      const [, bySegment = [], best = []] = answers;
      expect(bySegment.reduce((sum, row) => sum + Number(row.customers), 0)).toBe(24);
      expect(best).toHaveLength(5);
      expect(best.every(({ customer_id: id }) => /^000\d{3}$/.test(String(id)))).toBe(true);
    });

    it("read PostgreSQL", async () => {
      const database = openPgliteDatabase(databaseDirectory(join(folder, "lake")));
      try {
        const statements = text("segments.psql")
          .replaceAll(/^--.*$/gm, "")
          .split(";");
        const [bySegment = [], lost = []] = await Promise.all(
          statements.filter((sql) => sql.trim() !== "").map((sql) => database.query<Record<string, unknown>>(sql)),
        );
        expect(bySegment.reduce((sum, row) => sum + Number(row.customers), 0)).toBe(24);
        expect(lost.every(({ customer_id: id }) => /^000\d{3}$/.test(String(id)))).toBe(true);
      } finally {
        await database.close();
      }
    });

    it.skipIf(!hasPandas)(
      "read CSV and Parquet with pandas and polars (RFM_TEST_PYTHON names a Python that has them)",
      async () => {
        const script = join(EXAMPLES, "read_segments.py");
        const { code, stdout, stderr } = await runBeside(installed(), python, [script, "results", "lake"], {
          cwd: folder,
        });
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        const cents = segments.reduce((sum, row) => sum + Math.round(Number(row[3]) * 100), 0);
        const total = (cents / 100).toFixed(2);
        for (const reader of ["pandas CSV", "pandas Parquet", "polars CSV", "polars Parquet"])
          expect(stdout).toMatch(new RegExp(`^${reader}: 24 customers, ${total}0* in all, first 000100, `, "m"));
      },
    );
  });
};
