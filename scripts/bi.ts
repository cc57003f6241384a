import { readFileSync, writeFileSync } from "node:fs";
import { BI_TABLES } from "../lib/tables/bi.ts";

/** Writes the reference of the tables into docs/bi.md. Run `node scripts/bi.ts` after changing lib/tables/bi.ts. */

export const BI_GUIDE = new URL("../docs/bi.md", import.meta.url);
const START = "<!-- tables: node scripts/bi.ts -->\n";
const END = "<!-- end of tables -->\n";

/** Tables that PostgreSQL has as views of the same names, in the schema `rfm`. */
export const POSTGRES_TABLES: readonly string[] = [
  "current_segments",
  "current_segment_summary",
  "current_cluster_summary",
  "run_totals",
  "segment_history",
  "cluster_history",
  "run_ledger",
];

/** The guide with its reference as the definitions have it. */
export function withReference(guide: string): string {
  const [before, rest] = guide.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/bi.md must hold ${START}and ${END}`);
  return `${before}${START}\n${reference()}\n${END}${after}`;
}

function reference(): string {
  const parts = Object.entries(BI_TABLES).map(([name, { grain, columns }]) => {
    const where = POSTGRES_TABLES.includes(name) ? "Athena, `rfm query`, PostgreSQL" : "Athena, `rfm query`";
    const rows = Object.entries(columns).map(
      ([column, { type, meaning }]) => `| \`${column}\` | ${type} | ${meaning} |`,
    );
    return `### ${name}\n\nOne row per ${grain}. ${where}.\n\n| column | type | |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  return parts.join("\n");
}

if (import.meta.main) writeFileSync(BI_GUIDE, withReference(readFileSync(BI_GUIDE, "utf8")));
