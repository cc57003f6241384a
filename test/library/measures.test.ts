import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelCard } from "../../lib/domain/model/modelCard.ts";
import { openLake, type Segmentation, score, segment } from "../../lib/library/index.ts";
import { trySettings } from "../../lib/local/bi/trySettings.ts";
import { backtestLake } from "../../lib/local/lake/backtestLake.ts";
import { temporaryFolder } from "../support/lake.ts";
import { shopCsv } from "../support/shop.ts";

/** Scores of other measures than recency, orders and money: the run, a trial of settings and the service agree. */

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lake = join(folder, "lake");
const csv = shopCsv({ seed: 47, customers: 250, lines: 900 });
const clusters = { maxK: 4 };
const BASE = {
  measures: { frequency: "active_days", monetary: "average_order_value" },
  ...{ bins: 4, weights: { recency: 3, frequency: 1.5, monetary: 1, bands: 4 } },
};
const OWN = {
  bins: { recency: 5, frequency: 3, monetary: 4 },
  method: { monetary: "ntile" },
  measures: {
    recency: { name: "recency_mean", last: 3, withinDays: 300 },
    frequency: { name: "frequency", withinDays: 180 },
    monetary: { name: "average_order_value", withinDays: 200 },
  },
};
/** What an order costs here is of all runs; money of a window is not, and is asked for by the run below. */
const RULES = {
  rules: [
    {
      name: "Old and busy",
      when: { r: [3, 4, 5], tenure_days: { atLeast: 200 }, average_order_value: { above: 100 } },
    },
    { name: "Once", when: { frequency: { atMost: 1 } } },
    { name: "Faded", when: { r: [1, 2] } },
  ],
  overlaps: "first",
  otherwise: "Rest",
};
const runOf = (scores: object, segments?: unknown): Promise<Segmentation> =>
  segment(Readable.from([csv]), {
    ...{ lake, source: "shop.csv" },
    settings: { clusters, scores, ...(segments === undefined ? {} : { segments }) } as never,
  });
