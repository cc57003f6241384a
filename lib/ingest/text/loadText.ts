import { isUtf8 } from "node:buffer";
import { join } from "node:path";
import { isJsonText } from "../containers/fileFormat.ts";
import { type OpenedFile, readSample, SAMPLE_BYTES } from "../containers/openFile.ts";
import type { ScratchEngine } from "../engine.ts";
import { HeaderOnlyError } from "../errors.ts";
import { loadJson } from "../json/loadJson.ts";
import { createTableBudget, isWide } from "../load/budget.ts";
import type { LoadedTable, LoadOptions } from "../load/loadedTable.ts";
import { identifier } from "../sqlText.ts";
import type { Encoding } from "../types.ts";
import { isAligned, writeWithCommas } from "./alignedText.ts";
import { detectLayout, type TextLayout } from "./dialect.ts";
import { encodingNamed, incompleteTail } from "./encoding.ts";
import { refuseDoubtfulNames } from "./guess/encodingQuestion.ts";
import type { EncodingDoubt } from "./guess/guessEncoding.ts";
import { loadTableFile, readCsv } from "./readCsv.ts";
import { type RepairedFile, repairFile } from "./repairFile.ts";
import { fieldNames } from "./tableLayout.ts";
import { checkText, decideEncoding, declaredEncoding, type Text, transcode } from "./textFile.ts";

async function layoutOf(
  path: string,
  source: string,
  options: LoadOptions,
): Promise<{ layout: TextLayout; isUtf8: boolean }> {
  const sample = await readSample(path);
  const isWhole = sample.length < SAMPLE_BYTES;
  const whole = isWhole ? sample : sample.subarray(0, sample.length - incompleteTail(sample));
  return { layout: detectLayout(sample, isWhole, source, options), isUtf8: isUtf8(whole) };
}

async function toUtf8(
  path: string,
  how: { readonly encoding: Encoding; readonly note?: string; readonly doubt?: EncodingDoubt },
  target: string,
): Promise<Text> {
  const { encoding, note, doubt } = how;
  await transcode(path, encoding, target);
  return { path: target, encoding, notes: note === undefined ? [] : [note], ...(doubt === undefined ? {} : { doubt }) };
}

/** Rows of the strict parse, or undefined when the engine refuses the text as it is. */
async function tryStrictParse(engine: ScratchEngine, table: string, text: Text, layout: TextLayout) {
  if (isWide(layout.header.length)) return undefined;
  const columns = fieldNames(layout.header.length);
  const source = readCsv(text.path, columns, {
    delimiter: layout.delimiter,
    skip: layout.linesBeforeData,
    parallel: true,
  });
  try {
    await engine.run(`create table ${identifier(table)} as select * from ${source}`);
    return Number((await engine.rows(`select count(*) from ${identifier(table)}`))[0]?.[0]);
  } catch {
    // Not regular after all (ragged, or not UTF-8): the careful way tells what is wrong, line by line.
    return undefined;
  }
}

async function loadRepaired(
  options: LoadOptions,
  table: string,
  text: Text,
  layout: TextLayout,
  { source, bytes }: OpenedFile,
): Promise<RepairedFile> {
  const target = join(options.scratchDirectory, `${table}.repaired.csv`);
  const budget = createTableBudget(source, bytes);
  const repaired = await repairFile(text.path, layout, target, { maxListed: options.maxUnreadableListed, budget });
  await loadTableFile(options.engine, table, target, {
    columns: layout.header.length,
    delimiter: layout.delimiter,
    source,
    ...repaired,
  });
  return repaired;
}

function repairNotes(repaired: RepairedFile): string[] {
  return [
    ...(repaired.blankLines > 0 ? [`${repaired.blankLines} blank lines skipped`] : []),
    ...(repaired.ruledLines > 0 ? [`${repaired.ruledLines} ruled lines skipped`] : []),
    ...(repaired.zeroBytes > 0 ? [`${repaired.zeroBytes} NUL bytes left out`] : []),
  ];
}

/** Text in a file that is UTF-8, as far as its first bytes tell. */
async function asUtf8(opened: OpenedFile, options: LoadOptions, target: string): Promise<Text> {
  const declared =
    options.encoding === undefined ? await declaredEncoding(opened.path) : encodingNamed(options.encoding);
  if (declared === undefined || declared === "utf-8") return { path: opened.path, encoding: "utf-8", notes: [] };
  return toUtf8(opened.path, { encoding: declared }, target);
}

