/**
 * What adding one more day costs after so many days before, and what of it grows.
 *
 *   npm run bench -- history [--after 20,150,300] [--days 5] [--one-by-one]
 *
 * Takes the daily files of Online Retail from ../shared. For each number of days before: the last `--days` days, each a run
 * of its own, and the median of each state of the machine. The days before are dropped in as many drops as there are
 * numbers, or, with --one-by-one, each by itself: hundreds of runs, and the files that they leave. The last line sets
 * the intake of a day, and the whole run, after the most days beside those after the fewest.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseConfig } from "../lib/domain/config/configFile.ts";
import type { MachineEvent } from "../lib/local/run/machine.ts";
import { type LocalLake, openLocalLake } from "../lib/local/run/runLocally.ts";
import { median } from "./median.ts";

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

async function inLake(directory: string, use: (lake: LocalLake) => Promise<void>): Promise<void> {
  const lake = await openLocalLake({ lakeDirectory: directory, threads: 2 });
  try {
    await use(lake);
  } finally {
    await lake.close();
  }
}

/** Each drop a run of its own. */
async function runEach(lake: LocalLake, drops: readonly (readonly string[])[]): Promise<Timings[]> {
  const runs: Timings[] = [];
  for (const drop of drops) runs.push(await timedRun(lake, drop));
  return runs;
}

/**
 * The same last days after so many others, in a copy of the lake that has those; in between, `history` goes on. Days differ in size:
 * others would tell of themselves.
 */
async function measure(files: readonly string[]): Promise<Timings[]> {
  const [history, copy] = [join(scratch, "history"), join(scratch, "copy")];
  const added = files.slice(-days).map((file) => [file]);
  const results: Timings[] = [];
  let done = 0;
  for (const before of marks) {
    const due = files.slice(done, before);
    await inLake(history, async (lake) => {
      await runEach(lake, values["one-by-one"] ? due.map((file) => [file]) : [due]);
    });
    done = before;
    cpSync(history, copy, { recursive: true });
    await inLake(copy, async (lake) => {
      const timings = medians(await runEach(lake, added));
      print(before, timings, copy);
      results.push(timings);
    });
    rmSync(copy, { recursive: true });
  }
  return results;
}

try {
  const files = dailyFiles();
  if ((marks.at(-1) ?? 0) + days > files.length)
    throw new Error(`There are ${files.length} days, less than asked for.`);
  const results = await measure(files);
  const growth = (state: string): string =>
    ((results.at(-1)?.get(state) ?? Number.NaN) / (results[0]?.get(state) ?? Number.NaN)).toFixed(2);
  const between = `after ${marks.at(-1)} days, in terms of after ${marks[0]}`;
  console.log(`${between}: intake ${growth("intake")} ×, whole run ${growth(WHOLE)} ×`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
