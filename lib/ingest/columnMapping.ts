import { distance } from "fastest-levenshtein";
import {
  compactName,
  DECISIVE_ROLES,
  normaliseName,
  type Recognition,
  ROLES,
  type Role,
  recogniseColumns,
} from "../domain/columns.ts";
import {
  AmbiguousColumnError,
  DuplicateColumnError,
  MissingColumnsError,
  NoHeaderError,
  UnknownColumnError,
} from "./errors.ts";
import type { ColumnMapping, MappedColumn } from "./types.ts";

export interface MappingResult {
  readonly columns: Readonly<Partial<Record<Role, MappedColumn>>>;
  readonly notes: readonly string[];
}

const list = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(", ");

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

/** A first line is data when none of its fields is a known name and some field is empty, a number or a date. */
function refuseData(header: readonly string[], recognition: Recognition, source: string): void {
  if (recognition.chosen.size > 0 || recognition.ambiguous.size > 0) return;
  const data = header.filter((name) => /^[-+(]?[$€£]?[\d.,:/ -]*\d[\d.,:/ -]*[)%]?$/.test(name));
  if (data.length === 0) return;
  throw new NoHeaderError(
    "no_header",
    `${source}: the first line looks like data, not like column names (${list(header.slice(0, 8))}). Add a first line with names, like customer_id,order_id,order_date,quantity,unit_price.`,
    { source },
  );
}

function refuseAmbiguous(header: readonly string[], recognition: Recognition, source: string): string[] {
  const notes: string[] = [];
  for (const [role, candidates] of recognition.ambiguous) {
    const names = candidates.map(({ index }) => header[index] as string);
    const isDuplicate = new Set(names.map(normaliseName)).size < names.length;
    const flag = `--map ${role}=${isDuplicate ? (candidates[0]?.index ?? 0) + 1 : names[0]}`;
    if (!DECISIVE_ROLES.includes(role)) {
      notes.push(
        `${candidates.length} columns could be the ${role} (${list(names)}); none is used: choose with ${flag}.`,
      );
      continue;
    }
    const positions = candidates.map(({ index }) => index + 1).join(" and ");
    const message = `${source}: columns ${positions} (${list(names)}) could each be the ${role}. Say which: ${flag}.`;
    if (isDuplicate) throw new DuplicateColumnError("duplicate_column", message, { source, role, columns: names });
    throw new AmbiguousColumnError("ambiguous_column", message, { source, role, columns: names });
  }
  return notes;
}

function refuseMissing(header: readonly string[], columns: MappingResult["columns"], source: string): void {
  const missing = [
    ...(columns.customer === undefined ? ["customer"] : []),
    ...(columns.date === undefined ? ["date"] : []),
    ...(columns.amount === undefined && (columns.quantity === undefined || columns.price === undefined)
      ? ["amount (or quantity and price)"]
      : []),
  ];
  if (missing.length === 0) return;
  const recognised = ROLES.flatMap((role) =>
    columns[role] === undefined ? [] : [`${role} = ${columns[role].column}`],
  );
  throw new MissingColumnsError(
    "missing_columns",
    `${source}: no column is recognised as ${missing.join(", ")}. Columns found: ${list(header)}. Recognised: ${
      recognised.length === 0 ? "none" : recognised.join(", ")
    }. Name them with --map customer=COLUMN,date=COLUMN,amount=COLUMN (or quantity=COLUMN,price=COLUMN).`,
    { source, missing, header },
  );
}

/**
 * Decides which column plays which role: what is set by hand first, the rest by name. Throws `UnknownColumnError`,
 * `DuplicateColumnError`, `AmbiguousColumnError`, `NoHeaderError`, `MissingColumnsError`.
 */
export function mapColumns(header: readonly string[], mapping: ColumnMapping, source: string): MappingResult {
  checkRoles(mapping);
  const columns: Partial<Record<Role, MappedColumn>> = {};
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
    columns[role] = { column: header[index] as string, position: index + 1, confidence: 1, reason: "set by --map" };
  }
  const taken = { roles: new Set(roleOfIndex.values()), indexes: new Set(roleOfIndex.keys()) };
  const recognition = recogniseColumns(header, taken);
  if (roleOfIndex.size === 0) refuseData(header, recognition, source);
  const notes = refuseAmbiguous(header, recognition, source);
  for (const [role, { index, confidence, reason }] of recognition.chosen) {
    columns[role] = { column: header[index] as string, position: index + 1, confidence, reason };
  }
  refuseMissing(header, columns, source);
  return { columns, notes };
}
