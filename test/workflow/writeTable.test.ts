import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { count, day, flag, money, optional, real, text, whole } from "../../lib/tables/contract.ts";
import { parquetSchema, storedValue, tableToParquet } from "../../lib/workflow/lake/writeTable.ts";

const TABLE = {
  grain: "row",
  columns: {
    id: text("an id"),
    orders: count("many"),
    score: whole("few"),
    spent: optional(money("money")),
    bought: day("a day"),
    distance: real("a distance"),
    is_new: flag("or not"),
  },
};
const VALUES = [
  ["ä", 9_007_199_254_740_991, 5, "-12.5", "1969-12-31", 0.1, true],
  ["", 0, -1, null, "2024-02-29", -0, false],
] as const;

describe("the Parquet of a contract", () => {
  it("gives back the values of its columns, in their types", async () => {
    const columns = Object.values(TABLE.columns);
    const at = (i: number) => VALUES.map((row) => storedValue(columns[i] as (typeof columns)[number], row[i] ?? null));
    const names = Object.keys(TABLE.columns) as (keyof typeof TABLE.columns)[];
    const data = Object.fromEntries(names.map((name, i) => [name, at(i)])) as Record<(typeof names)[number], unknown[]>;
    const bytes = tableToParquet(TABLE, data as Parameters<typeof tableToParquet<typeof TABLE.columns>>[1]);
    const rows = await parquetReadObjects({ file: bytes.buffer as ArrayBuffer });
    expect(rows).toEqual([
      {
        id: "ä",
        orders: 9_007_199_254_740_991n,
        score: 5,
        spent: -12.5,
        bought: new Date("1969-12-31"),
        distance: 0.1,
        is_new: true,
      },
      { id: "", orders: 0n, score: -1, spent: null, bought: new Date("2024-02-29"), distance: -0, is_new: false },
    ]);
  });

  it("says which cells may be missing", () => {
    const [root, ...columns] = parquetSchema(TABLE.columns);
    expect(root?.num_children).toBe(7);
    const missing = columns.filter(({ repetition_type }) => repetition_type === "OPTIONAL").map(({ name }) => name);
    expect(missing).toEqual(["spent"]);
  });
});