const rowsOf = ({ files }: Segmentation): string[][] =>
  readFileSync(files.segmentsCsv, "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

let usual: string[][];
let based: string[][];
const ASKED = { active_days: 3, average_order_value: 30 };
let bandsThen: string[] | undefined;
let bandOfOne: unknown[];
let ruled: Awaited<ReturnType<typeof trySettings>>;
let trial: Awaited<ReturnType<typeof trySettings>>;
let own: Segmentation;
let card: ModelCard;
beforeAll(async () => {
  usual = rowsOf(await runOf({}));
  trial = await trySettings(lake, { scores: BASE, segments: "bands" });
  const weighted = await runOf(BASE, "bands");
  based = rowsOf(weighted);
  bandsThen = weighted.summary.backtest?.groups.flatMap(({ kind, name }) => (kind === "segment" ? [name] : []));
  for await (const { segment: name, band } of score(
    [{ recency: 9, frequency: 3, monetary: 90, features: ASKED }] as never,
    {
      lake,
    },
  ))
    bandOfOne = [name, band];
  ruled = await trySettings(lake, { scores: { bins: 5 }, segments: RULES });
  own = await runOf(OWN, RULES);
  card = await openLake(lake).models.card(own.summary.modelVersion);
});

const moved = (a: readonly string[][], b: readonly string[][]): number =>
  a.filter((row, i) => row[7] !== b[i]?.[7]).length;

describe("scores of other measures", () => {
  it("are tried as a run would score them, and change nothing that is told of customers", () => {
    const told = (rows: readonly string[][]) => rows.map((row) => row.slice(0, 4));
    expect(told(based)).toEqual(told(usual));
    expect(told(rowsOf(own))).toEqual(told(usual));
    expect(trial.moved).toBeGreaterThan(20);
    expect(trial.moved).toBe(moved(usual, based));
  });

  it("weigh together, and part customers into bands of their weighted score, as of an earlier day, too", () => {
    const names = based.map((row) => row[7] as string);
    expect([...new Set(names)].sort()).toEqual(["Band 1", "Band 2", "Band 3", "Band 4"]);
    const weightOf = (row: readonly string[]): number => 3 * Number(row[4]) + 1.5 * Number(row[5]) + Number(row[6]);
    const sorted = based.toSorted((a, b) => weightOf(a) - weightOf(b));
    const bands = sorted.map((row) => Number(row[7]?.slice(5)));
    expect(bands).toEqual(bands.toSorted((a, b) => a - b));
    // Up to ties each has a quarter: no band ends more than the customers of one weighted score away from it.
    for (const band of [1, 2, 3]) {
      const below = bands.filter((one) => one <= band).length;
      const ties = based.filter((row) => weightOf(row) === weightOf(sorted[below - 1] as string[])).length;
      expect(Math.abs(below - (based.length * band) / 4)).toBeLessThanOrEqual(ties + 1);
    }
    expect([...(bandsThen ?? [])].sort()).toEqual(["Band 1", "Band 2", "Band 3", "Band 4"]);
    expect(bandOfOne).toEqual([`Band ${bandOfOne[1]}`, expect.any(Number)]);
  });

  it("stand in the card by their keys, and were tried without a run only where one computed them", async () => {
    expect(card.scoreMeasures).toEqual({
      recencyDays: { feature: "recency_mean:3:300d" },
      frequency: { feature: "frequency:180d" },
      monetary: { feature: "average_order_value:200d" },
    });
    const same = await trySettings(lake, {});
    expect(same.moved).toBe(0);
    const other = { measures: { recency: { name: "recency_mean", last: 2 } } };
    await expect(trySettings(lake, { scores: other })).rejects.toThrow(/has not computed recency_mean:2/);
  });

  it("follow customers from a run that scored otherwise", () => {
    const cells = own.summary.movement?.cells ?? [];
    const stayed = cells.filter(({ segmentFrom, segmentTo }) => segmentFrom === segmentTo);
    const total = (list: typeof cells) => list.reduce((sum, { customers }) => sum + customers, 0);
    expect(total(cells) - total(stayed)).toBe(moved(based, rowsOf(own)));
    // The same customers on the same day: whoever is elsewhere is so by the settings alone.
    expect(cells.reduce((sum, { thresholdOnly }) => sum + thresholdOnly, 0)).toBe(moved(based, rowsOf(own)));
  });

  it("are given alike to whoever brings the lines, and ask for what those do not tell", async () => {
    const lines = csv.trimEnd().split("\n").slice(1);
    const kept = [...new Set(lines)]
      .map((line) => line.split(","))
      .filter(([id, , day]) => id !== "" && day !== "soon");
    const instances = rowsOf(own).map(([customer_id]) => ({
      customer_id,
      transactions: kept
        .filter(([id]) => id === customer_id)
        .map(([, order, date, , quantity, price]) => ({
          order,
          date,
          amount: Number((Number(quantity) * Number(price)).toFixed(4)),
        })),
    }));
    const found: unknown[] = [];
    for await (const one of score(instances as never, { lake }))
      found.push([one.customer_id, one.r_score, one.f_score, one.m_score, one.segment]);
    expect(found).toEqual(rowsOf(own).map((row) => [row[0], Number(row[4]), Number(row[5]), Number(row[6]), row[7]]));
    const scored = async () => {
      for await (const _ of score([{ recency: 3, frequency: 2, monetary: 9 }] as never, { lake }));
    };
    await expect(scored()).rejects.toThrow(/features\.recency_mean:3:300d: is missing.*scores by recency_mean:3:300d/);
  });

  it("name segments by rules over features, and a trial does, too", () => {
    const rows = rowsOf(own);
    expect(new Set(rows.map((row) => row[7]))).toEqual(new Set(["Old and busy", "Once", "Faded", "Rest"]));
    expect(own.summary.segments.reduce((sum, { customers }) => sum + customers, 0)).toBe(rows.length);
    const once = rows.filter((row) => row[7] === "Once");
    expect(once.every((row) => row[2] === "1")).toBe(true);
    expect(
      ruled.segments
        .filter(({ after }) => after > 0)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["Faded", "Old and busy", "Once", "Rest"]);
    expect(card.segmentRules?.rules.map(({ name }) => name)).toEqual(["Old and busy", "Once", "Faded"]);
    expect(own.summary.backtest).toBeNull();
  });

  it("are known as of an earlier day", async () => {
    await expect(backtestLake(lake, 60)).rejects.toThrow(/Scores or segments look at features/);
    await runOf(OWN);
    const backtest = await backtestLake(lake, 60);
    const segments = backtest.groups.filter(({ kind }) => kind === "segment");
    expect(segments.reduce((sum, { customers }) => sum + customers, 0)).toBe(backtest.customers);
  });
});
