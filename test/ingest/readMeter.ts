import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDrop } from "../../lib/ingest/readDelivery.ts";
import { HOSTILE_FILES } from "./hostileFiles.ts";

/**
 * A process of its own that reads each hostile file at its size and at four times its size, and prints a line of JSON for each:
 * what came out, CPU seconds, peak memory. Run as `readMeter.ts NAME…`.
 */
export interface Reading {
  readonly name: string;
  readonly size: number;
  readonly outcome: string;
  readonly cpuSeconds: number;
  /** Above what the process held before; undefined where the system does not tell. */
  readonly peakBytes: number | undefined;
}

const FACTORS = [1, 4] as const;

/** Peak and present memory since the last call. Linux alone forgets an earlier peak. */
function memory(): { readonly peak: number; readonly now: number } | undefined {
  if (process.platform !== "linux") return undefined;
  const status = readFileSync("/proc/self/status", "utf8");
  const field = (name: string): number => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  const read = { peak: field("VmHWM"), now: field("VmRSS") };
  writeFileSync("/proc/self/clear_refs", "5");
  return read;
}

async function measure(name: string, factor: number): Promise<Reading> {
  const file = HOSTILE_FILES[name];
  if (file === undefined) throw new Error(`no hostile file ${name}`);
  const size = factor * file.size;
  const folder = mkdtempSync(join(tmpdir(), "read-meter-"));
  const path = join(folder, `in.${file.extension}`);
  writeFileSync(path, file.make(size));
  globalThis.gc?.();
  const before = memory();
  const start = process.cpuUsage();
  const files = [{ path, source: `in.${file.extension}` }];
  const outcome = await readDrop({
    files,
    scratchDirectory: folder,
    outputPath: join(folder, "rows.parquet"),
    threads: 2,
  })
    .then(({ rows, unreadableRows }) => `${rows} rows, ${unreadableRows} unreadable`)
    .catch((error: Error) => `${error.constructor.name}: ${error.message}`);
  const { user, system } = process.cpuUsage(start);
  const after = memory();
  rmSync(folder, { recursive: true, force: true });
  const peakBytes = after === undefined || before === undefined ? undefined : after.peak - before.now;
  return { name, size, outcome, cpuSeconds: (user + system) / 1e6, peakBytes };
}

for (const name of process.argv.slice(2))
  for (const factor of FACTORS) process.stdout.write(`${JSON.stringify(await measure(name, factor))}\n`);
process.exit();
