import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { createRandom, randomInteger } from "../../lib/domain/clustering/fit/random.ts";
import type { LocalRunResult } from "../../lib/local/run/runRequest.ts";
import { readGolden, SHARED } from "./onlineRetail.ts";

/** Unpacks the daily files of Online Retail into a folder; their paths, in the order of their days. */
export function unpackDailyFiles(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["xzf", join(SHARED, "data/online-retail-by-day.tar.gz"), "-C", folder, "--strip-components=1"]);
  return readGolden("feed_manifest.csv").map(({ file }) => join(folder, file as string));
}

/** The files up to and including a day. */
export const filesThrough = (files: readonly string[], day: string): string[] =>
  files.filter((file) => basename(file, ".csv") <= day);

/** The same items in another order, which the seed decides (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = createRandom(seed);
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = randomInteger(random, i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** Rows of a run's segments.csv as records of text. */
export async function segmentRecords({ store, summary }: LocalRunResult): Promise<Record<string, string>[]> {
  const csv = Buffer.from(await store.read(summary.outputs.segmentsCsv as string)).toString();
  const [header, ...lines] = csv.trimEnd().split("\n");
  const names = (header as string).split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i] as string, value])));
}

/** The figures of checkpoints.csv that the segments of a run give. */
export function checkpointOf(rows: readonly Record<string, string>[]): Record<string, string> {
  const numbers = (column: string): number[] => rows.map((row) => Number(row[column]));
  const sum = (column: string): number => numbers(column).reduce((total, value) => total + value, 0);
  const thousandths = rows.reduce((total, row) => total + Math.round(Number(row.monetary) * 1000), 0);
  return {
    snapshot_date: rows[0]?.snapshot_date ?? "",
    customers: String(rows.length),
    sum_recency: String(sum("recency_days")),
    max_recency: String(Math.max(...numbers("recency_days"))),
    sum_frequency: String(sum("frequency")),
    max_frequency: String(Math.max(...numbers("frequency"))),
    sum_monetary: (thousandths / 1000).toFixed(3),
    max_monetary: Math.max(...numbers("monetary")).toFixed(3),
  };
}

/** Checkpoints of the product's default policy, in the order of their days. */
export const checkpoints = (): Record<string, string>[] =>
  readGolden("checkpoints.csv").filter(({ policy }) => policy === "P2");
