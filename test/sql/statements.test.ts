import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { translateStatement } from "../../lib/local/duckdb/translate.ts";
import type { StatementParameters } from "../../lib/workflow/sql/parameters.ts";
import { renderStatementFrom } from "../../lib/workflow/sql/render.ts";
import { P2 } from "../golden/onlineRetail.ts";
import { calledFunctions, castTypes, grammarErrors } from "./trinoGrammar.ts";

const directory = fileURLToPath(new URL("../../sql/athena/", import.meta.url));
const names = globSync("**/*.sql", { cwd: directory })
  .map((file) => file.replace(/\.sql$/, ""))
  .filter((name) => !name.startsWith("partials/"))
  .sort();

const PARAMETERS: StatementParameters = {
  ...P2,
  attempt: "a1",
  source: "it's.csv",
  customer_id: "O'Neill",
  removed_at: "2012-01-03 00:00:00",
  lake_version: "2",
  table_name: "ingests",
  column_name: "written_by",
  output_uri: "s3://lake/curated/run_id=golden/attempt=a1/stage/",
};

/** Each exists in Trino under this name and with the meaning that our macros give it locally (test/local). */
const ALLOWED_FUNCTIONS = new Set([
  ...["abs", "floor", "ln", "mod", "sqrt"],
  ...[
    "chr",
    "length",
    "lower",
    "lpad",
    "regexp_like",
    "replace",
    "split_part",
    "strpos",
    "substr",
    "translate",
    "trim",
  ],
  // Of what makes a customer id alone, where each matches at most once (trinoFunctionCases).
  ...["regexp_extract", "regexp_replace"],
  ...["date_diff", "date_trunc", "day_of_week", "hour", "month", "year"],
  // Of cells that are JSON of the program's own, texts by names (trinoFunctionCases).
  "json_extract_scalar",
  ...["md5", "to_hex", "to_utf8"],
  ...["coalesce", "nullif", "sequence"],
  // Not count_if: over no rows at all it is 0 in Trino and missing in DuckDB.
  ...["count", "max", "min", "sum"],
  "first_value",
  "lead",
  "row_number",
]);

/** Iceberg clauses are Athena's own; the grammar knows the statement without them. */
function trinoText(name: string): string {
  const translated = translateStatement(renderStatementFrom(name, PARAMETERS));
  const sql = translated.kind === "unload" ? translated.query : translated.sql;
  return name.startsWith("ddl/") ? sql.replace(/\bstring\b/g, "varchar") : sql;
}

describe("the statements", () => {
  it("are found", () => {
    expect(names.length).toBeGreaterThan(25);
  });

  it.each(names)("%s parses as Trino", (name) => {
    expect(grammarErrors(trinoText(name))).toEqual([]);
  });

  it.each(names)("%s calls only functions that Trino has", (name) => {
    const foreign = calledFunctions(trinoText(name)).filter((called) => !ALLOWED_FUNCTIONS.has(called));
    expect(foreign).toEqual([]);
  });

  it.each(names)("%s casts only to types with one meaning in both engines", (name) => {
    const pattern = /^(varchar|boolean|integer|bigint|double|date|timestamp\([36]\)|decimal\(\d+,\d+\))$/;
    expect(castTypes(trinoText(name)).filter((type) => !pattern.test(type))).toEqual([]);
  });

  it.each(names)("%s writes no decimal literal, of which DuckDB keeps three decimals", (name) => {
    expect(trinoText(name)).not.toMatch(/\bdecimal\s*'/i);
  });

  it.each(names)("%s hands out no timestamp that Athena cannot write", (name) => {
    const sql = trinoText(name);
    if (
      ![
        "ingest/clean_transactions",
        "ingest/clean_file_columns",
        "ingest/commit_ingest",
        "ingest/remove_source",
      ].includes(name)
    ) {
      expect(castTypes(sql)).not.toContain("timestamp(6)");
    }
  });

  it.each(names)("%s stays far below Athena's limit of 262,144 bytes, and without comments but its name", (name) => {
    const statement = renderStatementFrom(name, PARAMETERS);
    expect(Buffer.byteLength(statement)).toBeLessThan(30_000);
    expect(statement.split("\n").filter((line) => line.trimStart().startsWith("--"))).toEqual([`-- ${name}`]);
    expect(statement).not.toMatch(/\{\{|\}\}/);
  });

  it("would be refused with a function that only DuckDB has", () => {
    expect(calledFunctions("select strptime(a, 'x'), list_sum(b) from t where isodow(c) = 1")).toEqual([
      "isodow",
      "list_sum",
      "strptime",
    ]);
    expect(castTypes("select cast(a as hugeint), try_cast(b as decimal(18, 4)) from t")).toEqual([
      "decimal(18,4)",
      "hugeint",
    ]);
    expect(grammarErrors("select a from t qualify row_number() over () = 1")).not.toEqual([]);
    expect(grammarErrors("selec a from t")).not.toEqual([]);
  });
});
