import { mkdir, readdir, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { dataDir } from "@electric-sql/pglite-prepopulatedfs";
import { DatabaseDamagedError } from "../../postgres/errors.ts";
import { isProcessAlive } from "../lake/processes.ts";

const unzip = promisify(gunzip);
const BLOCK_BYTES = 512;

function readText(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end < 0 ? length : end);
}

/** Writes the files of a ustar archive (POSIX.1-1988: 512-byte headers, octal sizes) below a directory. */
async function unpack(archive: Buffer, directory: string): Promise<void> {
  for (let offset = 0; offset + BLOCK_BYTES <= archive.length && archive[offset] !== 0; ) {
    const header = archive.subarray(offset, offset + BLOCK_BYTES);
    const path = join(directory, join("/", readText(header, 345, 155), readText(header, 0, 100)));
    const bytes = Number.parseInt(readText(header, 124, 12), 8);
    const start = offset + BLOCK_BYTES;
    if (header[156] === "5".charCodeAt(0)) await mkdir(path, { recursive: true, mode: 0o700 });
    else await writeFile(path, archive.subarray(start, start + bytes), { mode: 0o600 });
    offset = start + Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
  }
}

/** Removes what creations that were cut short have left beside the directory. */
async function removeLeftovers(directory: string): Promise<void> {
  const prefix = `${basename(directory)}.creating-`;
  for (const name of await readdir(dirname(directory))) {
    if (!name.startsWith(prefix)) continue;
    const creator = Number(name.slice(prefix.length));
    if (creator !== process.pid && isProcessAlive(creator)) continue;
    await rm(join(dirname(directory), name), { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return (
    (await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    })) !== undefined
  );
}

/**
 * Makes sure that there is a database cluster to open: an empty one, unpacked from the archive that belongs to this
 * PGlite version (a third of the time of `initdb`), under another name first, so that a directory with the right name
 * is always a whole one.
 *
 * @throws DatabaseDamagedError when the directory holds something that is no cluster.
 */
export async function ensureCluster(directory: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  await removeLeftovers(directory);
  if (await exists(join(directory, "PG_VERSION"))) return;
  if (await exists(directory)) {
    if ((await readdir(directory)).length > 0) throw damagedError(directory, "it holds no PG_VERSION file");
    await rmdir(directory);
  }
  const temporary = `${directory}.creating-${process.pid}`;
  const archive = await (await dataDir()).arrayBuffer();
  await mkdir(temporary, { mode: 0o700 });
  await unpack(await unzip(archive), temporary);
  await rename(temporary, directory);
}

/** The error for a directory beyond opening. */
export function damagedError(directory: string, reason: string): DatabaseDamagedError {
  return new DatabaseDamagedError(
    "DATABASE_DAMAGED",
    `The embedded database in ${directory} cannot be opened: ${reason}. It holds nothing that the lake does not have. Move it away ` +
      `(\`mv ${directory} ${directory}.damaged\`), and build it again from the lake (\`rfm publish --lake ${dirname(directory)}\`).`,
    { directory },
  );
}
