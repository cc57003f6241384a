import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  InvalidKeyError,
  ObjectChangedError,
  ObjectExistsError,
  ObjectNotFoundError,
} from "../lib/domain/storeErrors.ts";
import type { ObjectStore } from "../lib/ports.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const scratch = (): Promise<string> => mkdtemp(join(tmpdir(), "rfm-store-"));

/** Keys that URLs, headers, XML and shells each read in their own way. */
export const AWKWARD_KEYS = [
  "plain.csv",
  "with space.csv",
  "plus+and%20percent.csv",
  "umlaut äöü ß.csv",
  "日本語/ファイル.parquet",
  "emoji 🛒.csv",
  "quotes ' \" `.csv",
  "semi;colon,comma&amp;and<tag>.csv",
  "hash#question?equals=at@dollar$.csv",
  "brackets[0](1){2}.csv",
  "run_id=2011-12-10-abc/attempt=x/part-00000.csv",
  "~tilde*star!bang|pipe^caret.csv",
];

/** What every ObjectStore must do. `open` gives an empty one. */
export function describeStoreContract(name: string, open: () => Promise<ObjectStore>): void {
  describe(`${name} as an ObjectStore`, () => {
    it("gives back what was written, with its size", async () => {
      const store = await open();
      const info = await store.write("a/b.txt", "Grüße");
      expect(info).toMatchObject({ key: "a/b.txt", bytes: 7 });
      expect(text(await store.read("a/b.txt"))).toBe("Grüße");
      expect(await store.head("a/b.txt")).toEqual(info);
    });

    it("holds empty objects and binary ones", async () => {
      const store = await open();
      await store.write("empty", new Uint8Array());
      const bytes = Uint8Array.from({ length: 1_000 }, (_, i) => i % 256);
      await store.write("binary", bytes);
      expect(await store.read("empty")).toHaveLength(0);
      expect([...(await store.read("binary"))]).toEqual([...bytes]);
    });

    it("writes a view of a buffer, not the buffer behind it", async () => {
      const store = await open();
      await store.write("view", new TextEncoder().encode("xxhelloxx").subarray(2, 7));
      expect(text(await store.read("view"))).toBe("hello");
    });

    it.each(AWKWARD_KEYS)("keeps the key %s through write, list, read, head, copy and remove", async (key) => {
      const store = await open();
      await store.write(`zone/${key}`, "content");
      expect((await store.list("zone/")).map((object) => object.key)).toEqual([`zone/${key}`]);
      await store.copy(`zone/${key}`, `copy of/${key}`);
      expect(text(await store.read(`copy of/${key}`))).toBe("content");
      expect((await store.head(`zone/${key}`))?.bytes).toBe(7);
      await store.remove([`zone/${key}`]);
      expect(await store.head(`zone/${key}`)).toBeUndefined();
    });

    it("lists by prefix, not by folder, in the order of UTF-8 bytes", async () => {
      const store = await open();
      const keys = ["p/b", "p/a", "p/ab/c", "p/a.b", "p/Z", "p/ä", "p/\u{1F6D2}", "p/\uFF5E", "pa", "q/x"];
      for (const key of keys) await store.write(key, "x");
      expect((await store.list("p/")).map(({ key }) => key)).toEqual([
        "p/Z",
        "p/a",
        "p/a.b",
        "p/ab/c",
        "p/b",
        "p/ä",
        "p/\uFF5E",
        "p/\u{1F6D2}",
      ]);
      expect((await store.list("p/a")).map(({ key }) => key)).toEqual(["p/a", "p/a.b", "p/ab/c"]);
      expect((await store.list("")).length).toBe(keys.length);
      expect(await store.list("nothing/")).toEqual([]);
    });

    it("reads ranges, cut off at the end of the object", async () => {
      const store = await open();
      await store.write("digits", "0123456789");
      const range = async (start: number, end: number) => text(await store.read("digits", { start, end }));
      expect(await range(0, 1)).toBe("0");
      expect(await range(3, 7)).toBe("3456");
      expect(await range(8, 100)).toBe("89");
      expect(await range(4, 4)).toBe("");
      expect(await range(10, 20)).toBe("");
      await expect(store.read("missing", { start: 0, end: 0 })).rejects.toThrow(ObjectNotFoundError);
    });

    it("says what is missing", async () => {
      const store = await open();
      expect(await store.head("missing")).toBeUndefined();
      await expect(store.read("missing")).rejects.toThrow(ObjectNotFoundError);
      await expect(store.read("missing", { start: 0, end: 5 })).rejects.toThrow(ObjectNotFoundError);
      await expect(store.copy("missing", "b")).rejects.toThrow(ObjectNotFoundError);
      await expect(store.toLocalFile("missing", await scratch())).rejects.toThrow(ObjectNotFoundError);
      await expect(store.remove(["missing"])).resolves.toBeUndefined();
    });

    it("replaces an object and changes its etag with the content", async () => {
      const store = await open();
      const first = await store.write("a", "one");
      const second = await store.write("a", "two");
      expect(text(await store.read("a"))).toBe("two");
      expect(second.etag).not.toBe(first.etag);
    });

    it("writes if absent once", async () => {
      const store = await open();
      await store.write("once", "first", { ifAbsent: true });
      await expect(store.write("once", "second", { ifAbsent: true })).rejects.toThrow(ObjectExistsError);
      expect(text(await store.read("once"))).toBe("first");
    });

    it("lets one of many writers of an absent key win", async () => {
      const store = await open();
      const writers = Array.from({ length: 8 }, (_, i) => store.write("race", `writer ${i}`, { ifAbsent: true }));
      const outcomes = await Promise.allSettled(writers);
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const outcome of outcomes)
        if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(ObjectExistsError);
      const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
      expect(text(await store.read("race"))).toBe(`writer ${winner}`);
    });

    it("writes if unchanged, and only then", async () => {
      const store = await open();
      const first = await store.write("aliases", "v1");
      const second = await store.write("aliases", "v2", { ifMatch: first.etag });
      await expect(store.write("aliases", "v3", { ifMatch: first.etag })).rejects.toThrow(ObjectChangedError);
      await store.write("aliases", "v4", { ifMatch: second.etag });
      expect(text(await store.read("aliases"))).toBe("v4");
      await expect(store.write("gone", "v1", { ifMatch: first.etag })).rejects.toThrow(ObjectChangedError);
    });

    it("copies without tying the copy to the original", async () => {
      const store = await open();
      await store.write("a", "one");
      await store.copy("a", "b");
      await store.write("a", "two");
      await store.remove(["a"]);
      expect(text(await store.read("b"))).toBe("one");
    });

    it("brings objects to local files that end like their keys, and back", async () => {
      const store = await open();
      const directory = await scratch();
      await store.write("in/a/orders 2011.csv.gz", "payload a");
      await store.write("in/b/orders 2011.csv.gz", "payload b");
      const paths = await Promise.all(
        ["a", "b"].map((folder) => store.toLocalFile(`in/${folder}/orders 2011.csv.gz`, directory)),
      );
      expect(new Set(paths).size).toBe(2);
      for (const path of paths) expect(path).toMatch(/\.csv\.gz$/);
      expect(await readFile(paths[1] as string, "utf8")).toBe("payload b");
      const local = join(directory, "out.parquet");
      await writeFile(local, "rows");
      const info = await store.fromLocalFile(local, "raw/out.parquet", { contentType: "application/octet-stream" });
      expect(info).toMatchObject({ key: "raw/out.parquet", bytes: 4 });
      expect(text(await store.read("raw/out.parquet"))).toBe("rows");
    });

    it("removes many objects and leaves the others", async () => {
      const store = await open();
      const keys = Array.from({ length: 30 }, (_, i) => `many/${i}`);
      await Promise.all([...keys, "keep"].map((key) => store.write(key, "x")));
      await store.remove(keys);
      await store.remove([]);
      expect((await store.list("")).map(({ key }) => key)).toEqual(["keep"]);
    });

    it.each(["", "/absolute", "up/../../etc/passwd", "back\\slash", "nul\u0000", "line\nbreak"])(
      "refuses the key %j everywhere",
      async (key) => {
        const store = await open();
        await expect((async () => store.write(key, "x"))()).rejects.toThrow(InvalidKeyError);
        await expect((async () => store.read(key))()).rejects.toThrow(InvalidKeyError);
        await expect((async () => store.copy("a", key))()).rejects.toThrow();
      },
    );

    it("has an address for SQL", async () => {
      expect((await open()).uri).toMatch(/^s3:\/\/[a-z0-9][a-z0-9.-]+$/);
    });
  });
}
