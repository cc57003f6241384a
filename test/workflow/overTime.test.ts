import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../lib/domain/config/config.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import type { DashboardData } from "../../lib/domain/dashboard/types.ts";
import type { ModelCard } from "../../lib/domain/model/modelCard.ts";
import { scoreRfm } from "../../lib/domain/rfm/scoring.ts";
import { compileSegmentTable, segmentOf } from "../../lib/domain/rfm/segments.ts";
import { RESULT_VERSION } from "../../lib/domain/run/resultVersion.ts";
import type { Summary } from "../../lib/domain/run/summary.ts";
import { compareRuns } from "../../lib/local/bi/compareRuns.ts";
import { backtestLake } from "../../lib/local/lake/backtestLake.ts";
import { type LocalLake, openLocalLake } from "../../lib/local/run/runLocally.ts";
import type { PostgresSegmentDatabase } from "../../lib/postgres/segmentDatabase.ts";
import { dataOf } from "../support/dashboard.ts";
import { effort, isFullEffort } from "../support/effort.ts";
import { bodyOf, temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";

const folder = temporaryFolder();
const lakeDirectory = join(folder, "lake");
const QUICK: ConfigInput = { clusters: { minK: 3, maxK: 4 }, snapshotDate: "2025-01-01" };

const RESULT_COLUMNS = [
  ...["customer_id", "recency_days", "frequency", "monetary", "r_score", "f_score", "m_score", "rfm_segment"],
  ...["cluster_id", "cluster_label", "distance"],
];

interface Run {
  readonly summary: Summary;
  readonly csv: string;
  readonly card: ModelCard;
  readonly page: DashboardData;
}

let lake: LocalLake;
let first: Run;

async function run(file: string | undefined, settings: ConfigInput = {}): Promise<Run> {
  const config = parseConfig({ ...QUICK, ...settings });
  const { summary, store } = await lake.run({ files: file === undefined ? [] : [file], config });
  const read = async (key: string | undefined) => Buffer.from(await store.read(key ?? "")).toString();
  const { segmentsCsv, model, dashboard } = summary.outputs;
  const page = dataOf(await read(dashboard));
  return { summary, csv: await read(segmentsCsv), card: JSON.parse(await read(model)), page };
}

const fileOf = (name: string, seed: number, customers: number): string =>
  writeText(join(folder, name, "shop.csv"), shopCsv({ seed, customers, lines: 3 * customers }));

/** Customers of a segments.csv of the small shop: ids need no quotes. */
function customersOf(csv: string): Map<string, readonly string[]> {
  return new Map(
    bodyOf(csv)
      .trimEnd()
      .split("\n")
      .map((line) => {
        const cells = line.split(",");
        return [cells[0] as string, cells];
      }),
  );
}
const SEGMENT = 7;
const MONETARY = 3;

type Listed = readonly [list: string, segment: string, id: string, other: string | null, of: number];

/** Who is listed by name on the page of a run, from its file of segments and that of the run before; nobody quiet. */
function listsOf(before: Run | undefined, now: Run): Listed[] {
  const earlier = before === undefined ? new Map<string, readonly string[]>() : customersOf(before.csv);
  const later = customersOf(now.csv);
  const rows = [...new Set([...earlier.keys(), ...later.keys()])].flatMap((id) => {
    const [was, is] = [earlier.get(id)?.[SEGMENT] ?? null, later.get(id)?.[SEGMENT] ?? null];
    const spent = Number((later.get(id) ?? earlier.get(id))?.[MONETARY]);
    const moved = before !== undefined && was !== is;
    return [
      { list: "top", segment: is, id, other: null, spent },
      ...(moved ? [{ list: "in", segment: is, id, other: was, spent }] : []),
      ...(moved ? [{ list: "out", segment: was, id, other: is, spent }] : []),
    ];
  });
  const ofSegments = rows.filter(({ segment }) => segment !== null);
  return [...Map.groupBy(ofSegments, ({ list, segment }) => `${list} ${segment}`).values()].flatMap((group) =>
    group
      .sort((a, b) => b.spent - a.spent || (a.id < b.id ? -1 : 1))
      .slice(0, 25)
      .map(({ list, segment, id, other }) => [list, segment ?? "", id, other, group.length] as const),
  );
}

const listedOn = ({ page }: Run): Listed[] =>
  page.customers.flatMap(({ list, segment, customer_id, otherSegment, of }) =>
    list === "quiet" ? [] : [[list, segment, customer_id, otherSegment, of] as const],
  );
const sorted = (rows: readonly Listed[]): string[] => rows.map((row) => row.join("|")).sort();

beforeAll(async () => {
  lake = await openLocalLake({ lakeDirectory, threads: effort(1, 2) });
  first = await run(fileOf("first", 1, 200));
});
afterAll(async () => {
  await lake.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Digest of the columns that are results: not the ids, which stand for everything that decides them. */
function digestOfResults(csv: string): string {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const names = header.split(",");
  const results = RESULT_COLUMNS.map((name) => names.indexOf(name));
  expect(results).not.toContain(-1);
  const rows = lines.map((line) => line.split(",")).map((cells) => results.map((i) => cells[i]).join(","));
  return createHash("sha256").update(rows.join("\n")).digest("hex").slice(0, 16);
}

describe("the version of the results", () => {
  it("is raised with each change of the results of the same file and settings, and only then", () => {
    // Whoever changes the second on purpose raises the first, so that no run id ever stands for two results.
    expect([RESULT_VERSION, digestOfResults(first.csv)]).toEqual([2, "52d049f80ea5ef88"]);
  });
});

describe("the first run of a lake", () => {
  it("is seen against nothing, and numbers its clusters from the best on", () => {
    expect(first.summary).toMatchObject({ movement: null, comparison: null, drift: null, findings: [] });
    expect(first.card.identity).toMatchObject({ reference: null, comparable: false, carried: [] });
    expect(first.card.clusters.map(({ id }) => id)).toEqual(first.card.clusters.map((_, at) => at));
    expect(first.summary.outputs).not.toHaveProperty("migrations");
    expect(sorted(listedOn(first))).toEqual(sorted(listsOf(undefined, first)));
  });
});

describe("movement", () => {
  /** Independently of the SQL: from two files of segments and the earlier model's edges. */
  function movesOf(before: Run, now: Run): Map<string, { customers: number; thresholdOnly: number }> {
    const [earlier, later] = [customersOf(before.csv), customersOf(now.csv)];
    const names = compileSegmentTable(before.card.segmentTable);
    const cells = new Map<string, { customers: number; thresholdOnly: number }>();
    for (const id of new Set([...earlier.keys(), ...later.keys()])) {
      const [from, to] = [earlier.get(id)?.[SEGMENT], later.get(id)?.[SEGMENT]];
      const row = later.get(id);
      const { rScore, fScore, mScore } = scoreRfm(
        before.card.scoreEdges,
        Number(row?.[1]),
        Number(row?.[2]),
        Number(row?.[3]),
      );
      const stays = row !== undefined && segmentOf(names, rScore, fScore, mScore) === from;
      const cell = cells.get(`${from} → ${to}`) ?? { customers: 0, thresholdOnly: 0 };
      const isEdge = from !== undefined && to !== undefined && from !== to && stays;
      cells.set(`${from} → ${to}`, {
        customers: cell.customers + 1,
        thresholdOnly: cell.thresholdOnly + (isEdge ? 1 : 0),
      });
    }
    return cells;
  }

  it("has rows and columns that add up to the sizes of both runs, and is what the two files of segments say", async () => {
    let before = first;
    let edges = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 1_000 }),
        fc.integer({ min: 60, max: 260 }),
        async (seed, customers) => {
          const now = await run(fileOf("next", seed, customers));
          const { movement } = now.summary;
          expect(movement).toMatchObject({ runFrom: before.summary.runId, runTo: now.summary.runId });
          const cells = movement?.cells ?? [];
          const sum = (which: (cell: (typeof cells)[number]) => boolean) =>
            cells.filter(which).reduce((total, cell) => total + cell.customers, 0);
          for (const { name, customers: size } of before.summary.segments)
            expect(
              sum(({ segmentFrom }) => segmentFrom === name),
              name,
            ).toBe(size);
          for (const { name, customers: size } of now.summary.segments)
            expect(
              sum(({ segmentTo }) => segmentTo === name),
              name,
            ).toBe(size);
          const money = (pick: (cell: (typeof cells)[number]) => number) =>
            cells.reduce((total, cell) => total + pick(cell), 0);
          expect(money(({ monetaryBefore }) => monetaryBefore)).toBeCloseTo(before.summary.totals.revenue, 4);
          expect(money(({ monetaryAfter }) => monetaryAfter)).toBeCloseTo(now.summary.totals.revenue, 4);
          // The command sees the same, the other way round too.
          const { runId } = before.summary;
          const { moves, changedSettings } = await compareRuns(lakeDirectory, runId, now.summary.runId);
          expect(changedSettings).toEqual([]);
          const ways = (list: readonly (readonly [string | null, string | null, number])[]) =>
            list.map((way) => way.join(" → ")).sort();
          const wanted = ways(cells.map((cell) => [cell.segmentFrom, cell.segmentTo, cell.customers]));
          expect(ways(moves.map((way) => [way.segmentBefore, way.segmentNow, way.customers]))).toEqual(wanted);
          const back = (await compareRuns(lakeDirectory, now.summary.runId, runId)).moves;
          expect(ways(back.map((way) => [way.segmentNow, way.segmentBefore, way.customers]))).toEqual(wanted);
          const told = cells.map(({ segmentFrom, segmentTo, customers: size, thresholdOnly }) => [
            `${segmentFrom ?? undefined} → ${segmentTo ?? undefined}`,
            { customers: size, thresholdOnly },
          ]);
          expect(new Map(told as [string, object][])).toEqual(movesOf(before, now));
          expect(sorted(listedOn(now))).toEqual(sorted(listsOf(before, now)));
          edges += cells.reduce((total, { thresholdOnly }) => total + thresholdOnly, 0);
          before = now;
        },
      ),
      { numRuns: effort(2, 3), seed: 6 },
    );
    expect(edges).toBeGreaterThan(0);
    const database = lake.database as PostgresSegmentDatabase;
    const rows = await database.query<{ cell: string; customers: number; edges: number }>(
      `select concat(coalesce(segment_from, '-'), ' → ', coalesce(segment_to, '-')) as cell, count(*) as customers,
         count(*) filter (where threshold_only) as edges
       from rfm.migrations where run_to = $1 group by 1 order by 1`,
      [before.summary.runId],
    );
    const told = before.summary.movement?.cells.map(({ segmentFrom, segmentTo, customers, thresholdOnly }) => ({
      ...{ cell: `${segmentFrom ?? "-"} → ${segmentTo ?? "-"}`, customers, edges: thresholdOnly },
    }));
    const byCell = (a: { cell: string }, b: { cell: string }) => (a.cell < b.cell ? -1 : 1);
    expect(rows.sort(byCell)).toEqual(told?.sort(byCell));
  });
});

