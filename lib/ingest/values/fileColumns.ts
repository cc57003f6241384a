import type { FileColumn } from "../../domain/roles.ts";
import type { ScratchEngine } from "../engine.ts";
import { UnreadCellsError } from "../errors.ts";
import { findColumn } from "../evidence/answers/findColumn.ts";
import { rowSets } from "../load/gatherTables.ts";
import type { LoadedFile } from "../load/loadedTable.ts";
import { identifier, literal } from "../sqlText.ts";
import type { ReadColumn } from "../types.ts";
import { PLAIN_NUMBER, plainNumberSql } from "./numbers/numberStyle.ts";
import { trimSql } from "./roleValues.ts";
import type { ValuePlan } from "./valuePlan.ts";

/** Where the columns that the settings name are in a file. @throws UnknownColumnError, DuplicateColumnError */
export function findFileColumns(
  header: readonly string[],
  columns: Readonly<Record<string, FileColumn>>,
  source: string,
): ReadColumn[] {
  return Object.entries(columns).map(([name, column]) => ({
    ...{ ...column, name },
    index: findColumn(header, `fileColumns.${name}.from`, column.from, source),
  }));
}

export const holdsNumbers = ({ holds }: FileColumn): boolean => holds !== "category";

/** Longer words tell no groups of customers. */
const MAX_WORD = 200;
const trimmed = ({ index }: ReadColumn): string => `nullif(${trimSql(`c${index}`)}, '')`;

/** SQL of a cell's number, as decimal(20, 8) below a million million; NULL where it is blank or none. */
function numberSql(column: ReadColumn, plan: ValuePlan): string {
  const tokens = [...(plan.columnTokens.get(column.index)?.keys() ?? [])];
  const text = plainNumberSql(trimmed(column), plan.decimalMark, tokens);
  return `try_cast(case when regexp_full_match(${text}, ${literal(PLAIN_NUMBER)}) then ${text} end as decimal(20, 8))`;
}

const carried = ({ name }: ReadColumn): string => identifier(`file column ${name}`);

/** Select items of the columns' values on their own lines, for `withFileColumns`. */
export function fileColumnItems(columns: readonly ReadColumn[], plan: ValuePlan): string[] {
  return columns.map((column) => {
    if (!holdsNumbers(column)) return `left(${trimmed(column)}, ${MAX_WORD}) as ${carried(column)}`;
    const { blank } = column;
    const number = numberSql(column, plan);
    const filled =
      blank === undefined ? number : `case when ${trimmed(column)} is null then ${blank.toFixed(8)} else ${number} end`;
    return `case when unreadable is null then cast(${filled} as decimal(20, 8)) end as ${carried(column)}`;
  });
}

/**
 * Canonical rows with the values of the columns in one cell, as JSON of texts by their names; NULL where a line has
 * none. Money is brought to the currency that everything is counted in.
 */
export function withFileColumns(canonical: string, columns: readonly ReadColumn[]): string {
  if (columns.length === 0) return canonical;
  const plain = (sql: string): string => `regexp_replace(cast(${sql} as varchar), '\\.?0+$', '')`;
  const values = columns.map((column) => {
    const value = carried(column);
    if (!holdsNumbers(column)) return value;
    if (column.holds === "number") return plain(value);
    const converted = `cast(${value} * cast(exchange_rate as decimal(18, 8)) as decimal(20, 8))`;
    return plain(`case when exchange_rate is null then ${value} else ${converted} end`);
  });
  const fields = columns.map(({ name }, i) => `${identifier(name)} := ${values[i]}`);
  const isBlank = columns.map((column) => `${carried(column)} is null`).join(" and ");
  return `select * exclude (${columns.map(carried).join(", ")}),
    case when not (${isBlank}) then cast(to_json(struct_pack(${fields.join(", ")})) as varchar) end as file_columns
    from (${canonical})`;
}

/** Cells of a column that hold no number, though it should. */
export interface UnreadCells {
  readonly name: string;
  readonly column: string;
  readonly cells: number;
  readonly filled: number;
}

/**
 * Counts the cells that hold no number in columns that should.
 * @param limit share of the filled cells; of more than that the file is refused.
 * @throws UnreadCellsError with values and lines.
 */
export async function countUnreadCells(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  planOf: (file: LoadedFile) => ValuePlan,
  limit: number,
): Promise<UnreadCells[]> {
  const found = new Map<string, UnreadCells>();
  for (const { tables, relation } of rowSets(files)) {
    const [file] = tables;
    for (const column of (file.mapping.fileColumns ?? []).filter(holdsNumbers)) {
      const isUnread = `${trimmed(column)} is not null and ${numberSql(column, planOf(file))} is null`;
      const rows = await engine.rows(
        `select cast(count(*) filter (where ${isUnread}) as double), cast(count(${trimmed(column)}) as double) from ${relation} where unreadable is null`,
      );
      const [cells, filled] = (rows[0] ?? []).map(Number) as [number, number];
      if (cells === 0) continue;
      const header = file.layout.header[column.index] as string;
      if (cells > limit * filled) {
        const examples = await engine.rows(
          `select ${trimmed(column)}, min(line_number) from ${relation} where unreadable is null and ${isUnread} group by 1 order by 2, 1 limit 3`,
        );
        const shown = examples.map(([value, line]) => `${JSON.stringify(value)} in line ${String(line)}`);
        throw new UnreadCellsError(file.opened.source, { ...column, column: header, cells, filled, examples: shown });
      }
      const before = found.get(column.name);
      const sums = { cells: cells + (before?.cells ?? 0), filled: filled + (before?.filled ?? 0) };
      found.set(column.name, { name: column.name, column: header, ...sums });
    }
  }
  return [...found.values()];
}
