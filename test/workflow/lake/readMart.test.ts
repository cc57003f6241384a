import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { MARTS } from "../../../lib/tables/marts.ts";
import { tablePrefix } from "../../../lib/workflow/lake/layout.ts";
import { readMart } from "../../../lib/workflow/lake/readTable.ts";
import { tableToParquet } from "../../../lib/workflow/lake/writeTable.ts";

const folder = mkdtempSync(join(tmpdir(), "rfm-marts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a mart of a run", () => {
  const store = openFolderStore(folder);
  const cohorts = (customers: number) =>
    tableToParquet(MARTS.cohorts, {
      cohort_month: Int32Array.of(19_723),
      months_since_first: Int32Array.of(0),
      customers: BigInt64Array.of(BigInt(customers)),
    });

  it("is read where its statement unloads it, and where a release before had a statement for it alone", async () => {
    await store.write(`${tablePrefix("old/", "cohorts")}part-00000.parquet`, cohorts(3));
    await store.write(`${tablePrefix("new/", "cohorts", MARTS.cohorts.within)}part-00000.parquet`, cohorts(5));
    const customersOf = async (run: string) => (await readMart(store, "cohorts", run)).map((row) => row.customers);
    expect(await customersOf("old/")).toEqual([3]);
    expect(await customersOf("new/")).toEqual([5]);
    expect(await customersOf("none/")).toEqual([]);
  });
});
