import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InvalidKeyError } from "../../../lib/domain/storeErrors.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { removeTemporaryFiles } from "../../../lib/local/lake/temporaryFiles.ts";
import type { ObjectStore } from "../../../lib/ports.ts";
import { objectStoreContract } from "../../objectStoreContract.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "folder-store-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

objectStoreContract("a folder", async () => openFolderStore(join(directory, "contract")));

describe("keys that are none", () => {
  let store: ObjectStore;
  beforeAll(async () => {
    store = openFolderStore(join(directory, "keys", "lake"));
    await store.write("inside", "x");
    await writeFile(join(directory, "keys", "secret"), "untouched");
  });

  it.each([
    "",
    "..",
    "../secret",
    "a/../../secret",
    "a/../inside",
    "/etc/passwd",
    "//secret",
    "..\\secret",
    "a\\b",
    "nul\0byte",
    "line\nbreak",
    ".",
  ])("refuses %j everywhere, and touches nothing outside", async (key) => {
    const local = join(directory, "keys", "local");
    await writeFile(local, "local");
    const attempts = [
      () => store.write(key, "bad"),
      () => store.write(key, "bad", { ifAbsent: true }),
      () => store.read(key),
      () => store.head(key),
      () => store.remove([key]),
      () => store.copy("inside", key),
      () => store.copy(key, "copy"),
      () => store.toLocalFile(key, directory),
      () => store.fromLocalFile(local, key),
    ];
    for (const attempt of attempts) {
      await expect((async () => attempt())(), attempt.toString()).rejects.toThrow(InvalidKeyError);
    }
    expect(await readFile(join(directory, "keys", "secret"), "utf8")).toBe("untouched");
    expect(await readFile(local, "utf8")).toBe("local");
  });

  it("lists nothing outside the folder", async () => {
    for (const prefix of ["../", "../keys/", "a/../../", "/"]) {
      await expect((async () => store.list(prefix))(), prefix).rejects.toThrow(InvalidKeyError);
    }
    expect(await store.list("..")).toEqual([]);
  });

  it.each(["a//b", "./a/b", "a/./b", "a/b/"])("refuses %j, another spelling of an object's path", async (alias) => {
    await store.write("a/b", "x");
    await expect((async () => store.head(alias))()).rejects.toThrow(InvalidKeyError);
  });

  it("refuses names that a listing would hide", async () => {
    await expect((async () => store.write("folder/.tmp-mine", "x"))()).rejects.toThrow(InvalidKeyError);
  });
});

describe("temporary files", () => {
  it("are removed wherever they are, but for what a living process has just written", async () => {
    const lake = join(directory, "temporary");
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    const [left, ofOtherVersion, mine, abandoned] = [
      `curated/run_id=1/.tmp-${dead}-0123456789ab`,
      "raw/.tmp-0123456789ab",
      `.tmp-${process.pid}-0123456789ab`,
      `.tmp-${process.pid}-ba9876543210`,
    ].map((name) => join(lake, name)) as [string, string, string, string];
    await mkdir(join(lake, "curated/run_id=1"), { recursive: true });
    await mkdir(join(lake, "raw"));
    const object = join(lake, "raw/object");
    for (const path of [left, ofOtherVersion, mine, abandoned, object]) await writeFile(path, "x");
    await utimes(abandoned, new Date(), new Date(Date.now() - 3_600_000));
    expect((await removeTemporaryFiles(lake)).sort()).toEqual([left, ofOtherVersion, abandoned].sort());
    expect([existsSync(mine), existsSync(object)]).toEqual([true, true]);
  });
});

describe("a process killed in the middle of a write", () => {
  const WRITER = fileURLToPath(new URL("../killedWriter.ts", import.meta.url));
  const BYTES = 24 * 1024 * 1024;

  it("leaves the object as it was or whole, and nothing in the listing", async () => {
    const lake = join(directory, "killed");
    await mkdir(lake);
    const store = openFolderStore(lake);
    const temporaries = async (): Promise<string[]> => (await readdir(lake)).filter((name) => name.startsWith(".tmp-"));
    let interrupted = 0;
    // A kill counts when it fell into a write: the write's temporary file is there before it and after it.
    for (let round = 0; round < 60 && interrupted < 5; round++) {
      const child = spawn(process.execPath, [WRITER, lake, String(BYTES)], { stdio: ["ignore", "pipe", "inherit"] });
      await once(child.stdout, "data");
      while ((await temporaries()).length === 0) await new Promise((resolve) => setImmediate(resolve));
      child.kill("SIGKILL");
      await once(child, "exit");
      const left = await temporaries();
      if (left.length > 0) interrupted++;
      const objects = await store.list("");
      expect(objects.map((object) => object.key)).toEqual(existsSync(join(lake, "object")) ? ["object"] : []);
      for (const object of objects) {
        const bytes = await store.read(object.key);
        expect(bytes.byteLength).toBe(BYTES);
        expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
      }
      expect(await removeTemporaryFiles(lake)).toEqual(left.map((name) => join(lake, name)));
    }
    expect(interrupted).toBe(5);
  });
});
