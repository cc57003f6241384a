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

const blank = (index: number): string => `coalesce(trim(c${index}), '') = ''`;

/** SQL conditions of the rows of a page that are no transactions, by what they are. */
function pageRows({ layout }: LoadedTable): readonly (readonly [what: string, condition: string])[] {
  const { header } = layout;
  const indexes = header.map((_, index) => index);
  const named = indexes.filter((index) => (header[index] ?? "").trim() !== "");
  const repeats = named.map(
    (index) => `lower(trim(c${index})) = ${literal((header[index] ?? "").trim().toLowerCase())}`,
  );
  const filled = indexes.map((index) => `case when ${blank(index)} then 0 else 1 end`).join(" + ");
  const cells = `concat_ws(${literal(BETWEEN)}, ${indexes.map((index) => `trim(c${index})`).join(", ")})`;
  const isTotal = `regexp_matches(lower(${cells}), ${literal(TOTAL)})`;
  return [
    ["without any value", indexes.map(blank).join(" and ")],
    ...(layout.hasHeader && named.length > 1 ? ([["that repeat the header", repeats.join(" and ")]] as const) : []),
    ["of ruled lines", `regexp_full_match(${cells}, ${literal(RULED)})`],
    ["of totals", `${filled} <= ${Math.floor(header.length / 2)} and (${isTotal})`],
  ];
}

const counted = (rows: number): string => `${rows.toLocaleString("en-US")} row${rows === 1 ? "" : "s"}`;

/**
 * Leaves out what reports print between and below their rows: the header again, totals, rows without any value. What is
 * left out is said in the notes, with lines; it is no transaction, and is not counted as a row.
 */
export async function withoutPageRows(engine: ScratchEngine, table: LoadedTable): Promise<LoadedTable> {
  if (table.layout.header.length < 2) return table;
  const { relation } = table;
  const tail = `line_number in (select line_number from ${relation} order by line_number desc limit ${LAST_ROWS})`;
  const conditions = pageRows(table).map(([what, condition]) => {
    const isEverywhere = !/totals|ruled/.test(what) || table.rows <= REPORT_ROWS;
    return [what, `unreadable is null and ${condition}${isEverywhere ? "" : ` and ${tail}`}`] as const;
  });
  const cases = conditions.map(([what, condition]) => `when ${condition} then ${literal(what)}`).join(" ");
  const any = conditions.map(([, condition]) => `(${condition})`).join(" or ");
  const found = await engine.rows(
    `select what, cast(count(*) as double), array_to_string(list(line_number order by line_number)[1:${MAX_LINES_LISTED}], ', ')
     from (select case ${cases} end as what, line_number from ${relation} where ${any}) group by what order by what`,
  );
  if (found.length === 0) return table;
  const left = found.reduce((sum, [, rows]) => sum + Number(rows), 0);
  const linesOf = (listed: unknown): string[] => String(listed).split(", ");
  const notes = found.map(([what, rows, lines]) => {
    const named = linesOf(lines).slice(0, MAX_LINES_NAMED).join(", ");
    return `${counted(Number(rows))} ${String(what)} skipped (line ${named}${Number(rows) > MAX_LINES_NAMED ? ", …" : ""})`;
  });
  // Every statement reads through this: numbers are compared faster than words are looked for.
  const lines = found.flatMap(([, , listed]) => linesOf(listed));
  const isPageRow = lines.length === left ? `line_number in (${lines.join(", ")})` : `coalesce(${any}, false)`;
  return {
    ...table,
    relation: `(select * from ${relation} where not ${isPageRow})`,
    rows: table.rows - left,
    notes: [...table.notes, ...notes],
  };
}