describe("a run of inputs that were published before", () => {
  it("ends in the same run, the same bytes and the same comparison, whatever came between", async () => {
    const second = await run(fileOf("second", 8, 210));
    const third = await run(fileOf("third", 9, 190));
    expect(third.card.identity?.reference).toBe(second.card.modelVersion);
    const again = await run(fileOf("second", 8, 210));
    expect(again.csv).toBe(second.csv);
    expect(again.card).toEqual(second.card);
    expect(again.summary.movement).toEqual(second.summary.movement);
    expect((await run(undefined)).csv).toBe(second.csv);
    if (isFullEffort) expect((await run(fileOf("first", 1, 200))).csv).toBe(first.csv);
  });
});

describe("cluster ids", () => {
  it("are carried over or new but never given twice, and say what became of the model before", async () => {
    const given = new Set<number>();
    let before = await run(fileOf("ids", 20, 220));
    for (const { id } of before.card.clusters) given.add(id);
    for (const seed of effort([21], [21, 22])) {
      const now = await run(fileOf("ids", seed, 220));
      const { identity, clusters } = now.card;
      expect(identity?.reference).toBe(before.card.modelVersion);
      expect(identity?.carried.length).toBeGreaterThan(0);
      for (const { id } of identity?.born ?? []) expect(given.has(id)).toBe(false);
      for (const { id } of clusters) given.add(id);
      const gone = before.card.clusters
        .map(({ id }) => id)
        .filter((id) => !clusters.some((cluster) => cluster.id === id));
      expect(identity?.vanished.map(({ id }) => id)).toEqual(gone);
      expect(new Set([...customersOf(now.csv).values()].map((cells) => Number(cells[8])))).toEqual(
        new Set(clusters.map(({ id }) => id)),
      );
      expect(now.summary.drift?.referenceModel).toBe(before.card.modelVersion);
      expect(now.summary.drift?.shares.at(-1)?.runId).toBe(now.summary.runId);
      before = now;
    }
    const free = await run(undefined, { clusters: { ...QUICK.clusters, stableIds: false } });
    expect(free.card.identity).toMatchObject({ reference: null });
    expect(free.card.clusters.map(({ id }) => id)).toEqual(free.card.clusters.map((_, at) => at));
    expect(free.summary.drift).toBeNull();
    const changed = [{ setting: "clusters.stableIds", before: "true", now: "false" }];
    expect(free.summary.comparison).toMatchObject({ runId: before.summary.runId, changed });
    expect(before.summary.comparison?.changed).toEqual([]);
    // A day earlier nobody is followed, for that would be backwards; ids are carried over all the same.
    const earlier = await run(undefined, { snapshotDate: "2024-12-24" });
    expect(earlier.card.identity?.reference).toBe(free.card.modelVersion);
    expect(earlier.summary.movement).toBeNull();
    expect(free.summary.movement?.runFrom).toBe(before.summary.runId);
  });
});

describe("the back-test of a lake", () => {
  it("is the one of its current run, changes nothing, and says when the history is too short", async () => {
    const { summary } = await run(fileOf("last", 30, 150));
    expect(summary.backtest).toMatchObject({ holdoutDays: 90 });
    await lake.close();
    const manifest = () => readFileSync(join(lakeDirectory, `runs/${summary.runId}.json`), "utf8");
    const seen = manifest();
    expect(await backtestLake(lakeDirectory, 90)).toEqual(summary.backtest);
    expect(manifest()).toBe(seen);
    await expect(backtestLake(lakeDirectory, 200)).rejects.toMatchObject({ code: "SHORT_HISTORY" });
    await expect(backtestLake(join(folder, "nowhere"), 90)).rejects.toMatchObject({ code: "NO_LAKE" });
  });
});
