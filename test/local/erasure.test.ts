import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerDigest } from "../../lib/domain/audience/erasure.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { csvField } from "../../lib/domain/text/csv.ts";
import { type ErasureReport, eraseCustomer } from "../../lib/local/erasure/eraseCustomer.ts";
import { openPgliteDatabase } from "../../lib/local/postgres/pgliteDatabase.ts";
import { openLocalLake } from "../../lib/local/run/runLocally.ts";
import type { DropRunRequest, LocalRunResult } from "../../lib/local/run/runRequest.ts";
import { customerRecords, NOTHING, pruneJson, prunePage } from "../../lib/workflow/erasure/prune.ts";
import { countSpellings } from "../../lib/workflow/erasure/spellings.ts";
import { dataOf } from "../support/dashboard.ts";
import { bodyOf, currentSegments, QUICK, temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";

const folder = temporaryFolder();
const directory = join(folder, "lake");
/** Buys so much that every report names it. */
const PERSON = "K9Person";
/** As much, under an id that is code in pages, in CSV and in JSON. */
const HOSTILE = `</script>"<b>'K\\u0041,é`;
const lines = (source: number) =>
  Array.from({ length: 6 }, (_, i) =>
    [PERSON, csvField(HOSTILE)].map((id, at) => `${id},8${source}${at}${i},2024-0${1 + i}-11,P1,900,99.50\n`).join(""),
  ).join("");
const spring = writeText(
  join(folder, "spring.csv"),
  `${shopCsv({ seed: 1, customers: 50, lines: 300 })}${lines(1)}"  ${PERSON} ",999,2024-03-03,P2,1,5.00\n`,
);
const autumn = writeText(
  join(folder, "autumn.csv"),
  `${shopCsv({ seed: 2, customers: 50, lines: 200 }).replaceAll(/,(1\d{4}),/g, ",9$1,")}${lines(2)}`,
);
const quiet = writeText(
  join(folder, "quiet.csv"),
  shopCsv({ seed: 3, customers: 9, lines: 30 }).replaceAll(/,(1\d{4}),/g, ",7$1,"),
);

const erase = (customerId = PERSON) =>
  eraseCustomer({ lakeDirectory: directory, customerId, waitMs: 0, clock: { now: () => new Date() } });

async function run(request: Partial<DropRunRequest>): Promise<LocalRunResult & { csv: string }> {
  const lake = await openLocalLake({ lakeDirectory: directory, threads: 2 });
  try {
    const result = await lake.run({ files: [], config: parseConfig(QUICK), ...request });
    const csv = Buffer.from(await result.store.read(result.summary.outputs.segmentsCsv as string)).toString();
    return { ...result, csv };
  } finally {
    await lake.close();
  }
}

/** R, F and M by customer. */
const rfmOf = (csv: string) =>
  bodyOf(csv)
    .trimEnd()
    .split("\n")
    .map((line) => line.split(",").slice(0, 4).join(","));

/** Lines of a segments.csv of everybody else. */
const othersIn = (lines: readonly string[]): string[] =>
  lines.filter((line) => ![PERSON, csvField(HOSTILE)].some((id) => line.startsWith(`${id},`)));

/** Whom the pages of the lake's runs list by name, by their paths. */
function listedByPage(): Map<string, string[]> {
  const pages = readdirSync(join(directory, "reports"), { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith("dashboard.html"),
  );
  return new Map(
    pages.map((path) => {
      const { customers, summary } = dataOf(readFileSync(join(directory, "reports", path), "utf8"));
      const dominant = summary.dominance.customers.map(({ customerId }) => customerId);
      return [path, [...customers.map(({ list, customer_id }) => `${list} ${customer_id}`), ...dominant]];
    }),
  );
}

function filesHolding(text: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return paths.filter((path) => readFileSync(path).includes(text)).map((path) => relative(directory, path));
}

describe("the erasure of a customer", () => {
  let before: LocalRunResult & { csv: string };
  let report: ErasureReport;
  let hostileReport: ErasureReport;
  let erased: string;
  let listedBefore: Map<string, string[]>;
  beforeAll(async () => {
    await run({ files: [spring, quiet] });
    before = await run({ files: [autumn] });
    // What a writer that was killed long ago has left.
    writeText(join(directory, "curated/.tmp-0123456789ab"), before.csv);
    listedBefore = listedByPage();
    report = await erase();
    hostileReport = await erase(HOSTILE);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("leaves no byte of the id in the lake, and says what it searched", () => {
    expect(before.csv).toContain(PERSON);
    expect(filesHolding(PERSON)).toEqual([]);
    expect(report.proof).toMatchObject({ asCustomer: [], elsewhere: {} });
    expect(report.proof.filesSearched).toBeGreaterThan(50);
    expect(report.files.removed.filter((key) => key.startsWith("raw/")).map((key) => key.split("/").at(-1))).toEqual(
      expect.arrayContaining(["spring.csv", "autumn.csv"]),
    );
    expect(report.files.removed.join()).not.toContain("quiet.csv");
  });

  it("takes them from the lists of customers on the pages, and nobody else", () => {
    expect(listedBefore.size).toBe(2);
    const isOf = (entry: string, id: string): boolean => entry === id || entry.endsWith(` ${id}`);
    const isErased = (entry: string): boolean => isOf(entry, PERSON) || isOf(entry, HOSTILE);
    for (const [path, listed] of listedByPage()) {
      const before = listedBefore.get(path) ?? [];
      for (const id of [PERSON, HOSTILE]) expect(before.filter((entry) => isOf(entry, id)).length).toBeGreaterThan(1);
      expect(listed).toEqual(before.filter((entry) => !isErased(entry)));
      expect(listed.length).toBeGreaterThan(20);
    }
    expect(hostileReport.proof).toMatchObject({ asCustomer: [], elsewhere: {} });
  });

  it("leaves the database with the same runs and everybody else", async () => {
    const database = openPgliteDatabase(join(directory, "postgres"));
    try {
      expect((await database.runs()).find(({ isCurrent }) => isCurrent)?.runId).toBe(before.summary.runId);
      const others = othersIn(bodyOf(before.csv).split("\n"));
      expect((await currentSegments(database)).split("\n")).toEqual(others);
    } finally {
      await database.close();
    }
  });

  it("changes nobody else's recency, frequency and money, but is another run", async () => {
    const after = await run({});
    expect(rfmOf(after.csv)).toEqual(othersIn(rfmOf(before.csv)));
    expect(after.summary.runId).not.toBe(before.summary.runId);
    erased = after.summary.runId;
  });

  it("holds when the same file is dropped again", async () => {
    const again = await run({ files: [spring] });
    // A digest of what decides the result, not of when the file came.
    expect(again.summary.runId).toBe(erased);
    expect(again.csv).not.toContain(PERSON);
    expect(again.summary.drop?.findings.map(({ message }) => message).join("\n")).toMatch(
      /spring\.csv holds 13 rows of customers who were erased.*not kept/,
    );
    expect(filesHolding(PERSON)).toEqual([]);
    expect(filesHolding("P1,900,99.50")).toEqual([]);
  });

  it("refuses somebody whom the lake does not know", async () => {
    await expect(erase("Nobody-7")).rejects.toThrow(/No customer of this id.*nor its text.*nothing was changed/s);
  });
});

describe("what takes a customer out of a document", () => {
  it("tells the records of a CSV, quoted or not, and nothing else", () => {
    const records = ['"a,b",1\n', 'a,"x\ny"\n', "b,a\n"];
    const of = (id: string) => records.filter(customerRecords("customer_id,note\n", id) ?? (() => false));
    expect([of("a"), of("a,b"), of("c")]).toEqual([[records[1]], [records[0]], []]);
    expect(customerRecords("name,note\n", "a")).toBeUndefined();
  });

  it("drops the objects of JSON and of JSON lines, and no cluster of that number", () => {
    const json = {
      customers: [
        { customerId: "3", m: 1 },
        { customerId: "b", m: "3" },
      ],
      clusters: [{ id: 3 }],
      n: [null, 2],
    };
    expect(JSON.parse(pruneJson(JSON.stringify(json), "3") as string)).toEqual({
      ...json,
      customers: [{ customerId: "b", m: "3" }],
    });
    expect(pruneJson('{"customer_id":"a"}\n{"customer_id":"b"}\n', "a")).toBe('{"customer_id":"b"}\n');
    expect(pruneJson('{"customer_id":"b"}\n{"customer_id":"c"}\n', "a")).toBe(
      '{"customer_id":"b"}\n{"customer_id":"c"}\n',
    );
    expect(pruneJson('{"customer_id":"a"}', "a")).toBe(NOTHING);
    expect(prunePage("<p>a</p>", "a")).toBeUndefined();
  });

  it("tells an id from a part of a longer number or word", () => {
    const count = (text: string) => countSpellings(text, "12347");
    expect(count("12347,a\n12347.\n(12347)")).toBe(3);
    expect(count("112347 12347.50 12347a A12347 12-12347 0.12347")).toBe(0);
  });

  it("keeps a salted hash in place of the id", () => {
    expect(customerDigest("s", "a")).toMatch(/^[0-9a-f]{64}$/);
    expect(customerDigest("s", "a")).not.toBe(customerDigest("t", "a"));
  });
});
