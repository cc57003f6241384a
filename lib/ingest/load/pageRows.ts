import type { ScratchEngine } from "../engine.ts";
import { literal } from "../sqlText.ts";
import type { LoadedTable } from "./loadedTable.ts";
import words from "./totalWords.json" with { type: "json" };

const { about: _about, ...languages } = words;
const TOTALS = [...new Set(Object.values(languages).flat())].map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
/** Between the cells of a row, which are searched as one text. */
const BETWEEN = "\u001f";
const TOTAL = `(^|${BETWEEN})(${TOTALS.join("|")})( ?:|${BETWEEN}|$)`;

const RULED = `[-=_+: ${BETWEEN}]*[-=_]{3}[-=_+: ${BETWEEN}]*`;

/** Totals of groups stand anywhere in a report, which people print; in larger files they stand at the end. */
const REPORT_ROWS = 20_000;
const LAST_ROWS = 10;
const MAX_LINES_NAMED = 5;
const MAX_LINES_LISTED = 500;

const isAscii = (text: string): boolean => /^[ -~]*$/.test(text);
/** What is blank stands before "!", which the engine sees without trimming. */
const blank = (index: number): string => `(c${index} is null or (c${index} < '!' and trim(c${index}) = ''))`;

/** Rows of a page that are no transactions. */
interface PageRows {
  readonly what: string;
  /** SQL. */
  readonly condition: string;
  /** Whether only a report, or the end of a larger file, has them. */
  readonly isOfReports: boolean;
}

function pageRows({ layout }: LoadedTable): readonly PageRows[] {
  const { header } = layout;
  const indexes = header.map((_, index) => index);
  const named = indexes.filter((index) => (header[index] ?? "").trim() !== "");
  const name = (index: number): string => (header[index] ?? "").trim().toLowerCase();
  // Lengths tell nearly all rows from the header, and are compared faster than texts.
  const lengths = named
    .filter((index) => isAscii(name(index)))
    .map((index) => `strlen(c${index}) >= ${name(index).length}`);
  const repeats = [...lengths, ...named.map((index) => `lower(trim(c${index})) = ${literal(name(index))}`)];
  const filled = indexes.map((index) => `case when ${blank(index)} then 0 else 1 end`).join(" + ");
  const cells = `concat_ws(${literal(BETWEEN)}, ${indexes.map((index) => `trim(c${index})`).join(", ")})`;
  const isTotal = `regexp_matches(lower(${cells}), ${literal(TOTAL)})`;
  const hasNames = layout.hasHeader && named.length > 1;
  return [
    { what: "without any value", condition: indexes.map(blank).join(" and "), isOfReports: false },
    ...(hasNames ? [{ what: "repeating the header", condition: repeats.join(" and "), isOfReports: false }] : []),
    { what: "of ruled lines", condition: `regexp_full_match(${cells}, ${literal(RULED)})`, isOfReports: true },
    {
      what: "of totals",
      condition: `${filled} <= ${Math.floor(header.length / 2)} and (${isTotal})`,
      isOfReports: true,
    },
  ];
}

const counted = (rows: number): string => `${rows.toLocaleString("en-US")} row${rows === 1 ? "" : "s"}`;

/** Rows of a kind: what they are, how many, and the lines of the first of them. */
interface FoundRows {
  readonly what: string;
  readonly rows: number;
  readonly lines: readonly string[];
}

const anyOf = (kinds: readonly PageRows[]): string =>
  kinds.length === 0 ? "false" : kinds.map(({ condition }) => `(${condition})`).join(" or ");

async function findPageRows(engine: ScratchEngine, relation: string, kinds: readonly PageRows[]): Promise<FoundRows[]> {
  const cases = kinds.map(({ what, condition }) => `when ${condition} then ${literal(what)}`).join(" ");
  const found = await engine.rows(
    `select what, cast(count(*) as double), array_to_string(list(line_number order by line_number)[1:${MAX_LINES_LISTED}], ', ')
     from (select case ${cases} end as what, line_number from ${relation} where unreadable is null and (${anyOf(kinds)})) group by what order by what`,
  );
  return found.map(([what, rows, lines]) => ({
    what: String(what),
    rows: Number(rows),
    lines: String(lines).split(", "),
  }));
}

