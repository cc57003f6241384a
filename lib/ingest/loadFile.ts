import { isUtf8 } from "node:buffer";
import { join } from "node:path";
import type { MappingResult } from "./columnMapping.ts";
import { detectLayout, type TextLayout } from "./dialect.ts";
import { incompleteTail } from "./encoding.ts";
import type { ScratchEngine } from "./engine.ts";
import { HeaderOnlyError, RowAccountingError } from "./errors.ts";
import { type OpenedFile, openFile, readSample, SAMPLE_BYTES } from "./openFile.ts";
import { type RepairedFile, repairFile } from "./repairFile.ts";
import { identifier, literal } from "./sqlText.ts";
import { checkText, decideEncoding, declaredEncoding, transcode } from "./textFile.ts";
import type { DropFile, Encoding, UnreadableLine } from "./types.ts";

/** A file whose records are in a table of the scratch engine, every column text. */
export interface LoadedTable {
  readonly opened: OpenedFile;
  readonly contentHash: string;
  readonly encoding: Encoding;
  readonly layout: TextLayout;
  /** Columns line_number, c0, c1, …, unreadable. */
  readonly relation: string;
  readonly rows: number;
  readonly unreadableRows: number;
  readonly unreadable: readonly UnreadableLine[];
  readonly notes: readonly string[];
}

/** A loaded table whose columns have roles. */
export interface LoadedFile extends LoadedTable {
  readonly mapping: MappingResult;
}

export interface LoadOptions {
  readonly engine: ScratchEngine;
  readonly scratchDirectory: string;
  readonly maxUnreadableListed: number;
}

interface Text {
  readonly path: string;
  readonly encoding: Encoding;
  readonly notes: readonly string[];
}

