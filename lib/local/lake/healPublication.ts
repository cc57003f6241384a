import type { ObjectStore, SegmentDatabase } from "../../ports.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { manifestKey } from "../../workflow/lake/layout.ts";
import { readAliases } from "../../workflow/models/aliases.ts";
import { readIfThere } from "../../workflow/models/reference.ts";
import { followPointer, healTables, pointAt } from "../../workflow/models/shownRun.ts";

/**
 * Ends a publication that was killed between the database and the pointer in the lake: where the run's manifest is
 * there, readers of the lake get to see the run, too; else the database goes back to what they see. The lake must be
 * locked.
 * @returns whether anything was mended.
 */
export async function healPublication(store: ObjectStore, database: SegmentDatabase): Promise<boolean> {
  const runs = await database.runs();
  const current = runs.find(({ isCurrent }) => isCurrent);
  const { run } = await readAliases(store);
  if (current === undefined || run === undefined || current.runId === run) return healTables(store);
  const shown = await readIfThere<RunManifest>(store, manifestKey(run));
  const isLater = shown !== undefined && current.createdAt > shown.createdAt;
  const manifest = await readIfThere<RunManifest>(store, manifestKey(current.runId));
  if (manifest !== undefined && isLater && (await pointAt(store, manifest))) {
    await followPointer(store);
    return true;
  }
  if (manifest === undefined && isLater && runs.some(({ runId }) => runId === run)) {
    await database.republish(run);
    return true;
  }
  return healTables(store);
}
