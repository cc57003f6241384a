import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { IMPORT_STATEMENTS } from "../../../lib/aws/database/dataApiImport.ts";
import { openDataApiPredictions, PREDICTION_STATEMENTS } from "../../../lib/aws/database/dataApiPredictions.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { RowCountError, SegmentPartError } from "../../../lib/postgres/errors.ts";
import { recordedApi } from "../fakeDataApi.ts";

const KEY = "scoring/output/j/part-00000.csv";
const COLUMNS = ["customer_id", "segment"];

/** A table over a database that imports two rows of each object. */
async function tableOver({ isNew = true } = {}) {
  const folder = openFolderStore(await mkdtemp(join(tmpdir(), "predictions-")));
  const store = { ...folder, uri: "s3://lake" };
  await store.write(KEY, "customer_id,segment\na,Lost\nb,Lost\n");
  const api = recordedApi(({ sql }) => {
    if (sql === PREDICTION_STATEMENTS.part) return [{ isNew }];
    return sql === IMPORT_STATEMENTS.importPart ? [{ answer: "2 rows imported into relation" }] : [{}];
  });
  const table = openDataApiPredictions({ api, region: "eu-west-1" });
  return { api, load: (key = KEY, rows = 2) => table.loadPart("j", { store, key, columns: COLUMNS, rows }) };
}

describe("predictions over the Data API", () => {
  it("lets PostgreSQL fetch a part that is noted in the same transaction", async () => {
    const { api, load } = await tableOver();
    await load();
    expect(api.calls.map(({ sql }) => sql)).toEqual([PREDICTION_STATEMENTS.part, IMPORT_STATEMENTS.importPart]);
    expect(api.calls[0]?.parameters).toEqual({ jobId: "j", part: KEY, rows: 2 });
    expect(api.calls[1]?.parameters).toMatchObject({
      tableName: "rfm.loaded_predictions",
      columnList: "customer_id,segment",
      copyOptions: "(format csv, header match, encoding 'UTF8', force_not_null (customer_id))",
      ...{ bucket: "lake", key: KEY },
    });
    expect(new Set(api.calls.map(({ options }) => options.transactionId)).size).toBe(1);
    expect(api.ended).toEqual(["committed"]);
  });

  it("does not import a part twice", async () => {
    const { api, load } = await tableOver({ isNew: false });
    await load();
    expect(api.calls.map(({ sql }) => sql)).toEqual([PREDICTION_STATEMENTS.part]);
  });

  it("takes a part back that is missing rows, and names one that is missing", async () => {
    const { api, load } = await tableOver();
    await expect(load(KEY, 3)).rejects.toThrow(RowCountError);
    await expect(load("scoring/output/j/other.csv")).rejects.toThrow(SegmentPartError);
    expect(api.ended).toEqual(["rolled back"]);
  });
});
