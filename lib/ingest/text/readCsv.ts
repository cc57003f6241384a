import type { ScratchEngine } from "../engine.ts";
import { RowAccountingError } from "../errors.ts";
import { identifier, literal } from "../sqlText.ts";
import { fieldNames } from "./tableLayout.ts";

/** SQL that parses strict, headerless CSV into text columns. */
export function readCsv(
  path: string,
  columns: readonly string[],
  how: { readonly delimiter: number; readonly skip: number; readonly parallel: boolean },
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
    `columns = {${types}}`,
  ];
  return `read_csv(${literal(path)}, ${options.join(", ")})`;
}

/** What is known of a file that we wrote ourselves: line number first, then the columns, then the complaint. */
export interface WrittenTable {
  readonly rows: number;
  readonly columns: number;
  readonly delimiter: number;
  readonly hasInnerBreaks: boolean;
}

/**
 * Makes a table `line_number, c0, c1, …, unreadable` of a file that we wrote. Throws `RowAccountingError` when the parser
 * finds other rows than were written; the engine's own message would quote customers' data, so it is only the cause.
 */
export async function loadTableFile(
  engine: ScratchEngine,
  table: string,
  path: string,
  { rows, columns, delimiter, hasInnerBreaks }: WrittenTable,
): Promise<void> {
  const names = ["line", ...fieldNames(columns), "unreadable"];
  const source = readCsv(path, names, { delimiter, skip: 0, parallel: !hasInnerBreaks });
  let parsed: number;
  try {
    await engine.run(
      `create or replace table ${identifier(table)} as select cast(line as bigint) as line_number, * exclude (line) from ${source}`,
    );
    parsed = Number((await engine.rows(`select count(*) from ${identifier(table)}`))[0]?.[0]);
  } catch (cause) {
    throw new RowAccountingError("row_accounting", "The repaired text could not be parsed.", {}, { cause });
  }
  if (parsed === rows) return;
  throw new RowAccountingError("row_accounting", `${rows} records were found, but ${parsed} were parsed.`, {
    found: rows,
    parsed,
  });
}
