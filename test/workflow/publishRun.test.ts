import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBiViews } from "../../lib/local/bi/biViews.ts";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import type { ObjectStore } from "../../lib/ports.ts";
import type { RunManifest } from "../../lib/workflow/documents.ts";
import { writeJson } from "../../lib/workflow/lake/json.ts";
import { ALIASES_KEY } from "../../lib/workflow/lake/layout.ts";
import { publishTables } from "../../lib/workflow/lake/publishedTables.ts";
import { readAliases } from "../../lib/workflow/models/aliases.ts";
import { followPointer, keepManifest, pointAt } from "../../lib/workflow/models/shownRun.ts";
import { manifestsOf, temporaryFolder } from "../support/lake.ts";
import { unpackOldLake } from "../support/oldLake.ts";

const folder = temporaryFolder();
const directory = join(folder, "lake");
const store = openFolderStore(directory);
let earlier: RunManifest;
let later: RunManifest;
beforeAll(() => {
  unpackOldLake(directory);
  [earlier, later] = manifestsOf(directory) as [RunManifest, RunManifest];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What PublishRun does to the lake, each step when the schedule says so. */
async function publish(own: ObjectStore, manifest: RunManifest): Promise<void> {
  await keepManifest(own, manifest);
  if (await pointAt(own, manifest)) await followPointer(own);
  else await publishTables(own, manifest, { isCurrent: false });
}

/** A store in which `other` happens as a whole right before the write of this number. */
function interrupted(at: number, other: () => Promise<void>): ObjectStore {
  let writes = 0;
  return {
    ...store,
    write: async (key, body, options) => {
      if (/^runs\/|aliases|current_run\/|current_segments\//.test(key) && writes++ === at) await other();
      return store.write(key, body, options);
    },
  };
}

describe("two runs that publish at once", () => {
  it("end with the one that was planned later, wherever one comes in between the writes of the other", async () => {
    const cases = [0, 1, 2, 3, 4].flatMap((at) => [
      { at, own: earlier, other: later },
      { at, own: later, other: earlier },
    ]);
    for (const { at, own, other } of cases) {
      await store.remove([ALIASES_KEY]);
      await publish(
        interrupted(at, () => publish(store, other)),
        own,
      );
      await publish(store, other);
      const name = `${own.runId} at ${at}`;
      expect([name, (await readAliases(store)).run]).toEqual([name, later.runId]);
      const rows = readFileSync(join(directory, "published/current_run/rows.json"), "utf8");
      const list = readFileSync(join(directory, "published/current_segments/symlink.txt"), "utf8");
      expect([name, rows.includes(later.runId), list.includes(later.attempt)]).toEqual([name, true, true]);
    }
  });
});

describe("tables whose writer was killed", () => {
  it("are mended when somebody asks, after the pointer", async () => {
    await publishTables(store, earlier);
    await writeJson(store, ALIASES_KEY, { champion: later.modelVersion, run: later.runId });
    const views = await openBiViews(directory);
    expect((await views.query("select run_id from current_run")).rows).toEqual([[later.runId]]);
    views.close();
    await store.remove(["published/current_segments/symlink.txt"]);
    const again = await openBiViews(directory);
    expect(Number((await again.query("select count(*) from current_segments")).rows[0]?.[0])).toBe(later.customers);
    again.close();
  });
});
