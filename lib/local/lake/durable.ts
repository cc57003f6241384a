import { existsSync, promises as fs } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, on the disk, too.
 * @throws what the system says; a read-only file system is told as one.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    const made = await fs.mkdir(path, { recursive: true });
    if (made !== undefined) await syncFolders(path, dirname(made));
  } catch (error) {
    // Node tells a file system that is read-only as one where nothing is; the first folder alone tells what it is.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") await fs.mkdir(firstMissing(path));
    throw error;
  }
}

const firstMissing = (path: string): string =>
  existsSync(dirname(path)) || dirname(path) === path ? path : firstMissing(dirname(path));

/** Waits until what a file holds is on the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await fs.open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits until the names in a folder are on the disk. Windows has no such call, and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await fs.open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Folders from the innermost out, after some of them were made. */
async function syncFolders(innermost: string, outermost: string): Promise<void> {
  for (let path = innermost; ; path = dirname(path)) {
    await syncFolder(path);
    if (path === outermost || path === dirname(path)) return;
  }
}
