import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { csvFields } from "../../lib/domain/text/csv.ts";
import { openLake, type Segmentation, score, segment } from "../../lib/library/index.ts";
import { openBiViews } from "../../lib/local/bi/biViews.ts";
import { MIXTURE_SEGMENT_COLUMNS, SEGMENT_COLUMNS, type SegmentColumn } from "../../lib/tables/segments.ts";
import { temporaryFolder } from "../support/lake.ts";
import { shopCsv } from "../support/shop.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lake = join(folder, "lake");
const csv = shopCsv({ seed: 12, customers: 260, lines: 900 });
const settings = { clusters: { method: "mixture", maxK: 5 } } as const;
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
const linesOf = ({ files }: Segmentation): string[] => readFileSync(files.segmentsCsv, "utf8").trimEnd().split("\n");
const cellsOf = (lines: readonly string[], name: SegmentColumn): string[] =>
  lines.slice(1).map((line) => csvFields(line)[MIXTURE_SEGMENT_COLUMNS.indexOf(name)] as string);

let first: Segmentation;
let lines: string[];
beforeAll(async () => {
  first = await segment(Readable.from([csv]), { lake, source: "shop.csv", settings });
  lines = linesOf(first);
});

describe("a run of mixtures", () => {
  it("appends how probably each customer belongs to the cluster", () => {
    expect(lines[0]).toBe(MIXTURE_SEGMENT_COLUMNS.join(","));
    const probabilities = cellsOf(lines, "cluster_probability").map(Number);
    const { k } = first.summary.choice;
    for (const probability of probabilities) {
      expect(probability).toBeGreaterThanOrEqual(1 / k - 1e-6);
      expect(probability).toBeLessThanOrEqual(1);
    }
    expect(new Set(probabilities).size).toBeGreaterThan(20);
    expect(first.summary.choice.reason).toBe("least BIC");
    const left = first.summary.choice.explanation.includes("Left out");
    const chosen = first.summary.choice.criteria.find((row) => row.k === k)?.bic as number;
    // With more steps the chosen one only falls.
    if (!left) for (const { bic } of first.summary.choice.criteria) expect(chosen).toBeLessThanOrEqual(bic as number);
  });

  it("says the same in every shard, in the tables, as rows, and by the model", async () => {
    const sharded = { clusters: { ...settings.clusters, rowsPerShard: 100 } };
    const cut = await segment(Readable.from([csv]), {
      lake: join(folder, "cut"),
      source: "shop.csv",
      settings: sharded,
    });
    for (const name of ["cluster_id", "cluster_label", "cluster_probability", "distance"] as const)
      expect(cellsOf(linesOf(cut), name)).toEqual(cellsOf(lines, name));

    const views = await openBiViews(lake);
    const found = await views.query(
      "select customer_id, cluster_id, cluster_probability from current_segments order by customer_id",
    );
    views.close();
    const expected = cellsOf(lines, "cluster_probability").map(Number);
    expect(found.rows.map(([, , probability]) => Number(Number(probability).toFixed(6)))).toEqual(expected);

    const rows = await all(first.customers());
    expect(rows.map((row) => Number(row.cluster_probability?.toFixed(6)))).toEqual(expected);
    const instances = rows.map((row) => ({
      ...{ customer_id: row.customer_id, recency: row.recency_days, frequency: row.frequency },
      monetary: Number(row.monetary),
    }));
    const scored = await all(score(instances, { lake }));
    expect(scored.map(({ cluster }) => cluster)).toEqual(rows.map((row) => row.cluster_id));
    scored.forEach(({ cluster, probability, memberships = [] }, i) => {
      expect(probability).toBe(rows[i]?.cluster_probability);
      expect(memberships.reduce((sum, one) => sum + one.probability, 0)).toBeCloseTo(1, 12);
      expect(memberships.find((one) => one.cluster === cluster)?.probability).toBe(probability);
    });
  });

  it("keeps ids from run to run, and from and to K-Means, whose files have no such column", async () => {
    const more = await segment(Readable.from([shopCsv({ seed: 13, customers: 40, lines: 60 })]), {
      ...{ lake, source: "more.csv", settings },
    });
    const opened = openLake(lake);
    const carriedBy = async (run: Segmentation) =>
      (await opened.models.card(run.summary.modelVersion)).identity?.carried;
    expect((await carriedBy(more))?.length).toBeGreaterThan(0);
    const means = await segment(Readable.from([shopCsv({ seed: 14, customers: 40, lines: 60 })]), {
      ...{ lake, source: "still-more.csv", settings: { clusters: { maxK: 5 } } },
    });
    expect(linesOf(means)[0]).toBe(SEGMENT_COLUMNS.join(","));
    expect((await carriedBy(means))?.length).toBeGreaterThan(0);
    const views = await openBiViews(lake);
    const found = await views.query("select count(*), count(cluster_probability) from current_segments");
    views.close();
    expect(found.rows).toEqual([[String(linesOf(means).length - 1), "0"]]);
  });
});
