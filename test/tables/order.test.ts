import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { columnNames, type OrderedContract } from "../../lib/tables/contract.ts";
import { MARTS } from "../../lib/tables/marts.ts";
import { STAGES } from "../../lib/tables/stages.ts";

/** Statements of the stages; of marts the contract says it. */
const STATEMENTS: Readonly<Record<keyof typeof STAGES, string>> = {
  reconcile: "ingest/reconcile_ingest",
  profile: "ingest/profile_ingest",
  statuses: "ingest/history_statuses",
  earlier_drops: "ingest/earlier_ingests",
  overlap: "ingest/describe_overlap",
  gone_parts: "ingest/gone_parts",
  history: "ingest/describe_history",
  bounds: "ingest/history_bounds",
  feature_moments: "features/feature_moments",
  score_breakpoints: "features/score_breakpoints",
  score_tiles: "features/score_tiles",
  repeat_intervals: "features/repeat_intervals",
  feature_quantiles: "features/feature_quantiles",
  backtest_customers: "features/backtest_customers",
  forecast_cells: "forecast/forecast_cells",
  forecast_customers: "forecast/forecast_customers",
  forecast_days: "forecast/forecast_days",
};
const tables: [string, OrderedContract, string][] = [
  ...Object.entries(MARTS).map(([name, mart]): [string, OrderedContract, string] => [name, mart, mart.statement]),
  ...Object.entries(STAGES).map(([name, stage]): [string, OrderedContract, string] => [
    name,
    stage,
    STATEMENTS[name as keyof typeof STAGES],
  ]),
];

describe("the order of a table", () => {
  it.each(tables)("%s is that of its statement", (_name, contract, statement) => {
    const sql = readFileSync(new URL(`../../sql/athena/${statement}.sql`, import.meta.url), "utf8");
    const order = /^select \* from \w+(?: order by ([\w, ]+?))?(?: limit \d+)?$/m.exec(sql);
    expect(order).not.toBeNull();
    expect(contract.order).toEqual(order?.[1]?.split(", ") ?? []);
    const columns: readonly string[] = columnNames(contract);
    for (const key of contract.order) expect(columns).toContain(key.replace(/ desc$/, ""));
  });
});
