import { rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ScratchEngine } from "../engine.ts";
import { RowAccountingError } from "../errors.ts";
import { isWide, tooLarge } from "../load/budget.ts";
import { identifier, literal } from "../sqlText.ts";
import { fieldNames } from "./tableLayout.ts";

/** SQL that parses strict, headerless CSV into text columns. */
export function readCsv(
  path: string,
  columns: readonly string[],
  how: {
    readonly delimiter: number;
    readonly skip: number;
    readonly parallel: boolean;
    /** Every record ends in a line feed, as we write them: a carriage return in a value then decides nothing. */
    readonly isOwn?: boolean;
  },
): string {
  const types = columns.map((name) => `${literal(name)}: 'varchar'`).join(", ");
  const options = [
    "auto_detect = false",
    "header = false",
    `skip = ${how.skip}`,
    `delim = ${literal(String.fromCharCode(how.delimiter))}`,
    `quote = '"'`,
    `escape = '"'`,
    `parallel = ${how.parallel}`,
    ...(how.isOwn === true ? ["new_line = '\\n'"] : []),
    `columns = {${types}}`,
  ];
  return `read_csv(${literal(path)}, ${options.join(", ")})`;
}

/** What is known of a file that we wrote ourselves: line number first, then the columns, then the complaint. */
export interface WrittenTable {
  /** The file that it comes from, for messages. */
  readonly source: string;
  readonly rows: number;
  readonly columns: number;
  readonly delimiter: number;
  readonly hasInnerBreaks: boolean;
}

/**
 * Makes a table, or of a wide one a view, `line_number, c0, c1, …, unreadable` of a file that we wrote. Throws
 * `RowAccountingError` when the parser finds other rows than were written; the engine's own message would quote
 * customers' data, so it is only the cause.
 * @throws OverBudgetError where it does not fit in memory.
 */
export async function loadTableFile(
  engine: ScratchEngine,
  table: string,
  path: string,
  { source: file, rows, columns, delimiter, hasInnerBreaks }: WrittenTable,
): Promise<void> {
  const names = ["line", ...fieldNames(columns), "unreadable"];
  const how = { delimiter, skip: 0, parallel: !hasInnerBreaks && !isWide(columns), isOwn: true };
  const rowsOf = (from: string) =>
    `select cast(line as bigint) as line_number, * exclude (line) from ${readCsv(from, names, how)}`;
  let parsed: number;
  try {
    if (isWide(columns)) {
      // Beside the folder of the table's own scratch files, where it stays until the drop is read.
      const kept = join(dirname(dirname(path)), basename(path));
      await rename(path, kept);
      await engine.run(`create or replace view ${identifier(table)} as ${rowsOf(kept)}`);
    } else await engine.run(`create or replace table ${identifier(table)} as ${rowsOf(path)}`);
    parsed = Number((await engine.rows(`select count(*) from ${identifier(table)}`))[0]?.[0]);
  } catch (cause) {
    const refusal = tooLarge(file, cause);
    if (refusal !== undefined) throw refusal;
    throw new RowAccountingError(
      "ROW_ACCOUNTING",
      `${file}: its ${rows} records were found, but the SQL engine does not take them. That is a fault of the reader: please report it; saved again by another program (as UTF-8, with plain line ends) the file may be read.`,
      { source: file, found: rows },
      { cause },
    );
  }
  if (parsed === rows) return;
  throw new RowAccountingError(
    "ROW_ACCOUNTING",
    `${file}: ${rows} records were found, but ${parsed} were parsed. That is a fault of the reader: please report it.`,
    { source: file, found: rows, parsed },
  );
}
