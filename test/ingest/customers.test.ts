import { afterAll, describe, expect, it } from "vitest";
import { columnOf, openWorkbench } from "./helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

/** The customers of a tab-separated file of these ids. */
async function customersOf(ids: readonly string[]): Promise<(string | null | undefined)[]> {
  const lines = ids.map((id, i) => `${id}\tA${i}\t2024-01-31\t5`);
  const { rows } = await bench.drop(`customer\torder\tdate\tamount\n${lines.join("\n")}\n`);
  return columnOf(rows, "customer_id");
}

describe("one customer, however the id is spelled", () => {
  it.each([
    ["an apostrophe for the spreadsheet", "'041000", "041000"],
    ["a formula for the spreadsheet", '"=""041000"""', "041000"],
    ["zero-width and no-break blanks", "\u200b041000\u00a0", "041000"],
    ["full-width digits", "０４１０００", "041000"],
    ["Arabic digits", "٠٤١٠٠٠", "041000"],
    ["capitals of an e-mail address", "Ann@Example.TEST", "ann@example.test"],
  ])("%s", async (_name, spelled, id) => {
    expect(await customersOf([id, spelled, "C7"])).toEqual([id, id, "C7"]);
  });

  it("but case tells other ids apart, and an apostrophe of a name stays", async () => {
    expect(await customersOf(["ab1", "AB1", "'t Hooft"])).toEqual(["ab1", "AB1", "'t Hooft"]);
  });

  it("is refused where a spreadsheet has cut the ids, with lines", async () => {
    const cut = customersOf(["1.23457E+11", "C1", "9.1987E+11"]);
    await expect(cut).rejects.toMatchObject({ code: "CUT_IDS" });
    await expect(cut).rejects.toThrow(/column "customer".*"1\.23457E\+11" in line 2, "9\.1987E\+11" in line 4/);
  });
});

describe("no customer", () => {
  it.each(["NULL", "nan", "N/A", "#N/A", "\\N", "(null)", "undefined", "None", "Guest", "Gast", "ゲスト"])(
    "%s",
    async (word) => {
      expect(await customersOf(["C1", word, "C2"])).toEqual(["C1", null, "C2"]);
    },
  );

  it("0 where all others have letters, or by far the largest; else it is one", async () => {
    expect(await customersOf(["C1", "0", "C2"])).toEqual(["C1", null, "C2"]);
    expect(await customersOf(["11", "0", "0", "12", "0", "13"])).toEqual(["11", null, null, "12", null, "13"]);
    expect(await customersOf(["11", "0", "12", "12"])).toEqual(["11", "0", "12", "12"]);
  });

  it("is the e-mail address where one stands beside a missing id, and the report says so", async () => {
    const { rows, file } = await bench.drop(
      "order,customer_id,email,date,amount\nA1,C1,c1@x.test,2024-01-31,5\nA2,,Guest@x.test,2024-01-31,5\nA3,NULL,guest@x.test,2024-01-31,6\n",
    );
    expect(columnOf(rows, "customer_id")).toEqual(["C1", "guest@x.test", "guest@x.test"]);
    expect(file.notes.join(" ")).toContain(
      'rows that name no customer: "null" 1. Column "email" names the customer there.',
    );
  });
});
