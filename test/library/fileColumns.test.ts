import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom, randomInteger } from "../../lib/domain/clustering/fit/random.ts";
import type { ModelCard } from "../../lib/domain/model/modelCard.ts";
import { openLake, type Segmentation, score, segment } from "../../lib/library/index.ts";
import { eraseCustomer } from "../../lib/local/erasure/eraseCustomer.ts";
import { openCatalogOf } from "../../lib/local/lake/lakeLedger.ts";
import { temporaryFolder } from "../support/lake.ts";
import { shopCsv } from "../support/shop.ts";

/** Columns of a file that no role takes, in the scores and the clusters: from the file to the service. */

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const lake = join(folder, "lake");

interface Line {
  readonly customer: string;
  readonly order: string;
  readonly day: string;
  readonly quantity: number;
  readonly price: number;
  readonly cost: number;
  readonly age: number | string | null;
  readonly sex: string;
}
const random = createRandom(23);
/** Each customer has one word, and most an age. */
const LINES = shopCsv({ seed: 47, customers: 200, lines: 800 })
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((text): Line => {
    const [customer, order, day, , quantity, price] = text.split(",") as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const number = Number(customer.slice(1));
    return {
      ...{ customer, order, day, quantity: Number(quantity), price: Number(price) },
      // What costs little sells dear, so margins part customers otherwise than money does.
      cost: randomInteger(random, 8_000) / 100,
      age: number % 5 === 0 ? null : number === 1 ? "old" : 18 + (number % 60),
      sex: number % 7 === 0 ? "" : number % 2 === 0 ? "f" : "m",
    };
  });
const comma = (value: number): string => value.toFixed(2).replace(".", ",");
const fileOf = (lines: readonly Line[]): string =>
  `customer;order;date;quantity;price;Unit Cost;Age;Sex\n${lines
    .map(({ customer, order, day, quantity, price, cost, age, sex }) =>
      [customer, order, day, quantity, comma(price), `${comma(cost)} €`, age ?? "", ` ${sex}`].join(";"),
    )
    .join("\n")}\n`;

const fileColumns = {
  cost: { from: "unit cost", holds: "money" },
  age: { from: "Age", holds: "number" },
  sex: { from: 8, holds: "category" },
};
const settings = {
  fileColumns,
  scores: { measures: { monetary: { name: "margin", of: "cost", missing: 0 } } },
  clusters: {
    maxK: 4,
    features: [
      { name: "recency_days" },
      { name: "attribute", of: "age", indicator: true },
      { name: "attribute_is", of: "sex", is: "f", weight: 0.5, missing: 0.5 },
    ],
  },
} as never;
const runOf = (own: object, source = "shop.csv"): Promise<Segmentation> =>
  segment(Readable.from([fileOf(LINES)]), { lake, source, settings: own as never });
const rowsOf = ({ files }: Segmentation): string[][] =>
  readFileSync(files.segmentsCsv, "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

let run: Segmentation;
let card: ModelCard;
beforeAll(async () => {
  run = await runOf(settings);
  card = await openLake(lake).models.card(run.summary.modelVersion);
});

describe("columns of the file that the settings name", () => {
  it("score by margin: pieces times price less cost", () => {
    const kept = LINES.filter(({ customer, quantity, day }) => customer !== "" && quantity > 0 && day !== "soon");
    const lines = new Map(kept.map((line) => [JSON.stringify(line), line]));
    const margins = new Map<string, number>();
    for (const { customer, quantity, price, cost } of lines.values())
      margins.set(customer, (margins.get(customer) ?? 0) + Math.round(quantity * (price - cost) * 100));
    const rows = rowsOf(run);
    expect(rows.length).toBe(margins.size);
    const edges = card.scoreEdges.monetary;
    expect(edges.length).toBe(4);
    for (const [customer = "", , , , , , mScore] of rows)
      expect([customer, Number(mScore)]).toEqual([
        customer,
        1 + edges.filter((edge) => (margins.get(customer) as number) / 100 > edge).length,
      ]);
    expect(Math.min(...margins.values())).toBeLessThan(0);
    expect(card.scoreMeasures).toEqual({ monetary: { feature: "margin:cost", missing: 0 } });
  });

  it("cluster by attributes, with the rule for missing ones, an indicator and a weight", () => {
    expect(card.features.map(({ name, weight, indicatorOf }) => [name, weight, indicatorOf])).toEqual([
      ["recency_days", undefined, undefined],
      ["attribute:age", undefined, undefined],
      ["attribute:age missing", undefined, "attribute:age"],
      ["attribute_is:sex:f", 0.5, undefined],
    ]);
    // Half way between having the word and having another, in the scaled feature.
    expect(card.features[3]?.missing).toEqual(expect.any(Number));
  });

  it("count what is no number, and say so", () => {
    const texts = JSON.stringify(run.summary);
    const cells = LINES.filter(({ age }) => age === "old").length;
    expect(cells).toBeGreaterThan(0);
    expect(texts).toMatch(new RegExp(`${cells} of \\d+ values of column \\\\"Age\\\\" \\(fileColumns.age\\)`));
  });

  it("are asked for where the file has them not, with the nearest name", async () => {
    const other = { fileColumns: { cost: { from: "Unit Kost", holds: "money" } } };
    await expect(runOf(other)).rejects.toThrow(
      /no column "Unit Kost" \(asked for by fileColumns\.cost\.from=Unit Kost\)\. Nearest: "?Unit Cost"?, .*All: /,
    );
    await expect(
      runOf({ fileColumns: { cost: fileColumns.cost, sex: { from: "Sex", holds: "number" } } }),
    ).rejects.toThrow(/column "Sex" holds "number" by fileColumns\.sex, and .* no numbers .*in line \d+/);
    await expect(runOf({ ...(settings as object), fileColumns: { age: fileColumns.age } })).rejects.toThrow(
      /"fileColumns" has no column "cost", which the feature margin:cost is made from/,
    );
    await expect(runOf({ fileColumns, clusters: { features: [{ name: "margin", of: "age" }] } })).rejects.toThrow(
      /names age, which holds "number"; margin:age is made from "money"/,
    );
  });

  it("are asked of whoever wants a score, for transactions do not tell them", async () => {
    const scored = async (features: object) => {
      const found: unknown[] = [];
      const transactions = [{ order: "1", date: "2024-11-30", amount: 20 }];
      for await (const one of score([{ customer_id: "new", transactions, features }] as never, { lake }))
        found.push(one);
      return found;
    };
    await expect(scored({ "margin:cost": 3, "attribute_is:sex:f": 1 })).rejects.toThrow(/attribute:age/);
    const known = { "margin:cost": 3, "attribute:age": 40, "attribute_is:sex:f": 1 };
    expect(await scored(known)).toEqual([expect.objectContaining({ customer_id: "new" })]);
    expect((await scored({ ...known, "attribute:age": null })).length).toBe(1);
  });

  it("go with the customer who is erased, and stay of the others", async () => {
    const customerId = rowsOf(run)[3]?.[0] as string;
    const clock = { now: () => new Date() };
    const { proof } = await eraseCustomer({ lakeDirectory: lake, customerId, waitMs: 0, clock });
    expect(proof.asCustomer).toEqual([]);
    const engine = await openCatalogOf(lake, 0);
    const [row] = await engine.query(
      `select count(*) filter (where customer_id = '${customerId}') as own, count(*) as lines, count(file_columns) as told from transactions`,
    );
    engine.close();
    const others = LINES.filter(({ customer }) => customer !== customerId).length;
    expect([Number(row?.own), Number(row?.lines), Number(row?.told)]).toEqual([0, others, others]);
  });
});
