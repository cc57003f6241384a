import { existsSync } from "node:fs";
import { SegmentationError } from "../domain/errors.ts";
import type { Summary } from "../domain/run/summary.ts";
import { openRun } from "../local/lake/openRun.ts";
import { readJson } from "../workflow/lake/json.ts";
import { openSegmentation, type Segmentation } from "./segmentation.ts";

/** The run is older than the dashboard. */
export class NoDashboardError extends SegmentationError {
  constructor(runId: string) {
    const message = `Run ${runId} has no dashboard: it was made before there was one. \`rfm run\` makes it again.`;
    super("NO_DASHBOARD", message, { runId });
  }
}

/** A run of a lake, the current one without an id. @throws NoLakeError, UnknownNameError. */
export async function readResults(lake: string, runId?: string): Promise<Segmentation> {
  const { lakeDirectory, store, manifest } = await openRun(lake, runId);
  return openSegmentation(lakeDirectory, await readJson<Summary>(store, manifest.summaryKey));
}

/** Path of a run's dashboard. @throws NoLakeError, UnknownNameError, NoDashboardError. */
export async function dashboardPath(lake: string, runId?: string): Promise<string> {
  const { summary, files } = await readResults(lake, runId);
  if (summary.outputs.dashboard === undefined || !existsSync(files.dashboard))
    throw new NoDashboardError(summary.runId);
  return files.dashboard;
}
