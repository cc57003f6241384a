import type { RowSettings } from "../../domain/config/rowSettings.ts";
import type { Role } from "../../domain/roles.ts";
import { mapByHand } from "../evidence/answers/mapByHand.ts";
import { columnsRead, type RowReading, readRowSettings } from "../evidence/answers/rowReading.ts";
import { type FlagColumn, flagColumns } from "../evidence/flagColumns.ts";
import { rowKinds } from "../evidence/rowKinds.ts";
import { askStructure } from "../evidence/structureQuestions.ts";
import type { ColumnMapping, MappedColumn } from "../types.ts";
import { profileColumn } from "./columnContent.ts";
import { knownLayoutOf } from "./columnLayouts.ts";
import { contentNotes, dropNoNumbers, emailBeside } from "./columnNotes.ts";
import {
  askAmbiguous,
  askLineOrUnitPrice,
  askRowKinds,
  type ColumnQuestion,
  firstLineIsData,
} from "./columnQuestions.ts";
import { type ColumnEvidence, recogniseByContent } from "./columnsByContent.ts";
import { askKnownLayout, mapByLayout } from "./layoutColumns.ts";
import { askMissing } from "./missingColumns.ts";
import { judgeOrderLevel } from "./orderLevel.ts";
import type { SampleRow } from "./orderStructure.ts";
import { recogniseColumns } from "./recogniseColumns.ts";

export interface MappingResult {
  readonly columns: Readonly<Partial<Record<Role, MappedColumn>>>;
  /** Roles whose value stands on the first line of each order alone and holds for its other lines. */
  readonly firstLineRoles?: ReadonlySet<Role>;
  /** E-mail addresses of the customers beside their ids: who has no id, has one of these. */
  readonly emailColumn?: { readonly column: string; readonly position: number } | undefined;
  /** Columns that mark rows as cancelled, refunded, returned or test, each by itself. */
  readonly statusFlags?: readonly FlagColumn[];
  /** What has been answered, or found, of the rows and the money. */
  readonly reading?: RowReading;
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
  settings: RowSettings = {},
): Understanding {
  const reading = readRowSettings(header, settings, source);
  const rows = sample.blocks.flat();
  const profiles =
    rows.length === 0 ? [] : header.map((_, index) => profileColumn(rows.map((row) => row[index] ?? null)));
  const evidence: ColumnEvidence = { profiles, rows, isNamed: sample.isNamed, header };
  const chosen = mapByHand(header, mapping, source);
  const byHand = new Set(chosen.keys());
  const isComputed = reading.amount !== undefined;
  // A formula says what a line is worth, whatever columns there are.
  if (isComputed) for (const role of ["amount", "price"] as const) byHand.add(role);
  const layout = sample.isNamed ? knownLayoutOf(header) : undefined;
  const known = mapByLayout(layout, header, chosen, profiles);
  if (isComputed) chosen.delete("amount");
  const taken = {
    roles: new Set<Role>([...chosen.keys(), ...(isComputed ? (["amount"] as const) : [])]),
    indexes: new Set([...chosen.values()].map(({ position }) => position - 1)),
  };
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
  const unsure = new Set([...recognition.ambiguous.values()].flat().map(({ index }) => index));
  const content = recogniseByContent(open, evidence, unsure);
  for (const { role, index, confidence, reason } of content.chosen) choose(role, index, confidence, reason);
  const settled = reading.amountPer === undefined ? byHand : new Set<Role>([...byHand, "amount"]);
  const orderLevel = judgeOrderLevel(header, chosen, settled, sample.blocks, source);
  for (const role of orderLevel.unused) chosen.delete(role);
  const used = new Set([...chosen.values()].map(({ position }) => position - 1));
  // A category is the weakest claim: "type" is one only where its words are no kinds of rows.
  const kindless = new Set(
    [...chosen].flatMap(([role, { position }]) => (role === "category" && !byHand.has(role) ? [] : [position - 1])),
  );
  if (isComputed) chosen.delete("amount");
  const statusFlags = byHand.has("status") ? [] : flagColumns(header, profiles, rows, used);
  const kinds = byHand.has("status") || reading.purchases !== undefined ? undefined : rowKinds(header, rows, kindless);
  if (kinds?.isStatus === true && !chosen.has("status")) {
    if (chosen.get("category")?.position === kinds.index + 1) chosen.delete("category");
    choose("status", kinds.index, 0.8, "its words tell sales from what was taken back");
  } else if (kinds !== undefined) questions.push(askRowKinds(header, kinds, source));
  const noNumbers = dropNoNumbers(chosen);
  const columns = Object.fromEntries(chosen) as Understanding["columns"];
  const asked = new Set<Role>([
    ...questions.flatMap(({ roles }) => roles),
    ...(isComputed ? (["amount"] as const) : []),
  ]);
  const assumed = { ...Object.fromEntries([...asked].map((role) => [role, UNDECIDED])), ...columns };
  const missing = askMissing(header, assumed, content.proposals, evidence, source);
  const lacking = askKnownLayout(layout, columns, missing, source);
  const money = byHand.has("price") ? undefined : askLineOrUnitPrice(header, columns, rows, source);
  const structure = askStructure({
    header,
    columns,
    byHand,
    profiles,
    rows,
    read: new Set([...statusFlags.map(({ position }) => position - 1), ...columnsRead(reading)]),
    source,
    reading,
  });
  const asking = [
    ...questions,
    ...orderLevel.questions,
    ...[money, missing].filter((one) => one !== undefined),
    ...structure,
  ];
  return {
    columns,
    firstLineRoles: orderLevel.firstLineRoles,
    statusFlags,
    reading,
    emailColumn: emailBeside(header, chosen, profiles),
    notes: [...known, ...notes, ...contentNotes(header, chosen, byHand), ...noNumbers, ...orderLevel.notes],
    questions: lacking === undefined ? asking : [lacking],
  };
}

/** Stands for a role that is asked about already. */
const UNDECIDED: MappedColumn = { column: "?", position: 0, confidence: 0, reason: "asked" };

/**
 * As `understandColumns`, but a question is an error. Throws `UnknownColumnError`, `DuplicateColumnError`, `AmbiguousColumnError`,
 * `NoHeaderError`, `MissingColumnsError`.
 */
export function mapColumns(
  header: readonly string[],
  mapping: ColumnMapping,
  source: string,
  sample: SampledRows = NO_ROWS,
  settings: RowSettings = {},
): MappingResult {
  const { questions, ...result } = understandColumns(header, mapping, source, sample, settings);
  if (questions[0] !== undefined) throw questions[0].error;
  return result;
}
