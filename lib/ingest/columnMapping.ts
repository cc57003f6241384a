import { distance } from "fastest-levenshtein";
import { profileColumn } from "../domain/columnContent.ts";
import { compactName, isDoubted, normaliseName, ROLES, type Role, recogniseColumns } from "../domain/columns.ts";
import { type ColumnEvidence, recogniseByContent } from "../domain/columnsByContent.ts";
import type { SampleRow } from "../domain/orderStructure.ts";
import { askAmbiguous, askMissing, type ColumnQuestion, columnFlag, firstLineIsData, list } from "./columnQuestions.ts";
import { DuplicateColumnError, UnknownColumnError } from "./errors.ts";
import { judgeOrderLevel } from "./orderLevel.ts";
import type { ColumnMapping, MappedColumn } from "./types.ts";

export interface MappingResult {
  readonly columns: Readonly<Partial<Record<Role, MappedColumn>>>;
  /** Roles whose value stands on the first line of each order alone and holds for its other lines. */
  readonly firstLineRoles?: ReadonlySet<Role>;
  readonly notes: readonly string[];
}

/** What the columns of a file mean as far as it is known, and what must be asked. */
export interface Understanding extends MappingResult {
  readonly questions: readonly ColumnQuestion[];
}

/** Rows of a file to go by: runs of neighbouring rows, the first from its start. */
export interface SampledRows {
  readonly blocks: readonly (readonly SampleRow[])[];
  /** False where the file has no header. */
  readonly isNamed: boolean;
}

const NO_ROWS: SampledRows = { blocks: [], isNamed: true };

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

type Chosen = Map<Role, MappedColumn>;

function mapByHand(header: readonly string[], mapping: ColumnMapping, source: string): Chosen {
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

/**
 * Decides which column plays which role: what is set by hand first, then by name, checked against the sampled values, then by the
 * values alone where they leave no doubt. What stays open is a question. Throws `UnknownColumnError` and `DuplicateColumnError` when
 * the mapping by hand does not fit the file.
 */
export function understandColumns(
  header: readonly string[],
  mapping: ColumnMapping,
  source: string,
  sample: SampledRows = NO_ROWS,
): Understanding {
  const rows = sample.blocks.flat();
  const profiles =
    rows.length === 0 ? [] : header.map((_, index) => profileColumn(rows.map((row) => row[index] ?? null)));
  const evidence: ColumnEvidence = { profiles, rows, isNamed: sample.isNamed };
  const chosen = mapByHand(header, mapping, source);
  const byHand = new Set(chosen.keys());
  const taken = { roles: byHand, indexes: new Set([...chosen.values()].map(({ position }) => position - 1)) };
  const recognition = recogniseColumns(header, taken, profiles);
  if (byHand.size === 0 && sample.isNamed && recognition.chosen.size + recognition.ambiguous.size === 0) {
    const question = firstLineIsData(header, source);
    if (question !== undefined) return { columns: {}, notes: [], questions: [question] };
  }
  const { questions, notes } = askAmbiguous(header, recognition.ambiguous, source);
  const choose = (role: Role, index: number, confidence: number, reason: string): void =>
    void chosen.set(role, { column: header[index] as string, position: index + 1, confidence, reason });
  for (const [role, { index, confidence, reason }] of recognition.chosen) choose(role, index, confidence, reason);
  const open = new Map(
    [
      ...chosen,
      ...[...recognition.ambiguous].map(
        ([role, [one]]) => [role, { ...one, position: (one?.index ?? 0) + 1 }] as const,
      ),
    ].map(([role, { position, confidence }]) => [role, { index: position - 1, confidence: confidence ?? 1 }]),
  );
  const content = recogniseByContent(open, evidence);
  for (const { role, index, confidence, reason } of content.chosen) choose(role, index, confidence, reason);
  const orderLevel = judgeOrderLevel(header, chosen, byHand, sample.blocks, source);
  for (const role of orderLevel.unused) chosen.delete(role);
  const columns = Object.fromEntries(chosen) as Understanding["columns"];
  const asked = new Set(questions.flatMap(({ roles }) => roles));
  const assumed = { ...Object.fromEntries([...asked].map((role) => [role, UNDECIDED])), ...columns };
  const missing = askMissing(header, assumed, content.proposals, evidence, source);
  return {
    columns,
    firstLineRoles: orderLevel.firstLineRoles,
    notes: [...notes, ...contentNotes(header, chosen, byHand), ...orderLevel.notes],
    questions: [...questions, ...orderLevel.questions, ...(missing === undefined ? [] : [missing])],
  };
}

/** Stands for a role that is asked about already. */
const UNDECIDED: MappedColumn = { column: "?", position: 0, confidence: 0, reason: "asked" };

function contentNotes(header: readonly string[], chosen: Chosen, byHand: ReadonlySet<Role>): string[] {
  return [...chosen].flatMap(([role, column]) => {
    if (byHand.has(role)) return [];
    if (isDoubted(column)) return [`${role}: column ${JSON.stringify(column.column)}: ${column.reason}.`];
    if (!/^its|^the only|^each/.test(column.reason)) return [];
    const flag = columnFlag(header, role, column.position - 1);
    return [
      `${role} is taken from column ${column.position} (${JSON.stringify(column.column)}): ${column.reason} (${flag} says so for good).`,
    ];
  });
}

/**
 * As `understandColumns`, but a question is an error. Throws `UnknownColumnError`, `DuplicateColumnError`, `AmbiguousColumnError`,
 * `NoHeaderError`, `MissingColumnsError`.
 */
export function mapColumns(
  header: readonly string[],
  mapping: ColumnMapping,
  source: string,
  sample: SampledRows = NO_ROWS,
): MappingResult {
  const { questions, ...result } = understandColumns(header, mapping, source, sample);
  if (questions[0] !== undefined) throw questions[0].error;
  return result;
}
