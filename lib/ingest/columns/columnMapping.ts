import type { RowSettings } from "../../domain/config/rowSettings.ts";
import type { Role } from "../../domain/roles.ts";
import { mapByHand } from "../evidence/answers/mapByHand.ts";
import { ALL_ROWS, columnsRead, type RowReading, readRowSettings } from "../evidence/answers/rowReading.ts";
import { askBlankMarks } from "../evidence/blankMarks.ts";
import { decideRows, isCounted, takenForKinds, wordsIn } from "../evidence/decideRows.ts";
import { type FlagColumn, flagColumns } from "../evidence/flagColumns.ts";
import { decideMoney } from "../evidence/moneyBasis.ts";
import { decideNumbers } from "../evidence/orderNumbers.ts";
import { askStructure } from "../evidence/structureQuestions.ts";
import { evidenceRows } from "../evidence/whole/evidenceRows.ts";
import type { WholeTable } from "../evidence/whole/wholeTable.ts";
import type { WordCounts } from "../evidence/whole/wordCounts.ts";
import type { ColumnMapping, MappedColumn, ReadColumn } from "../types.ts";
import { type ColumnProfile, profileSample, withRareWords } from "./columnContent.ts";
import { knownLayoutOf } from "./columnLayouts.ts";
import { areInvoices, contentNotes, dropNoNumbers, emailBeside } from "./columnNotes.ts";
import { askAmbiguous, askLineOrUnitPrice, type ColumnQuestion, firstLineIsData } from "./columnQuestions.ts";
import { type ColumnEvidence, recogniseByContent } from "./columnsByContent.ts";
import { askKnownLayout, layoutAmount, mapByLayout } from "./layoutColumns.ts";
import { askMissing, UNDECIDED } from "./missingColumns.ts";
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
  /** Columns that the settings name, beside those with a role. */
  readonly fileColumns?: readonly ReadColumn[];
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
  /** What the columns hold in the sample, where it is known already. */
  readonly profiles?: readonly ColumnProfile[];
  /** What a look through all rows adds. */
  readonly whole?: WholeTable;
  /** Columns that the settings name for a use of their own. */
  readonly fileColumns?: readonly ReadColumn[];
}

/**
 * Decides which column plays which role: what is set by hand first, then by name, checked against the sampled values,
 * then by the values alone where they leave no doubt. What stays open is a question.
 * @throws UnknownColumnError and DuplicateColumnError when the mapping by hand does not fit the file.
 */