/**
 * A query of the last rows. Behind an OFFSET the engine moves no condition down to every row, where words would be
 * looked for in all of them.
 */
const lastRows = ({ relation, rows }: LoadedTable): string =>
  `(select * from ${relation} limit ${LAST_ROWS} offset ${Math.max(0, rows - LAST_ROWS)})`;

/** Columns to try: one that has no blank cell and none as long as its name settles it. */
const COLUMNS_TRIED = 3;

/** Whether some row may be without any value or repeat the header: looks at few columns instead of all. */
async function mayHavePageRows(engine: ScratchEngine, { relation, layout }: LoadedTable): Promise<boolean> {
  const names = layout.header.map((name) => name.trim());
  const tried = [...names.keys()]
    .filter((index) => names[index] !== "" && isAscii(names[index] as string))
    .sort((a, b) => (names[b] as string).length - (names[a] as string).length);
  for (const index of tried.slice(0, COLUMNS_TRIED)) {
    const isLong = `strlen(c${index}) >= ${(names[index] as string).length}`;
    const query = `select 1 from ${relation} where unreadable is null and (c${index} is null or c${index} < '!' or ${isLong}) limit 1`;
    if ((await engine.rows(query)).length === 0) return false;
  }
  return true;
}

/** What is left out of a table, and the SQL condition of it. */
async function findLeftOut(
  engine: ScratchEngine,
  table: LoadedTable,
  kinds: readonly PageRows[],
): Promise<{ readonly found: readonly FoundRows[]; readonly condition: string }> {
  const { relation } = table;
  if (table.rows <= REPORT_ROWS)
    return { found: await findPageRows(engine, relation, kinds), condition: `coalesce(${anyOf(kinds)}, false)` };
  const anywhere = kinds.filter(({ isOfReports }) => !isOfReports);
  const within = (await mayHavePageRows(engine, table)) ? await findPageRows(engine, relation, anywhere) : [];
  const tail = `(select * from ${lastRows(table)} where not coalesce(${anyOf(anywhere)}, false))`;
  const atEnd = await findPageRows(
    engine,
    tail,
    kinds.filter(({ isOfReports }) => isOfReports),
  );
  const lines = atEnd.flatMap((one) => one.lines);
  const isAtEnd = lines.length === 0 ? "false" : `line_number in (${lines.join(", ")})`;
  const found = [...within, ...atEnd].sort((a, b) => (a.what < b.what ? -1 : 1));
  return { found, condition: `(coalesce(${anyOf(anywhere)}, false) or ${isAtEnd})` };
}

/**
 * Leaves out what reports print between and below their rows: the header again, totals, rows without any value. What is
 * left out is said in the notes, with lines; it is no transaction, and is not counted as a row.
 */
export async function withoutPageRows(engine: ScratchEngine, table: LoadedTable): Promise<LoadedTable> {
  if (table.layout.header.length < 2) return table;
  const { found, condition } = await findLeftOut(engine, table, pageRows(table));
  if (found.length === 0) return table;
  const left = found.reduce((sum, { rows }) => sum + rows, 0);
  const notes = found.map(({ what, rows, lines }) => {
    const named = lines.slice(0, MAX_LINES_NAMED).join(", ");
    return `${counted(rows)} ${what} skipped (line ${named}${rows > MAX_LINES_NAMED ? ", …" : ""})`;
  });
  // Every statement reads through this: numbers are compared faster than words are looked for.
  const lines = found.flatMap((one) => one.lines);
  const isPageRow = lines.length === left ? `line_number in (${lines.join(", ")})` : condition;
  return {
    ...table,
    relation: `(select * from ${table.relation} where not ${isPageRow})`,
    rows: table.rows - left,
    notes: [...table.notes, ...notes],
  };
}
