import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { tableToIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CustomerSegment,
  DeliveryError,
  openLake,
  type ProgressEvent,
  RunAbortedError,
  type Segmentation,
  score,
  segment,
  UnknownNameError,
} from "../../lib/library/index.ts";
import { SEGMENT_COLUMNS } from "../../lib/tables/segments.ts";
import { rfmHere } from "../support/cli.ts";
import { segmentLine, temporaryFolder } from "../support/lake.ts";
import { SHOP_HEADER, shopCsv, writeText } from "../support/shop.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const csv = shopCsv({ seed: 11, customers: 90, lines: 300 });
const [header = "", ...lines] = csv.trimEnd().split("\n");
/** The same file as objects; every value is text, as in the file. */
const objects = lines.map((line) => {
  const values = line.split(",");
  return Object.fromEntries(header.split(",").map((name, i) => [name, values[i]]));
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
const withoutIds = (rows: readonly CustomerSegment[]) => rows.map(({ run_id, model_version, ...row }) => row);

let results: Segmentation;
const events: ProgressEvent[] = [];
beforeAll(async () => {
  expect(header).toBe(SHOP_HEADER);
  results = await segment(Readable.from([Buffer.from(csv.slice(0, 1000)), csv.slice(1000)]), {
    lake: join(folder, "lake"),
    source: "shop.csv",
    onProgress: (event) => events.push(event),
  });
});

describe("segment", () => {
  it("gives what the command gives, to the byte", async () => {
    writeFileSync(join(folder, "shop.csv"), csv);
    const command = ["run", "shop.csv", "--lake", "other", "--out", "there", "--quiet"];
    expect(await rfmHere(command, { cwd: folder })).toMatchObject({ code: 0 });
    results.writeTo(join(folder, "here"));
    expect(readdirSync(join(folder, "here")).sort()).toEqual(readdirSync(join(folder, "there")).sort());
    const read = (from: string): string => readFileSync(join(folder, from, "segments.csv"), "utf8");
    expect(read("here")).toBe(read("there"));
  });

  it("takes rows as objects, and reads the same from them", async () => {
    const ofArray = await segment(objects, { lake: join(folder, "objects") });
    const expected = withoutIds(await all(results.customers()));
    expect(expected.length).toBeGreaterThan(50);
    expect(withoutIds(await all(ofArray.customers()))).toEqual(expected);
    expect(ofArray.summary.drop?.sources).toEqual([{ source: "rows", rows: lines.length }]);
  });

  it("tells its progress", () => {
    expect(events.filter(({ type }) => type === "entered").map(({ state }) => state)).toEqual(
      expect.arrayContaining(["Ingest", "CommitIngest", "FitShards", "PublishRun"]),
    );
    expect(events.filter(({ type, state }) => type === "iterated" && state === "ScoreShards").at(-1)).toMatchObject({
      done: 1,
      total: 1,
    });
  });

  it("refuses settings, names and rows by name, and leaves nothing", async () => {
    const lake = join(folder, "never");
    await expect(segment("x.csv", { lake, settings: { retruns: "drop" } as never })).rejects.toThrow(
      /retruns.*returns/s,
    );
    await expect(segment(objects, { lake, source: "../up.csv" })).rejects.toThrow(DeliveryError);
    await expect(segment([{ customer: 1 }, "text"] as never, { lake })).rejects.toThrow(/After 1 rows/);
    await expect(segment(17 as never, { lake })).rejects.toThrow(DeliveryError);
    await expect(segment([{ amount: Number.NaN }], { lake })).rejects.toThrow(/Row 1, column "amount"/);
    await expect(segment(objects, { lake, asOf: { moment: new Date() } })).rejects.toMatchObject({ code: "AS_OF" });
    expect(existsSync(lake)).toBe(false);
  });
});

describe("the results", () => {
  it("come as rows, as segments.csv has them", async () => {
    const body = (await all(results.customers())).map((row) => segmentLine(row as never)).join("");
    expect(`${SEGMENT_COLUMNS.join(",")}\n${body}`).toBe(readFileSync(results.files.segmentsCsv, "utf8"));
  });

  it("come filtered, by names in any case", async () => {
    const [first] = results.summary.segments;
    const found = await all(results.customers({ segments: [(first?.name ?? "").toUpperCase()] }));
    expect(found).toHaveLength(first?.customers ?? -1);
    await expect(all(results.customers({ segments: ["Champoins"] }))).rejects.toThrow(UnknownNameError);
  });

  it("come as Arrow with exact money, text ids and dates", async () => {
    const rows = await all(results.customers());
    const table = await results.toArrow();
    expect(table.numRows).toBe(rows.length);
    expect(table.schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      ...["customer_id Utf8", "recency_days Int32", "frequency Int64", "monetary Decimal[18e+4]"],
      ...["r_score Int32", "f_score Int32", "m_score Int32", "rfm_segment Utf8", "cluster_id Int32"],
      ...["cluster_label Utf8", "distance Float64", "first_purchase Date32<DAY>", "last_purchase Date32<DAY>"],
      ...["snapshot_date Date32<DAY>", "run_id Utf8", "model_version Utf8", "p_alive Float64"],
      ...[30, 90, 365].map((days) => `expected_orders_${days}d Float64`),
      ...[30, 90, 365].map((days) => `expected_value_${days}d Decimal[18e+4]`),
      ...[
        "value_90d_low Decimal[18e+4]",
        "value_90d_high Decimal[18e+4]",
        "next_order_date Date32<DAY>",
        "is_late Bool",
      ],
    ]);
    const money = table.getChild("monetary");
    const units = rows.map((_, row) => BigInt.asIntN(128, wordsToBits(money?.get(row) as Uint32Array)));
    expect(units).toEqual(rows.map(({ monetary }) => BigInt(Math.round(Number(monetary) * 10_000))));
    expect(tableToIPC(table).length).toBeGreaterThan(1000);
  });

  it("are what the models score to", async () => {
    const rows = await all(results.customers());
    const instances = rows.map((row) => ({
      customer_id: row.customer_id,
      recency: row.recency_days,
      frequency: row.frequency,
      monetary: Number(row.monetary),
    }));
    const predictions = await all(score(instances, { lake: join(folder, "lake") }));
    expect(
      predictions.map(({ customer_id, cluster, label, segment: name }) => [customer_id, cluster, label, name]),
    ).toEqual(rows.map((row) => [row.customer_id, row.cluster_id, row.cluster_label, row.rfm_segment]));
    await expect(
      all(score([{ ...instances[0], recency: -1 } as never], { lake: join(folder, "lake") })),
    ).rejects.toThrow(/customers\[0\]\.recency/);
  });

  it("scores the customers of a file, by their columns", async () => {
    const lake = join(folder, "lake");
    results.writeTo(join(folder, "to score"));
    const file = join(folder, "to score", "segments.csv");
    const rows = await all(results.customers());
    const found = await all(score(file, { lake }));
    expect(found.map(({ customer_id, cluster, segment: name }) => [customer_id, cluster, name])).toEqual(
      rows.map((row) => [row.customer_id, row.cluster_id, row.rfm_segment]),
    );
    const short = writeText(join(folder, "short.csv"), "customer_id,recency_days\nA,5\n");
    await expect(all(score(short, { lake }))).rejects.toThrow("short.csv: the header names no frequency.");
    const words = writeText(join(folder, "words.csv"), "customer_id,recency,frequency,monetary\nA,five,1,2\n");
    await expect(all(openLake(lake).score(words))).rejects.toThrow(/recency is not a number/);
  });
});

describe("a lake", () => {
  it("gives the audience that the command exports", async () => {
    const lake = openLake(join(folder, "lake"));
    const columns = "customer_id,monetary,rfm_segment,is_holdout";
    const asked = ["--sort", "monetary", "--top", "7", "--campaign", "spring", "--columns", columns];
    const exported = await rfmHere(["export", ...asked, "--format", "jsonl"], { cwd: folder });
    const audience = await all(lake.audience({ sort: "monetary", top: 7, campaign: "spring" }));
    expect(audience).toHaveLength(7);
    expect(
      audience.map(({ customer_id, monetary, rfm_segment, is_holdout }) => ({
        ...{ customer_id, monetary: Number(monetary), rfm_segment, is_holdout },
      })),
    ).toEqual(
      exported.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
        .map((row) => ({ ...row, monetary: Number(row.monetary) })),
    );
    await expect(all(lake.audience({ segments: ["Champoins"] }))).rejects.toThrow(UnknownNameError);
    await expect(all(lake.audience({ top: 7 }))).rejects.toMatchObject({ code: "EXPORT_OPTION" });
  });

  it("forecasts, or says why it does not", async () => {
    const forecast = await openLake(join(folder, "lake")).forecast({ horizonDays: 30 });
    const { stdout } = await rfmHere(["forecast", "--horizon", "30", "--json"], { cwd: folder });
    expect(forecast).toEqual(JSON.parse(stdout));
    expect(forecast.horizonDays).toBe(30);
  });
});

const wordsToBits = (words: Uint32Array): bigint => words.reduceRight((bits, word) => (bits << 32n) | BigInt(word), 0n);

describe("an aborted run", () => {
  const lake = openLake(join(folder, "aborted"));

  it.each(["Ingest", "CleanTransactions", "FitShards", "PublishReport"])(
    "publishes nothing, from %s on",
    async (state) => {
      const controller = new AbortController();
      const onProgress = ({ type, state: entered }: ProgressEvent): void => {
        if (type === "entered" && entered === state) controller.abort(new Error("enough"));
      };
      const run = lake.segment(objects, { signal: controller.signal, onProgress });
      await expect(run).rejects.toThrow(RunAbortedError);
      await expect(run).rejects.toMatchObject({ code: "RUN_ABORTED", cause: { message: "enough" } });
      await expect(lake.results()).rejects.toMatchObject({ code: "NO_LAKE" });
    },
  );

  it("does not even begin where the signal was aborted before", async () => {
    const unborn = join(folder, "unborn");
    await expect(segment(objects, { lake: unborn, signal: AbortSignal.abort() })).rejects.toThrow(RunAbortedError);
    expect(existsSync(unborn)).toBe(false);
  });

  it("converges when it is asked for again, and is published where the signal comes too late", async () => {
    const controller = new AbortController();
    async function* rows() {
      yield* objects;
    }
    const onProgress = ({ type, state }: ProgressEvent): void => {
      if (type === "entered" && state === "AnnounceRun") controller.abort();
    };
    const late = await lake.segment(rows(), { signal: controller.signal, onProgress });
    expect((await lake.results()).runId).toBe(late.runId);
    expect(withoutIds(await all(late.customers()))).toEqual(withoutIds(await all(results.customers())));
  });
});

describe("openLake", () => {
  it("answers what the commands answer", async () => {
    const lake = openLake(join(folder, "lake"));
    const run = await lake.results();
    expect(run.runId).toBe(results.runId);
    expect(await lake.runs()).toMatchObject([{ runId: run.runId, isCurrent: true }]);
    expect(await lake.ingests()).toMatchObject([{ source: "shop.csv", state: "live", rows: lines.length }]);
    const { reasons, rows } = await lake.rejects();
    expect(rows).toHaveLength(reasons.reduce((sum, reason) => sum + reason.rows, 0));
    expect(await lake.query("select count(*) as n from current_segments")).toEqual({
      columns: ["n"],
      exact: [true],
      rows: [[String(run.summary.totals.customers)]],
    });
    const [model] = await lake.models.list();
    expect(model).toMatchObject({ alias: "champion", modelVersion: run.summary.modelVersion });
    expect((await lake.models.card(run.summary.modelVersion)).k).toBe(run.summary.choice.k);
    await expect(lake.models.promote("none")).rejects.toMatchObject({ code: "UNKNOWN_MODEL" });
    const removed = await lake.forget("shop.csv");
    expect(removed.source).toBe("shop.csv");
    await expect(lake.segment([])).rejects.toMatchObject({ name: "NoUsableRowsError" });
    expect(readdirSync(join(folder, "lake", "incoming"))).toEqual([]);
  });
});
