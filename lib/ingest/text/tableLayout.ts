/** The columns of a loaded table, whatever its format. */
export interface TableLayout {
  /** Names of the columns, trimmed; `column_1`, `column_2`, … where the file has none. */
  readonly header: readonly string[];
  readonly hasHeader: boolean;
  /** The byte between fields, where the format has one. */
  readonly delimiter?: number;
  /** Lines (rows of a sheet) before the first record: blank lines, a `sep=` line, a title, the header itself. */
  readonly linesBeforeData: number;
  /** The first few records as fields, to look at. */
  readonly firstRows: readonly (readonly string[])[];
}

/** The name of a column as the header has it, trimmed; no database takes a zero byte in a name. */
export const cleanName = (name: string): string => name.replaceAll("\0", "").trim();

/** Names for the columns of a table without a header. */
export const positionNames = (count: number): string[] => Array.from({ length: count }, (_, i) => `column_${i + 1}`);

/** Names of the loaded columns. */
export const fieldNames = (count: number): string[] => Array.from({ length: count }, (_, i) => `c${i}`);
