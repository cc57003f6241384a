import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { zstdDecompressSync } from "node:zlib";

/**
 * A lake as the first releases made it: version 1, of two files with 120 rows each, segmented twice. Its database is not kept, for
 * an empty one has 39 MB: `rfm run` makes it anew.
 */
const ARCHIVE = fileURLToPath(new URL("../fixtures/lakes/version1.tar.zst", import.meta.url));

/** Unpacks the old lake into a folder, which is made. */
export function unpackOldLake(directory: string): void {
  mkdirSync(directory, { recursive: true });
  execFileSync("tar", ["-x", "-C", directory], { input: zstdDecompressSync(readFileSync(ARCHIVE)) });
}
