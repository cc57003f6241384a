import { distance } from "fastest-levenshtein";
import { ROLES, type Role } from "../../domain/roles.ts";
import { DuplicateColumnError, UnknownColumnError } from "../errors.ts";
import type { ColumnMapping, MappedColumn } from "../types.ts";
import { list } from "./columnQuestions.ts";
import { compactName, normaliseName } from "./recogniseColumns.ts";

/** The index of a column given by name (exact, else ignoring case, accents and punctuation) or 1-based position. */
function findColumn(header: readonly string[], role: Role, wanted: string | number, source: string): number {
  const position =
    typeof wanted === "number" ? wanted : /^[0-9]+$/.test(wanted) && !header.includes(wanted) ? Number(wanted) : 0;
  if (typeof wanted === "number" || position > 0) {
    if (Number.isInteger(position) && position >= 1 && position <= header.length) return position - 1;
    throw new UnknownColumnError(
      "unknown_column",
      `${source}: --map ${role}=${wanted} asks for column ${wanted}, but there are columns 1 to ${header.length}: ${list(header)}.`,
      { source, role, wanted },
    );
  }
  const matches = (test: (name: string) => boolean) => header.flatMap((name, i) => (test(name) ? [i] : []));
  const exact = matches((name) => name === wanted);
  const found = exact.length > 0 ? exact : matches((name) => compactName(name) === compactName(wanted));
  if (found.length === 1) return found[0] as number;
  if (found.length > 1) {
    throw new DuplicateColumnError(
      "duplicate_column",
      `${source}: --map ${role}=${wanted} fits columns ${found.map((i) => i + 1).join(" and ")}: give the position, --map ${role}=${(found[0] as number) + 1}.`,
      { source, role, wanted },
    );
  }
  const near = [...header].sort(
    (a, b) => distance(normaliseName(a), normaliseName(wanted)) - distance(normaliseName(b), normaliseName(wanted)),
  );
  throw new UnknownColumnError(
    "unknown_column",
    `${source} has no column ${JSON.stringify(wanted)} (asked for by --map ${role}=${wanted}). Nearest: ${list(near.slice(0, 3))}. All: ${list(header)}.`,
    { source, role, wanted, nearest: near.slice(0, 3) },
  );
}

function checkRoles(mapping: ColumnMapping): void {
  for (const role of Object.keys(mapping)) {
    if ((ROLES as readonly string[]).includes(role)) continue;
    const near = [...ROLES].sort((a, b) => distance(a, role) - distance(b, role))[0];
    throw new UnknownColumnError(
      "unknown_role",
      `--map ${role}=…: there is no role ${JSON.stringify(role)}; did you mean ${near}? Roles: ${ROLES.join(", ")}.`,
      { role },
    );
  }
}

/** Columns by the roles they have so far. */
export type Chosen = Map<Role, MappedColumn>;

/** The columns set by `--map` or the configuration. @throws UnknownColumnError, DuplicateColumnError */
export function mapByHand(header: readonly string[], mapping: ColumnMapping, source: string): Chosen {
  checkRoles(mapping);
  const chosen: Chosen = new Map();
  const roleOfIndex = new Map<number, Role>();
  for (const role of ROLES) {
    const wanted = mapping[role];
    if (wanted === undefined) continue;
    const index = findColumn(header, role, wanted, source);
    const other = roleOfIndex.get(index);
    if (other !== undefined) {
      throw new UnknownColumnError(
        "column_mapped_twice",
        `${source}: column ${JSON.stringify(header[index])} is mapped to ${other} and to ${role}.`,
        { source, role },
      );
    }
    roleOfIndex.set(index, role);
    chosen.set(role, { column: header[index] as string, position: index + 1, confidence: 1, reason: "set by --map" });
  }
  return chosen;
}