export function understandColumns(
  header: readonly string[],
  mapping: ColumnMapping,
  source: string,
  sample: SampledRows = { blocks: [], isNamed: true },
  settings: RowSettings = {},
): Understanding {
  const sampled = sample.blocks.flat();
  const profiles = withRareWords(
    sample.profiles ?? profileSample(header, sampled),
    (index) => sample.whole?.words.get(index)?.profile,
  );
  const evidence: ColumnEvidence = { profiles, rows: sampled, isNamed: sample.isNamed, header };
  const chosen = mapByHand(header, mapping, source);
  const wordsOf = (index: number): WordCounts => sample.whole?.words.get(index)?.counts ?? wordsIn(sampled, index);
  const layout = sample.isNamed ? knownLayoutOf(header) : undefined;
  const worth = chosen.has("amount") || chosen.has("price") ? undefined : layoutAmount(layout, header, wordsOf);
  const answered = readRowSettings(header, { ...settings, amount: settings.amount ?? worth }, source);
  const byHand = new Set(chosen.keys());
  const isComputed = answered.amount !== undefined;
  // A formula says what a line is worth, whatever columns there are.
  if (isComputed) for (const role of ["amount", "price"] as const) byHand.add(role);
  const known = mapByLayout(layout, header, chosen, profiles);
  if (isComputed) chosen.delete("amount");
  const taken = {
    roles: new Set<Role>([...chosen.keys(), ...(isComputed ? (["amount"] as const) : [])]),
    indexes: new Set([...chosen.values()].map(({ position }) => position - 1)),
    named: sample.fileColumns,
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
  const content = recogniseByContent(open, evidence, recognition.unsure);
  for (const { role, index, confidence, reason } of content.chosen) choose(role, index, confidence, reason);
  if (isComputed) chosen.delete("amount");
  const kinds = decideRows({
    header,
    columns: Object.fromEntries(chosen),
    used: takenForKinds(chosen, byHand),
    rows: sampled,
    wordsOf,
    source,
    reading: byHand.has("status") && answered.purchases === undefined ? { ...answered, purchases: ALL_ROWS } : answered,
  });
  const numbers = byHand.has("order")
    ? {}
    : decideNumbers(kinds.reading, {
        columns: Object.fromEntries(chosen),
        rows: sampled,
        restarts: sample.whole?.restarts,
      });
  const purchases = kinds.reading.purchases === ALL_ROWS ? undefined : kinds.reading.purchases;
  const reading: RowReading = {
    ...{ ...kinds.reading, ...numbers.reading, purchases },
    isOnAccount: areInvoices(header, chosen.get("order")?.column),
  };
  questions.push(...kinds.questions);
  if (kinds.status !== undefined) {
    if (chosen.get("category")?.position === kinds.status + 1) chosen.delete("category");
    choose("status", kinds.status, 0.8, "its words tell sales from what was taken back");
  }
  const counting = (some: readonly SampleRow[]): SampleRow[] => some.filter((row) => isCounted(reading, row));
  const { rare, marks } = sample.whole ?? {};
  const found = evidenceRows(sample.blocks, rare, counting);
  const { telling, all } = found;
  const moneyFound = decideMoney({ header, columns: Object.fromEntries(chosen), byHand, rows: all, profiles });
  for (const [role, index] of moneyFound.roles) {
    if (index === null) chosen.delete(role);
    else choose(role, index, 0.9, "its values say so");
  }
  const settled = reading.amountPer === undefined ? byHand : new Set<Role>([...byHand, "amount"]);
  const orderLevel = judgeOrderLevel(header, chosen, settled, { ...found, marks }, source);
  for (const role of orderLevel.unused) chosen.delete(role);
  const used = new Set([...chosen.values()].map(({ position }) => position - 1));
  const statusFlags = byHand.has("status") ? [] : flagColumns(header, all, used, wordsOf, marks);
  const blanks = askBlankMarks(header, statusFlags, wordsOf, { isAnswered: answered.purchases !== undefined, source });
  const noNumbers = dropNoNumbers(chosen);
  const columns = Object.fromEntries(chosen) as Understanding["columns"];
  const asked = new Set<Role>([
    ...questions.flatMap(({ roles }) => roles),
    ...(isComputed ? (["amount"] as const) : []),
  ]);
  const assumed = { ...Object.fromEntries([...asked].map((role) => [role, UNDECIDED])), ...columns };
  const missing = askMissing(header, assumed, content.proposals, evidence, source);
  const lacking = askKnownLayout(layout, columns, missing, source);
  const money = byHand.has("price") ? undefined : askLineOrUnitPrice(header, columns, telling, source);
  const structure = askStructure({
    header,
    columns,
    byHand,
    profiles,
    ...found,
    isKnownWorth: layout?.roles.amount !== undefined,
    amounts: sample.whole?.amounts,
    restarts: sample.whole?.restarts,
    read: new Set([...statusFlags.map(({ position }) => position - 1), ...columnsRead(reading)]),
    source,
    reading,
  });
  const asking = [
    ...questions,
    ...blanks.questions,
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
    notes: [
      ...known,
      ...notes,
      ...contentNotes(header, chosen, byHand),
      ...[noNumbers, orderLevel.notes, kinds.notes, blanks.notes, numbers.notes ?? []].flat(),
      ...moneyFound.notes,
    ],
    questions: lacking === undefined ? asking : [lacking],
  };
}
