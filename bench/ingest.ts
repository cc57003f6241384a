/**
 * Time and peak memory of reading dropped files, beside DuckDB merely turning the same CSV into Parquet. Each case runs in
 * a process of its own, one after the other, on rows made here: half a million in every format, then a large CSV.
 *
 *   npm run bench -- ingest [megabytes of the large CSV, default 500; 0 for none]
 *
 * Beside another checkout (its dependencies installed), CPU-seconds of reading alone, in turns: the median of each format and its ratio.
 *
 *   npm run bench -- ingest beside CHECKOUT [rounds, default 5]
 */
import { spawnSync } from "node:child_process";
import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import type { readDrop } from "../lib/ingest/readDelivery.ts";
import { workbookOf } from "../test/support/workbook.ts";
import { median } from "./median.ts";

const ROWS = 500_000;
const THREADS = Math.min(2, availableParallelism());

/** Rows like a shop's: 8 columns, 84 bytes each as CSV, every value a function of its number. */
const rowsSql = (rows: number): string => `
  select cast(10000 + hash(i, 1) % 40000 as varchar) as CustomerID,
         cast(500000 + i // 12 as varchar) as InvoiceNo,
         timestamp '2022-01-01' + to_minutes(cast(i // 12 * 1051200 // (${rows} // 12 + 1) as integer)) as InvoiceDate,
         'P' || cast(1000 + hash(i, 2) % 3000 as varchar) as StockCode,
         'Thing, number ' || cast(hash(i, 2) % 3000 as varchar) || ' of the shop' as Description,
         cast(1 + hash(i, 3) % 12 as integer) as Quantity,
         cast((1 + hash(i, 4) % 9999) / 100 as decimal(12, 2)) as UnitPrice,
         ['United Kingdom', 'France', 'Germany'][cast(1 + hash(i, 5) % 3 as bigint)] as Country
  from range(${rows}) as numbers(i)`;

