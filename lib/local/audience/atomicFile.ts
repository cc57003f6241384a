import { randomBytes } from "node:crypto";
import { createWriteStream, promises as fs } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SegmentationError } from "../../domain/errors.ts";

/** A place that cannot be written to. */
export class OutputError extends SegmentationError {
  constructor(path: string, cause: unknown) {
    super("OUTPUT", `${path} cannot be written: ${(cause as Error).message}.`, { path }, { cause });
  }
}

/** Whether a folder is there or can be made, without making it. @throws OutputError */
export async function checkFolder(folder: string): Promise<void> {
  for (let place = resolve(folder); ; place = dirname(place)) {
    const stats = await fs.stat(place).catch(() => undefined);
    if (stats === undefined && place !== dirname(place)) continue;
    if (stats?.isDirectory() === false) throw new OutputError(folder, new Error(`${place} is a file`));
    await fs.access(place, fs.constants.W_OK).catch((error: unknown) => {
      throw new OutputError(folder, error);
    });
    return;
  }
}

/** A pipe or a device: what replaces a file would take its name away. */
class NoFileError extends SegmentationError {
  constructor(path: string) {
    super(
      "OUTPUT_NO_FILE",
      `${path} is a pipe, a device or a folder, not a file: leave --out away and redirect (> ${path}).`,
      { path },
    );
  }
}

/** The file that a name leads to, through links; a name that leads nowhere yet is itself. @throws NoFileError */
async function targetOf(path: string): Promise<string> {
  const facts = await fs.stat(path).catch(() => undefined);
  if (facts === undefined) return path;
  if (!facts.isFile()) throw new NoFileError(path);
  return fs.realpath(path);
}

/**
 * Lets `write` fill a temporary file beside the target, then gives it the target's name: readers see the old file or
 * the whole new one. The temporary file is gone when `write` fails.
 * @throws OutputError where the folder cannot be written to; else what `write` throws.
 */
export async function replaceFile<T>(named: string, write: (temporaryPath: string) => Promise<T>): Promise<T> {
  const path = await targetOf(named);
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString("hex")}`);
  try {
    // Personal data: nobody else may read it before its owner says so.
    await fs.writeFile(temporary, "", { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new OutputError(path, error);
  }
  try {
    const result = await write(temporary);
    const file = await fs.open(temporary, "r+");
    await file.sync();
    await file.close();
    await fs.rename(temporary, path).catch((error) => Promise.reject(new OutputError(path, error)));
    return result;
  } finally {
    await fs.rm(temporary, { force: true });
  }
}

/** Bytes, as data: text for people is guarded where it is printed. */
async function* bytesOf(chunks: AsyncIterable<string>): AsyncIterable<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

/** Writes text to a file as `replaceFile` does, or to standard output where there is no path. */
export async function writeText(path: string | undefined, chunks: AsyncIterable<string>): Promise<void> {
  if (path !== undefined) {
    await replaceFile(path, (temporary) => pipeline(Readable.from(chunks), createWriteStream(temporary)));
    return;
  }
  try {
    await pipeline(Readable.from(bytesOf(chunks)), process.stdout, { end: false });
  } catch (error) {
    // Whoever reads the pipe has seen enough (`| head`).
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
}
