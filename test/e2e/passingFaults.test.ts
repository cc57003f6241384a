import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import type { TaskHandler, TaskHandlers } from "../../lib/local/run/machine.ts";
import { openLocalLake } from "../../lib/local/run/runLocally.ts";
import { statementName } from "../../lib/workflow/sql/statementText.ts";
import { type RepeatInput, repeatStatement } from "../../lib/workflow/steps/repeatStatement.ts";
import { segmentsCsvOf, temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";

vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryFolder();
const config = parseConfig({ clusters: { rowsPerShard: 100, minK: 2, maxK: 3 } });
const clock = { now: () => new Date("2025-03-01T12:00:00Z") };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FAULTS = [
  "ICEBERG_COMMIT_ERROR: x",
  "SlowDown",
  "Query exhausted resources at this scale factor",
  "GENERIC_INTERNAL_ERROR",
];

/** Athena at its worst: each statement does its work, leaves it, and is reported as failed the first time. */
function failingOnce(lakeDirectory: string, failed: string[]): (handlers: TaskHandlers) => TaskHandlers {
  const store = openFolderStore(lakeDirectory);
  const ports = { store, sleep: async () => undefined, stopQuery: async () => undefined };
  return (handlers) =>
    Object.fromEntries(
      Object.entries(handlers).map(([state, handler]): [string, TaskHandler] => {
        if (state.startsWith("Repeat"))
          return [state, (async (input: RepeatInput) => repeatStatement(ports, input)) as TaskHandler];
        return [
          state,
          (async (input: { readonly QueryString?: string }) => {
            const result = await handler(input as never);
            const name = input.QueryString === undefined ? undefined : statementName(input.QueryString);
            if (name === undefined || failed.includes(name)) return result;
            const Status = { State: "FAILED", StateChangeReason: FAULTS[failed.push(name) % FAULTS.length] };
            const cause = JSON.stringify({ QueryExecution: { QueryExecutionId: name, Status } });
            throw Object.assign(new Error(cause), { name: "States.TaskFailed" });
          }) as TaskHandler,
        ];
      }),
    );
}

async function drops(name: string, failed?: string[]) {
  const lakeDirectory = join(folder, name);
  const lake = await openLocalLake({ lakeDirectory, threads: 1 });
  const seen: string[] = [];
  const shops = [1, 2].map((seed) => shopCsv({ seed, customers: 150, lines: 500 }));
  // Some lines of the first come again in the second, so that they share orders; its other orders are its own.
  const own = shops[1]?.replaceAll(/,(C?)1(\d{4}),/g, ",$12$2,");
  const again = shops[0]?.split("\n").slice(1, 20).join("\n");
  for (const [at, shop] of shops.entries()) {
    const file = writeText(join(folder, `${at}.csv`), at === 0 ? shop : `${own}${again}\n`);
    const intercept = failed === undefined ? {} : { handlers: failingOnce(lakeDirectory, failed) };
    const { summary, attempt } = await lake.run({ files: [file], config, clock, intercept });
    seen.push(
      segmentsCsvOf(lakeDirectory, { runId: summary.runId, attempt }),
      JSON.stringify([summary.history, summary.totals]),
    );
  }
  const count = async (table: string) =>
    (await lake.engine.query(`select count(*)::integer as rows from ${table}`))[0]?.rows;
  const rows = {
    transactions: await count("transactions"),
    ingests: await count("ingests"),
    shared: await count("shared_orders"),
  };
  await lake.close();
  return { seen, rows };
}

it("a run gets over a passing fault of every one of its statements, INSERTs that were committed all the same among them", async () => {
  const undisturbed = await drops("undisturbed");
  const failed: string[] = [];
  expect(await drops("disturbed", failed)).toEqual(undisturbed);
  expect(failed.length).toBeGreaterThan(20);
  expect(failed).toEqual(
    expect.arrayContaining(["ingest/clean_transactions", "ingest/commit_ingest", "ingest/find_shared_orders"]),
  );
  expect(undisturbed.rows.shared).toBeGreaterThan(0);
});
