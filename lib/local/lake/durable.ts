import { promises as fs } from "node:fs";
import { dirname } from "node:path";

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
export async function syncFolders(innermost: string, outermost: string): Promise<void> {
  for (let path = innermost; ; path = dirname(path)) {
    await syncFolder(path);
    if (path === outermost || path === dirname(path)) return;
  }
}
