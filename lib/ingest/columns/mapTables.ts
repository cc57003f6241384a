import type { RowSettings } from "../../domain/config/rowSettings.ts";
import type { ScratchEngine } from "../engine.ts";
import { UnknownWordError } from "../errors.ts";
import { type RowReading, readRowSettings } from "../evidence/answers/rowReading.ts";
import { countsSql } from "../evidence/answers/rowSql.ts";
import { askFileName } from "../evidence/fileNames.ts";
import { lookThrough } from "../evidence/wholeTable.ts";
import { rowSets } from "../load/gatherTables.ts";
import type { LoadedFile, LoadedTable } from "../load/loadedTable.ts";
import { literal } from "../sqlText.ts";
import type { DropRequest } from "../types.ts";
import { profileSample, type SampledRows, type Understanding, understandColumns } from "./columnMapping.ts";
import type { SampleRow } from "./orderStructure.ts";

/** What has been decided by hand. */
type ColumnAnswers = Pick<DropRequest, "mapping" | "rowSettings">;

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

/**
 * What the columns of each table mean, as far as it is known, and what must be asked. @throws as `understandColumns`
 */
export async function understandTables(
  engine: ScratchEngine,
  tables: readonly LoadedTable[],
  { mapping = {}, rowSettings = {} }: ColumnAnswers,
): Promise<Map<LoadedTable, Understanding>> {
  const result = new Map<LoadedTable, Understanding>();
  for (const { largest, tables: group } of alike(tables)) {
    const { header } = largest.layout;
    const { source } = largest.opened;
    const sample = await sampleRows(engine, largest, rowSettings);
    const rows = sample.blocks.flat();
    const known = { ...sample, profiles: profileSample(header, rows) };
    const { columns } = understandColumns(header, mapping, source, known, rowSettings);
    const whole = await lookThrough(engine, countedRows(group, rowSettings), { header, rows, columns });
    const understood = understandColumns(header, mapping, source, { ...known, whole }, rowSettings);
    const named = group.flatMap((table) => askFileName(table, understood.reading ?? {}) ?? []);
    const questions = [...understood.questions, ...named];
    for (const table of group) result.set(table, { ...understood, questions });
  }
  return result;
}

/** A query of the rows of tables with the same columns that count. */
function countedRows(group: readonly LoadedTable[], settings: RowSettings): string {
  const columns = group[0]?.layout.header.map((_, index) => `c${index}`).join(", ") ?? "";
  const parts = rowSets(group).map(({ tables: [{ layout, opened }], relation, source }) => {
    const counts = countsSql(readRowSettings(layout.header, settings, opened.source), source);
    return `select ${columns} from ${relation} where unreadable is null${counts === undefined ? "" : ` and ${counts}`}`;
  });
  return `(${parts.join(" union all ")})`;
}

/** Gives the columns of tables their roles. @throws as `understandColumns`, and the first question */
export async function mapTables(
  engine: ScratchEngine,
  tables: readonly LoadedTable[],
  answers: ColumnAnswers,
): Promise<LoadedFile[]> {
  const understood = await understandTables(engine, tables, answers);
  return tables.map((table) => {
    const { questions, ...mapping } = understood.get(table) as Understanding;
    if (questions[0] !== undefined) throw questions[0].error;
    return { ...table, mapping, notes: [...table.notes, ...mapping.notes] };
  });
}
