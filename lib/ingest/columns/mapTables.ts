import type { RowSettings } from "../../domain/config/rowSettings.ts";
import type { ScratchEngine } from "../engine.ts";
import { UnknownWordError } from "../errors.ts";
import { type RowReading, readRowSettings } from "../evidence/answers/rowReading.ts";
import { countsSql } from "../evidence/answers/rowSql.ts";
import { askFileName } from "../evidence/fileNames.ts";
import { fillsOf, versionsOf } from "../evidence/forms/tableForms.ts";
import { lookThrough } from "../evidence/whole/wholeTable.ts";
import { fillTable } from "../load/fillTable.ts";
import { rowSets } from "../load/gatherTables.ts";
import type { LoadedFile, LoadedTable } from "../load/loadedTable.ts";
import { createRefusals } from "../load/refusals.ts";
import { literal } from "../sqlText.ts";
import { askEncoding } from "../text/guess/encodingQuestion.ts";
import type { DropRequest } from "../types.ts";
import { findFileColumns } from "../values/fileColumns.ts";
import { type ColumnProfile, profileColumn, profileSample } from "./columnContent.ts";
import { type SampledRows, type Understanding, understandColumns } from "./columnMapping.ts";
import { countingColumns } from "./columnQuestions.ts";
import type { SampleRow } from "./orderStructure.ts";
import { lastStates } from "./rowVersions.ts";

/** What has been decided by hand. */
type ColumnAnswers = Pick<DropRequest, "mapping" | "rowSettings" | "fileColumns">;

const BLOCKS = 5;
const ROWS_PER_BLOCK = 200;

/** Runs of neighbouring rows from the start of a loaded table to its end; the whole of a small one. */
export async function sampleRows(
  engine: ScratchEngine,
  table: LoadedTable,
  settings: RowSettings = {},
): Promise<SampledRows> {
  const reading = readRowSettings(table.layout.header, settings, table.opened.source);
  const counts = countsSql(reading, literal(table.opened.source));
  const where = `unreadable is null${counts === undefined ? "" : ` and ${counts}`}`;
  const columns = table.layout.header.map((_, index) => `c${index}`).join(", ");
  const rows =
    counts === undefined
      ? table.rows
      : Number((await engine.rows(`select count(*) from ${table.relation} where ${where}`))[0]?.[0]);
  if (rows === 0 && reading.purchases?.index !== undefined) throw noRowsOfKind(table, reading);
  const isSmall = rows <= BLOCKS * ROWS_PER_BLOCK;
  const apart = (rows - ROWS_PER_BLOCK) / (BLOCKS - 1);
  const starts = isSmall ? [0] : Array.from({ length: BLOCKS }, (_, i) => Math.floor(i * apart));
  const blocks: SampleRow[][] = [];
  for (const start of starts) {
    const limit = isSmall ? rows : ROWS_PER_BLOCK;
    const query = `select ${columns} from ${table.relation} where ${where} limit ${limit} offset ${start}`;
    blocks.push((await engine.rows(query)) as (string | null)[][]);
  }
  return { blocks, isNamed: table.layout.hasHeader };
}

function noRowsOfKind({ opened: { source } }: LoadedTable, { purchases }: RowReading): UnknownWordError {
  const words = (purchases?.words ?? []).map((word) => JSON.stringify(word)).join(", ");
  const column = JSON.stringify(purchases?.column);
  return new UnknownWordError(
    "UNKNOWN_WORD",
    `${source}: no row of column ${column} is ${words} (asked for by --rows).`,
    {
      source,
      column: purchases?.column,
    },
  );
}

/** Tables with the same columns mean the same by them: the largest speaks for all. */
function alike(tables: readonly LoadedTable[]): { largest: LoadedTable; tables: readonly LoadedTable[] }[] {
  const groups = Map.groupBy(tables, ({ layout }) => JSON.stringify([layout.hasHeader, layout.header]));
  return [...groups.values()].map((group) => ({
    largest: group.reduce((a, b) => (b.rows > a.rows ? b : a)),
    tables: group,
  }));
}

/** A table as it is read, and what is known of it. */
export interface UnderstoodTable {
  readonly table: LoadedTable;
  readonly understanding: Understanding;
}

/**
 * What the columns of each table mean, as far as it is known, and what must be asked, in the order of the tables.
 * @throws as `understandColumns`
 */
