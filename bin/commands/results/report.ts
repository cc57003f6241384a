import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { SegmentationError } from "../../../lib/domain/errors.ts";
import type { Summary } from "../../../lib/domain/run/summary.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { NoLakeError } from "../../../lib/local/lake/lakeQueries.ts";
import { findManifest } from "../../../lib/local/serve/publishedRuns.ts";
import { readJson } from "../../../lib/workflow/lake/json.ts";
import { lakeOption } from "../options.ts";

/** The run is older than the dashboard. */
class NoDashboardError extends SegmentationError {
  constructor(runId: string) {
    super(
      "NO_DASHBOARD",
      `Run ${runId} has no dashboard: it was made before there was one. \`rfm run\` makes it again.`,
      {
        runId,
      },
    );
  }
}

/** `rfm report [RUN]`: where the dashboard of a run is, and with `--open` the dashboard itself. */
export function reportCommand(): Command {
  return new Command("report")
    .description("print the path of a run's dashboard, one HTML file that needs nothing else")
    .argument("[run]", "run id, as `rfm runs` lists it; default: the current run")
    .addOption(lakeOption())
    .option("--open", "open it in the browser")
    .action(async (run: string | undefined, flags: { lake: string; open?: boolean }) => {
      const path = await dashboardPath(flags.lake, run);
      process.stdout.write(`${path}\n`);
      if (flags.open === true) await openInBrowser(path);
    });
}

/** @throws NoLakeError, UnknownNameError, NoDashboardError. */
async function dashboardPath(lake: string, run: string | undefined): Promise<string> {
  const directory = resolve(lake);
  if (!existsSync(directory)) throw new NoLakeError(lake);
  const store = openFolderStore(directory);
  const manifest = await findManifest(store, run);
  if (manifest === undefined) throw new NoLakeError(lake);
  const { outputs } = await readJson<Summary>(store, manifest.summaryKey);
  const path = outputs.dashboard === undefined ? undefined : join(directory, outputs.dashboard);
  if (path === undefined || !existsSync(path)) throw new NoDashboardError(manifest.runId);
  return path;
}

/** With the system's own opener; where there is none, the printed path has to do. */
async function openInBrowser(path: string): Promise<void> {
  const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
    darwin: ["open"],
    win32: ["cmd", "/c", "start", '""'],
  };
  const [command, ...before] = openers[process.platform] ?? ["xdg-open"];
  const child = spawn(command, [...before, path], { stdio: "ignore", detached: true });
  try {
    await once(child, "spawn");
    child.unref();
  } catch (error) {
    process.stderr.write(`Could not open it (${(error as Error).message}); open the path above by hand.\n`);
  }
}
