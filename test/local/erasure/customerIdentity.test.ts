/* Every place that asks whether two spellings are one customer gives the same answer. */

import { globSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { customerDigest } from "../../../lib/domain/audience/erasure.ts";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { customerIdOf, customerIdSql, erasedIdOf, erasedIdSql } from "../../../lib/domain/customerId.ts";
import { leaveOutErased } from "../../../lib/ingest/values/leaveOutErased.ts";
import { readContacts } from "../../../lib/local/audience/contacts.ts";
import { type DuckDbEngine, openDuckDbEngine } from "../../../lib/local/duckdb/index.ts";
import { quoteLiteral } from "../../../lib/local/duckdb/translate.ts";
import { eraseCustomer } from "../../../lib/local/erasure/eraseCustomer.ts";
import { duckDbParquetRows } from "../../../lib/local/erasure/parquetRows.ts";
import { openLocalLake } from "../../../lib/local/run/runLocally.ts";
import { customerRecords, pruneJson } from "../../../lib/workflow/erasure/prune.ts";
import { effort } from "../../support/effort.ts";
import { QUICK } from "../../support/lake.ts";
import { shopCsv, writeText } from "../../support/shop.ts";

vi.setConfig({ testTimeout: effort(300_000, 1_200_000) });

const root = mkdtempSync(join(tmpdir(), "rfm-identity-"));
let engine: DuckDbEngine;
beforeAll(async () => {
  engine = await openDuckDbEngine({ lakeDirectory: join(root, "none"), threads: 1, tempDirectory: join(root, "tmp") });
});
afterAll(() => {
  engine.close();
  rmSync(root, { recursive: true, force: true });
});

const blank = fc.constantFrom(
  " ",
  "\t",
  "\n",
  "\r",
  "\v",
  "\x1c",
  "\u00a0",
  "\u2007",
  "\u202f",
  "\u3000",
  "\ufeff",
  "",
);
const core = fc.constantFrom(
  "17850",
  "17850.0",
  "17850.00",
  "017850",
  "A1",
  "A1.0",
  "a1",
  ".0",
  "1.0.0",
  "é.0",
  "1 2",
  "",
  '"',
  "'",
  "Ann@X",
  "'041",
  '="41"',
  "\u200b",
  "\uff11",
);
const spelling = fc.tuple(blank, blank, core, blank, core, blank).map((parts) => parts.join(""));

let files = 0;
async function parquetOf(spellings: readonly string[]): Promise<string> {
  // The engine remembers pages of files by their path.
  const path = join(root, `rows-${files++}.parquet`);
  const values = spellings.map((text) => `(${quoteLiteral(text)}, 'a.csv')`).join(", ");
  await engine.query(
    `copy (select * from (values ${values}) as t (customer_id, source)) to '${path}' (format parquet)`,
  );
  return path;
}
const csvCell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

describe("what makes two spellings one customer", () => {
  it.each([
    [" 17850.0\t", "17850"],
    ["\ufeff017850", "017850"],
    ["A1.0", "A1.0"],
    ["17850.00", "17850.00"],
    ["\u00a0A1\u202f", "A1"],
    ["1\u00a02", "1\u00a02"],
    [" \ufeff ", undefined],
  ])("reads %j as %j", (text, id) => expect(customerIdOf(text)).toBe(id));

  it("is the same for SQL, digests, Parquet, CSV, JSON and e-mail files", async () => {
    const property = fc.asyncProperty(fc.array(spelling, { minLength: 2, maxLength: 12 }), async (spellings) => {
      const ids = spellings.map(customerIdOf);
      expect(ids.map((id) => (id === undefined ? id : customerIdOf(id)))).toEqual(ids);
      const list = spellings.map((text) => `${customerIdSql(quoteLiteral(text))}`).join(", ");
      const [row] = await engine.query(`select [${list}] as ids`);
      expect(row?.ids).toEqual(ids.map((id) => id ?? null));
      // What an erasure means is wider: spellings that lakes of earlier releases hold apart.
      const erasedIds = spellings.map(erasedIdOf);
      const [erasedRow] = await engine.query(
        `select [${spellings.map((text) => erasedIdSql(quoteLiteral(text))).join(", ")}] as ids`,
      );
      expect(erasedRow?.ids).toEqual(erasedIds.map((id) => id ?? null));
      for (const [i, id] of ids.entries()) expect(id === undefined ? undefined : erasedIdOf(id)).toBe(erasedIds[i]);
      const id = erasedIds.find((candidate) => candidate !== undefined);
      if (id === undefined) return;
      const count = erasedIds.filter((candidate) => candidate === id).length;

      const path = await parquetOf(spellings);
      const rows = duckDbParquetRows(engine);
      expect((await rows.search([path], id)).get(path)?.customers).toBe(count);
      await rows.writeWithout(path, `${path}.rest`, id);
      const rest = await engine.query(`select customer_id from read_parquet('${path}.rest')`);
      // Readers of Parquet drop byte order marks.
      const others = spellings.filter((_, i) => erasedIds[i] !== id).map((text) => text.replaceAll("\ufeff", ""));
      expect(rest.map((left) => String(left.customer_id).replaceAll("\ufeff", ""))).toEqual(others);

      const erased = { salt: "5a17", digests: [customerDigest("5a17", id)] };
      const left = await leaveOutErased({ path, erased, scratchDirectory: root, threads: 1 });
      expect(left.get("a.csv")).toEqual({ rows: count, erasureIds: [customerDigest("5a17", id).slice(0, 16)] });

      const isCustomer = customerRecords("customer_id,email\n", id) as (record: string) => boolean;
      expect(spellings.filter((text) => isCustomer(`${csvCell(text)},a@b.cd\n`)).length).toBe(count);
      const json = JSON.stringify({ rows: spellings.map((text) => ({ customer_id: text })) });
      expect(JSON.parse(pruneJson(json, id) as string).rows.length).toBe(spellings.length - count);

      const contacts = join(root, "contacts.csv");
      writeFileSync(
        contacts,
        `customer_id,email\n${spellings.map((text, i) => `${csvCell(text)},a${i}@b.cd\n`).join("")}`,
      );
      const known = ids.find((candidate) => candidate !== undefined) as string;
      const spelled = ids.filter((candidate) => candidate === known).length;
      expect((await readContacts(contacts)).byCustomer.get(known)?.emails).toHaveLength(spelled);
    });
    await fc.assert(property, { numRuns: effort(25, 400) });
  });
});

describe("a customer beside one whose id is the same but for `.0`", () => {
  it("is erased alone", async () => {
    const directory = join(root, "lake");
    const others = "A1.0,9001,2024-02-11,P1,3,9.50\nA1.0,9002,2024-03-11,P1,2,9.50\n";
    const file = writeText(
      join(root, "shop.csv"),
      `${shopCsv({ seed: 1, customers: 30, lines: 120 })}A1,9000,2024-02-10,P1,1,5.00\n${others}`,
    );
    const run = async (files: string[]): Promise<string> => {
      const lake = await openLocalLake({ lakeDirectory: directory, threads: 1 });
      try {
        const { store, summary } = await lake.run({ files, config: parseConfig(QUICK) });
        return Buffer.from(await store.read(summary.outputs.segmentsCsv as string)).toString();
      } finally {
        await lake.close();
      }
    };
    const of = (csv: string, id: string) =>
      csv.split("\n").flatMap((line) => (line.startsWith(`${id},`) ? [line.split(",").slice(0, 4).join(",")] : []));
    const before = await run([file]);
    expect([of(before, "A1").length, of(before, "A1.0").length]).toEqual([1, 1]);
    // As an erasure that was cut short has left it: the Parquet lacks a row that the CSV has, and the database is gone.
    const path = globSync(`${directory}/curated/**/segments/*.parquet`)[0] as string;
    await duckDbParquetRows(engine).writeWithout(path, `${path}.rest`, "A1.0");
    renameSync(`${path}.rest`, path);
    rmSync(join(directory, "postgres"), { recursive: true });
    const clock = { now: () => new Date() };
    const report = await eraseCustomer({ lakeDirectory: directory, customerId: " A1 ", waitMs: 0, clock });
    expect([report.proof.asCustomer, report.database.lostRuns]).toEqual([[], []]);
    expect(report.database.runs.length).toBe(1);
    const held = await engine.query(
      `select count(*) filter (where customer_id = 'A1') as erased, count(*) filter (where customer_id = 'A1.0') as other
       from read_parquet('${directory}/raw/*/rows/*.parquet')`,
    );
    expect([Number(held[0]?.erased), Number(held[0]?.other)]).toEqual([0, 2]);
    const after = await run([]);
    expect([of(after, "A1"), of(after, "A1.0")]).toEqual([[], of(before, "A1.0")]);
  });
});
