import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dateOfDayNumber } from "../../../lib/domain/dates.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import type { ObjectStore } from "../../../lib/ports.ts";
import { countRows, readColumns, readRows } from "../../../lib/workflow/lake/parquet.ts";

let lake: string;
let store: ObjectStore;

/** Files as the engines write them, snappy pages and several row groups among them. */
beforeAll(async () => {
  lake = await mkdtemp(join(tmpdir(), "parquet-"));
  store = openFolderStore(lake);
  await store.write("marts/readme.txt", "this is no Parquet but long enough");
  await store.write("marts/_marker", "");
  await store.write("large/.keep", "");
  await store.write("groups/.keep", "");
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  const copy = (query: string, key: string, options: string): Promise<unknown> =>
    connection.run(`COPY (${query}) TO '${join(lake, key)}' (FORMAT parquet${options})`);
  const typed = `select 9007199254740991::bigint as big, 7::integer as small, 12.3400::decimal(18, 4) as money, 'ä🛒' as name,
    date '2011-12-10' as day, true as flag, 1.5::double as ratio, null::varchar as nothing,
    date '1969-12-31' as before_epoch, (-0.0001)::decimal(18, 4) as debt`;
  await copy(typed, "marts/part-00000", ", COMPRESSION snappy");
  await copy("select 1::integer as small where false", "marts/part-00001", ", COMPRESSION snappy");
  await copy("select 8::integer as small", "marts/part-00002.parquet", ", COMPRESSION uncompressed");
  const many = (rows: number): string =>
    `select 'c' || i as customer_id, i::bigint as n, (i % 7)::integer as r, hash(i)::double as noise from range(${rows}) t(i)`;
  await copy(many(10_000), "groups/part.parquet", ", COMPRESSION snappy, ROW_GROUP_SIZE 2048");
  await copy(many(700_000), "large/part.parquet", ", COMPRESSION uncompressed, ROW_GROUP_SIZE 122880");
  connection.closeSync();
});
afterAll(() => rm(lake, { recursive: true, force: true }));

describe("readRows", () => {
  it("reads every type that a mart has as a plain value, and skips what is no Parquet", async () => {
    const rows = await readRows(store, "marts/");
    expect(rows).toEqual([
      {
        big: Number.MAX_SAFE_INTEGER,
        small: 7,
        money: 12.34,
        name: "ä🛒",
        day: "2011-12-10",
        flag: true,
        ratio: 1.5,
        nothing: null,
        before_epoch: "1969-12-31",
        debt: -0.0001,
      },
      { small: 8 },
    ]);
  });

  it("gives nothing for a prefix without objects", async () => expect(await readRows(store, "nowhere/")).toEqual([]));

  it("says that a damaged file is damaged", async () => {
    const whole = await store.read("groups/part.parquet");
    await store.write("damaged/part", whole.subarray(0, whole.length - 100));
    await expect(readRows(store, "damaged/")).rejects.toThrow(/parquet/i);
  });
});

describe("countRows", () => {
  it("counts rows per object in key order, leaving empty ones out", async () => {
    expect(await countRows(store, "marts/")).toEqual([
      { key: "marts/part-00000", rows: 1 },
      { key: "marts/part-00002.parquet", rows: 1 },
    ]);
    expect(await countRows(store, "groups/")).toEqual([{ key: "groups/part.parquet", rows: 10_000 }]);
  });
});

describe("readColumns", () => {
  it.each([
    [0, 10_000],
    [0, 1],
    [2_047, 2_049],
    [2_048, 4_096],
    [9_999, 10_000],
    [1_234, 8_765],
  ])("reads rows [%d, %d) over whatever row groups they lie in", async (start, end) => {
    const columns = await readColumns(store, { key: "groups/part.parquet", start, end }, ["customer_id", "n"]);
    const expected = Array.from({ length: end - start }, (_, i) => start + i);
    expect([...columns.keys()]).toEqual(["customer_id", "n"]);
    expect(Array.from(columns.get("customer_id") as ArrayLike<unknown>)).toEqual(expected.map((i) => `c${i}`));
    expect(Array.from(columns.get("n") as ArrayLike<unknown>, Number)).toEqual(expected);
  });

  it("reads a stretch of an object too large to fetch whole, and fetches only a part of it", async () => {
    let fetched = 0;
    const counting: ObjectStore = {
      ...store,
      read: async (key, range) => {
        const bytes = await store.read(key, range);
        fetched += bytes.byteLength;
        return bytes;
      },
    };
    const { bytes } = (await store.head("large/part.parquet")) as { bytes: number };
    expect(bytes).toBeGreaterThan(8 * 1024 * 1024);
    const range = { key: "large/part.parquet", start: 400_000, end: 400_010 };
    const columns = await readColumns(counting, range, ["r", "n"]);
    expect(Array.from(columns.get("n") as ArrayLike<unknown>, Number)).toEqual(
      Array.from({ length: 10 }, (_, i) => 400_000 + i),
    );
    expect(Array.from(columns.get("r") as ArrayLike<unknown>, Number)).toEqual(
      [6, 0, 1, 2, 3, 4, 5, 6, 0, 1].map((_, i) => (400_000 + i) % 7),
    );
    expect(fetched).toBeLessThan(bytes / 2);
  });

  it("names a column or an object that is not there", async () => {
    const range = { key: "groups/part.parquet", start: 0, end: 10 };
    await expect(readColumns(store, range, ["n", "nonsense"])).rejects.toThrow(/nonsense/);
    await expect(readColumns(store, { ...range, key: "gone" }, ["n"])).rejects.toThrow(/gone/);
  });
});

describe("dateOfDayNumber", () => {
  it.each([
    [0, "1970-01-01"],
    [-1, "1969-12-31"],
    [15_318, "2011-12-10"],
    [19_782, "2024-02-29"],
  ])("writes day %d as %s", (days, date) => expect(dateOfDayNumber(days)).toBe(date));
});
