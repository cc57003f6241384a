import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import type { SegmentationError } from "../../lib/domain/errors.ts";
import type { Summary } from "../../lib/domain/run/summary.ts";
import { MissingColumnsError, UnsupportedFormatError } from "../../lib/ingest/errors.ts";
import { inspect } from "../../lib/library/inspect.ts";
import { type LocalLake, openLocalLake } from "../../lib/local/run/runLocally.ts";
import { temporaryFolder } from "../support/lake.ts";
import { writeText } from "../support/shop.ts";
import { zipOf } from "../support/zip.ts";

const config = parseConfig({ clusters: { minK: 2, maxK: 3 } });
const folder = temporaryFolder();
const orders = join(folder, "orders");
let lake: LocalLake;

const writePartOf = (into: string, name: string): string =>
  writeText(join(into, name), "order_id,customer_id,date,quantity,price\n1,G1,2024-05-05,1,9\n2,G2,2024-05-15,1,9\n");

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

it("names all files of a folder that cannot be read, a line each, and counts those beyond 20", async () => {
  const bad = join(folder, "bad");
  writePartOf(bad, "good.csv");
  writeText(join(bad, "a.zip"), "PK\u0003\u0004 cut off");
  writeText(join(bad, "b.pdf"), "%PDF-1.4 something");
  for (const name of ["c.csv", "d.csv"]) writeText(join(bad, name), "x,y\nfoo,bar\n");
  const refused = async (): Promise<string[]> => {
    const error = (await drop([bad]).catch((thrown: unknown) => thrown)) as SegmentationError;
    expect(error.code).toBe("UNREADABLE_FILES");
    return error.message.split("\n");
  };
  const [heading, ...lines] = await refused();
  expect(heading).toBe("4 files cannot be read, so nothing was taken:");
  expect(lines.map((line) => line.slice(0, 16))).toEqual([
    "  - bad/a.zip is",
    "  - bad/b.pdf is",
    "  - bad/c.csv: n",
    "  - bad/d.csv: a",
    "Mend these files",
  ]);
  await expect(inspect([bad])).rejects.toThrow(/^2 files cannot be read/);

  // One question of several files is asked as it is, with their names.
  const alike = join(folder, "alike");
  for (const name of ["c.csv", "d.csv"]) writeText(join(alike, name), "x,y\nfoo,bar\n");
  await expect(drop([alike])).rejects.toThrow(MissingColumnsError);
  await expect(drop([alike])).rejects.toThrow(/^alike\/c\.csv: .*\nThe same of .* columns: alike\/d\.csv\.$/);

  for (let i = 0; i < 30; i++) writeText(join(bad, `p${i}.pdf`), "%PDF-1.4 something");
  const many = await refused();
  expect(many[0]).toBe("34 files cannot be read, so nothing was taken:");
  expect(many).toHaveLength(1 + 20 + 1 + 1);
  expect(many[21]).toBe("  - and 14 more files.");

  // One alone is refused as when it is dropped by itself.
  const one = writeText(join(folder, "one/b.pdf"), "%PDF-1.4 something");
  writePartOf(join(folder, "one"), "good.csv");
  await expect(drop([join(folder, "one")])).rejects.toThrow(UnsupportedFormatError);
  rmSync(one);
  expect((await inspect([join(folder, "one")])).files.map(({ source }) => source)).toEqual(["one/good.csv"]);
});
