import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../lib/domain/config/config.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import type { Summary } from "../../lib/domain/run/summary.ts";
import { type LocalLake, openLocalLake } from "../../lib/local/run/runLocally.ts";
import { type CliResult, rfm, rfmHere } from "../support/cli.ts";
import { temporaryFolder } from "../support/lake.ts";
import { SHOP_HEADER, shopCsv, writeText } from "../support/shop.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let workplaces = 0;

interface Outcome extends CliResult {
  readonly directory: string;
}

/** Runs the command in a folder of its own that holds the given files; the lake is `lake` in it. */
async function inFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
  args: readonly string[],
): Promise<Outcome> {
  const directory = join(folder, String(++workplaces));
  mkdirSync(directory);
  for (const [name, text] of Object.entries(files)) writeText(join(directory, name), text);
  return { directory, ...(await rfmHere(args, { cwd: directory })) };
}

/** A shop of few lines: `customer, order, date, quantity, price` each. */
const csv = (...lines: (readonly (string | number)[])[]): string =>
  `customer_id,order_id,order_date,quantity,unit_price\n${lines.map((line) => `${line.join(",")}\n`).join("")}`;

const SMALL = csv(
  ["ann", 1, "2024-01-05", 1, 10],
  ["bob", 2, "2024-02-05", 2, 20],
  ["cid", 3, "2024-03-05", 3, 30],
  ["ann", 4, "2024-03-06", 1, 15],
);

/** A clear refusal: status 1, one message that says all of `says`, no stack, nothing on stdout, nothing published. */
function expectRefusal({ code, stdout, stderr, directory }: Outcome, says: readonly (string | RegExp)[]): void {
  expect(code, stderr).toBe(1);
  expect(stdout).toBe("");
  for (const part of says) expect(stderr).toMatch(part);
  expect(stderr).toMatch(/^error /m);
  expect(stderr).not.toMatch(/Unexpected|^\s+at .*:\d+/m);
  expect(existsSync(join(directory, "lake/runs"))).toBe(false);
  expect(existsSync(join(directory, "lake/models"))).toBe(false);
  expect(existsSync(join(directory, "out"))).toBe(false);
}

const RUN = ["run", "shop.csv", "--lake", "lake", "--out", "out"];

describe("files that cannot be segmented", () => {
  const header = "customer_id,order_id,order_date,quantity,unit_price\n";
  it.each<[string, Record<string, string | Uint8Array>, string[], (string | RegExp)[]]>([
    ["a missing file", {}, RUN, ["shop.csv", "does not exist", "check the path"]],
    ["a folder without files", { "shop.csv/.a.csv": SMALL }, RUN, ["shop.csv", "folder without a file"]],
    ["a pattern that nothing matches", {}, ["run", "shop-*.csv"], ["shop-\\*.csv", "No file matches"]],
    ["an empty file", { "shop.csv": "" }, RUN, ["shop.csv", "empty"]],
    ["a header alone", { "shop.csv": header }, RUN, ["shop.csv", "header", "no rows"]],
    [
      "no header",
      { "shop.csv": "17,3,2024-01-05,1,10\n18,4,2024-01-06,1,10\n" },
      RUN,
      ["shop.csv", '"column_1"', "--map customer="],
    ],
    [
      "no customer column",
      { "shop.csv": "order_id,order_date,amount\n1,2024-01-05,10\n" },
      RUN,
      ["customer", '"order_date"', "--map customer="],
    ],
    [
      "no date column",
      { "shop.csv": "customer_id,order_id,amount\nann,1,10\n" },
      RUN,
      ["date", '"amount"', "--map .*date="],
    ],
    [
      "no amount column",
      { "shop.csv": "customer_id,order_id,order_date\nann,1,2024-01-05\n" },
      RUN,
      ["amount", '"order_id"', "--map .*amount="],
    ],
    [
      "two customer columns",
      { "shop.csv": "customer_id,customer_id,order_date,amount\nann,1,2024-01-05,3\n" },
      RUN,
      ["columns 1 and 2", "--map customer="],
    ],
    [
      "rows without a customer alone",
      { "shop.csv": csv(["", 1, "2024-01-05", 1, 10], ["", 2, "2024-01-06", 1, 10]) },
      RUN,
      ["customer", "refused|No row"],
    ],
    [
      "cancellations alone",
      { "shop.csv": csv(["ann", "C1", "2024-01-05", -1, 10], ["bob", "C2", "2024-01-06", -1, 10]) },
      RUN,
      ["No row", "cancellation 2 of 2 rows", "rfm inspect"],
    ],
    [
      "dates that are no dates",
      { "shop.csv": csv(["ann", 1, "soon", 1, 10], ["bob", 2, "later", 1, 10]) },
      RUN,
      ["shop.csv", "order_date", "date"],
    ],
    [
      "dates that may be d/m or m/d",
      { "shop.csv": csv(["ann", 1, "03/04/2024", 1, 10], ["bob", 2, "05/06/2024", 1, 10]) },
      RUN,
      ["order_date", "--date-layout"],
    ],
    [
      "a damaged gzip file",
      { "shop.csv.gz": Uint8Array.from([0x1f, 0x8b, 8, 0, 1, 2, 3]) },
      ["run", "shop.csv.gz"],
      ["shop.csv", "damaged gzip"],
    ],
    [
      "two files of one name",
      { "a/shop.csv": SMALL, "b/shop.csv": SMALL },
      ["run", "a/shop.csv", "b/shop.csv"],
      ["shop.csv", "rename"],
    ],
    [
      "a file and its compressed twin",
      { "shop.csv": SMALL, "b/shop.csv.gz": SMALL },
      ["run", "shop.csv", "b/shop.csv.gz"],
      ["shop.csv", "rename"],
    ],
    ["no file where there is no lake", {}, ["run"], ["no lake in lake yet", "rfm run FILE"]],
  ])("%s is refused with the reason and the cure", async (_, files, args, says) => {
    expectRefusal(
      await inFolder(files, args),
      says.map((part) => (typeof part === "string" ? new RegExp(part) : part)),
    );
  });
});

