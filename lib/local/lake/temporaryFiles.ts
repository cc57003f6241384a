import { randomBytes } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isProcessAlive } from "./processes.ts";

const PREFIX = ".tmp-";
const ABANDONED_AFTER_MS = 600_000;

/** A name for a file that is being written; it tells by whom. */
export const temporaryName = (): string => `${PREFIX}${process.pid}-${randomBytes(6).toString("hex")}`;

/** Whether a file or folder of that name is none of the store's objects. */
export const isTemporary = (name: string): boolean => name.startsWith(PREFIX);

/**
 * Removes the files that killed writers have left below a folder: no reader looks at them, but they hold what was being
 * written, customers included. What a living process writes stays.
 * @returns their paths.
 */
export async function removeTemporaryFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const found = entries.filter((entry) => entry.isFile() && isTemporary(entry.name));
  const removed: string[] = [];
  for (const { name, parentPath } of found) {
    const path = join(parentPath, name);
    if (await isBeingWritten(name, path)) continue;
    await rm(path, { force: true });
    removed.push(path);
  }
  return removed;
}

/** Ids of processes are given again: one that has not written for so long is another. */
async function isBeingWritten(name: string, path: string): Promise<boolean> {
  const [, writer] = /^(\d+)-[0-9a-f]{12}$/.exec(name.slice(PREFIX.length)) ?? [];
  if (writer === undefined || !isProcessAlive(Number(writer))) return false;
  // Gone meanwhile: moved to its place.
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return stats === undefined || Date.now() - stats.mtimeMs < ABANDONED_AFTER_MS;
}
