import { describe, expect, it } from "vitest";
import { count, day, flag, money, optional, real, text } from "../../lib/tables/contract.ts";
import { rowOf, selectList } from "../../lib/tables/rows.ts";

const TABLE = {
  columns: {
    id: text("an id"),
    orders: count("how many"),
    spent: money("how much"),
    bought: day("when"),
    distance: optional(real("how far")),
    is_new: flag("or not"),
  },
};

describe("rows of any engine", () => {
  it("come out as the contract types them, counts and decimals from text or bigint", () => {
    const row = { id: "007", orders: 12n, spent: "1234.5000", bought: "2024-02-29", distance: null, is_new: false };
    const same = { ...row, spent: 1234.5, orders: 12 };
    expect(rowOf(TABLE, row)).toEqual(same);
    expect(rowOf(TABLE, { ...row, orders: "12", more: 1 })).toEqual(same);
  });

  it("refuses a row whose query forgot a column", () => {
    expect(() => rowOf(TABLE, { id: "007" })).toThrow(/no column "orders"/);
  });

  it("asks for text where engines have objects of their own", () => {
    expect(selectList(TABLE.columns)).toBe(
      "id, orders, cast(spent as varchar) as spent, cast(bought as varchar) as bought, distance, is_new",
    );
  });
});