describe("settings that cannot be used", () => {
  it.each<[string, Record<string, string>, string[], string[]]>([
    [
      "an unknown setting",
      { "rfm.config.json": '{"windowMonth": 3}' },
      RUN,
      ["rfm.config.json", "windowMonth", "windowMonths"],
    ],
    [
      "an unknown setting of a group",
      { "c.json": '{"clusters": {"sed": 3}}' },
      [...RUN, "--config", "c.json"],
      ["c.json", "clusters.sed", "clusters?.?seed|seed"],
    ],
    ["a wrong value", { "c.json": '{"returns": "nett"}' }, [...RUN, "--config", "c.json"], ["returns", "nett", "net"]],
    ["a file that is no JSON", { "c.json": "{returns" }, [...RUN, "--config", "c.json"], ["c.json", "JSON"]],
    ["a missing config file", {}, [...RUN, "--config", "c.json"], ["c.json", "cannot be read"]],
    [
      "a date that is none",
      {},
      [...RUN, "--snapshot-date", "2024-13-01"],
      ["snapshotDate", "2024-13-01", "2011-12-10"],
    ],
    ["k beyond the limit", {}, [...RUN, "--k", "21"], ["clusters.k", "20"]],
    [
      "a snapshot date before all data",
      {},
      [...RUN, "--snapshot-date", "2023-01-01"],
      ["snapshot date 2023-01-01", "--snapshot-date"],
    ],
    ["a column that is not there", {}, [...RUN, "--map", "customer=client"], ["client", "customer_id"]],
  ])("%s is named, with the right one", async (_, files, args, says) => {
    const outcome = await inFolder({ "shop.csv": SMALL, ...files }, args);
    expectRefusal(
      outcome,
      says.map((part) => new RegExp(part)),
    );
  });

  it.each<[string, string[], string]>([
    ["an unknown flag", [...RUN, "--retuns", "net"], "unknown option '--retuns'\n.*--returns"],
    ["a choice that is none", [...RUN, "--returns", "nett"], "Allowed choices are drop, match, net, count"],
    ["a number that is none", [...RUN, "--k", "many"], "whole number"],
    ["a mapping that is none", [...RUN, "--map", "customer"], "role=column"],
    ["an unknown command", ["segment"], 'no command and no file "segment"'],
  ])("%s is refused by the command line", async (_, args, says) => {
    const { code, stdout, stderr, directory } = await inFolder({ "shop.csv": SMALL }, args);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(new RegExp(says));
    expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
    expect(readdirSync(directory)).toEqual(["shop.csv"]);
  });

  it.each([
    ...[["run"], ["report"], ["export"], ["export", "--list"], ["customers"], ["customer", "1"], ["query"]],
    ...[["query", "select 1"], ["score-jobs"], ["serve"], ["rejects"], ["ingests"], ["forget", "shop.csv"], ["doctor"]],
    ...[["compact"], ["runs"], ["publish", "2024-01-01-abc"], ["compare", "a", "b"], ["backtest"], ["forecast"]],
    ["models", "list"],
  ])("%s of no lake says how to make one", async (...args) => {
    const outcome = await inFolder({}, [...args, "--lake", "lake"]);
    expect(outcome.stdout).toBe("");
    expectRefusal(outcome, [/There is no lake in lake/, /rfm run FILE --lake lake/]);
    expect(readdirSync(outcome.directory)).toEqual([]);
  });
});

