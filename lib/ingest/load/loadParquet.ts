import { link } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { OpenedFile } from "../containers/openFile.ts";
import { HeaderOnlyError, IngestError, UnreadableParquetError } from "../errors.ts";
import { identifier, literal } from "../sqlText.ts";
import { checkUtf8 } from "../text/textFile.ts";
import { checkColumns, createTableBudget, isWide, MAX_COLUMNS, tooLarge } from "./budget.ts";
import type { LoadedTable, LoadOptions } from "./loadedTable.ts";

interface ParquetColumn {
  readonly name: string;
  readonly type: string;
  /** SQL of its value. */
  readonly value: string;
}

/** Structures nested deeper than this become JSON text. */
const MAX_DEPTH = 3;

/** SQL of a value as text: what reads the same in any time zone, and numbers without exponents. */
function textOf({ type, value }: ParquetColumn, timeZone: string | undefined): string {
  const text = `cast(${value} as varchar)`;
  if (type === "VARCHAR") return value;
  if (type === "DOUBLE" || type === "FLOAT") {
    // The shortest text that reads as the same number; only the largest and smallest have an exponent.
    const plain = `rtrim(rtrim(cast(try_cast(${text} as decimal(38, 12)) as varchar), '0'), '.')`;
    return `case when not isfinite(${value}) then null when contains(${text}, 'e') then coalesce(${plain}, ${text}) else ${text} end`;
  }
  // An instant: what its clock shows in UTC.
  if (type === "TIMESTAMP WITH TIME ZONE") {
    return `cast(make_timestamp(epoch_us(${value})) as varchar)${timeZone === undefined ? "" : " || 'Z'"}`;
  }
  if (type.startsWith("TIMESTAMP")) return `cast(cast(${value} as timestamp) as varchar)`;
  return isNested(type) ? `cast(to_json(${value}) as varchar)` : text;
}

const NUMERIC = /INT|^(DOUBLE|FLOAT|DECIMAL)/;
const isNested = (type: string) => /\[\d*\]$|^(MAP|STRUCT|UNION)\(/.test(type);
const isStructure = (type: string) => /^STRUCT\(.*\)$/s.test(type);

/** The columns of a query, structures taken apart under dotted names. */
async function columnsOf(options: LoadOptions, from: string, prefix: string, depth: number): Promise<ParquetColumn[]> {
  const described = await options.engine.rows(`describe ${from}`);
  // Each structure is described by a query of its own: too many are told before.
  if (described.length > MAX_COLUMNS) return described.map(([name]) => ({ name: String(name), type: "", value: "" }));
  const columns: ParquetColumn[] = [];
  for (const [rawName, rawType] of described) {
    const [name, type] = [String(rawName), String(rawType)];
    const value = prefix === "" ? identifier(name) : `${prefix}.${identifier(name)}`;
    if (!isStructure(type) || depth >= MAX_DEPTH) {
      columns.push({ name, type, value });
      continue;
    }
    const inner = await columnsOf(
      options,
      `select unnest(s) from (select ${identifier(name)} as s from (${from}))`,
      value,
      depth + 1,
    );
    columns.push(...inner.map((column) => ({ ...column, name: `${name}.${column.name}` })));
  }
  return columns;
}

function unreadable({ source, path }: OpenedFile, cause: unknown): UnreadableParquetError {
  const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]?.replaceAll(path, source);
  return new UnreadableParquetError(
    "UNREADABLE_PARQUET",
    `${source} is a Parquet file that cannot be read (${reason}): transfer or export it again, or export it as CSV.`,
    { source },
    { cause },
  );
}

/** @throws OverBudgetError before anything is decoded: a column that repeats one value takes no bytes. */
async function checkBudget(opened: OpenedFile, columns: number, options: LoadOptions): Promise<void> {
  checkColumns(opened.source, columns);
  const counted = await options.engine.rows(`select sum(num_rows) from parquet_file_metadata(${literal(opened.path)})`);
  createTableBudget(opened.source, opened.bytes).spend(columns * Number(counted[0]?.[0] ?? 0), 0);
}

/** Decodes all of a file into a table: damage shows here, and not when a column is first looked at. */
async function createTable(opened: OpenedFile, table: string, options: LoadOptions): Promise<ParquetColumn[]> {
  const scan = (extra = "", path = opened.path) => `read_parquet(${literal(path)}, binary_as_string = true${extra})`;
  try {
    const columns = await columnsOf(options, `select * from ${scan()}`, "", 1);
    await checkBudget(opened, columns.length, options);
    const fields = columns.map((column, index) => `${textOf(column, options.timeZone)} as c${index}`);
    const rowsOf = (path: string) =>
      `select file_row_number + 1 as line_number, ${fields.join(", ")}, cast(null as varchar) as unreadable from ${scan(", file_row_number = true", path)}`;
    if (isWide(columns.length)) {
      const kept = opened.isAsDropped ? opened.path : join(dirname(options.scratchDirectory), `${table}.parquet`);
      if (kept !== opened.path) await link(opened.path, kept);
      await options.engine.run(`create view ${table} as ${rowsOf(kept)}`);
      await options.engine.rows(`select ${columns.map((_, index) => `count(c${index})`).join(", ")} from ${table}`);
    } else await options.engine.run(`create table ${table} as ${rowsOf(opened.path)}`);
    return columns;
  } catch (cause) {
    if (cause instanceof IngestError) throw cause;
    throw tooLarge(opened.source, cause) ?? unreadable(opened, cause);
  }
}

/**
 * Loads a Parquet file into a table. Numbers become the shortest exact decimals, dates and timestamps ISO text (an
 * instant in UTC), structures columns with dotted names; lists and maps stay JSON text. The line number is the number
 * of the row.
 * @throws UnreadableParquetError, HeaderOnlyError.
 */
export async function loadParquet(opened: OpenedFile, table: string, options: LoadOptions): Promise<LoadedTable> {
  const { source, path } = opened;
  const columns = await createTable(opened, table, options);
  const rows = Number((await options.engine.rows(`select count(*) from ${table}`))[0]?.[0]);
  const header = columns.map(({ name }) => name);
  if (rows === 0) {
    throw new HeaderOnlyError("HEADER_ONLY", `${source} has columns (${header.join(", ")}) and no rows.`, { source });
  }
  const first = await options.engine.rows(`select * exclude (line_number, unreadable) from ${table} limit 20`);
  const nested = columns.filter(({ type }) => isNested(type)).map(({ name }) => name);
  const zoned = columns.filter(({ type }) => type === "TIMESTAMP WITH TIME ZONE").map(({ name }) => name);
  return {
    opened,
    format: "parquet",
    contentHash: opened.contentHash ?? (await checkUtf8(path)).contentHash,
    encoding: "utf-8",
    layout: {
      header,
      hasHeader: true,
      linesBeforeData: 0,
      firstRows: first.map((row) => row.map((value) => (value === null ? "" : String(value)))),
    },
    relation: table,
    engineTable: table,
    numericColumns: new Set(columns.flatMap(({ type }, index) => (NUMERIC.test(type) ? [index] : []))),
    rows,
    unreadableRows: 0,
    unreadable: [],
    notes: [
      ...(nested.length > 0 ? [`lists and maps are kept as JSON text: ${nested.join(", ")}`] : []),
      ...(zoned.length > 0 ? [`instants are taken in ${options.timeZone ?? "UTC"}: ${zoned.join(", ")}`] : []),
    ],
  };
}
