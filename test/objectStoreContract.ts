import { Buffer } from "node:buffer";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ObjectChangedError, ObjectExistsError, ObjectNotFoundError } from "../lib/domain/storeErrors.ts";
import type { ObjectStore } from "../lib/ports.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const keysOf = (objects: readonly { readonly key: string }[]): string[] => objects.map((object) => object.key);

/** Keys that a bucket and a folder must tell apart and give back as they are. */
const SPECIAL_KEYS = [
  "special/with space",
  "special/plus+plus",
  "special/%41",
  "special/A",
  "special/a",
  "special/quote'quote\"",
  "special/amp&lt<gt>",
  "special/hash#question?",
  "special/run_id=2011-12-10/part-00000.parquet",
  "special/.hidden",
  "special/..dots..",
  "special/-rf",
  "special/~tilde*star",
  "special/umlaut-ä",
  "special/umlaut-a\u0308",
  "special/日本語",
  "special/\u{1f6d2}",
  "special/\uff5e",
];

/**
 * What every ObjectStore must do, whatever it is made of. Call it at the top level of a test file.
 * @param makeStore gives an empty store; called once per group of tests.
 */
export function objectStoreContract(name: string, makeStore: () => Promise<ObjectStore>): void {
  describe(`${name} as an object store`, () => {
    let store: ObjectStore;
    let scratch: string;
    beforeAll(async () => {
      store = await makeStore();
      scratch = await mkdtemp(join(tmpdir(), "store-contract-"));
    });
    afterAll(() => rm(scratch, { recursive: true, force: true }));

    describe("objects", () => {
      it("gives back what was written, text and bytes", async () => {
        const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
        const written = await store.write("objects/bytes.bin", bytes);
        expect(written).toMatchObject({ key: "objects/bytes.bin", bytes: 256 });
        expect(Buffer.from(await store.read("objects/bytes.bin"))).toEqual(Buffer.from(bytes));
        await store.write("objects/text.txt", "zwölf 🛒\n", { contentType: "text/plain; charset=utf-8" });
        expect(text(await store.read("objects/text.txt"))).toBe("zwölf 🛒\n");
      });

      it("keeps objects of no bytes", async () => {
        expect(await store.write("objects/empty", "")).toMatchObject({ bytes: 0 });
        expect(await store.head("objects/empty")).toMatchObject({ key: "objects/empty", bytes: 0 });
        expect(await store.read("objects/empty")).toHaveLength(0);
        expect(keysOf(await store.list("objects/empty"))).toEqual(["objects/empty"]);
      });

      it("replaces an object whole: nothing of a longer one is left behind", async () => {
        await store.write("objects/replaced", "a long first version");
        await store.write("objects/replaced", "short");
        expect(text(await store.read("objects/replaced"))).toBe("short");
      });

      it("says the same of an object in write, head and list", async () => {
        const written = await store.write("objects/facts", "facts");
        expect(await store.head("objects/facts")).toEqual(written);
        expect(await store.list("objects/facts")).toEqual([written]);
      });

      it("gives every content an etag of its own, however fast contents of one length follow each other", async () => {
        const etags = new Set<string>();
        for (let i = 0; i < 200; i++) etags.add((await store.write("objects/fast", String(1_000 + i))).etag);
        expect(etags.size).toBe(200);
      });
    });

    describe("missing objects", () => {
      it("have no head, cannot be read, copied or brought to a file", async () => {
        expect(await store.head("missing/nothing")).toBeUndefined();
        await expect(store.read("missing/nothing")).rejects.toThrow(ObjectNotFoundError);
        await expect(store.read("missing/nothing", { start: 0, end: 4 })).rejects.toThrow(ObjectNotFoundError);
        await expect(store.copy("missing/nothing", "missing/copy")).rejects.toThrow(ObjectNotFoundError);
        await expect(store.toLocalFile("missing/nothing", scratch)).rejects.toThrow(ObjectNotFoundError);
        expect(await store.list("missing/")).toEqual([]);
      });

      it("are what a prefix alone is, too", async () => {
        await store.write("missing/folder/object", "x");
        expect(await store.head("missing/folder")).toBeUndefined();
        await expect(store.read("missing/folder")).rejects.toThrow(ObjectNotFoundError);
        await expect(store.read("missing/folder/object/below")).rejects.toThrow(ObjectNotFoundError);
        expect(await store.head("missing/folder/object/below")).toBeUndefined();
      });

      it("may be removed, beside others that exist", async () => {
        await store.write("missing/one", "1");
        await store.write("missing/two", "2");
        await store.remove(["missing/one", "missing/never", "missing/two"]);
        await store.remove([]);
        expect(await store.head("missing/one")).toBeUndefined();
        expect(await store.head("missing/two")).toBeUndefined();
      });
    });

    describe("ranges", () => {
      beforeAll(() => store.write("ranges/digits", "0123456789"));
      it.each([
        [0, 10, "0123456789"],
        [0, 1, "0"],
        [3, 7, "3456"],
        [9, 10, "9"],
        [8, 1_000, "89"],
        [4, 4, ""],
        [10, 12, ""],
      ])("reads [%d, %d)", async (start, end, expected) => {
        expect(text(await store.read("ranges/digits", { start, end }))).toBe(expected);
      });
    });

    describe("listing", () => {
      it("is in the order of the keys' UTF-8 bytes", async () => {
        // No key is another's folder: a bucket could hold both, a folder cannot, and the product never asks for it.
        const keys = ["Z", "a-b", "a/b", "a0", "b/1", "b/10", "b/2", "é", "\uff5e", "\u{1f6d2}"];
        for (const key of [...keys].reverse()) await store.write(`listing/${key}`, key);
        const bytesOf = (key: string): Buffer => Buffer.from(key);
        const expected = keys.map((key) => `listing/${key}`).sort((a, b) => Buffer.compare(bytesOf(a), bytesOf(b)));
        expect(expected.at(-1)).toBe("listing/\u{1f6d2}");
        expect(keysOf(await store.list("listing/"))).toEqual(expected);
      });

      it("takes a prefix as text, not as a folder", async () => {
        for (const key of ["run=1/x", "run=1/y/z", "run=10/x", "run=2/x"]) await store.write(`prefix/${key}`, "");
        expect(keysOf(await store.list("prefix/run=1"))).toEqual([
          "prefix/run=1/x",
          "prefix/run=1/y/z",
          "prefix/run=10/x",
        ]);
        expect(keysOf(await store.list("prefix/run=1/"))).toEqual(["prefix/run=1/x", "prefix/run=1/y/z"]);
        expect(keysOf(await store.list("prefix/run=1/y/z"))).toEqual(["prefix/run=1/y/z"]);
        expect(await store.list("prefix/run=3")).toEqual([]);
        expect(keysOf(await store.list("pref"))).toHaveLength(4);
        expect(keysOf(await store.list(""))).toEqual(expect.arrayContaining(["prefix/run=10/x"]));
      });

      it("shows no more of an object after it is removed", async () => {
        await store.write("removed/only", "x");
        await store.remove(["removed/only"]);
        expect(await store.list("removed/")).toEqual([]);
      });

      it("goes beyond one page of a bucket", async () => {
        const keys = Array.from({ length: 1_050 }, (_, i) => `many/${String(i).padStart(5, "0")}`);
        for (let at = 0; at < keys.length; at += 50) {
          await Promise.all(keys.slice(at, at + 50).map((key) => store.write(key, "")));
        }
        expect(keysOf(await store.list("many/"))).toEqual(keys);
        await store.remove(keys);
        expect(await store.list("many/")).toEqual([]);
      });
    });

    describe("special characters", () => {
      it("in keys stay apart and come back as they are", async () => {
        for (const key of SPECIAL_KEYS) await store.write(key, `content of ${key}`);
        for (const key of SPECIAL_KEYS) expect(text(await store.read(key))).toBe(`content of ${key}`);
        const listed = keysOf(await store.list("special/"));
        expect([...listed].sort()).toEqual([...SPECIAL_KEYS].sort());
        await store.remove(SPECIAL_KEYS);
        expect(await store.list("special/")).toEqual([]);
      });
    });

    describe("conditional writes", () => {
      it("with ifAbsent never replace an object", async () => {
        await store.write("conditional/once", "first", { ifAbsent: true });
        await expect(store.write("conditional/once", "second", { ifAbsent: true })).rejects.toThrow(ObjectExistsError);
        expect(text(await store.read("conditional/once"))).toBe("first");
        await store.remove(["conditional/once"]);
        await store.write("conditional/once", "third", { ifAbsent: true });
        expect(text(await store.read("conditional/once"))).toBe("third");
      });

      it("with ifAbsent let one of many at once win", async () => {
        const outcomes = await race(16, (i) => store.write("conditional/race", `writer ${i}`, { ifAbsent: true }));
        expect(outcomes.errors.every((error) => error instanceof ObjectExistsError)).toBe(true);
        expect(outcomes.winners).toHaveLength(1);
        expect(text(await store.read("conditional/race"))).toBe(`writer ${outcomes.winners[0]}`);
      });

      it("with ifMatch write only over the version that was read", async () => {
        const first = await store.write("conditional/match", "first");
        const second = await store.write("conditional/match", "second", { ifMatch: first.etag });
        await expect(store.write("conditional/match", "third", { ifMatch: first.etag })).rejects.toThrow(
          ObjectChangedError,
        );
        expect(text(await store.read("conditional/match"))).toBe("second");
        await store.write("conditional/match", "fourth", { ifMatch: second.etag });
        expect(text(await store.read("conditional/match"))).toBe("fourth");
      });

      it("with ifMatch fail where the object is gone", async () => {
        const info = await store.write("conditional/gone", "x");
        await store.remove(["conditional/gone"]);
        await expect(store.write("conditional/gone", "y", { ifMatch: info.etag })).rejects.toThrow(ObjectChangedError);
        expect(await store.head("conditional/gone")).toBeUndefined();
      });

      it("with ifMatch let one of many at once win: no update is lost", async () => {
        const { etag } = await store.write("conditional/update", "base");
        const outcomes = await race(16, (i) => store.write("conditional/update", `writer ${i}`, { ifMatch: etag }));
        expect(outcomes.errors.every((error) => error instanceof ObjectChangedError)).toBe(true);
        expect(outcomes.winners).toHaveLength(1);
        expect(text(await store.read("conditional/update"))).toBe(`writer ${outcomes.winners[0]}`);
      });
    });

    describe("concurrent readers", () => {
      it("see one whole version or another, never a mixture", async () => {
        const bytes = 200_000;
        const version = (i: number): Uint8Array => new Uint8Array(bytes + i).fill(97 + i);
        await store.write("concurrent/object", version(0));
        let isWriting = true;
        const writing = (async () => {
          for (let round = 0; round < 5; round++) {
            for (let i = 1; i < 8; i++) await store.write("concurrent/object", version(i));
          }
          isWriting = false;
        })();
        const reading = Array.from({ length: 4 }, async () => {
          while (isWriting) {
            const seen = await store.read("concurrent/object");
            const letter = seen[0] as number;
            expect(seen.byteLength).toBe(bytes + letter - 97);
            expect(seen.every((byte) => byte === letter)).toBe(true);
          }
        });
        await Promise.all([writing, ...reading]);
      });

      it("of a listing never meet the traces of a write", async () => {
        let isWriting = true;
        const writing = (async () => {
          for (let i = 0; i < 50; i++) await store.write(`traces/${i}`, "x".repeat(10_000));
          isWriting = false;
        })();
        while (isWriting) {
          for (const object of await store.list("traces/")) {
            expect(object.key).toMatch(/^traces\/\d+$/);
            expect(object.bytes).toBe(10_000);
          }
        }
        await writing;
      });
    });

    describe("copies and local files", () => {
      it("copies are independent of their origin", async () => {
        await store.write("copies/origin", "origin");
        await store.copy("copies/origin", "copies/deep/er/copy");
        await store.write("copies/origin", "changed");
        expect(text(await store.read("copies/deep/er/copy"))).toBe("origin");
        await store.write("copies/deep/er/copy", "copy changed");
        expect(text(await store.read("copies/origin"))).toBe("changed");
        await store.copy("copies/origin", "copies/deep/er/copy");
        await store.remove(["copies/origin"]);
        expect(text(await store.read("copies/deep/er/copy"))).toBe("changed");
      });

      it("takes local files in and gives them out", async () => {
        const path = join(scratch, "in.bin");
        await writeFile(path, "from a file");
        expect(await store.fromLocalFile(path, "files/in.bin")).toMatchObject({ key: "files/in.bin", bytes: 11 });
        expect(text(await store.read("files/in.bin"))).toBe("from a file");
        expect(await readFile(await store.toLocalFile("files/in.bin", scratch), "utf8")).toBe("from a file");
      });

      it("takes local files in under the same conditions as writes", async () => {
        await store.write("files/there", "there");
        const path = join(scratch, "other.bin");
        await writeFile(path, "other");
        await expect(store.fromLocalFile(path, "files/there", { ifAbsent: true })).rejects.toThrow(ObjectExistsError);
        expect(text(await store.read("files/there"))).toBe("there");
      });
    });

    it("has a root that SQL can name", () => expect(store.uri).toMatch(/^s3:\/\/[a-z0-9][a-z0-9.-]+(\/[\w=.-]+)*$/));
  });
}

async function race(
  writers: number,
  write: (index: number) => Promise<unknown>,
): Promise<{ winners: number[]; errors: unknown[] }> {
  const settled = await Promise.allSettled(Array.from({ length: writers }, (_, i) => write(i)));
  return {
    winners: settled.flatMap((outcome, i) => (outcome.status === "fulfilled" ? [i] : [])),
    errors: settled.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : [])),
  };
}
