import { afterAll, describe, expect, it } from "vitest";
import { workbookOf } from "../support/workbook.ts";
import { openWorkbench } from "./helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

describe("a workbook", () => {
  it.each([
    ["column", 1, 16_384],
    ["row", 1_048_576, 0],
  ])("with a cell beyond the last %s is refused", async (_, row, column) => {
    const rows: (string | null)[][] = [["customer", "date", "amount"]];
    rows[row] = [...new Array<null>(column).fill(null), "x"];
    await expect(bench.drop(workbookOf([{ name: "S", rows }]))).rejects.toThrow(/beyond XFD1048576/);
  });

  it("whose XML is not well-formed is refused, with what to do", async () => {
    const rows = [
      ["customer", "date", "amount"],
      ["c", "2024-01-03", { raw: "5</v></c><c>" }],
    ];
    await expect(bench.drop(workbookOf([{ name: "S", rows }]))).rejects.toThrow(/not well-formed.*save it again/);
  });
});
