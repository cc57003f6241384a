import { distance } from "fastest-levenshtein";
import { ROLES, type Role } from "../../../domain/roles.ts";
import { UnknownColumnError } from "../../errors.ts";
import type { ColumnMapping, MappedColumn } from "../../types.ts";
import { findColumn } from "./findColumn.ts";

function checkRoles(mapping: ColumnMapping): void {
  for (const role of Object.keys(mapping)) {
    if ((ROLES as readonly string[]).includes(role)) continue;
    const near = [...ROLES].sort((a, b) => distance(a, role) - distance(b, role))[0];
    throw new UnknownColumnError(
      "UNKNOWN_ROLE",
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
    const index = findColumn(header, `--map ${role}`, wanted, source);
    const other = roleOfIndex.get(index);
    if (other !== undefined) {
      throw new UnknownColumnError(
        "COLUMN_MAPPED_TWICE",
        `${source}: column ${JSON.stringify(header[index])} is mapped to ${other} and to ${role}.`,
        { source, role },
      );
    }
    roleOfIndex.set(index, role);
    chosen.set(role, { column: header[index] as string, position: index + 1, confidence: 1, reason: "set by --map" });
  }
  return chosen;
}
