/** Child process of the kill test: creates the embedded database and publishes run after run until it is killed. */
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import { openPgliteDatabase } from "../../lib/local/postgres/pgliteDatabase.ts";
import { makeRows, makeRun, toPart } from "./postgresRows.ts";

const [directory = "", storeDirectory = "", prefix = ""] = process.argv.slice(2);
const store = openFolderStore(storeDirectory);
const database = openPgliteDatabase(directory, { keepRuns: 3 });
await database.migrate();
for (let index = 0; ; index++) {
  const runId = `${prefix}-${index}`;
  await store.write(`${runId}.csv`, toPart(makeRows(runId, 2000)));
  await database.stageRun(makeRun(runId, 2000));
  await database.loadPart(runId, store, `${runId}.csv`);
  await database.publish(runId, 2000);
  process.stdout.write(`${runId}\n`);
}
