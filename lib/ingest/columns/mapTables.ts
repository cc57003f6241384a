import type { ScratchEngine } from "../engine.ts";
import type { LoadedFile, LoadedTable } from "../load/loadedTable.ts";
import type { ColumnMapping } from "../types.ts";
import { mapColumns, type SampledRows, type Understanding, understandColumns } from "./columnMapping.ts";
import type { SampleRow } from "./orderStructure.ts";

const BLOCKS = 5;
const ROWS_PER_BLOCK = 200;

/** Runs of neighbouring rows from the start of a loaded table to its end; the whole of a small one. */
export async function sampleRows(engine: ScratchEngine, table: LoadedTable): Promise<SampledRows> {
  const columns = table.layout.header.map((_, index) => `c${index}`).join(", ");
  const isSmall = table.rows <= BLOCKS * ROWS_PER_BLOCK;
  const apart = (table.rows - ROWS_PER_BLOCK) / (BLOCKS - 1);
  const starts = isSmall ? [0] : Array.from({ length: BLOCKS }, (_, i) => Math.floor(i * apart));
  const blocks: SampleRow[][] = [];
  for (const start of starts) {
    const limit = isSmall ? table.rows : ROWS_PER_BLOCK;
    const query = `select ${columns} from ${table.relation} where unreadable is null limit ${limit} offset ${start}`;
    blocks.push((await engine.rows(query)) as (string | null)[][]);
  }
  return { blocks, isNamed: table.layout.hasHeader };
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
  mapping: ColumnMapping,
  understand: (header: readonly string[], mapping: ColumnMapping, source: string, sample: SampledRows) => T,
): Promise<Map<LoadedTable, T>> {
  const result = new Map<LoadedTable, T>();
  for (const { largest, tables: group } of alike(tables)) {
    const sample = await sampleRows(engine, largest);
    const understood = understand(largest.layout.header, mapping, largest.opened.source, sample);
    for (const table of group) result.set(table, understood);
  }
  return result;
}

/** What the columns of each table mean, as far as it is known, and what must be asked. @throws as `understandColumns` */
export const understandTables = (
  engine: ScratchEngine,
  tables: readonly LoadedTable[],
  mapping: ColumnMapping,
): Promise<Map<LoadedTable, Understanding>> => mapWith(engine, tables, mapping, understandColumns);

/** Gives the columns of tables their roles. @throws as `mapColumns` */
export async function mapTables(
  engine: ScratchEngine,
  tables: readonly LoadedTable[],
  mapping: ColumnMapping,
): Promise<LoadedFile[]> {
  const mappings = await mapWith(engine, tables, mapping, mapColumns);
  return tables.map((table) => {
    const found = mappings.get(table) as LoadedFile["mapping"];
    return { ...table, mapping: found, notes: [...table.notes, ...found.notes] };
  });
}
