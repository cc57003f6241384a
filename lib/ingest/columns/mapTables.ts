import type { RowSettings } from "../../domain/config/rowSettings.ts";
import type { ScratchEngine } from "../engine.ts";
import { UnknownWordError } from "../errors.ts";
import { type RowReading, readRowSettings } from "../evidence/answers/rowReading.ts";
import { countsSql } from "../evidence/answers/rowSql.ts";
import type { LoadedFile, LoadedTable } from "../load/loadedTable.ts";
import type { ColumnMapping, DropRequest } from "../types.ts";
import { mapColumns, type SampledRows, type Understanding, understandColumns } from "./columnMapping.ts";
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
  const counts = countsSql(reading, table.opened.source);
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
    "unknown_word",
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

async function mapWith<T extends Understanding | LoadedFile["mapping"]>(
  engine: ScratchEngine,
  tables: readonly LoadedTable[],
  { mapping = {}, rowSettings = {} }: ColumnAnswers,
  understand: (
    header: readonly string[],
    mapping: ColumnMapping,
    source: string,
    sample: SampledRows,
    settings: RowSettings,
  ) => T,
): Promise<Map<LoadedTable, T>> {
  const result = new Map<LoadedTable, T>();
  for (const { largest, tables: group } of alike(tables)) {
    const sample = await sampleRows(engine, largest, rowSettings);
    const understood = understand(largest.layout.header, mapping, largest.opened.source, sample, rowSettings);
    for (const table of group) result.set(table, understood);
  }
  return result;
}

/** What the columns of each table mean, as far as it is known, and what must be asked. @throws as `understandColumns` */
export const understandTables = (
  engine: ScratchEngine,
  tables: readonly LoadedTable[],
  answers: ColumnAnswers,
): Promise<Map<LoadedTable, Understanding>> => mapWith(engine, tables, answers, understandColumns);

/** Gives the columns of tables their roles. @throws as `mapColumns` */
export async function mapTables(
  engine: ScratchEngine,
  tables: readonly LoadedTable[],
  answers: ColumnAnswers,
): Promise<LoadedFile[]> {
  const mappings = await mapWith(engine, tables, answers, mapColumns);
  return tables.map((table) => {
    const found = mappings.get(table) as LoadedFile["mapping"];
    return { ...table, mapping: found, notes: [...table.notes, ...found.notes] };
  });
}