describe("a process of its own", () => {
  it.each([
    ["a missing file", ["run", "other.csv"], 1],
    ["a setting that cannot be used", [...RUN, "--k", "21"], 1],
    ["an unknown flag", [...RUN, "--retuns", "net"], 1],
    ["settings to print", ["config", "--defaults"], 0],
  ])("says of %s what the program says here, and ends with its status", async (_, args, status) => {
    const { directory, ...here } = await inFolder({ "shop.csv": SMALL }, args);
    expect(await rfm(args, { cwd: directory })).toEqual({ ...here, code: status });
    expect(here.code).toBe(status);
  });

  it("ends with status 1 when the run fails in the middle", async () => {
    const { directory } = await inFolder({ "shop.csv": csv(["ann", 1, "soon", 1, 10]) }, ["config"]);
    const outcome = await rfm(RUN, { cwd: directory });
    expectRefusal({ directory, ...outcome }, [/order_date/]);
  });
});

interface Row {
  readonly [column: string]: string;
}

/** Reads CSV by its quotes. */
function parseCsv(text: string): Row[] {
  const records: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
    if (end === "" && quoted === undefined && plain === "") break;
    records.at(-1)?.push(quoted?.replaceAll('""', '"') ?? (plain as string));
    if (end === "\n") records.push([]);
  }
  const [header, ...rows] = records.filter((record) => record.length > 0) as [string[], ...string[][]];
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i] as string])));
}

interface Segmented {
  readonly rows: Row[];
  readonly summary: Summary;
}

/** One lake for all shops, each of which takes the place of the last: they differ in content, not in name. */
let lake: LocalLake;

/** Runs on one file and reads what it wrote. */
async function segment(text: string, settings: ConfigInput = {}): Promise<Segmented> {
  const file = writeText(join(folder, "unusual/shop.csv"), text);
  const { summary, store } = await lake.run({ files: [file], config: parseConfig(settings) });
  const rows = parseCsv(Buffer.from(await store.read(summary.outputs.segmentsCsv as string)).toString());
  return { rows, summary };
}

const numbersOf = ({ rows }: Segmented): Record<string, number[]> =>
  Object.fromEntries(
    rows.map((row) => [row.customer_id as string, [row.recency_days, row.frequency, row.monetary].map(Number)]),
  );

