import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { StatementParameters } from "../../lib/workflow/sql/parameters.ts";
import { createTestLake, P2, type TestLake } from "../golden/onlineRetail.ts";
import { rawRow, writeRawRows } from "./rawRows.ts";

let lake: TestLake;
let day = 0;

beforeAll(async () => {
  lake = await createTestLake();
});
afterAll(() => lake.remove());
beforeEach(async () => {
  await lake.engine.query("delete from transactions");
  await lake.engine.query("delete from ingests");
});

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Drops a line of each source as one ingest; gives the parts that are gone. */
async function drop(sources: readonly string[], folders: readonly string[] = []): Promise<unknown[]> {
  day++;
  const ingest_id = `i${day}`;
  const moment = new Date(Date.UTC(2024, 0, 1) + day * 86_400_000).toISOString().replace("T", " ").slice(0, 19);
  const parameters: StatementParameters = { ...P2, ingest_id, as_of: moment, committed_at: moment };
  await writeRawRows(
    lake,
    ingest_id,
    sources.map((source) => rawRow({ source })),
  );
  if (folders.length > 0) {
    const folder = `${lake.directory}/raw/ingest_id=${ingest_id}/folders`;
    mkdirSync(folder, { recursive: true });
    const values = folders.map((prefix) => `(${quoted(prefix)})`).join(", ");
    await lake.engine.query(`copy (from (values ${values}) t(prefix)) to '${folder}/part-00000.parquet'`);
  }
  await lake.run("ingest/clean_transactions", parameters);
  const gone = await lake.unload("ingest/gone_parts", ingest_id, "gone_parts", parameters);
  for (const _ of ["committed", "committed again"]) await lake.run("ingest/commit_ingest", parameters);
  return gone.map((row) => row.source);
}

async function live(): Promise<unknown[]> {
  const parameters = { ...P2, as_of: "2030-01-01 00:00:00" };
  return (await lake.unload("ingest/describe_history", `live${++day}`, "history", parameters)).map((row) => row.source);
}

it("takes out of the history what a folder does not bring any more, in the drop's own commit", async () => {
  expect(await drop(["f/a.csv", "f/b.csv", "f/deep/c.csv"], ["f/"])).toEqual([]);
  expect(await drop(["f/a.csv", "f/d.csv"], ["f/"])).toEqual(["f/b.csv", "f/deep/c.csv"]);
  expect(await live()).toEqual(["f/a.csv", "f/d.csv"]);
  const moments = await lake.engine.query(
    "select distinct committed_at from ingests where source = 'f/b.csv' and is_removed",
  );
  expect(moments).toEqual(await lake.engine.query("select committed_at from ingests where source = 'f/d.csv'"));
});

it("takes a gone part back when it is dropped again", async () => {
  await drop(["f/a.csv", "f/b.csv"], ["f/"]);
  await drop(["f/a.csv"], ["f/"]);
  expect(await drop(["f/a.csv", "f/b.csv"], ["f/"])).toEqual([]);
  expect(await live()).toEqual(["f/a.csv", "f/b.csv"]);
});

it("touches nothing else: no other folder, no file beside it, none of a name that merely begins alike", async () => {
  const others = ["f.csv", "ff/a.csv", "g/f/a.csv", "F/a.csv"];
  await drop(others);
  await drop(["f/a.csv", "f/b.csv"], ["f/"]);
  expect(await drop(["f/a.csv"], ["f/"])).toEqual(["f/b.csv"]);
  expect(await live()).toEqual([...others, "f/a.csv"].sort());
});

it("retires nothing when single files are dropped, wherever they lie", async () => {
  await drop(["f/a.csv", "f/b.csv"], ["f/"]);
  expect(await drop(["f/a.csv"])).toEqual([]);
  expect(await drop(["x.csv"])).toEqual([]);
  expect(await live()).toEqual(["f/a.csv", "f/b.csv", "x.csv"]);
});

it("reads names as they are, and several folders of one drop each by itself", async () => {
  const folders = ["it's 100%_/", "f.*/"];
  await drop(["it's 100%_/a.csv", "it's 100%_/b.csv", "f.*/a.csv", "fab/a.csv", "it's 100xx/a.csv"], folders);
  expect(await drop(["it's 100%_/a.csv"], folders)).toEqual(["f.*/a.csv", "it's 100%_/b.csv"]);
  expect(await live()).toEqual(["fab/a.csv", "it's 100%_/a.csv", "it's 100xx/a.csv"]);
});
