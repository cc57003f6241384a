/* A file system that keeps only what was synced: at any moment a power cut leaves the old object or the new one. */
import { mkdtempSync, promises, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import type { ObjectStore } from "../../../lib/ports.ts";

/** What was asked of the file system, in order. Content follows a file wherever it is moved. */
type Call =
  | { readonly kind: "content"; readonly file: string; readonly text: string }
  | { readonly kind: "syncFile" | "syncFolder"; readonly path: string }
  | { readonly kind: "name"; readonly path: string; readonly file: string }
  | { readonly kind: "unname" | "folder"; readonly path: string };

const root = mkdtempSync(join(tmpdir(), "rfm-power-"));
const original = { ...promises };
let calls: Call[];
/** Which file a path names now. */
let files: Map<string, string>;
let made: number;

beforeEach(() => {
  calls = [];
  files = new Map();
  made = 0;
  const shim: Partial<Record<keyof typeof promises, unknown>> = {
    mkdir: async (path: string, options: object) => {
      const first = (await original.mkdir(path, options)) as string | undefined;
      for (let folder = path; first !== undefined; folder = dirname(folder)) {
        calls.push({ kind: "folder", path: folder });
        if (folder === first) break;
      }
      return first;
    },
    writeFile: async (path: string, body: string) => {
      await original.writeFile(path, body);
      files.set(path, `file-${made++}`);
      calls.push({ kind: "name", path, file: files.get(path) as string });
      calls.push({ kind: "content", file: files.get(path) as string, text: String(body) });
    },
    rename: async (from: string, to: string) => {
      await original.rename(from, to);
      const file = files.get(from) as string;
      files.set(to, file);
      calls.push({ kind: "name", path: to, file }, { kind: "unname", path: from });
    },
    link: async (from: string, to: string) => {
      await original.link(from, to);
      files.set(to, files.get(from) as string);
      calls.push({ kind: "name", path: to, file: files.get(from) as string });
    },
    open: async (path: string, flags: string) => {
      const handle = await original.open(path, flags);
      const isFolder = (await handle.stat()).isDirectory();
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        await sync();
        calls.push({ kind: isFolder ? "syncFolder" : "syncFile", path });
      };
      return handle;
    },
  };
  Object.assign(promises, shim);
});
afterEach(() => {
  Object.assign(promises, original);
  rmSync(root, { recursive: true, force: true });
});

/** What is on the disk after these calls and a power cut: text by path; "torn" for a file whose content was not synced. */
function afterPowerCut(asked: readonly Call[]): Map<string, string> {
  const content = new Map<string, string>();
  const kept = new Map<string, string>();
  const names = new Map<string, string>();
  const onDisk = new Map<string, string>();
  const folders = new Set<string>();
  const newFolders = new Set<string>();
  for (const call of asked) {
    if (call.kind === "content") content.set(call.file, call.text);
    else if (call.kind === "folder") newFolders.add(call.path);
    else if (call.kind === "name") names.set(call.path, call.file);
    else if (call.kind === "unname") names.delete(call.path);
    else if (call.kind === "syncFile") {
      const file = names.get(call.path) as string;
      kept.set(file, content.get(file) as string);
    } else {
      for (const path of [...onDisk.keys()]) if (dirname(path) === call.path && !names.has(path)) onDisk.delete(path);
      for (const [path, file] of names) if (dirname(path) === call.path) onDisk.set(path, file);
      for (const path of newFolders) if (dirname(path) === call.path) folders.add(path);
    }
  }
  const isReachable = (path: string): boolean => {
    for (let folder = dirname(path); folder !== root; folder = dirname(folder))
      if (newFolders.has(folder) && !folders.has(folder)) return false;
    return true;
  };
  const found = [...onDisk].filter(([path]) => !basename(path).startsWith(".tmp-") && isReachable(path));
  return new Map(found.map(([path, file]) => [relative(root, path), kept.get(file) ?? "torn"]));
}

const WRITES: Readonly<Record<string, (store: ObjectStore) => Promise<unknown>>> = {
  "a new object in new folders": (store) => store.write("models/deep/a.json", "new"),
  "an object in another's place": (store) => store.write("models/old.json", "new"),
  "an object on a condition": async (store) =>
    store.write("models/old.json", "new", { ifMatch: (await store.head("models/old.json"))?.etag as string }),
  "an object that must be new": (store) => store.write("models/b.json", "new", { ifAbsent: true }),
  "a copy": (store) => store.copy("models/old.json", "runs/copy.json"),
};

describe("a power cut", () => {
  it.each(Object.entries(WRITES))("leaves the old object or the new one: %s", async (_, write) => {
    const store = openFolderStore(root);
    await store.write("models/old.json", "old");
    const before = calls.length;
    await write(store);
    // The folders that were there at first are on the disk.
    for (let at = before; at <= calls.length; at++)
      for (const text of afterPowerCut(calls.slice(0, at)).values()) expect(["old", "new"]).toContain(text);
    expect(afterPowerCut(calls.slice(0, before)).get("models/old.json")).toBe("old");
    // Once the call has come back, what it wrote is there for good.
    const written = [...afterPowerCut(calls)].filter(([path, text]) => text === "new" || path.startsWith("runs/"));
    expect(written.length).toBe(1);
  });

  it("is one in which a store without syncs would lose objects", async () => {
    const store = openFolderStore(root);
    await store.write("models/old.json", "old");
    const unsynced = calls.filter(({ kind }) => kind !== "syncFile");
    expect([...afterPowerCut(unsynced).values()]).toEqual(["torn"]);
    expect(afterPowerCut(calls.filter(({ kind }) => kind !== "syncFolder")).size).toBe(0);
  });
});