describe("unusual shops that can be segmented", () => {
  beforeAll(async () => {
    lake = await openLocalLake({ lakeDirectory: join(folder, "unusual/lake"), threads: 1 });
  });
  afterAll(() => lake.close());

  it("one customer with one row", async () => {
    const result = await segment(csv(["ann", 1, "2024-01-05", 2, 10]));
    expect(numbersOf(result)).toEqual({ ann: [1, 1, 20] });
    expect(result.summary.choice.k).toBe(1);
    expect(result.summary.segments.map(({ customers }) => customers)).toEqual([1]);
  });

  it("customers who are all the same: one cluster, one segment, and it says why", async () => {
    const result = await segment(csv(...["ann", "bob", "cid", "dan"].map((id, i) => [id, i, "2024-01-05", 1, 10])));
    expect(numbersOf(result)).toEqual({ ann: [1, 1, 10], bob: [1, 1, 10], cid: [1, 1, 10], dan: [1, 1, 10] });
    expect(new Set(result.rows.map((row) => `${row.rfm_segment} ${row.cluster_id}`)).size).toBe(1);
    expect(result.summary.choice.k).toBe(1);
    expect(result.summary.choice.explanation).toMatch(/same|identical|told apart|varies|vary/);
  });

  it("fewer customers than the clusters asked for: as many as can be told apart, and it says so", async () => {
    const result = await segment(SMALL, { clusters: { k: 8 } });
    expect(result.summary.choice.k).toBe(3);
    expect(result.summary.choice.explanation).toMatch(/8 clusters were asked for, but only 3/);
    expect(new Set(result.rows.map((row) => row.cluster_id)).size).toBe(3);
  });

  it("many customers but fewer distinct ones than the clusters asked for", async () => {
    const lines = Array.from({ length: 12 }, (_, i) => [
      `k${i}`,
      i,
      i % 2 === 0 ? "2024-01-05" : "2024-02-05",
      1,
      i % 2 === 0 ? 10 : 50,
    ]);
    const result = await segment(csv(...lines), { clusters: { k: 5 } });
    expect(result.summary.choice.k).toBe(2);
    expect(result.summary.choice.explanation).toMatch(/5 clusters were asked for, but only 2/);
  });

  it("negative and zero totals when every line counts, and when returns are netted", async () => {
    const text = csv(
      ["ann", 1, "2024-01-05", 1, 10],
      ["ann", "C2", "2024-01-06", -3, 10],
      ["bob", 3, "2024-01-05", 1, 10],
      ["bob", "C4", "2024-01-07", -1, 10],
      ["cid", 5, "2024-01-08", 2, 10],
      ["dan", "C6", "2024-01-08", -1, 5],
      ["eve", 7, "2024-01-04", 4, 5],
    );
    const counted = await segment(text, { returns: "count" });
    expect(numbersOf(counted)).toEqual({
      ann: [3, 2, -20],
      bob: [2, 2, 0],
      cid: [1, 1, 20],
      dan: [1, 1, -5],
      eve: [5, 1, 20],
    });
    const netted = await segment(text, { returns: "net" });
    expect(numbersOf(netted)).toEqual({ ann: [4, 1, -20], bob: [4, 1, 0], cid: [1, 1, 20], eve: [5, 1, 20] });
    expect(netted.summary.totals.returnsOnlyCustomers).toBe(1);
    for (const row of [...counted.rows, ...netted.rows]) expect(Number(row.distance)).toBeGreaterThanOrEqual(0);
  });

  it("a total below zero has no shares", async () => {
    const text = csv(
      ["ann", 1, "2024-01-05", 1, 10],
      ["bob", 2, "2024-01-06", 1, 20],
      ["ann", "C1", "2024-01-07", -9, 10],
    );
    const { summary } = await segment(text, { returns: "count" });
    expect(summary.totals.revenue).toBe(-60);
    expect(summary.segments.map(({ revenueShare }) => revenueShare)).toEqual([0, 0]);
    expect(summary.dominance.note).toMatch(/^The total is not positive/);
  });

  it("customers with returns alone are no customers to segment: refused when there is nobody else", async () => {
    const text = csv(["ann", "C1", "2024-01-05", -1, 10], ["bob", "C2", "2024-01-06", -1, 10]);
    expectRefusal(await inFolder({ "shop.csv": text }, [...RUN, "--returns", "net"]), [
      /No row .* counts as a purchase/,
      /rfm rejects/,
    ]);
  });

  it("dates of 1970 and 2099 are dropped with a reason, not segmented", async () => {
    const result = await segment(
      csv(
        ["ann", 1, "1970-01-01", 1, 10],
        ["bob", 2, "2099-12-31", 1, 10],
        ["cid", 3, "2024-03-05", 1, 10],
        ["dan", 4, "2024-03-01", 2, 10],
      ),
      { quality: { invalid: { refuse: 1 } } },
    );
    expect(numbersOf(result)).toEqual({ cid: [1, 1, 10], dan: [5, 1, 20] });
    expect(result.summary.history.ledger).toContainEqual({ reason: "date_out_of_range", rows: 2, amount: 20 });
  });

  it("a window that leaves only the latest customers", async () => {
    expect(numbersOf(await segment(SMALL, { windowMonths: 1 }))).toEqual({ ann: [1, 1, 15], cid: [2, 1, 90] });
  });

  it("a snapshot date in the middle, and one long after", async () => {
    expect(numbersOf(await segment(SMALL, { snapshotDate: "2024-02-06" }))).toEqual({
      ann: [32, 1, 10],
      bob: [1, 1, 40],
    });
    expect(numbersOf(await segment(SMALL, { snapshotDate: "2025-03-06" })).cid).toEqual([366, 1, 90]);
  });

  it("a window before a far snapshot date that leaves nobody is refused", async () => {
    const outcome = await inFolder({ "shop.csv": SMALL }, [
      ...RUN,
      "--snapshot-date",
      "2025-06-01",
      "--window-months",
      "2",
    ]);
    expectRefusal(outcome, [/2025-06-01 and in the 2 months before it/, /--window-months/]);
  });

  it("ids keep leading zeros, quotes, commas, line breaks and emoji, in the order of their bytes", async () => {
    const ids = [
      "007",
      "7",
      "0x1F",
      "O'Brien",
      'The "Shop"',
      "Smith, John",
      "two\nlines",
      "🛒💛",
      "ﬀ",
      "Zoë",
      "\\.",
      "=1+1",
    ];
    const quoted = (id: string): string => `"${id.replaceAll('"', '""')}"`;
    // Words for nobody are no ids.
    const nobody = ["null", "NaN"].map((word, i) => [quoted(word), 100 + i, "2024-01-05", 1, 10]);
    const result = await segment(csv(...ids.map((id, i) => [quoted(id), i, "2024-01-05", 1 + i, 10]), ...nobody));
    const expected = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(result.rows.map((row) => row.customer_id)).toEqual(expected);
    for (const [i, id] of ids.entries()) expect(numbersOf(result)[id], id).toEqual([1, 1, 10 * (1 + i)]);
  });

  it("descriptions of 10,000 characters and NUL bytes", async () => {
    const text = `customer_id,order_id,order_date,description,amount\nann,1,2024-01-05,${"x".repeat(10_000)},10\nb\0ob,2,2024-01-06,"nul \0 inside",20\ncid,3,2024-01-06,${"é🛒".repeat(5_000)},5\n`;
    const result = await segment(text);
    expect(numbersOf(result)).toEqual({ ann: [2, 1, 10], bob: [1, 1, 20], cid: [1, 1, 5] });
    expect(result.summary.drop?.findings.map(({ message }) => message).join()).toMatch(/2 NUL bytes/);
  });

  it("an enormous amount beside small ones stays exact", async () => {
    const result = await segment(
      csv(["ann", 1, "2024-01-05", 1, "9999999999.99"], ["bob", 2, "2024-01-06", 1, "0.01"]),
    );
    expect(result.rows.map((row) => row.monetary)).toEqual(["9999999999.99", "0.01"]);
  });
});