async function withDuckDb<T>(work: (run: (sql: string) => Promise<unknown[][]>) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:", { threads: String(THREADS) });
  const connection = await instance.connect();
  try {
    return await work(async (sql) => (await connection.runAndReadAll(sql)).getRows());
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const exact = (price: unknown) => ({ raw: String(price) });

async function makeFiles(directory: string, largeMegabytes: number): Promise<string[]> {
  const path = (name: string) => join(directory, name);
  await withDuckDb(async (run) => {
    await run(`create table rows as ${rowsSql(ROWS)}`);
    for (const [name, format] of Object.entries({ "rows.csv": "csv", "rows.jsonl": "json", "rows.parquet": "parquet" }))
      await run(`copy rows to '${path(name)}' (format ${format})`);
    const cells = await run(
      "select * replace (cast(epoch_ms(InvoiceDate) as double) as InvoiceDate, cast(UnitPrice as varchar) as UnitPrice) from rows",
    );
    const header = [
      "CustomerID",
      "InvoiceNo",
      "InvoiceDate",
      "StockCode",
      "Description",
      "Quantity",
      "UnitPrice",
      "Country",
    ];
    const body = cells.map(([customer, order, date, product, text, quantity, price, country]) => [
      customer as string,
      order as string,
      new Date(date as number),
      product as string,
      text as string,
      quantity as number,
      exact(price),
      country as string,
    ]);
    writeFileSync(path("rows.xlsx"), workbookOf([{ name: "Rows", rows: [header, ...body] }]));
    if (largeMegabytes > 0) {
      const rows = Math.round((largeMegabytes * 1e6 * ROWS) / statSync(path("rows.csv")).size);
      await run(`copy (${rowsSql(rows)}) to '${path("large.csv")}' (format csv)`);
    }
  });
  await pipeline(createReadStream(path("rows.csv")), createGzip(), createWriteStream(path("rows.csv.gz")));
  const names = ["rows.csv", "rows.csv.gz", "rows.jsonl", "rows.parquet", "rows.xlsx"];
  return [...names, ...(largeMegabytes > 0 ? ["large.csv"] : [])].map(path);
}

interface Measured {
  readonly rows: number;
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly peakMegabytes: number;
  /** CPU-seconds without starting and loading modules. */
  readonly readingSeconds: number;
}

const OWN = fileURLToPath(new URL("..", import.meta.url));

/** The reader of a checkout, whatever the file was called there. */
async function readerOf(checkout: string): Promise<typeof readDrop> {
  const paths = ["readDelivery.ts", "readDrop.ts"].map((name) => join(checkout, "lib/ingest", name));
  const path = paths.find(existsSync);
  if (path === undefined) throw new Error(`${checkout} has none of ${paths.join(", ")}.`);
  return ((await import(path)) as { readDrop: typeof readDrop }).readDrop;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** What a case does in its process. */
async function runCase(kind: string, file: string, directory: string, checkout = OWN): Promise<void> {
  const read = await readerOf(checkout);
  const before = cpuSeconds();
  const startedAt = performance.now();
  const outputPath = join(directory, "out.parquet");
  let rows: number;
  if (kind === "bare") {
    rows = await withDuckDb(async (run) => {
      const copied = await run(
        `copy (select * from read_csv('${file}', all_varchar = true)) to '${outputPath}' (format parquet)`,
      );
      return Number(copied[0]?.[0]);
    });
  } else {
    const files = [{ path: file, source: "drop" }];
    ({ rows } = await read({ files, scratchDirectory: directory, outputPath, threads: THREADS }));
  }
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const measured: Measured = {
    rows,
    seconds: (performance.now() - startedAt) / 1000,
    processorSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakMegabytes: maxRSS / 1024,
    readingSeconds: cpuSeconds() - before,
  };
  process.stdout.write(JSON.stringify(measured));
}

function measure(kind: string, file: string, directory: string, checkout = OWN): Measured {
  const self = fileURLToPath(import.meta.url);
  const { stdout, stderr, status } = spawnSync(process.execPath, [self, "case", kind, file, directory, checkout], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${kind} of ${file} failed: ${stderr}`);
  return JSON.parse(stdout) as Measured;
}

function report(label: string, measured: Measured, base: Measured): void {
  const columns = [
    label.padEnd(28),
    measured.rows.toLocaleString("en").padStart(12),
    `${measured.seconds.toFixed(2)} s`.padStart(10),
    `${(measured.seconds / base.seconds).toFixed(1)} ×`.padStart(8),
    `${measured.processorSeconds.toFixed(2)} s`.padStart(10),
    `${Math.round(measured.peakMegabytes)} MB`.padStart(10),
  ];
  process.stdout.write(`${columns.join("")}\n`);
}

async function main(largeMegabytes: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "rfm-bench-"));
  try {
    const files = await makeFiles(directory, largeMegabytes);
    process.stdout.write(
      `${"".padEnd(28)}${"rows".padStart(12)}${"time".padStart(10)}${"to bare".padStart(8)}${"processor".padStart(10)}${"peak".padStart(10)}\n`,
    );
    let base: Measured | undefined;
    for (const file of files) {
      const megabytes = Math.round(statSync(file).size / 1e6);
      const name = `${file.split("/").at(-1)?.split(".").slice(1).join(".")}, ${megabytes} MB`;
      if (/\/(rows|large)\.csv$/.test(file)) {
        base = measure("bare", file, directory);
        report(`DuckDB's bare ${name}`, base, base);
      }
      report(name, measure("ours", file, directory), base as Measured);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Both checkouts in turns, so that what else the machine does meets both. */
async function beside(checkout: string, rounds: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "rfm-bench-"));
  try {
    for (const file of await makeFiles(directory, 0)) {
      const found: Record<"own" | "other", number[]> = { own: [], other: [] };
      for (let round = 0; round < rounds; round++) {
        found.other.push(measure("ours", file, directory, checkout).readingSeconds);
        found.own.push(measure("ours", file, directory).readingSeconds);
      }
      const [own, other] = [median(found.own), median(found.other)];
      const told = [
        file.split("/").at(-1),
        `${own.toFixed(2)} s`,
        `${other.toFixed(2)} s there`,
        `${(own / other).toFixed(2)} ×`,
      ];
      process.stdout.write(`${told.map((one) => String(one).padEnd(16)).join("")}\n`);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const [command, ...rest] = process.argv.slice(2);
if (command === "case") await runCase(...(rest as [string, string, string, string]));
else if (command === "beside") await beside(rest[0] as string, Number(rest[1] ?? 5));
else await main(Number(command ?? 500));
