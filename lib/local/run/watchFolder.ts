import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { watch } from "chokidar";
import { SegmentationError } from "../../domain/errors.ts";

/** How long a file must keep its size before it counts as written. */
const SETTLED_MS = 500;

export interface WatchOptions {
  readonly directory: string;
  /** A batch begins when nothing has come for so long. */
  readonly quietMs: number;
  /** One run over the files. Throws what the run throws. */
  readonly run: (files: readonly string[]) => Promise<void>;
  /** Files that need no run: they are in the history as they are. */
  readonly isKnown: (file: string, contentHash: string) => Promise<boolean>;
  /** A file that is at fault by itself; it is left alone until it changes. */
  readonly onRefused: (file: string, error: Error) => void;
  /** A batch that failed for another reason; it is tried again with the next one. */
  readonly onFailed: (files: readonly string[], error: Error) => void;
}

export interface FolderWatch {
  /** Resolves once the folder has been looked through for the first time. */
  readonly ready: Promise<void>;
  /** Stops watching; resolves when the run that is going on has ended. */
  close(): Promise<void>;
}

/**
 * Runs over the files that come into a folder, or change there: one run per batch, one batch at a time. What a run
 * cannot take is set aside by name, and the rest of its batch is run without it.
 */
export function watchFolder(options: WatchOptions): FolderWatch {
  const pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  let isClosed = false;
  const flush = async (): Promise<void> => {
    if (isClosed) return;
    const files = [...pending].sort();
    pending.clear();
    for (const file of await runBatch(options, files)) pending.add(file);
  };
  const noticed = (file: string): void => {
    pending.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      working = working.then(flush);
    }, options.quietMs);
  };
  const watcher = watch(options.directory, {
    depth: 0,
    awaitWriteFinish: { stabilityThreshold: SETTLED_MS, pollInterval: 100 },
    ignored: (path, stats) => stats?.isFile() === true && /^[._]|[.~]$|\.(tmp|part|crdownload)$/i.test(basename(path)),
  });
  watcher.on("add", noticed).on("change", noticed);
  watcher.on("unlink", (file) => pending.delete(file));
  const ready = new Promise<void>((resolve, reject) => {
    watcher.once("ready", resolve);
    watcher.once("error", reject);
  });
  return {
    ready,
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await watcher.close();
      await working;
    },
  };
}

/** Runs a batch, without the files that are at fault. @returns what is to be tried again. */
async function runBatch(options: WatchOptions, files: readonly string[]): Promise<readonly string[]> {
  let fresh = files;
  try {
    fresh = await unknownOf(options, files);
    if (fresh.length > 0) await options.run(fresh);
    return [];
  } catch (error) {
    const culprits = culpritsOf(error as Error, fresh);
    for (const file of culprits) options.onRefused(file, error as Error);
    const rest = fresh.filter((file) => !culprits.includes(file));
    if (culprits.length > 0) return runBatch(options, rest);
    if (isRefusal(error)) return runOneByOne(options, fresh);
    options.onFailed(fresh, error as Error);
    return fresh;
  }
}

async function unknownOf(options: WatchOptions, files: readonly string[]): Promise<string[]> {
  const fresh: string[] = [];
  for (const file of files) if (!(await options.isKnown(file, await hashOf(file)))) fresh.push(file);
  return fresh;
}

/** A refusal of several files together does not say of which. */
async function runOneByOne(options: WatchOptions, files: readonly string[]): Promise<readonly string[]> {
  const again: string[] = [];
  for (const file of files) again.push(...(await runBatch(options, [file])));
  return again;
}

const isRefusal = (error: unknown): boolean => error instanceof SegmentationError && error.code === "DROP_REFUSED";

/** The files for which a run failed, as far as the error tells. */
function culpritsOf(error: Error, files: readonly string[]): string[] {
  if (isRefusal(error)) return files.length === 1 ? [...files] : [];
  if (!(error instanceof SegmentationError)) return [];
  const { source, sources } = error.context;
  const named = [source, ...(Array.isArray(sources) ? sources : [])].filter((one) => typeof one === "string");
  return files.filter((file) => {
    const name = basename(file);
    const plain = name.replace(/\.(gz|zst)$/i, "");
    return named.some((one) => one === name || one === plain || one.startsWith(`${name}/`));
  });
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(file), hash);
  } catch {
    // Gone or unreadable by now: the run says so, with the file's name.
    return "";
  }
  return hash.digest("hex");
}
