/**
 * The whole job beside DuckDB merely parsing the same CSV file, and beside the scripts that people write, in one run.
 *
 *   npm run bench -- main-job [FILE] [--rounds N] [--rows N] [--beside pandas,polars,spark] [--installed] [--python PATH] [--java HOME]
 *
 * Without FILE: Online Retail from ../shared where it is there, else a generated shop; `--rows N`: Online Retail repeated with other
 * ids until it has so many rows. Each round runs one after the other, each in a process of its own from its start to its end: the bare
 * parse into a table on disk, `rfm run` in a fresh lake, and the scripts of bench/baseline. Ratios are taken round by round.
 * `--installed` measures the package as users have it (dist, by `npm run build`), too, not only this checkout's sources.
 * `pip install -r bench/baseline/requirements.txt` into the Python of `--python`; Spark needs Java.
 */
import { spawnSync } from "node:child_process";
import { createReadStream, createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createGunzip } from "node:zlib";
import { writeDemoShop } from "../lib/local/demo/demoShop.ts";
import { programFlags } from "../scripts/programFlags.ts";
import { median } from "./median.ts";
import { repeatShop } from "./repeatShop.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    rows: { type: "string" },
    beside: { type: "string", default: "" },
    installed: { type: "boolean", default: false },
    python: { type: "string", default: "python3" },
    java: { type: "string", default: process.env.JAVA_HOME ?? "" },
  },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const shared = join(root, "..", "shared", "data", "online-retail.csv.gz");
const scratch = mkdtempSync(join(tmpdir(), "rfm-bench-"));

async function inputFile(): Promise<string> {
  const [given] = positionals;
  if (given !== undefined) return given;
  const target = join(scratch, "shop.csv");
  if (existsSync(shared)) await pipeline(createReadStream(shared), createGunzip(), createWriteStream(target));
  else await writeDemoShop({ path: target, customers: 20_000 });
  if (values.rows === undefined) return target;
  return repeatShop(target, join(scratch, "repeated.csv"), Number(values.rows));
}

/** What a process took. */
interface Usage {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly output: string;
}

/** Runs a command under GNU time. */
function measure(command: string, args: readonly string[]): Usage {
  const report = join(scratch, "usage");
  const env = { ...process.env, JAVA_HOME: values.java };
  const job = spawnSync("/usr/bin/time", ["-f", "%e %U %S %M", "-o", report, command, ...args], {
    ...{ encoding: "utf8", maxBuffer: 1e8, env },
  });
  if (job.error !== undefined) throw new Error("GNU time is needed: /usr/bin/time (Debian: apt install time)");
  if (job.status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${job.stderr}`);
  const [seconds = 0, user = 0, system = 0, kilobytes = 0] = readFileSync(report, "utf8").trim().split(" ").map(Number);
  return { seconds, cpuSeconds: user + system, peakMegabytes: kilobytes / 1000, output: job.stdout };
}

const fresh = (name: string): string => {
  const path = join(scratch, name);
  rmSync(path, { recursive: true, force: true });
  return path;
};

const PARSE = `
  const { DuckDBInstance } = await import(${JSON.stringify(import.meta.resolve("@duckdb/node-api"))});
  const connection = await (await DuckDBInstance.create(process.argv[1])).connect();
  await connection.run("create table t as select * from read_csv('" + process.argv[2].replaceAll("'", "''") + "')");
`;

/** What runs in each round, by name. */
function contestants(file: string): ReadonlyMap<string, () => Usage> {
  const rfm = (name: string, ...program: string[]) => {
    const args = ["run", file, "--json", "--out", join(scratch, `out of ${name}`)];
    return () => measure(process.execPath, [...program, ...args, "--lake", fresh(`lake of ${name}`)]);
  };
  const python = (script: string) => () =>
    measure(values.python, [join(root, "bench/baseline", script), file, fresh(`${script}.out`)]);
  const scripts = values.beside
    .split(",")
    .filter((name) => name !== "")
    .map((name) => [name, python(`${name}_script.py`)] as const);
  return new Map([
    ["parse", () => measure(process.execPath, ["--input-type=module", "-e", PARSE, fresh("parsed.duckdb"), file])],
    ["rfm", rfm("rfm", ...programFlags(), join(root, "bin/rfm.ts"))],
    ...(values.installed ? [["installed", rfm("installed", join(root, "dist/js/rfm.js"))] as const] : []),
    ...scripts,
  ]);
}

function stagesOf(output: string): string {
  const { timings } = JSON.parse(output) as { timings: { state: string; ms: number }[] };
  const long = timings.filter(({ ms }) => ms >= 20);
  return long.map(({ state, ms }) => `${state} ${ms}`).join(", ");
}

const describeUsage = ({ seconds, cpuSeconds, peakMegabytes }: Usage): string =>
  `${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} CPU-s, ${peakMegabytes.toFixed(0)} MB`;

try {
  const file = await inputFile();
  const megabytes = (statSync(file).size / 1e6).toFixed(1);
  console.log(`${file} (${megabytes} MB), ${values.rounds} rounds, Node ${process.version}, ${cpus().length} cores`);
  const run = contestants(file);
  const used = new Map([...run.keys()].map((name) => [name, [] as Usage[]]));
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const [name, start] of run) {
      const usage = start();
      used.get(name)?.push(usage);
      const stages = name === "rfm" ? `  (${stagesOf(usage.output)})` : "";
      console.log(`round ${round}: ${name} ${describeUsage(usage)}${stages}`);
    }
  }
  const ours = used.get("rfm") as Usage[];
  for (const [name, list] of used) {
    const ratioOf = (of: (usage: Usage) => number): string =>
      median(ours.map((usage, i) => of(usage) / of(list[i] as Usage))).toFixed(2);
    const walls = list.map(({ seconds }) => seconds);
    const spread = `${Math.min(...walls).toFixed(2)} to ${Math.max(...walls).toFixed(2)} s`;
    const ratio = `ours ${ratioOf((u) => u.seconds)} × its wall, ${ratioOf((u) => u.cpuSeconds)} × its CPU`;
    console.log(`median: ${name} ${median(walls).toFixed(2)} s (${spread})${name === "rfm" ? "" : `; ${ratio}`}`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
