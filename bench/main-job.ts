/**
 * The whole job against DuckDB merely parsing the same CSV file, side by side in one run.
 *
 *   npm run bench -- main-job [FILE] [--rounds N]
 *
 * Without FILE: Online Retail from ../shared where it is there, else a generated shop. Each round measures, one after the
 * other: the bare parse (`create table … as select * from read_csv(FILE)`, in this process, after a warm-up) and `rfm run`
 * in a process of its own, from its start to its end, in a fresh lake. Ratios are taken round by round.
 */
import { spawnSync } from "node:child_process";
import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createGunzip } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { writeDemoShop } from "../lib/local/demo/demoShop.ts";
import { programFlags } from "../scripts/programFlags.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "5" } },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const shared = join(root, "..", "shared", "data", "online-retail.csv.gz");
const scratch = mkdtempSync(join(tmpdir(), "rfm-bench-"));

async function inputFile(): Promise<string> {
  const [given] = positionals;
  if (given !== undefined) return given;
  if (existsSync(shared)) {
    const target = join(scratch, "online-retail.csv");
    await pipeline(createReadStream(shared), createGunzip(), createWriteStream(target));
    return target;
  }
  const target = join(scratch, "shop.csv");
  await writeDemoShop({ path: target, customers: 20_000 });
  return target;
}

async function bareParse(file: string): Promise<number> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const startedAt = performance.now();
  await connection.run(`create table transactions as select * from read_csv('${file.replaceAll("'", "''")}')`);
  const elapsed = performance.now() - startedAt;
  connection.closeSync();
  instance.closeSync();
  return elapsed;
}

function wholeJob(file: string, round: number): { elapsed: number; stages: string } {
  const lake = join(scratch, `lake-${round}`);
  const startedAt = performance.now();
  const job = spawnSync(
    process.execPath,
    [...programFlags(), join(root, "bin/rfm.ts"), "run", file, "--lake", lake, "--json"],
    {
      encoding: "utf8",
      maxBuffer: 1e8,
    },
  );
  const elapsed = performance.now() - startedAt;
  if (job.status !== 0) throw new Error(job.stderr);
  const { timings } = JSON.parse(job.stdout) as { timings: { state: string; ms: number }[] };
  rmSync(lake, { recursive: true, force: true });
  return {
    elapsed,
    stages: timings
      .filter(({ ms }) => ms >= 20)
      .map(({ state, ms }) => `${state} ${ms}`)
      .join(", "),
  };
}

const median = (list: number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] as number;

try {
  const file = await inputFile();
  console.log(
    `${file} (${(statSync(file).size / 1e6).toFixed(1)} MB), ${values.rounds} rounds, Node ${process.version}`,
  );
  await bareParse(file);
  const parses: number[] = [];
  const jobs: number[] = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    const parse = await bareParse(file);
    const { elapsed, stages } = wholeJob(file, round);
    parses.push(parse);
    jobs.push(elapsed);
    console.log(
      `round ${round}: parse ${parse.toFixed(0)} ms, job ${elapsed.toFixed(0)} ms, ratio ${(elapsed / parse).toFixed(1)}  (${stages})`,
    );
  }
  const [parse, job] = [median(parses), median(jobs)];
  const ratio = median(jobs.map((elapsed, i) => elapsed / (parses[i] as number)));
  const aim = 3 * parse + 1000;
  console.log(
    `median: parse ${parse.toFixed(0)} ms, job ${job.toFixed(0)} ms, ratio ${ratio.toFixed(1)}; aim (3 × parse + 1 s) ${aim.toFixed(0)} ms: ${job <= aim ? "met" : "missed"}`,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
