import { constants, promises as fs } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import {
  InvalidKeyError,
  ObjectChangedError,
  ObjectExistsError,
  ObjectNotFoundError,
} from "../../domain/storeErrors.ts";
import { compareUtf8 } from "../../domain/text/utf8Order.ts";
import type { ObjectInfo, ObjectStore, WriteOptions } from "../../ports.ts";
import { makeFolder, syncFile, syncFolder } from "./durable.ts";
import { isTemporary, temporaryName } from "./temporaryFiles.ts";

/** A folder that behaves like a bucket: whole objects appear by rename, so no reader sees half of one. */
export function openFolderStore(directory: string): ObjectStore {
  const root = resolve(directory);
  const pathOf = (key: string): string => safeJoin(root, key);
  return {
    uri: "s3://lake",
    list: (prefix) => listFolder(root, prefix),
    head: (key) => headFile(pathOf(key), key),
    read: (key, range) => readFile(pathOf(key), key, range),
    write: (key, body, options = {}) => place(pathOf(key), key, options, (temporary) => fs.writeFile(temporary, body)),
    copy: (fromKey, toKey) => copyFile(pathOf(fromKey), fromKey, pathOf(toKey)),
    remove: async (keys) => {
      for (const key of keys) await fs.rm(pathOf(key), { force: true });
    },
    toLocalFile: async (key) => {
      await mustExist(pathOf(key), key);
      return pathOf(key);
    },
    fromLocalFile: (path, key, options = {}) =>
      place(pathOf(key), key, options, (temporary) => moveOrCopy(path, temporary)),
  };
}

function safeJoin(root: string, key: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  const hasBadCharacter = /[\u0000-\u001f\\]/.test(key);
  // An empty or dotted part would be another spelling of the same path; a bucket would tell the two apart.
  const hasBadPart = key.split("/").some((part) => ["", ".", ".."].includes(part) || isTemporary(part));
  const path = resolve(root, key);
  if (hasBadCharacter || hasBadPart || !path.startsWith(root + sep)) throw new InvalidKeyError(key);
  return path;
}

function infoOf(key: string, stats: { size: bigint; mtimeNs: bigint; ino: bigint }): ObjectInfo {
  return { key, bytes: Number(stats.size), etag: `${stats.size}-${stats.mtimeNs}-${stats.ino}` };
}

async function headFile(path: string, key: string): Promise<ObjectInfo | undefined> {
  try {
    const stats = await fs.stat(path, { bigint: true });
    return stats.isFile() ? infoOf(key, stats) : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function mustExist(path: string, key: string): Promise<ObjectInfo> {
  const info = await headFile(path, key);
  if (info === undefined) throw new ObjectNotFoundError(key);
  return info;
}

async function readFile(path: string, key: string, range?: { start: number; end: number }): Promise<Uint8Array> {
  await mustExist(path, key);
  if (range === undefined) return fs.readFile(path);
  const handle = await fs.open(path, "r");
  try {
    const bytes = new Uint8Array(Math.max(0, range.end - range.start));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, range.start);
    return bytesRead === bytes.length ? bytes : bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Fills a temporary file beside the target and moves it into place under the write's condition. */
async function place(
  path: string,
  key: string,
  options: WriteOptions,
  fill: (temporary: string) => Promise<void>,
): Promise<ObjectInfo> {
  await makeFolder(dirname(path));
  const temporary = join(dirname(path), temporaryName());
  try {
    await fill(temporary);
    // On the disk before it has its name, and the name before anybody is told: a power cut leaves the old object or the
    // new one.
    await syncFile(temporary);
    // Taken before the move: afterwards the path may already hold somebody else's object.
    const info = infoOf(key, await fs.stat(temporary, { bigint: true }));
    if (options.ifMatch !== undefined) await replaceMatching(temporary, path, key, options.ifMatch);
    else if (options.ifAbsent === true) await linkAbsent(temporary, path, key);
    else await fs.rename(temporary, path);
    await syncFolder(dirname(path));
    return info;
  } finally {
    await fs.rm(temporary, { force: true });
  }
}

/**
 * Conditional replacements under way, by path: comparing and moving are two calls, and only one writer may be between.
 */
const replacing = new Map<string, Promise<void>>();

async function replaceMatching(temporary: string, path: string, key: string, etag: string): Promise<void> {
  const before = replacing.get(path) ?? Promise.resolve();
  const mine = before.then(async () => {
    if ((await headFile(path, key))?.etag !== etag) throw new ObjectChangedError(key);
    await fs.rename(temporary, path);
  });
  const settled = mine.catch(() => undefined);
  replacing.set(path, settled);
  try {
    await mine;
  } finally {
    if (replacing.get(path) === settled) replacing.delete(path);
  }
}

async function linkAbsent(temporary: string, path: string, key: string): Promise<void> {
  try {
    await fs.link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw new ObjectExistsError(key);
    throw error;
  }
}

/** Objects never change in place, so a hard link is as good as a copy. */
async function copyFile(from: string, fromKey: string, to: string): Promise<void> {
  await mustExist(from, fromKey);
  await place(to, fromKey, {}, async (temporary) => {
    try {
      await fs.link(from, temporary);
    } catch {
      // A file system without hard links: copy the bytes instead.
      await fs.copyFile(from, temporary, constants.COPYFILE_FICLONE);
    }
  });
}

async function moveOrCopy(from: string, to: string): Promise<void> {
  try {
    await fs.rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    await fs.copyFile(from, to);
    await fs.rm(from);
  }
}

async function listFolder(root: string, prefix: string): Promise<ObjectInfo[]> {
  const start = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  const found: ObjectInfo[] = [];
  const directory = start === "" ? root : safeJoin(root, start.slice(0, -1));
  let names: string[];
  try {
    names = await fs.readdir(directory, { recursive: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  for (const name of names) {
    const key = start + name.split(sep).join("/");
    if (!key.startsWith(prefix) || isTemporary(basename(key))) continue;
    const info = await headFile(join(directory, name), key);
    if (info !== undefined) found.push(info);
  }
  return found.sort((a, b) => compareUtf8(a.key, b.key));
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}
