import { existsSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { SegmentationError } from "../../domain/errors.ts";

/** A pattern that no file matches. */
export class NoMatchError extends SegmentationError {
  constructor(pattern: string) {
    super("NO_MATCH", `No file matches ${pattern}: check the pattern and the folder that it starts from.`, { pattern });
  }
}

const isPattern = (path: string): boolean => /[*?[\]{}]/.test(path);

/**
 * Replaces patterns (`*`, `?`, `[…]`, `{a,b}`, `**`) that the shell left as they are by the files that they match, in
 * the order of their names. A path that exists is itself, whatever its characters. @throws NoMatchError.
 */
export async function expandPatterns(paths: readonly string[]): Promise<string[]> {
  const expanded: string[] = [];
  for (const path of paths) {
    if (!isPattern(path) || existsSync(path)) {
      expanded.push(path);
      continue;
    }
    const found: string[] = [];
    for await (const entry of glob(path, { withFileTypes: true })) {
      if (entry.isFile() && !entry.name.startsWith(".")) found.push(join(entry.parentPath, entry.name));
    }
    if (found.length === 0) throw new NoMatchError(path);
    expanded.push(...found.sort());
  }
  return [...new Set(expanded)];
}
