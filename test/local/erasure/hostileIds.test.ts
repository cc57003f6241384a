/* Erasing ids that formats write otherwise than they are, from every kind of file that a lake has; judged by values, not by texts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { erasedIdOf } from "../../../lib/domain/customerId.ts";
import { type DuckDbEngine, openDuckDbEngine } from "../../../lib/local/duckdb/index.ts";
import { quoteLiteral } from "../../../lib/local/duckdb/translate.ts";
import { erasureFiles } from "../../../lib/local/erasure/erasureFiles.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { eraseFromObjects } from "../../../lib/workflow/erasure/eraseFromObjects.ts";
import { searchObjects } from "../../../lib/workflow/erasure/searchObjects.ts";
import { effort } from "../../support/effort.ts";
import { tarOf } from "../../support/tar.ts";
import { zipOf } from "../../support/zip.ts";
import { csvOf, DELIVERED, EXAMPLES, isBeyondXml, OWN } from "./hostileDocuments.ts";
import { hostileId } from "./hostileIds.ts";

vi.setConfig({ testTimeout: effort(300_000, 1_200_000) });

const root = mkdtempSync(join(tmpdir(), "rfm-hostile-"));
let engine: DuckDbEngine;
beforeAll(async () => {
  engine = await openDuckDbEngine({ lakeDirectory: join(root, "none"), threads: 1, tempDirectory: join(root, "tmp") });
});
afterAll(() => {
  engine.close();
  rmSync(root, { recursive: true, force: true });
});

let lakes = 0;
function taskIn(customerId: string) {
  const store = openFolderStore(join(root, `lake-${lakes++}`));
  const scratch = {
    open: async () => mkdtempSync(join(root, "scratch-")),
    remove: async (directory: string) => rmSync(directory, { recursive: true, force: true }),
  };
  return { store, ...erasureFiles(engine), customerId, isSearched: () => true, scratch };
}

const text = async (store: ReturnType<typeof taskIn>["store"], key: string): Promise<string> =>
  Buffer.from(await store.read(key)).toString();

describe("an id that formats write otherwise than it is", () => {
  it("is taken out of every document of the lake's own, and nobody else is", async () => {
    const property = fc.asyncProperty(hostileId, async (id) => {
      const others = [`${id}x`, `x${id}`, "K0001", `${id} ${id}`];
      const task = taskIn(id);
      for (const [key, { write }] of Object.entries(OWN))
        await task.store.write(key, write([others[0] as string, id, ...others.slice(1)]));
      const rows = [...others, id].map((one) => `(${quoteLiteral(one)}, 1)`).join(", ");
      const parquet = "curated/run_id=r/attempt=a/features/part-00000";
      await engine.query(
        `copy (select * from (values ${rows}) t (customer_id, m)) to '${root}/rows.parquet' (format parquet)`,
      );
      await task.store.fromLocalFile(join(root, "rows.parquet"), parquet);
      // The proof knows each of them before.
      expect([...(await searchObjects(task)).asCustomer].sort()).toEqual([...Object.keys(OWN), parquet].sort());
      const trial = await eraseFromObjects({ ...task, isTrial: true });
      const done = await eraseFromObjects({ ...task, isTrial: false });
      expect([...done.rewritten].sort()).toEqual([...trial.rewritten].sort());
      for (const [key, { read }] of Object.entries(OWN)) expect(read(await text(task.store, key))).toEqual(others);
      const path = await task.store.toLocalFile(parquet, root);
      const left = await engine.query(`select customer_id from read_parquet('${path}')`);
      expect(left.map((row) => row.customer_id)).toEqual(others);
      expect((await searchObjects(task)).asCustomer).toEqual([]);
    });
    await fc.assert(property, { numRuns: effort(12, 300), examples: EXAMPLES });
  });

  it("is found in every file as delivered, by what erases and by what proves", async () => {
    const property = fc.asyncProperty(hostileId, async (id) => {
      const task = taskIn(id);
      for (const [name, write] of Object.entries(DELIVERED)) {
        if (name.endsWith(".xlsx") && isBeyondXml(id)) continue;
        await task.store.write(`incoming/${name}`, write(id));
      }
      // Marks alone are no word: they stand in files of all kinds, which then go rather than stay.
      const isWord = /[\p{L}\p{N}]/u.test(id);
      if (isWord) await task.store.write("incoming/nobody.csv", csvOf(["K0001", `${id}x`, `x${id}`]));
      const keys = (await task.store.list("incoming/")).map(({ key }) => key).filter((key) => !key.includes("nobody"));
      expect((await searchObjects(task)).asCustomer).toEqual(keys);
      const done = await eraseFromObjects({ ...task, isTrial: false });
      expect([...done.removed].sort()).toEqual(keys);
      expect(await searchObjects(task)).toMatchObject({ asCustomer: [], unreadable: [], elsewhere: {} });
    });
    await fc.assert(property, { numRuns: effort(12, 300), examples: EXAMPLES });
  });
});

describe("a file that cannot be looked into", () => {
  const csv = csvOf(Array.from({ length: 2_000 }, (_, i) => `K${i * 7_919}`));
  const tar = tarOf([{ name: "a.csv", content: csv }]);
  it.each<[string, Uint8Array]>([
    ["cut.csv.gz", gzipSync(csv).subarray(0, 3_000)],
    ["cut.csv.zst", zstdCompressSync(csv).subarray(0, 3_000)],
    ["cut.zip", zipOf([{ name: "a.csv", content: csv }]).subarray(0, 3_000)],
    ["locked.zip", zipOf([{ name: "a.csv", content: csv, isEncrypted: true }])],
    ["cut.tar.gz", gzipSync(tar).subarray(0, 3_000)],
    ["damaged.zip", zipOf([{ name: "a.csv.gz", content: gzipSync(csv).subarray(0, 2_000) }])],
    ["a.csv.bz2", Buffer.from("BZh91AY&SY")],
    ["cut.parquet", Buffer.from("PAR1nothing")],
  ])("is told, and neither ends nor stops the search: %s", async (name, bytes) => {
    const task = taskIn("K9Person");
    await task.store.write(`incoming/${name}`, bytes);
    await task.store.write("incoming/whole.csv", csvOf(["K9Person"]));
    expect(await searchObjects(task)).toMatchObject({
      unreadable: [`incoming/${name}`],
      asCustomer: ["incoming/whole.csv"],
    });
  });
});

describe("whom an erasure means", () => {
  it.each([
    ["Ann@X", "ann@x"],
    ["'041000", "041000"],
    ["41000", "41000"],
    ["41000.0", "41000"],
    ['="041000"', "041000"],
    ["\u200bK9\u00a0", "K9"],
    ["Zo\u0308e", "Zo\u0308e"],
    [" \u200b ", undefined],
  ])("by %j is %j", (text, id) => expect(erasedIdOf(text)).toBe(id));
});
