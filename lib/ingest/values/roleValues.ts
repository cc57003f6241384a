import type { Role } from "../../domain/roles.ts";
import { rowSets } from "../load/gatherTables.ts";
import type { LoadedFile } from "../load/loadedTable.ts";

/** Blanks that spreadsheets and web shops leave around values: space, tab, line ends, no-break spaces, inner marks. */
const BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8239) || chr(65279)";

export const trimSql = (value: string): string => `trim(${value}, ${BLANKS})`;

/** Name of the loaded column that plays a role. */
export function roleColumn(file: LoadedFile, role: Role): string | undefined {
  const column = file.mapping.columns[role];
  return column === undefined ? undefined : `c${column.position - 1}`;
}

/**
 * The distinct values `v` of a role over files of one kind, with their rows `n`. Everything is decided on distinct
 * values: a column of half a million rows has a few thousand of them, and grouping raw values is what the engine does
 * best.
 */
export function distinctValues(files: readonly LoadedFile[], role: Role): string {
  const all = rowSets(files)
    .map(({ tables: [file], relation }) => `select ${roleColumn(file, role)} as v from ${relation}`)
    .join(" union all ");
  // Behind an OFFSET the engine moves no condition on `v` down to every row, where it would cost a hundred times as
  // much.
  return `(select v, count(*) as n from (${all}) where v is not null group by v offset 0)`;
}

/** As `distinctValues`, trimmed; blank ones are NULL. */
export const trimmedValues = (files: readonly LoadedFile[], role: Role) =>
  `(select nullif(${trimSql("v")}, '') as v, n from ${distinctValues(files, role)})`;
