import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { scoreBinsOf, scorePlanOf } from "../../lib/domain/config/scoreSettings.ts";
import { READY_TABLES, segmentsOf } from "../../lib/domain/rfm/rules/segmentRules.ts";
import { scoreColumns, segmentColumns } from "../../lib/domain/rfm/scoreFeatures.ts";
import { breakpointsInMemory } from "../../lib/domain/rfm/scorePlan.ts";
import { hasGoldenData, readGolden } from "../golden/onlineRetail.ts";
import { pythonCommand } from "./support/python.ts";

/** The table of docs/scoring.md: our settings beside what pandas and R say of the same customers. */

const python = pythonCommand(join(tmpdir(), "rfm-conformance-pandas"), ["pandas==2.3.3", "numpy==2.3.5"], "python3");
const missing = "missing" in python ? python.missing : hasGoldenData ? undefined : "no reference figures";
const hasR = spawnSync("Rscript", ["--version"]).status === 0;
const BINS = [3, 4, 5, 10] as const;
type Measure = "r" | "f" | "m";
interface Theirs extends Readonly<Record<Measure, readonly number[]>> {
  readonly method: string;
  readonly bins: number;
}

const folder = mkdtempSync(join(tmpdir(), "rfm-scores-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const customers = missing === undefined ? readGolden("rfm_P2.csv") : [];
const columns = {
  customerId: customers.map((row) => row.customer_id as string),
  recencyDays: Float64Array.from(customers, (row) => Number(row.recency_days)),
  frequency: Float64Array.from(customers, (row) => Number(row.frequency)),
  monetary: Float64Array.from(customers, (row) => Math.round(Number(row.monetary) * 10_000)),
};
const file = join(folder, "customers.csv");
const text = (row: Record<string, string>): string =>
  [row.customer_id, row.recency_days, row.frequency, row.monetary].join(",");
writeFileSync(file, `customer_id,recency_days,frequency,monetary\n${customers.map(text).join("\n")}\n`);

function ours(method: string, bins: number): Readonly<Record<Measure, readonly number[]>> {
  const plan = scorePlanOf(parseConfig({ scores: { method, bins } } as never).scores);
  const { rScore, fScore, mScore } = scoreColumns(breakpointsInMemory(plan, columns, []), columns);
  return { r: [...rScore], f: [...fScore], m: [...mScore] };
}

function run(command: string, values: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(command, values, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim().split("\n");
}

/** Scores 1, 2, 3 … in the place of those that are used, for qcut leaves out bins that are empty. */
function dense(scores: readonly number[]): number[] {
  const used = [...new Set(scores)].sort((a, b) => a - b);
  return scores.map((score) => used.indexOf(score) + 1);
}

/** Where the least value is a breakpoint as well, qcut's first bin takes it and the values up to the next one. */
function asQcut(scores: readonly number[], values: Float64Array, bins: number): number[] {
  const sorted = Float64Array.from(values).sort();
  const isRepeated = sorted[Math.ceil((sorted.length - 1) / bins)] === sorted[0];
  return isRepeated ? dense(scores).map((score) => Math.max(1, score - 1)) : [...scores];
}
const differing = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((count, score, i) => count + (score === b[i] ? 0 : 1), 0);

describe.skipIf(missing !== undefined)(`scores on Online Retail (skipped: ${missing ?? ""})`, () => {
  const theirs =
    missing === undefined ? run((python as { command: string }).command, [fileOf("scores_judge.py"), file]) : [];
  const found = theirs.map((line) => JSON.parse(line) as Theirs);
  const of = (method: string, bins: number): Theirs =>
    found.find((one) => one.method === method && one.bins === bins) as Theirs;

  it.each(BINS)("quantile is pandas.qcut: %d bins", (bins) => {
    const own = ours("quantile", bins);
    const { r, f, m } = of("qcut", bins);
    const from1 = (codes: readonly number[]): number[] => codes.map((code) => code + 1);
    expect([own.r, own.m]).toEqual([from1(r), from1(m)]);
    expect(asQcut(own.f, columns.frequency, bins)).toEqual(from1(f));
  });

  it.each(BINS)("ntile is SQL's and dplyr's, and qcut of ranks but for a customer a breakpoint: %d bins", (bins) => {
    const own = ours("ntile", bins);
    for (const measure of ["r", "f", "m"] as const) {
      expect(own[measure], measure).toEqual(of("ntile", bins)[measure]);
      expect(differing(own[measure], of("qcut_of_ranks", bins)[measure])).toBeLessThan(bins);
    }
  });

  it.each(BINS)("r-rfm is R's rfm: %d bins", (bins) => {
    const own = ours("r-rfm", bins);
    for (const measure of ["r", "f", "m"] as const) expect(own[measure], measure).toEqual(of("rfm", bins)[measure]);
    // Its breakpoints are one more: else this would hold nothing.
    expect(differing(own.m, ours("quantile", bins).m)).toBeGreaterThan(0);
  });

  it.skipIf(!hasR)("r-rfm is R's rfm, by R itself", () => {
    const lines = run("Rscript", [fileOf("scores_rfm.R"), file]);
    expect(lines).toHaveLength(3 * BINS.length);
    for (const line of lines) {
      const [bins, measure, ...scores] = line.trim().split(" ");
      expect(ours("r-rfm", Number(bins))[measure as Measure], `${bins} ${measure}`).toEqual(scores.map(Number));
    }
  });

  it("three bins and the table klaviyo give the groups of Klaviyo's 27 cells", () => {
    const { scores, segments } = parseConfig({ scores: { bins: 3 }, segments: "klaviyo" });
    const plan = scorePlanOf(scores);
    const { segmentTable } = segmentsOf(segments, scoreBinsOf(scores));
    const names = segmentColumns({ ...breakpointsInMemory(plan, columns, []), segmentTable }, columns);
    const own = ours("quantile", 3);
    const groupOf = new Map(
      READY_TABLES.klaviyo.rules.map(({ name, when: { r, f, m } }) => [`${r?.[0]}${f?.[0]}${m?.[0]}`, name]),
    );
    expect(groupOf.size).toBe(27);
    names.forEach((name, i) => {
      expect(name).toBe(groupOf.get(`${own.r[i]}${own.f[i]}${own.m[i]}`));
    });
  });
});
