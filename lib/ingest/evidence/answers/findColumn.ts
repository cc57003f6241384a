import { distance } from "fastest-levenshtein";
import { list } from "../../columns/columnQuestions.ts";
import { compactName, normaliseName } from "../../columns/recogniseColumns.ts";
import { DuplicateColumnError, UnknownColumnError } from "../../errors.ts";

/**
 * The index of a column given by name (exact, else ignoring case, accents and punctuation) or 1-based position. `flag`
 * is what asked for it.
 * @throws UnknownColumnError, DuplicateColumnError
 */
export function findColumn(header: readonly string[], flag: string, wanted: string | number, source: string): number {
  const position =
    typeof wanted === "number" ? wanted : /^[0-9]+$/.test(wanted) && !header.includes(wanted) ? Number(wanted) : 0;
  if (typeof wanted === "number" || position > 0) {
    if (Number.isInteger(position) && position >= 1 && position <= header.length) return position - 1;
    throw new UnknownColumnError(
      "UNKNOWN_COLUMN",
      `${source}: ${flag}=${wanted} asks for column ${wanted}, but there are columns 1 to ${header.length}: ${list(header)}.`,
      { source, flag, wanted },
    );
  }
  const matches = (test: (name: string) => boolean) => header.flatMap((name, i) => (test(name) ? [i] : []));
  const exact = matches((name) => name === wanted);
  const found = exact.length > 0 ? exact : matches((name) => compactName(name) === compactName(wanted));
  if (found.length === 1) return found[0] as number;
  if (found.length > 1) {
    throw new DuplicateColumnError(
      "DUPLICATE_COLUMN",
      `${source}: ${flag}=${wanted} fits columns ${found.map((i) => i + 1).join(" and ")}: give the position, ${flag}=${(found[0] as number) + 1}.`,
      { source, flag, wanted },
    );
  }
  const near = [...header].sort(
    (a, b) => distance(normaliseName(a), normaliseName(wanted)) - distance(normaliseName(b), normaliseName(wanted)),
  );
  throw new UnknownColumnError(
    "UNKNOWN_COLUMN",
    `${source} has no column ${JSON.stringify(wanted)} (asked for by ${flag}=${wanted}). Nearest: ${list(near.slice(0, 3))}. All: ${list(header)}.`,
    { source, flag, wanted, nearest: near.slice(0, 3) },
  );
}
