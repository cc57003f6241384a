import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import type { Summary } from "../../lib/domain/run/summary.ts";
import { type LocalLake, openLocalLake } from "../../lib/local/run/runLocally.ts";
import { temporaryFolder } from "../support/lake.ts";
import { writeText } from "../support/shop.ts";
import { zipOf } from "../support/zip.ts";

const config = parseConfig({ clusters: { minK: 2, maxK: 3 } });
const folder = temporaryFolder();
const orders = join(folder, "orders");
let lake: LocalLake;

/** A part with the purchases of its own customers. */
function writePart(name: string, customers: readonly number[]): string {
  const lines = customers.map((id) => `${name}${id},K${id},2024-0${1 + (id % 6)}-10,${1 + (id % 5)},${5 + id}`);
  return writeText(join(orders, name), ["order_id,customer_id,date,quantity,price", ...lines, ""].join("\n"));
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

async function drop(files: readonly string[]): Promise<Summary> {
  return (await lake.run({ files, config })).summary;
}

beforeAll(async () => {
  writePart("a.csv", range(0, 20));
  writePart("b.csv", range(20, 40));
  writePart("deep/c.csv", range(40, 50));
  for (const name of ["_SUCCESS", ".hidden", "manifest.json"]) writeText(join(orders, name), "{}");
  writeText(join(orders, "empty.csv"), "");
  lake = await openLocalLake({ lakeDirectory: join(folder, "lake"), threads: 1 });
});

afterAll(async () => {
  await lake.close();
  rmSync(folder, { recursive: true, force: true });
});

it("a folder is dropped whole, and what is gone from it counts no longer", async () => {
  const first = await drop([orders]);
  expect(first.drop?.sources.map(({ source }) => source).sort()).toEqual([
    "orders/a.csv",
    "orders/b.csv",
    "orders/deep/c.csv",
  ]);
  expect(first.totals.customers).toBe(50);

  // b.csv's rows move into a file of another name, which is no copy of what goes; c.csv is gone.
  rmSync(join(orders, "b.csv"));
  rmSync(join(orders, "deep"), { recursive: true });
  writePart("b-2.csv", range(20, 40));
  const second = await drop([`${orders}/`]);
  expect(second.totals.customers).toBe(40);
  expect(second.history).toMatchObject({ sources: 2, rowsIn: 40 });
  expect(second.drop?.findings.map(({ message }) => message)).toContain(
    "2 parts of orders are gone from the folder: their 30 rows no longer count (b.csv, deep/c.csv).",
  );

  // A file by itself is another source, and takes nothing away.
  const third = await drop([
    writeText(join(folder, "extra.csv"), "order_id,customer_id,date,quantity,price\nx,K99,2024-05-05,1,9\n"),
  ]);
  expect(third.history.sources).toBe(3);
  expect(third.drop?.findings.filter(({ message }) => /gone/.test(message))).toEqual([]);
});

it("refuses a folder without files, and two of one name", async () => {
  const empty = join(folder, "empty");
  mkdirSync(empty);
  await expect(drop([empty])).rejects.toThrow(/is a folder without a file/);
  writeText(join(folder, "other/orders/z.csv"), "order_id,customer_id,date,quantity,price\n1,2,2024-01-01,1,1\n");
  await expect(drop([orders, join(folder, "other/orders")])).rejects.toThrow(/both called "orders"/);
});

it("an archive brings its members whole, whatever their formats", async () => {
  const line = (id: number) => ({ order: `Z${id}`, customer_id: `Z${id}`, date: "2024-03-01", quantity: 1, price: id });
  const csv = (ids: readonly number[]) =>
    ["order_id,customer_id,date,quantity,price", ...ids.map((id) => Object.values(line(id)).join(","))].join("\n");
  const json = { name: "b.jsonl", content: [3, 4].map((id) => JSON.stringify(line(id))).join("\n") };
  const archive = writeText(join(folder, "shop.zip"), zipOf([{ name: "a.csv", content: csv([1, 2]) }, json]));
  const first = await drop([archive]);
  expect(first.drop?.sources.map(({ source }) => source).sort()).toEqual(["shop.zip/a.csv", "shop.zip/b.jsonl"]);
  writeText(archive, zipOf([{ name: "a.csv", content: csv([1, 2, 5]) }]));
  const second = await drop([archive]);
  expect(second.totals.customers).toBe(first.totals.customers - 1);
  expect(second.drop?.findings.map(({ message }) => message).join()).toMatch(/1 part of shop\.zip is gone/);
});