/** A text whose columns are set apart by blanks alone, with commas; any other as it is. */
async function withCommas(text: Text, options: LoadOptions, target: string): Promise<Text> {
  if (options.delimiter !== undefined || !isAligned(await readSample(text.path))) return text;
  await writeWithCommas(text.path, target);
  return { ...text, path: target, delimiter: " ".charCodeAt(0), notes: [...text.notes, "columns set apart by blanks"] };
}

/** Reads the text of a file that is not UTF-8 in the encoding that is set or detected. */
async function redecode(text: Text, options: LoadOptions, target: string): Promise<Text> {
  const decision = await decideEncoding(text.path);
  if (options.encoding === undefined || decision.encoding === "utf-8") return toUtf8(text.path, decision, target);
  const note = "set to UTF-8, but not all of it is: what is not reads as U+FFFD";
  return toUtf8(text.path, { encoding: "utf-8", note }, target);
}

/**
 * Loads a text into a table: decides encoding and dialect, and parses it; JSON is handed on. The strict, parallel parse
 * runs while the whole file is checked; only when either finds fault is the text repaired first.
 * @throws EmptyFileError, HeaderOnlyError, BinaryFileError, ReadingOptionError, UndecidableEncodingError, and
 * what `loadJson` throws.
 */
export async function loadText(opened: OpenedFile, table: string, options: LoadOptions): Promise<LoadedTable> {
  const scratch = (kind: string) => join(options.scratchDirectory, `${table}.${kind}`);
  let text = await asUtf8(opened, options, scratch("utf8"));
  if (isJsonText(await readSample(text.path, 4096), opened.source)) return loadJson(opened, text, table, options);
  text = await withCommas(text, options, scratch("commas"));
  let { layout, isUtf8: isSampleUtf8 } = await layoutOf(text.path, opened.source, options);
  if (!isSampleUtf8) {
    text = await redecode(text, options, scratch("text"));
    ({ layout } = await layoutOf(text.path, opened.source, options));
  }
  const parse = tryStrictParse(options.engine, table, text, layout);
  let check = await checkText(text.path, layout, text.path === opened.path && opened.contentHash === undefined);
  let contentHash = opened.contentHash ?? check.contentHash;
  let parsedRows = await parse;
  if (!check.isUtf8) {
    text = await redecode(text, options, scratch("text"));
    ({ layout } = await layoutOf(text.path, opened.source, options));
    await options.engine.run(`drop table if exists ${table}`);
    const again = tryStrictParse(options.engine, table, text, layout);
    check = await checkText(text.path, layout, false);
    parsedRows = await again;
  }
  if (text.doubt !== undefined) refuseDoubtfulNames(opened.source, text.doubt, layout.header);
  contentHash ??= (await checkText(opened.path, layout, true)).contentHash;
  const isStrict = check.regularLines !== undefined && parsedRows === check.regularLines - layout.linesBeforeData;
  const repaired = isStrict ? undefined : await loadRepaired(options, table, text, layout, opened);
  const rows = repaired?.rows ?? parsedRows ?? 0;
  if (rows === 0) {
    throw new HeaderOnlyError(
      "HEADER_ONLY",
      `${opened.source} has a header (${layout.header.join(", ")}) and no rows.`,
      { source: opened.source },
    );
  }
  return {
    opened,
    format: "csv",
    contentHash: contentHash as string,
    encoding: text.encoding,
    ...(text.doubt === undefined ? {} : { doubt: text.doubt }),
    layout: text.delimiter === undefined ? layout : { ...layout, delimiter: text.delimiter },
    // Without blank lines or line breaks in fields the row number gives the line number.
    relation: isStrict
      ? `(select rowid + ${layout.linesBeforeData + 1} as line_number, *, cast(null as varchar) as unreadable from ${table})`
      : table,
    engineTable: table,
    rows,
    unreadableRows: repaired?.unreadableRows ?? 0,
    unreadable: repaired?.unreadable ?? [],
    notes: [...text.notes, ...layout.notes, ...(repaired === undefined ? [] : repairNotes(repaired))],
  };
}
