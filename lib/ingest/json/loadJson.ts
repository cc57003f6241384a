import { join } from "node:path";
import type { OpenedFile } from "../containers/openFile.ts";
import { HeaderOnlyError, UnreadableJsonError } from "../errors.ts";
import { checkColumns, createTableBudget, type TableBudget } from "../load/budget.ts";
import type { LoadedTable, LoadOptions } from "../load/loadedTable.ts";
import { openTableFile, type TableFacts } from "../text/csvWriter.ts";
import { refuseDoubtfulNames } from "../text/guess/encodingQuestion.ts";
import { loadTableFile } from "../text/readCsv.ts";
import type { Text } from "../text/textFile.ts";
import { checkUtf8, decideEncoding, transcode } from "../text/textFile.ts";
import { type JsonObject, parseJsonObject, planRows, type RowPlan, rowsOf } from "./flattenJson.ts";
import { jsonLayoutOf } from "./jsonLayout.ts";
import { type JsonLayout, walkJsonRecords } from "./jsonRecords.ts";

const COMMA = 0x2c;

/** Records that decide which list holds the lines of an order. */
const PLAN_RECORDS = 1_000;

/** What a refusal calls the columns. */
const NAMES = "different names in its records";

interface WrittenJson extends TableFacts {
  readonly columns: readonly string[];
  readonly firstRows: readonly (readonly string[])[];
  readonly records: number;
  /** Rows were written before all columns were known. */
  readonly isTooNarrow: boolean;
}

class EnoughRecords extends Error {}

/** The plan from the first records, and their columns. */
async function planOf(
  path: string,
  layout: JsonLayout,
  { source, bytes }: OpenedFile,
): Promise<[RowPlan, Map<string, number>]> {
  const first: JsonObject[] = [];
  const collect = (text: string) => {
    const record = parseJsonObject(text);
    if (record !== undefined) first.push(record);
    if (first.length >= PLAN_RECORDS) throw new EnoughRecords();
  };
  await walkJsonRecords(path, layout, source, collect, async () => undefined).catch((error: unknown) => {
    if (!(error instanceof EnoughRecords)) throw error;
  });
  const plan = planRows(first);
  const columns = new Map<string, number>();
  const budget = createTableBudget(source, bytes);
  for (const record of first) {
    for (const row of rowsOf(record, plan)) {
      budget.spend(row.size, 0);
      addNames(columns, row.keys(), source);
    }
  }
  return [plan, columns];
}

/** Gives names that are new the next places. @throws OverBudgetError */
function addNames(columns: Map<string, number>, names: Iterable<string>, source: string): void {
  for (const name of names) if (!columns.has(name)) columns.set(name, columns.size);
  checkColumns(source, columns.size, NAMES);
}

/** Writes the rows of all records with the columns known so far, to which it adds those it finds. */
async function writeRows(
  text: string,
  target: string,
  how: {
    readonly layout: JsonLayout;
    readonly plan: RowPlan;
    readonly source: string;
    readonly budget: TableBudget;
    readonly maxListed: number;
  },
  columns: Map<string, number>,
): Promise<WrittenJson> {
  const file = await openTableFile(target, { ...how, columns: () => columns.size });
  const firstRows: string[][] = [];
  let records = 0;
  let rows = 0;
  const columnsAtStart = columns.size;
  const onRecord = (json: string, recordNumber: number) => {
    records = recordNumber;
    const record = parseJsonObject(json);
    if (record === undefined) {
      file.unreadable(++rows, "not a JSON object");
      return;
    }
    for (const flat of rowsOf(record, how.plan)) {
      addNames(columns, flat.keys(), how.source);
      const fields = new Array<string | null>(columns.size).fill(null);
      for (const [name, value] of flat) fields[columns.get(name) as number] = value;
      file.row(++rows, fields);
      if (firstRows.length < 20) firstRows.push(fields.map((value) => value ?? ""));
    }
  };
  try {
    await walkJsonRecords(text, how.layout, how.source, onRecord, () => file.flush());
  } finally {
    await file.close();
  }
  const isTooNarrow = columns.size > columnsAtStart;
  return { columns: [...columns.keys()], firstRows, records, ...file.facts(), isTooNarrow };
}

/**
 * Loads JSON into a table: lines, a list, or a list in an envelope (`{"orders": […]}`). Objects in records are
 * flattened with dotted names; the list that holds an order's lines gives a row each; numbers are text, exactly as
 * written. The line number is the number of the record, or of the row where orders have lines. Throws
 * `UnreadableJsonError`, `HeaderOnlyError`, `UndecidableEncodingError`.
 */
export async function loadJson(
  opened: OpenedFile,
  text: Text,
  table: string,
  options: LoadOptions,
): Promise<LoadedTable> {
  const { source } = opened;
  const scratch = (kind: string) => join(options.scratchDirectory, `${table}.${kind}`);
  let { path } = text;
  const { isUtf8, contentHash } = await checkUtf8(path);
  const notes = [...text.notes];
  let { encoding, doubt } = text;
  if (!isUtf8) {
    const decision = await decideEncoding(path);
    ({ encoding, doubt } = decision);
    notes.push(decision.note);
    await transcode(path, encoding, scratch("text"));
    path = scratch("text");
  }
  const layout = await jsonLayoutOf(path);
  const [plan, columns] = await planOf(path, layout, opened);
  const how = () => ({
    layout,
    plan,
    source,
    budget: createTableBudget(source, opened.bytes),
    maxListed: options.maxUnreadableListed,
  });
  let written = await writeRows(path, scratch("rows.csv"), how(), columns);
  // A late record may bring a column that the rows before it have not: then they are written again, with all.
  if (written.isTooNarrow) written = await writeRows(path, scratch("rows.csv"), how(), columns);
  if (written.columns.length === 0) {
    const isEmpty = written.records === 0;
    if (isEmpty) throw new HeaderOnlyError("HEADER_ONLY", `${source} is JSON without a record.`, { source });
    throw new UnreadableJsonError(
      "NO_JSON_OBJECTS",
      `${source} is JSON, but none of its ${written.records} records is an object with names: write one object per record, like {"customer_id": "17", "order_date": "2024-01-31", "amount": 9.5}.`,
      { source },
    );
  }
  if (doubt !== undefined) refuseDoubtfulNames(source, doubt, written.columns);
  await loadTableFile(options.engine, table, scratch("rows.csv"), {
    source,
    rows: written.rows,
    columns: written.columns.length,
    delimiter: COMMA,
    hasInnerBreaks: written.hasInnerBreaks,
  });
  const lines = `${plan.linesKey}: ${written.records} records have ${written.rows} lines there, each a row; line numbers count these rows`;
  return {
    opened,
    format: "json",
    contentHash:
      opened.contentHash ?? (text.path === opened.path ? contentHash : (await checkUtf8(opened.path)).contentHash),
    encoding,
    ...(doubt === undefined ? {} : { doubt }),
    layout: { header: written.columns, hasHeader: true, linesBeforeData: 0, firstRows: written.firstRows },
    relation: table,
    engineTable: table,
    rows: written.rows,
    unreadableRows: written.unreadableRows,
    unreadable: written.unreadable,
    notes: plan.linesKey === undefined ? notes : [...notes, lines],
  };
}
