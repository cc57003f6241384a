import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelCard } from "../../lib/domain/model/modelCard.ts";
import { openLake, type Segmentation, score, segment } from "../../lib/library/index.ts";
import { temporaryFolder } from "../support/lake.ts";
import { shopCsv } from "../support/shop.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lake = join(folder, "lake");
const csv = shopCsv({ seed: 31, customers: 300, lines: 900 });
const features = [
  { name: "recency_days" },
  { name: "monetary" },
  { name: "gap_days_mean", indicator: true },
  { name: "weekend_share", weight: 0.5 },
  { name: "category_share", of: "Books" },
];
const settings = { clusters: { features, maxK: 6 }, backtest: { holdoutDays: 90 } } as never;
const linesOf = ({ files }: Segmentation): string[] => readFileSync(files.segmentsCsv, "utf8").trimEnd().split("\n");
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

let run: Segmentation;
let card: ModelCard;
beforeAll(async () => {
  run = await segment(Readable.from([csv]), { lake, source: "shop.csv", settings });
  card = await openLake(lake).models.card(run.summary.modelVersion);
});

describe("clustering by further features", () => {
  it("says what took part, with weights and missing values, and what nobody has a value of", () => {
    expect(card.features.map(({ name, weight, indicatorOf }) => [name, weight, indicatorOf])).toEqual([
      ["recency_days", undefined, undefined],
      ["monetary", undefined, undefined],
      ["gap_days_mean", undefined, undefined],
      ["gap_days_mean missing", undefined, "gap_days_mean"],
      ["weekend_share", 0.5, undefined],
    ]);
    expect(card.features.map(({ missing }) => missing)).toEqual([undefined, undefined, 0, undefined, undefined]);
    expect(card.droppedFeatures).toEqual([
      { name: "category_share:Books", reason: "no customer has a value of category_share:Books" },
    ]);
  });

  it("comes to the same however customers are dealt", async () => {
    const sharded = { clusters: { features, maxK: 6, rowsPerShard: 100 }, backtest: { enabled: false } } as never;
    const cut = await segment(Readable.from([csv]), {
      lake: join(folder, "cut"),
      source: "shop.csv",
      settings: sharded,
    });
    const ofClusters = (lines: readonly string[]) => lines.map((line) => line.split(",").slice(8, 11));
    expect(ofClusters(linesOf(cut))).toEqual(ofClusters(linesOf(run)));
  });

  it("back-tests segments and spending, not clusters by what was not known then", () => {
    const kinds = new Set(run.summary.backtest?.groups.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(["segment", "spend-decile"]);
  });

  it("scores whoever brings the features, and names the one that is missing", async () => {
    const [row] = linesOf(run).slice(1);
    const [customer_id, recency, frequency, monetary] = row?.split(",") ?? [];
    const base = { customer_id, recency: Number(recency), frequency: Number(frequency), monetary: Number(monetary) };
    const scored = async (given: object) => all(score([{ ...base, features: given }] as never, { lake }));
    await expect(scored({ gap_days_mean: 30 })).rejects.toThrow(/features\.weekend_share.*clusters by weekend_share/);
    await expect(scored({ gap_days_mean: 30, weekend_share: null })).rejects.toThrow(/weekend_share.*is null/);
    const [one, other] = [
      await scored({ gap_days_mean: null, weekend_share: 0 }),
      await scored({ gap_days_mean: 30, weekend_share: 0 }),
    ];
    expect(one[0]?.input_data.features).toEqual({ gap_days_mean: null, weekend_share: 0 });
    expect(one[0]?.distance).not.toBe(other[0]?.distance);
  });
});