describe("flags", () => {
  it("reach the run: returns, duplicates, window, snapshot date, k, seed and mapping", async () => {
    const text = SMALL.replace("customer_id", "who");
    const flags = ["--returns", "net", "--duplicates", "keep", "--window-months", "1", "--snapshot-date", "2024-03-06"];
    const more = ["--k", "1", "--seed", "7", "--map", "customer=who", "--json", "--quiet"];
    const { code, stdout, stderr } = await inFolder({ "shop.csv": text }, [...RUN, ...flags, ...more]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      snapshotDate: "2024-03-06",
      policy: { returns: "net", duplicates: "keep", windowMonths: 1 },
      totals: { customers: 1, revenue: 90 },
      choice: { k: 1 },
    });
  });
});

describe("commands on a lake", () => {
  it("a first drop without a row that counts is refused with the reasons, and leaves no history", async () => {
    const directory = join(folder, "nobody");
    writeText(
      join(directory, "shop.csv"),
      csv(["ann", "C1", "2024-01-05", -1, 10], ["bob", "C2", "2024-01-06", -1, 10]),
    );
    const refused = await rfmHere(["run", "shop.csv", "--quiet"], { cwd: directory });
    expect(refused.stderr).toMatch(/refused, and nothing was changed.*cancellation 2 of 2 rows/);
    const { code, stderr } = await rfmHere(["rejects"], { cwd: directory });
    expect(code).toBe(1);
    expect(stderr).toMatch(/has no history yet/);
  });

  it("rejects of a lake whose only drop was refused says that there is no history", async () => {
    const directory = join(folder, "refused");
    writeText(join(directory, "shop.csv"), csv(["", 1, "2024-01-05", 1, 10]));
    const refused = await rfmHere(["run", "shop.csv", "--quiet"], { cwd: directory });
    expect(refused.stderr).toMatch(/refused, and nothing was changed.*quality\.missingCustomer\.refuse/);
    const { code, stderr } = await rfmHere(["rejects"], { cwd: directory });
    expect(code).toBe(1);
    expect(stderr).toMatch(/has no history yet/);
  });

  it("publish of an unknown run names it, and rejects of an unknown reason lists the known ones", async () => {
    const directory = join(folder, "one-lake");
    writeText(join(directory, "shop.csv"), `${shopCsv({ seed: 3, customers: 40, lines: 120 })}`);
    expect(SHOP_HEADER).toContain("customer_id");
    expect((await rfmHere(["run", "shop.csv", "--quiet"], { cwd: directory })).code).toBe(0);
    const unknown = await rfmHere(["publish", "2024-01-01-abc"], { cwd: directory });
    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    expect(unknown.stderr).toMatch(/2024-01-01-abc.*rfm runs/s);
    const rejects = await rfmHere(["rejects", "--reason", "cancelation"], { cwd: directory });
    expect(rejects).toMatchObject({ code: 0 });
    expect(rejects.stdout).toMatch(/No rows were dropped as "cancelation".*cancellation \d/s);
    const lines = (await rfmHere(["rejects", "--json", "--limit", "5"], { cwd: directory })).stdout
      .trimEnd()
      .split("\n");
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ source: "shop.csv" });
  });
});