const fieldNames = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`);

function readCsv(
  path: string,
  columns: readonly string[],
  layout: TextLayout,
  skip: number,
  parallel: boolean,
): string {
  const types = columns.map((name) => `${literal(name)}: 'varchar'`).join(", ");
  const options = [
    "auto_detect = false",
    "header = false",
    `skip = ${skip}`,
    `delim = ${literal(String.fromCharCode(layout.delimiter))}`,
    `quote = '"'`,
    `escape = '"'`,
    `parallel = ${parallel}`,
    `columns = {${types}}`,
  ];
  return `read_csv(${literal(path)}, ${options.join(", ")})`;
}

async function layoutOf(path: string, source: string): Promise<{ layout: TextLayout; isUtf8: boolean }> {
  const sample = await readSample(path);
  const isWhole = sample.length < SAMPLE_BYTES;
  const whole = isWhole ? sample : sample.subarray(0, sample.length - incompleteTail(sample));
  return { layout: detectLayout(sample, isWhole, source), isUtf8: isUtf8(whole) };
}

async function toUtf8(path: string, encoding: Encoding, broken: number, target: string): Promise<Text> {
  await transcode(path, encoding, target);
  const repaired = `${broken} byte${broken === 1 ? " is" : "s are"} not valid UTF-8 and read as U+FFFD`;
  return { path: target, encoding, notes: broken > 0 ? [repaired] : [] };
}

/** Rows of the strict parse, or undefined when the engine refuses the text as it is. */
async function tryStrictParse(engine: ScratchEngine, table: string, text: Text, layout: TextLayout) {
  const columns = fieldNames(layout.header.length);
  const source = readCsv(text.path, columns, layout, layout.linesBeforeData, true);
  try {
    await engine.run(`create table ${identifier(table)} as select * from ${source}`);
    return Number((await engine.rows(`select count(*) from ${identifier(table)}`))[0]?.[0]);
  } catch {
    // Not regular after all (ragged, or not UTF-8): the careful way tells what is wrong, line by line.
    return undefined;
  }
}

/** Rows of the repaired text. The engine's own message would quote customers' data, so it is only the cause. */
async function parseRepaired(engine: ScratchEngine, table: string, source: string): Promise<number> {
  try {
    await engine.run(
      `create or replace table ${identifier(table)} as select cast(line as bigint) as line_number, * exclude (line) from ${source}`,
    );
    return Number((await engine.rows(`select count(*) from ${identifier(table)}`))[0]?.[0]);
  } catch (cause) {
    throw new RowAccountingError("row_accounting", "The repaired text could not be parsed.", {}, { cause });
  }
}

async function loadRepaired(
  options: LoadOptions,
  table: string,
  text: Text,
  layout: TextLayout,
): Promise<RepairedFile> {
  const target = join(options.scratchDirectory, `${table}.repaired.csv`);
  const repaired = await repairFile(text.path, layout, target, options.maxUnreadableListed);
  const columns = ["line", ...fieldNames(layout.header.length), "unreadable"];
  const source = readCsv(target, columns, layout, 0, !repaired.hasInnerBreaks);
  const rows = await parseRepaired(options.engine, table, source);
  if (rows !== repaired.rows) {
    throw new RowAccountingError("row_accounting", `${repaired.rows} records were found, but ${rows} were parsed.`, {
      found: repaired.rows,
      parsed: rows,
    });
  }
  return repaired;
}

function repairNotes(repaired: RepairedFile): string[] {
  return [
    ...(repaired.blankLines > 0 ? [`${repaired.blankLines} blank lines skipped`] : []),
    ...(repaired.zeroBytes > 0 ? [`${repaired.zeroBytes} NUL bytes left out`] : []),
  ];
}

/**
 * Loads one dropped file into a table: opens it, decides encoding and dialect, and parses it. The strict,
 * parallel parse runs while the whole file is checked; only when either finds fault is the text repaired first.
 * Throws every `IngestError` but those about columns, dates and numbers.
 */
export async function loadFile(file: DropFile, index: number, options: LoadOptions): Promise<LoadedTable> {
  const scratch = (kind: string) => join(options.scratchDirectory, `t${index}.${kind}`);
  const opened = await openFile(file, scratch("raw"));
  const declared = await declaredEncoding(opened.path);
  let text: Text =
    declared === undefined
      ? { path: opened.path, encoding: "utf-8", notes: [] }
      : await toUtf8(opened.path, declared, 0, scratch("utf8"));
  let { layout, isUtf8: isSampleUtf8 } = await layoutOf(text.path, file.source);
  let contentHash = opened.contentHash;
  if (!isSampleUtf8) {
    const { encoding, broken } = await decideEncoding(text.path);
    text = await toUtf8(text.path, encoding, broken, scratch("text"));
    ({ layout } = await layoutOf(text.path, file.source));
  }
  const table = `t${index}`;
  const isAsDropped = text.path === file.path;
  const parse = tryStrictParse(options.engine, table, text, layout);
  let check = await checkText(text.path, layout, isAsDropped);
  contentHash ??= check.contentHash;
  let parsedRows = await parse;
  if (!check.isUtf8) {
    const { encoding, broken } = await decideEncoding(text.path);
    text = await toUtf8(text.path, encoding, broken, scratch("text"));
    ({ layout } = await layoutOf(text.path, file.source));
    await options.engine.run(`drop table if exists ${table}`);
    const again = tryStrictParse(options.engine, table, text, layout);
    check = await checkText(text.path, layout, false);
    parsedRows = await again;
  }
  contentHash ??= (await checkText(file.path, layout, true)).contentHash;
  const isStrict = check.regularLines !== undefined && parsedRows === check.regularLines - layout.linesBeforeData;
  const repaired = isStrict ? undefined : await loadRepaired(options, table, text, layout);
  const rows = repaired?.rows ?? parsedRows ?? 0;
  if (rows === 0) {
    throw new HeaderOnlyError("header_only", `${file.source} has a header (${layout.header.join(", ")}) and no rows.`, {
      source: file.source,
    });
  }
  return {
    opened,
    contentHash: contentHash as string,
    encoding: text.encoding,
    layout,
    // Without blank lines or line breaks in fields the row number gives the line number.
    relation: isStrict
      ? `(select rowid + ${layout.linesBeforeData + 1} as line_number, *, cast(null as varchar) as unreadable from ${table})`
      : table,
    rows,
    unreadableRows: repaired?.unreadableRows ?? 0,
    unreadable: repaired?.unreadable ?? [],
    notes: [...text.notes, ...(repaired === undefined ? [] : repairNotes(repaired))],
  };
}
