/**
 * What adding one more day costs after so many days before, and what of it grows.
 *
 *   node bench/history.ts [--after 20,150,300] [--days 5] [--one-by-one]
 *
 * Takes the daily files of Online Retail from ../shared. For each number of days before: `--days` single days, each a run
 * of its own, and the median of each state of the machine. The days before are dropped together in a lake of their own,
 * or, with --one-by-one, each by itself in one lake from the first day on: hundreds of runs, and the files that they leave.
 * The last line sets the intake of a day, and the whole run, after the most days beside those after the fewest.
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
    days: { type: "string", default: "5" },
    "one-by-one": { type: "boolean", default: false },
  },
});
const archive = fileURLToPath(new URL("../../shared/data/online-retail-by-day.tar.gz", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "rfm-bench-"));
const config = parseConfig({});
const marks = values.after.split(",").map(Number);
const days = Number(values.days);

/** States until the day is in the history; those after them read the history as a whole. */
const INTAKE = ["Ingest", "EnsureTables", "CleanTransactions", "ReconcileIngest", "CheckQuality", "CommitIngest"];
const WHOLE = "whole run";
/** States that take less are not shown. */
const SHOWN_MS = 50;

type Timings = ReadonlyMap<string, number>;

function dailyFiles(): string[] {
  const folder = join(scratch, "days");
  mkdirSync(folder);
  execFileSync("tar", ["xzf", archive, "-C", folder, "--strip-components=1"]);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".csv"))
    .sort()
    .map((name) => join(folder, name));
}

/** Milliseconds of one run, of its intake and of each of its states. */
async function timedRun(lake: LocalLake, files: readonly string[]): Promise<Timings> {
  const startedAt = performance.now();
  const entered = new Map<string, number>();
  const took = new Map<string, number>();
  const onEvent = ({ type, state, atMs }: MachineEvent): void => {
    if (type === "entered") entered.set(state, atMs);
    if (type === "exited") took.set(state, atMs - (entered.get(state) ?? atMs));
  };
  await lake.run({ files, config, onEvent });
  const intake = INTAKE.reduce((sum, state) => sum + (took.get(state) ?? 0), 0);
  return new Map([[WHOLE, performance.now() - startedAt], ["intake", intake], ...took]);
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;
const filesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

function medians(runs: readonly Timings[]): Timings {
  const states = [...(runs[0]?.keys() ?? [])];
  return new Map(states.map((state) => [state, median(runs.map((run) => run.get(state) ?? 0))]));
}

function print(before: number, timings: Timings, directory: string): void {
  const cells = [...timings].filter(([, ms]) => ms >= SHOWN_MS).map(([state, ms]) => `${state} ${ms.toFixed(0)}`);
  console.log(`after ${before} days (ms): ${cells.join(" · ")} · files in the lake ${filesIn(directory)}`);
}

async function inLake<T>(name: string, use: (lake: LocalLake, directory: string) => Promise<T>): Promise<T> {
  const directory = join(scratch, name);
  const lake = await openLocalLake({ lakeDirectory: directory, threads: 2 });
  try {
    return await use(lake, directory);
  } finally {
    await lake.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runEach(lake: LocalLake, files: readonly string[]): Promise<Timings[]> {
  const runs: Timings[] = [];
  for (const file of files) runs.push(await timedRun(lake, [file]));
  return runs;
}

/** Each day by itself, in one lake. */
function oneByOne(files: readonly string[]): Promise<Timings[]> {
  return inLake("one-by-one", async (lake, directory) => {
    const results: Timings[] = [];
    let next = 0;
    for (const before of marks) {
      await runEach(lake, files.slice(next, before));
      next = before + days;
      const timings = medians(await runEach(lake, files.slice(before, next)));
      print(before, timings, directory);
      results.push(timings);
    }
    return results;
  });
}

/** The days before in one drop, in a lake of their own for each number of them. */
async function afterOneDrop(files: readonly string[]): Promise<Timings[]> {
  const results: Timings[] = [];
  for (const before of marks) {
    await inLake(`after-${before}`, async (lake, directory) => {
      await timedRun(lake, files.slice(0, before));
      const timings = medians(await runEach(lake, files.slice(before, before + days)));
      print(before, timings, directory);
      results.push(timings);
    });
  }
  return results;
}

try {
  const files = dailyFiles();
  const results = values["one-by-one"] ? await oneByOne(files) : await afterOneDrop(files);
  const growth = (state: string): string =>
    ((results.at(-1)?.get(state) ?? Number.NaN) / (results[0]?.get(state) ?? Number.NaN)).toFixed(2);
  const between = `after ${marks.at(-1)} days, in terms of after ${marks[0]}`;
  console.log(`${between}: intake ${growth("intake")} ×, whole run ${growth(WHOLE)} ×`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
