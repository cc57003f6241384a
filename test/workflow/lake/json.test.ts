import { rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { changeJson, readJson, writeJson } from "../../../lib/workflow/lake/json.ts";
import { temporaryFolder } from "../../support/lake.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = openFolderStore(folder);

describe("changes of one document", () => {
  it("are none of them lost when many are made at once", async () => {
    const changes = Array.from({ length: 8 }, (_, i) =>
      changeJson<number[], null>(store, "many.json", null, (before) => [...(before ?? []), i], 100),
    );
    await Promise.all(changes);
    expect((await readJson<number[]>(store, "many.json")).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("write nothing where the document stays as it is, or is not there and stays so", async () => {
    const none = { of: "none" };
    expect(await changeJson(store, "absent.json", none, (before) => before)).toBe(none);
    expect(await store.head("absent.json")).toBeUndefined();
    await writeJson(store, "same.json", [1]);
    const { etag } = (await store.head("same.json")) ?? {};
    await changeJson(store, "same.json", none, (before) => before);
    expect((await store.head("same.json"))?.etag).toBe(etag);
  });

  it("fail as a collision where somebody else is quicker each time", async () => {
    let quicker = 0;
    const busy = {
      ...store,
      write: async (...call: Parameters<typeof store.write>) => {
        await store.write("busy.json", `[${quicker++}]`);
        return store.write(...call);
      },
    };
    await store.write("busy.json", "[0]");
    const change = changeJson<number[], undefined>(busy, "busy.json", undefined, (before) => [...(before ?? []), 1], 3);
    await expect(change).rejects.toMatchObject({ code: "OBJECT_CHANGED" });
    expect(quicker).toBe(3);
  });
});
