import { describe, expect, it } from "vitest";
import { translateStatement } from "../../../lib/local/duckdb/translate.ts";
import { count, type OrderedContract, text } from "../../../lib/tables/contract.ts";
import { EXTERNAL_TABLES } from "../../../lib/tables/external.ts";
import { STAGES } from "../../../lib/tables/stages.ts";
import { attemptPrefix, tablePrefix } from "../../../lib/workflow/lake/layout.ts";
import { combineUnloads } from "../../../lib/workflow/sql/combineUnloads.ts";
import { unloadTarget } from "../../../lib/workflow/sql/statementText.ts";

const unload = (query: string): string =>
  `-- marts/some\nunload (\n${query}\n)\nto 's3://lake/own/'\nwith (format = 'PARQUET', compression = 'SNAPPY')\n`;
const table = (name: string, columns: OrderedContract["columns"], query: string) => ({
  name,
  contract: { grain: "row", order: [], columns },
  statement: unload(query),
});
const days = table("days", { day: text("day"), lines: count("lines") }, "select * from d order by day");
const top = table("top", { item: text("item"), lines: count("lines") }, "select * from i order by lines desc\nlimit 9");

describe("one UNLOAD for several tables", () => {
  const statement = combineUnloads("combined/all", [days, top], "s3://lake/all/");

  it("parts the rows by their table, each with all columns in one order", () => {
    expect(translateStatement(statement)).toEqual({
      kind: "unload",
      uri: "s3://lake/all/",
      compression: "snappy",
      partitionedBy: "rows_of",
      query: [
        "select day, lines, cast(null as varchar) as item, cast('days' as varchar) as rows_of from (",
        "select * from d",
        ")",
        "union all",
        "select cast(null as varchar) as day, lines, item, cast('top' as varchar) as rows_of from (",
        "select * from i order by lines desc\nlimit 9",
        ")",
      ].join("\n"),
    });
    expect(unloadTarget(statement)).toBe("s3://lake/all/");
    expect(statement.split("\n")[0]).toBe("-- combined/all");
  });

  it("is refused where a column has two types, or a statement is no UNLOAD", () => {
    const other = table("other", { lines: text("lines") }, "select 1");
    expect(() => combineUnloads("x", [days, other], "s3://lake/x/")).toThrow(/other\.lines is varchar.*bigint/);
    const view = { ...days, statement: "-- ddl/v\ncreate view v as select 1" };
    expect(() => combineUnloads("x", [view], "s3://lake/x/")).toThrow(/days is no UNLOAD/);
  });
});

describe("the statuses that statements look up", () => {
  it("lie where they are unloaded: elsewhere nothing would be found, and nothing said", () => {
    const { location } = EXTERNAL_TABLES.order_statuses;
    const folder = tablePrefix(attemptPrefix("a1"), "statuses", STAGES.statuses.within);
    expect(`${location.replace("{attempt}", "a1")}/`).toBe(folder);
  });
});
