import { randomBytes } from "node:crypto";
import { constants, mkdirSync } from "node:fs";
import { access, copyFile, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { SegmentationError } from "../domain/errors.ts";
import type { ObjectStore } from "../ports.ts";
import { INCOMING_PREFIX } from "../workflow/layout.ts";
import type { DroppedObject } from "../workflow/steps/state.ts";

/** Two dropped files would be one source. */
export class SameSourceError extends SegmentationError {
  constructor(source: string) {
    super(
      "SAME_SOURCE",
      `Two of the files are both called "${source}"; a source is known by its file name, so rename one of them.`,
      { source },
    );
  }
}

/** A file that cannot be dropped: missing, a folder, or not readable. Nothing was changed. */
export class DropFileError extends SegmentationError {
  constructor(file: string, cause: NodeJS.ErrnoException) {
    const reasons: Record<string, string> = {
      ENOENT: "does not exist: check the path",
      EACCES: "may not be read: check its permissions",
      EISDIR: "is a folder, not a file: name the files in it",
    };
    super(
      "DROP_FILE",
      `${file} ${reasons[cause.code ?? ""] ?? `cannot be read: ${cause.message}`}.`,
      { file },
      { cause },
    );
  }
}

/** Refuses what cannot be dropped before the lake is touched. @throws DropFileError, SameSourceError. */
export async function checkFiles(files: readonly string[]): Promise<void> {
  const sources = new Set<string>();
  for (const file of files) {
    const source = sourceOf(file);
    if (sources.has(source)) throw new SameSourceError(source);
    sources.add(source);
    try {
      if ((await stat(file)).isDirectory()) throw Object.assign(new Error("is a folder"), { code: "EISDIR" });
      await access(file, constants.R_OK);
    } catch (error) {
      throw new DropFileError(file, error as NodeJS.ErrnoException);
    }
  }
}

/** The name by which a file's rows are known in the ledger: the file name without .gz or .zst. */
const sourceOf = (file: string): string => basename(file).replace(/\.(gz|zst)$/i, "");

/** Puts files into incoming/, from where Ingest takes them. */
export async function dropFiles(
  store: ObjectStore,
  lakeDirectory: string,
  files: readonly string[],
): Promise<DroppedObject[]> {
  const objects: DroppedObject[] = [];
  for (const file of files) {
    const key = `${INCOMING_PREFIX}${basename(file)}`;
    await importFile(store, lakeDirectory, file, key);
    objects.push({ key, source: sourceOf(file) });
  }
  return objects;
}

/** Copies a file of the user's into the lake: the user may go on editing it. */
async function importFile(store: ObjectStore, lakeDirectory: string, file: string, key: string): Promise<void> {
  const scratch = join(lakeDirectory, ".tmp", `import-${randomBytes(4).toString("hex")}`);
  mkdirSync(join(lakeDirectory, ".tmp"), { recursive: true });
  try {
    await copyFile(file, scratch, constants.COPYFILE_FICLONE);
    await store.fromLocalFile(scratch, key);
  } catch (error) {
    throw new DropFileError(file, error as NodeJS.ErrnoException);
  } finally {
    await rm(scratch, { force: true });
  }
}
