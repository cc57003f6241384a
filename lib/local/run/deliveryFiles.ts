import { randomBytes } from "node:crypto";
import { constants, mkdirSync } from "node:fs";
import { access, copyFile, readdir, rm, stat } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import { SegmentationError } from "../../domain/errors.ts";
import type { ObjectStore } from "../../ports.ts";
import { isCompletionMarker } from "../../workflow/lake/completedFolder.ts";
import { INCOMING_PREFIX } from "../../workflow/lake/layout.ts";
import type { Drop, DroppedObject } from "../../workflow/steps/state.ts";
import { expandPatterns } from "./globPaths.ts";

/** Two dropped files would be one source. */
export class SameSourceError extends SegmentationError {
  constructor(source: string) {
    super(
      "SAME_SOURCE",
      `Two of the files are both called "${source}"; a source is known by its name, so rename one of them.`,
      { source },
    );
  }
}

/** A file that cannot be dropped: missing, not readable, or a folder without files. Nothing was changed. */
export class DropFileError extends SegmentationError {
  constructor(file: string, cause: Error & { readonly code?: string | undefined }) {
    const reasons: Record<string, string> = {
      ENOENT: "does not exist: check the path",
      EACCES: "may not be read: check its permissions",
      EMPTY: "is a folder without a file",
    };
    super(
      "DROP_FILE",
      `${file} ${reasons[cause.code ?? ""] ?? `cannot be read: ${cause.message}`}.`,
      { file },
      { cause },
    );
  }
}

/** Refuses what cannot be dropped before the lake is touched. @throws DropFileError, SameSourceError, NoMatchError. */
export async function checkFiles(paths: readonly string[]): Promise<void> {
  await filesOf(paths);
}

/**
 * The files that are meant, those in folders among them, with the names by which a run would know their rows.
 * @throws as `checkFiles`
 */
export async function sourcesOf(paths: readonly string[]): Promise<{ path: string; source: string }[]> {
  const { files } = await filesOf(paths);
  return files.map(({ path, name }) => ({ path, source: sourceOf(name) }));
}

interface LocalFile {
  readonly path: string;
  /** Below incoming/; the name by which its rows are known in the ledger is this without .gz or .zst. */
  readonly name: string;
}

const sourceOf = (name: string): string => name.replace(/\.(gz|zst)$/i, "");

/** Puts files into incoming/, from where Ingest takes them. A folder is dropped whole, as `<folder>/<path in it>`. */
export async function dropFiles(store: ObjectStore, lakeDirectory: string, paths: readonly string[]): Promise<Drop> {
  const { files, folders } = await filesOf(paths);
  const objects: DroppedObject[] = [];
  for (const { path, name } of files) {
    const key = `${INCOMING_PREFIX}${name}`;
    await importFile(store, lakeDirectory, path, key);
    objects.push({ key, source: sourceOf(name) });
  }
  return { objects, ...(folders.length === 0 ? {} : { folders }) };
}

/** The files that are meant, those in folders among them, and what the sources of each folder begin with. */
async function filesOf(paths: readonly string[]): Promise<{ files: LocalFile[]; folders: string[] }> {
  const files: LocalFile[] = [];
  const folders: string[] = [];
  for (const path of await expandPatterns(paths)) {
    const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw new DropFileError(path, error);
    });
    if (!stats.isDirectory()) {
      files.push({ path, name: basename(path) });
      continue;
    }
    const name = basename(resolve(path));
    if (folders.includes(`${name}/`)) throw new SameSourceError(name);
    folders.push(`${name}/`);
    files.push(...(await filesIn(path, name)));
  }
  await checkEach(files);
  return { files, folders };
}

/** Files of a folder, at any depth, but hidden and empty ones and what says that a folder is complete. */
async function filesIn(folder: string, name: string): Promise<LocalFile[]> {
  const found: LocalFile[] = [];
  for (const entry of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, entry);
    const parts = entry.split(sep);
    const isLeftOut = parts.some((part) => /^[._]/.test(part)) || isCompletionMarker(parts.at(-1) as string);
    if (isLeftOut) continue;
    const stats = await stat(path);
    if (stats.isFile() && stats.size > 0) found.push({ path, name: [name, ...parts].join("/") });
  }
  if (found.length === 0) throw new DropFileError(folder, Object.assign(new Error("empty"), { code: "EMPTY" }));
  return found;
}

async function checkEach(files: readonly LocalFile[]): Promise<void> {
  const sources = new Set<string>();
  for (const { path, name } of files) {
    const source = sourceOf(name);
    if (sources.has(source)) throw new SameSourceError(source);
    sources.add(source);
    await access(path, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
      throw new DropFileError(path, error);
    });
  }
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
