import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { openDuckDbEngine } from "../../../lib/local/duckdb/index.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { healPublication } from "../../../lib/local/lake/healPublication.ts";
import { whenLakeIsFree } from "../../../lib/local/lake/lakeLock.ts";
import { NoLakeError } from "../../../lib/local/lake/lakeQueries.ts";
import { databaseDirectory, openSegmentDatabase } from "../../../lib/local/postgres/lakeDatabase.ts";
import type { ObjectStore, SegmentDatabase } from "../../../lib/ports.ts";
import type { RunManifest } from "../../../lib/workflow/documents.ts";
import { readJson } from "../../../lib/workflow/lake/json.ts";
import { manifestKey } from "../../../lib/workflow/lake/layout.ts";
import { showAgain } from "../../../lib/workflow/models/shownRun.ts";
import { databaseOption, lakeOption } from "../options.ts";
import { plainTable } from "../table.ts";

interface DatabaseFlags {
  readonly lake: string;
  readonly databaseUrl?: string;
}

/** `rfm runs`: the runs that the database holds; one of them is the current one. */
export function runsCommand(): Command {
  return new Command("runs")
    .description("list the runs in the database; the current one is what readers see")
    .addOption(lakeOption())
    .addOption(databaseOption())
    .option("--json", "print them as JSON")
    .action(async (flags: DatabaseFlags & { json?: boolean }) => {
      const runs = await withDatabase(flags, (database) => database.runs());
      if (flags.json === true) {
        process.stdout.write(`${JSON.stringify(runs, null, 2)}\n`);
        return;
      }
      const rows = runs.map((run) => [
        run.isCurrent ? pc.green("current") : "",
        run.runId,
        run.snapshotDate,
        String(run.customers),
        run.modelVersion,
        run.publishedAt ?? "",
      ]);
      process.stdout.write(`${plainTable(["", "run", "snapshot", "customers", "model", "published"], rows)}\n`);
    });
}

/** `rfm publish RUN`: makes an earlier run the current one again. */
export function publishCommand(): Command {
  return new Command("publish")
    .description("make an earlier run the current one again")
    .argument("<run>", "run id, as `rfm runs` lists it")
    .addOption(lakeOption())
    .addOption(databaseOption())
    .action(async (runId: string, flags: DatabaseFlags) => {
      await withDatabase(flags, (database) => database.republish(runId));
      await showRun(openFolderStore(resolve(flags.lake)), runId);
      process.stdout.write(`Run ${runId} is the current one.\n`);
    });
}

/** Readers of the lake's files see the run too, where the lake holds it. */
async function showRun(store: ObjectStore, runId: string): Promise<void> {
  if ((await store.head(manifestKey(runId))) === undefined) return;
  await showAgain(store, await readJson<RunManifest>(store, manifestKey(runId)));
}

/** How long to wait for a run that is going on, in milliseconds. */
const WAIT_MS = 10_000;

/** The lake's own database is opened under the lake's lock: a run that starts meanwhile waits instead of failing late. */
async function withDatabase<T>(flags: DatabaseFlags, use: (database: SegmentDatabase) => Promise<T>): Promise<T> {
  const lakeDirectory = resolve(flags.lake);
  if (flags.databaseUrl === undefined && !existsSync(databaseDirectory(lakeDirectory)))
    throw new NoLakeError(flags.lake);
  const open = () => openDuckDbEngine({ lakeDirectory, threads: 1, tempDirectory: join(lakeDirectory, ".tmp") });
  const lock = flags.databaseUrl === undefined ? await whenLakeIsFree(open, WAIT_MS) : undefined;
  const database = await openSegmentDatabase(lakeDirectory, flags.databaseUrl);
  try {
    await database.migrate();
    await healPublication(openFolderStore(lakeDirectory), database);
    return await use(database);
  } finally {
    await database.close();
    lock?.close();
  }
}
