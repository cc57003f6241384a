import { recogniseColumns } from "../columns/recogniseColumns.ts";
import { monthNames } from "../values/dates/monthNames.ts";
import { isNumberText } from "../values/numbers/numberShape.ts";

/** Rows above the names of the columns that are looked past, at most: titles, dates of the export, blank lines. */
export const MAX_TITLE_ROWS = 20;

const NOTHING_TAKEN = { roles: new Set<never>(), indexes: new Set<number>() };

const NUMBER = /^[-+(]?[$€£]?\s?\d[\d.,:/ T+-]*Z?\s?[€$£%)]?$/;
/** "11-Feb-17", "11. Februar 2017", "1º de março de 2017"; "Feb-11-17", "February 11, 2017" */
const NAMED_DATE =
  /^(?:\d{1,2}(?:er|º)?[-/. ]{1,2}(?:de )?(\p{L}{3,14})\.?(?: de)?[-/. ,]+\d{2,4}|(\p{L}{3,14})\.?[-/. ]\d{1,2}[-/., ]+\d{2,4})(?!\p{L})/u;

function isData(value: string | undefined): boolean {
  const text = value?.trim() ?? "";
  if (NUMBER.test(text) || isNumberText(text, "money")) return true;
  const [, before, after] = NAMED_DATE.exec(text) ?? [];
  const month = before ?? after;
  return month !== undefined && monthNames().has(month.toLowerCase());
}

const isFilled = (value: string) => value.trim() !== "";

/**
 * Index of the row that starts the table: the first that fills at least half as many columns as the rows usually do.
 * Rows before it are titles. `rows` are the first rows of the file, blank ones included.
 */
export function firstTableRow(rows: readonly (readonly string[])[]): number {
  const widths = rows.map((row) => row.filter(isFilled).length);
  const filled = widths.filter((width) => width > 0).sort((a, b) => a - b);
  const usual = filled[Math.floor(filled.length / 2)] ?? 0;
  const first = widths.findIndex((width) => width > 0);
  const start = widths.findIndex((width) => width >= Math.max(2, usual / 2));
  return usual < 3 || start < 0 || start > MAX_TITLE_ROWS ? first : start;
}

export interface HeaderDecision {
  readonly hasHeader: boolean;
  readonly reason: string;
  /** The names of the columns where two lines make them up; the first line otherwise. */
  readonly joined?: readonly string[];
}

const isDataColumn = (below: readonly (readonly string[])[], index: number): boolean => {
  const values = below.map((row) => row[index] ?? "").filter(isFilled);
  return values.length > 0 && values.filter(isData).length >= values.length / 2;
};

/**
 * The names that two lines make up: the first names groups of columns, each once for several of them (repeated, or as
 * merged cells leave it), the second the columns, in words where the rows below have numbers or dates. Undefined where
 * one line names them all.
 */
function joinedNames(first: readonly string[], below: readonly (readonly string[])[]): string[] | undefined {
  const [second, ...rows] = below;
  if (second === undefined || rows.length === 0 || second.filter(isFilled).length < 2) return undefined;
  let group = "";
  const groups = second.map((name, index) => {
    if (isFilled(first[index] ?? "")) group = (first[index] as string).trim();
    return isFilled(name) ? group : (first[index] ?? "").trim();
  });
  const named = groups.filter((name) => name !== "");
  const isOfGroups = named.length > 0 && new Set(named).size < named.length;
  const isOfWords = second.every((name) => !isData(name)) && second.some((_, index) => isDataColumn(rows, index));
  if (!isOfGroups || !isOfWords) return undefined;
  const names = second.map((name, index) => `${groups[index]} ${name.trim()}`.trim());
  return new Set(names).size === names.length ? names : undefined;
}

/**
 * Decides whether the first row of a table names its columns: it does when some of the names are known, and does not
 * when it holds numbers or dates where the rows below do. In doubt it does.
 */
export function decideHeader(first: readonly string[], below: readonly (readonly string[])[]): HeaderDecision {
  const { chosen, ambiguous } = recogniseColumns(first, NOTHING_TAKEN);
  const joined = joinedNames(first, below);
  if (joined !== undefined) return { hasHeader: true, reason: "two lines name the columns", joined };
  const known = chosen.size + ambiguous.size;
  if (known > 0) return { hasHeader: true, reason: `${known} of its names are known` };
  let alike = 0;
  let unlike = 0;
  first.forEach((value, index) => {
    if (below.length > 0 && !isDataColumn(below, index)) return;
    if (isData(value)) alike++;
    else if (isFilled(value) && below.length > 0) unlike++;
  });
  if (alike > unlike) {
    return {
      hasHeader: false,
      reason: `${alike} of the ${first.length} fields of the first line are numbers or dates like those below`,
    };
  }
  return { hasHeader: true, reason: unlike > 0 ? "it has words where the rows below have numbers or dates" : "usual" };
}

/** What the reader of a report should know about the header, if anything. */
export function headerNotes(decision: HeaderDecision, titleRows: number, rowWord: "line" | "row"): string[] {
  const plural = titleRows === 1 ? "" : "s";
  return [
    ...(titleRows > 0 ? [`${titleRows} ${rowWord}${plural} above the header skipped`] : []),
    ...(decision.joined === undefined ? [] : [`two ${rowWord}s name the columns: ${decision.joined.join(", ")}`]),
    ...(decision.hasHeader
      ? []
      : [`no header, since ${decision.reason}: columns are called column_1, column_2, …; --header if that is wrong`]),
  ];
}
