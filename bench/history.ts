/**
 * What adding one more day costs after so many days before, and what of it grows.
 *
 *   node bench/history.ts [--after 20,150,300] [--days 3] [--one-by-one]
 *
 * Takes the daily files of Online Retail from ../shared. For each number of days before: a lake with these days (dropped
 * together), then `--days` single days, each a run of its own; the median of each state of the machine is printed. With
 * --one-by-one, every day is a drop of its own from the first, and the files of the lake are counted at the end.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseConfig } from "../lib/domain/configFile.ts";
import type { MachineEvent } from "../lib/local/machine.ts";
import { type LocalLake, openLocalLake } from "../lib/local/runLocally.ts";

const { values } = parseArgs({
  options: {
    after: { type: "string", default: "20,150,300" },
    days: { type: "string", default: "3" },
    "one-by-one": { type: "boolean", default: false },
  },
});
const archive = fileURLToPath(new URL("../../shared/data/online-retail-by-day.tar.gz", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "rfm-bench-"));
const config = parseConfig({});

/** States until the day is in the history, and those that read all of the history once or more. */
const INTAKE = ["Ingest", "EnsureTables", "CleanTransactions", "ReconcileIngest", "CheckQuality", "CommitIngest"];

function dailyFiles(): string[] {
  const folder = join(scratch, "days");
  mkdirSync(folder);
  execFileSync("tar", ["xzf", archive, "-C", folder, "--strip-components=1"]);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".csv"))
    .sort()
    .map((name) => join(folder, name));
}

async function timedRun(lake: LocalLake, files: readonly string[]): Promise<Map<string, number>> {
  const startedAt = performance.now();
  const entered = new Map<string, number>();
  const took = new Map<string, number>();
  const onEvent = ({ type, state, atMs }: MachineEvent): void => {
    if (type === "entered") entered.set(state, atMs);
    if (type === "exited") took.set(state, atMs - (entered.get(state) ?? atMs));
  };
  await lake.run({ files, config, onEvent });
  const intake = INTAKE.reduce((sum, state) => sum + (took.get(state) ?? 0), 0);
  return new Map([["whole run", performance.now() - startedAt], ["intake", intake], ...took]);
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;
/** States that take less are not shown. */
const SHOWN_MS = 50;
const filesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

async function measure(files: readonly string[], before: number): Promise<void> {
  const directory = join(scratch, `lake-${before}`);
  const lake = await openLocalLake({ lakeDirectory: directory, threads: 2 });
  try {
    if (values["one-by-one"]) for (const file of files.slice(0, before)) await timedRun(lake, [file]);
    else await timedRun(lake, files.slice(0, before));
    const runs: Map<string, number>[] = [];
    for (const file of files.slice(before, before + Number(values.days))) runs.push(await timedRun(lake, [file]));
    const states = [...(runs[0]?.keys() ?? [])].map((state): [string, number] => [
      state,
      median(runs.map((run) => run.get(state) ?? 0)),
    ]);
    const cells = states.filter(([, ms]) => ms >= SHOWN_MS).map(([state, ms]) => `${state} ${ms.toFixed(0)}`);
    console.log(`after ${before} days (ms): ${cells.join(" · ")} · files in the lake ${filesIn(directory)}`);
  } finally {
    await lake.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

try {
  const files = dailyFiles();
  for (const before of values.after.split(",").map(Number)) await measure(files, before);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
