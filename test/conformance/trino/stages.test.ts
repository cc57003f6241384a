/*
 * Athena gives up on queries of too many stages, and they are slow before that. Every statement of a run is planned by a
 * real Trino under the policies that make it longest; nothing is executed. (Trino itself warns from 50 stages on and
 * refuses 150 by default; Athena names no number.)
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../../lib/domain/config/config.ts";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { LAKE_VERSION } from "../../../lib/workflow/ledger/lakeVersion.ts";
import { renderIngestStatements, renderRunStatements } from "../../../lib/workflow/sql/statements.ts";
import { statementName } from "../../../lib/workflow/sql/statementText.ts";
import { createTestLake, P2, type TestLake } from "../../golden/onlineRetail.ts";
import { installTrino } from "./installation.ts";
import { createJudge, type Judge, trinoStatement } from "./judge.ts";
import { startTrino, type TrinoServer } from "./server.ts";

const installation = installTrino();
const MOST_STAGES = 100;
const POLICIES: readonly (readonly [name: string, settings: ConfigInput])[] = [
  ["the defaults", {}],
  ["returns matched", { returns: "match" }],
  [
    "returns netted, in one currency",
    { returns: "net", currency: { target: "EUR", rates: [{ currency: "USD", rate: "0.9" }] } },
  ],
  ["scores by ntile", { scores: { method: "ntile" } }],
  [
    "a margin and words of the files, returns matched",
    {
      returns: "match",
      fileColumns: { cost: { from: "Cost", holds: "money" }, sex: { from: "Sex", holds: "category" } },
      scores: { measures: { monetary: { name: "margin", of: "cost", missing: 0 } } },
      clusters: { features: [{ name: "recency_days" }, { name: "attribute_is", of: "sex", is: "f" }] },
    },
  ],
  ["scores by repeat intervals, returns matched", { returns: "match", scores: { method: "repeat-interval" } }],
];

/** Only where settings name columns of the files, and returns are matched, too: 135. Trino itself stops at 150. */
const MORE_STAGES: Readonly<Record<string, number>> = { "features/build_column_features": 140 };

/** All statements of a drop of a folder and of its run, with back-test, forecast and customer movements. */
function statementsOf(settings: ConfigInput): string[] {
  const config = parseConfig(settings);
  const common = { config, attempt: "a", lakeUri: "s3://lake" };
  const tables = { lakeVersion: LAKE_VERSION, codeVersion: "test", hasFolders: true };
  const ingest = renderIngestStatements({ ...common, ...tables, now: new Date(0) });
  const run = renderRunStatements({
    ...{ ...common, asOf: new Date(0), previous: { runId: "p", attempt: "b" } },
    run: { runId: "r", snapshotDate: "2011-12-10", createdAt: "2011-12-10T00:00:00Z" },
    cut: { cutDate: "2011-09-10", sampledOneIn: 1 },
  });
  const { ensureTables: _tables, ...others } = ingest;
  return [...Object.values(others), ...Object.values(run)].flat().filter((text) => !/^-- ddl\//.test(text));
}

describe.skipIf(!installation.isReady)("stages of a run's statements (skipped without Java 24, mvn and Trino)", () => {
  let server: TrinoServer;
  let lake: TestLake;
  let judge: Judge;
  beforeAll(async () => {
    if (installation.isReady) server = await startTrino(installation);
    lake = await createTestLake();
    judge = await createJudge(server, lake);
    await judge.run("ddl/rejects", P2);
  });
  afterAll(async () => {
    lake?.remove();
    await server?.stop();
  });

  it.each(POLICIES)(`are ${MOST_STAGES} at most under %s`, async (_name, settings) => {
    const stages: Record<string, number> = {};
    for (const text of statementsOf(settings)) {
      const { rows } = await judge.trino(`explain (type distributed) ${trinoStatement(text)}`);
      stages[statementName(text)] = String(rows[0]?.[0]).match(/^Fragment \d+/gm)?.length ?? 0;
    }
    const most = (name: string): number => MORE_STAGES[name] ?? MOST_STAGES;
    const above = Object.entries(stages).filter(([name, count]) => count > most(name));
    expect(above).toEqual([]);
    expect(Math.min(...Object.values(stages))).toBeGreaterThan(0);
  });
});
