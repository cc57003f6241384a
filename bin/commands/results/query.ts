import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { csvField } from "../../../lib/domain/text/csv.ts";
import { openBiViews, type QueryResult } from "../../../lib/local/bi/biViews.ts";
import { NoLakeError } from "../../../lib/local/lake/lakeQueries.ts";
import { BI_TABLES } from "../../../lib/tables/bi.ts";
import { style as pc } from "../../terminal.ts";
import { lakeOption } from "../options.ts";
import { plainTable } from "../table.ts";

interface QueryFlags {
  readonly lake: string;
  readonly format: "table" | "csv" | "json";
}

/** `rfm query`: questions in SQL to what is published in a lake. */
export function queryCommand(): Command {
  return new Command("query")
    .description("ask the published tables in SQL; without a query, list them")
    .argument("[sql]", "one select; - reads it from standard input")
    .addOption(lakeOption())
    .addOption(
      new Option("--format <format>", "how to print the rows").choices(["table", "csv", "json"]).default("table"),
    )
    .addHelpText(
      "after",
      `
Examples:
  rfm query                                      the tables and their columns
  rfm query "select * from current_segment_summary"
  rfm query --format csv "select rfm_segment, count(*) as customers from current_segments group by 1"

json: a line per row. Money and counts are numbers with all their digits; where doubles are too coarse, read them
as decimals: json.loads(line, parse_float=decimal.Decimal) in Python.

The same tables are in Athena, most of them in PostgreSQL (docs/bi.md). Nothing can be changed from here.`,
    )
    .action(run);
}

async function run(sql: string | undefined, { lake, format }: QueryFlags): Promise<void> {
  if (!existsSync(lake)) throw new NoLakeError(lake);
  if (sql === undefined) {
    process.stdout.write(tableList());
    return;
  }
  const views = await openBiViews(resolve(lake));
  try {
    const result = await views.query(sql === "-" ? readFileSync(0, "utf8") : sql);
    const text = RENDER[format](result);
    process.stdout.write(format === "csv" ? Buffer.from(text) : text);
  } finally {
    views.close();
  }
}

function tableList(): string {
  const lines = Object.entries(BI_TABLES).map(
    ([name, { grain, columns }]) =>
      `${pc.bold(name)}  ${pc.dim(`one row per ${grain}`)}\n  ${Object.keys(columns).join(", ")}\n`,
  );
  return lines.join("\n");
}

const textOf = (value: unknown): string =>
  value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
const isNumber = (value: unknown): boolean => typeof value === "number" || /^-?\d+(\.\d+)?$/.test(textOf(value));

/** A decimal is a JSON number with all its digits: no double comes between. */
const jsonOf = (value: unknown, isExact: boolean | undefined): string =>
  isExact === true && typeof value === "string" ? value : JSON.stringify(value);

/** How rows are printed, by format. */
export const RENDER: Readonly<Record<QueryFlags["format"], (result: QueryResult) => string>> = {
  table: ({ columns, rows }) => {
    const aligns = columns.map((_, i) => (rows.some((row) => isNumber(row[i])) ? "right" : "left"));
    return `${plainTable(
      columns,
      rows.map((row) => row.map(textOf)),
      aligns,
    )}\n`;
  },
  csv: ({ columns, rows }) =>
    [columns, ...rows].map((row) => `${row.map((value) => csvField(textOf(value))).join(",")}\n`).join(""),
  json: ({ columns, exact, rows }) =>
    rows
      .map((row) => `{${columns.map((name, i) => `${JSON.stringify(name)}:${jsonOf(row[i], exact[i])}`).join(",")}}\n`)
      .join(""),
};