export async function understandTables(
  engine: ScratchEngine,
  tables: readonly LoadedTable[],
  { mapping = {}, rowSettings = {}, fileColumns: asked = {} }: ColumnAnswers,
): Promise<UnderstoodTable[]> {
  const result = new Map<LoadedTable, UnderstoodTable>();
  for (const found of alike(tables)) {
    const { header } = found.largest.layout;
    const { source } = found.largest.opened;
    const fileColumns = findFileColumns(header, asked, source);
    const look = async (largest: LoadedTable, all: readonly LoadedTable[]) => {
      const sample = await sampleRows(engine, largest, rowSettings);
      const rows = sample.blocks.flat();
      const isWhole = sample.blocks.length === 1 && all.length === 1;
      const profiles = profileSample(header, rows);
      if (!isWhole) await profileElsewhere(engine, countedRows(all, rowSettings), profiles);
      const known = { ...sample, profiles, isWhole, fileColumns };
      return { rows, known, columns: understandColumns(header, mapping, source, known, rowSettings).columns };
    };
    const first = await look(found.largest, found.tables);
    const { fills, question } = await fillsOf(engine, found.tables, first.columns, rowSettings.fillDown);
    const group: LoadedTable[] = [];
    for (const table of found.tables) {
      const fill = fills.get(table);
      const name = `filled_${result.size + group.length}`;
      group.push(fill === undefined ? table : await fillTable(engine, table, fill, name));
    }
    const largestNow = (): LoadedTable => group[found.tables.indexOf(found.largest)] as LoadedTable;
    const filled = fills.size === 0 ? first : await look(largestNow(), group);
    const states = await versionsOf(engine, group, filled.columns, rowSettings.versions);
    for (const [i, table] of group.entries()) {
      const versions = states.versions.get(table);
      if (versions !== undefined) group[i] = await lastStates(engine, table, versions, `states_${result.size + i}`);
    }
    const { known, columns } = states.versions.size === 0 ? filled : await look(largestNow(), group);
    const { blocks, isWhole } = known;
    const whole = await lookThrough(engine, countedRows(group, rowSettings), { header, blocks, columns, isWhole });
    const understood = understandColumns(header, mapping, source, { ...known, whole }, rowSettings);
    const shared = [...[question, states.question].filter((one) => one !== undefined), ...understood.questions];
    const counting = countingColumns(header, understood.columns);
    for (const [i, table] of found.tables.entries()) {
      const error = await askEncoding(engine, group[i] as LoadedTable, counting);
      const named = askFileName(group[i] as LoadedTable, understood.reading ?? {});
      const questions = [
        ...(error === undefined ? [] : [{ error, roles: [], flags: [] }]),
        ...shared,
        ...(named === undefined ? [] : [named]),
      ];
      result.set(table, { table: group[i] as LoadedTable, understanding: { ...understood, questions } });
    }
  }
  return tables.map((table) => result.get(table) as UnderstoodTable);
}

/** Columns that are blank in all of a sample are described by what they hold elsewhere. */
async function profileElsewhere(engine: ScratchEngine, relation: string, profiles: ColumnProfile[]): Promise<void> {
  for (const [index, { filled }] of profiles.entries()) {
    if (filled > 0) continue;
    const rows = await engine.rows(`select c${index} from ${relation} where trim(c${index}) <> '' limit 50`);
    if (rows.length > 0) profiles[index] = profileColumn(rows.map(([value]) => value as string));
  }
}

/** More than any table has lines: rows of two tables never stand together. */
const LINES_APART = 1e10;

/** Tables of one relation, at most. */
const PARTS_APART = 1e6;

/**
 * A query of the rows of tables with the same columns that count, with the number of their table, with which orders
 * end, and their `place` in the drop.
 */
function countedRows(group: readonly LoadedTable[], settings: RowSettings): string {
  const columns = group[0]?.layout.header.map((_, index) => `c${index}`).join(", ") ?? "";
  const parts = rowSets(group).map(({ tables: [{ layout, opened }], relation, source, part }, i) => {
    const counts = countsSql(readRowSettings(layout.header, settings, opened.source), source);
    const table = `${i * PARTS_APART} + ${part ?? 0}`;
    const place = `line_number + (${table}) * ${LINES_APART}`;
    return `select ${place} as place, ${table} as table_number, ${columns} from ${relation} where unreadable is null${counts === undefined ? "" : ` and ${counts}`}`;
  });
  return `(${parts.join(" union all ")})`;
}

/**
 * Gives the columns of tables their roles. `refusals` holds what is wrong with other files of the drop.
 * @throws as `understandColumns`, and the first question of each file, all at once
 */
export async function mapTables(
  engine: ScratchEngine,
  tables: readonly LoadedTable[],
  answers: ColumnAnswers,
  refusals = createRefusals(),
): Promise<LoadedFile[]> {
  const understood = await refusals.attempt(() => understandTables(engine, tables, answers));
  // Tables with the same columns share their questions.
  const open = Map.groupBy(understood ?? [], ({ understanding }) => understanding.questions[0]?.error);
  const sourceOf = ({ table }: UnderstoodTable): string => table.opened.source;
  for (const [error, asked] of open) if (error !== undefined) refusals.add(error, asked.map(sourceOf));
  refusals.throwAny();
  const { fileColumns = {} } = answers;
  return (understood ?? []).map(({ table, understanding: { questions: _, ...mapping } }) => {
    const found = findFileColumns(table.layout.header, fileColumns, table.opened.source);
    return {
      ...table,
      mapping: found.length === 0 ? mapping : { ...mapping, fileColumns: found },
      notes: [...table.notes, ...mapping.notes],
    };
  });
}
