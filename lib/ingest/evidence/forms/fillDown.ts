import type { Role } from "../../../domain/roles.ts";
import { type ColumnQuestion, type Columns, columnFlag } from "../../columns/columnQuestions.ts";
import type { ScratchEngine } from "../../engine.ts";
import { AmbiguousColumnError } from "../../errors.ts";
import { type FillDown, isBlankSql, isFilledSql } from "../../load/fillTable.ts";
import type { LoadedTable } from "../../load/loadedTable.ts";

export interface FillDecision {
  readonly fill?: FillDown;
  readonly question?: ColumnQuestion;
}

const NOTHING: FillDecision = {};

/** Fewer rows that lack something are slips, or guests. */
export const SUSPICIOUS_SHARE = 0.1;
const ENOUGH_GROUPS = 3;

interface GroupedTable {
  readonly table: LoadedTable;
  readonly columns: Columns;
}

/**
 * Decides whether customer, order or date stand once for several rows: on a row of their own above them (an outline),
 * or on the first line of each order. What a guest's row would look like, too, is asked.
 */
export async function decideFillDown(engine: ScratchEngine, grouped: GroupedTable): Promise<FillDecision> {
  const { columns } = grouped;
  const indexOf = (role: Role): number => (columns[role]?.position ?? 0) - 1;
  const [customer, date] = [indexOf("customer"), indexOf("date")];
  if (customer < 0 || date < 0) return NOTHING;
  if ((await shareBlank(engine, grouped, [customer, date])) < SUSPICIOUS_SHARE) return NOTHING;
  for (const role of ["customer", "date"] as const) {
    const outline = await decideOutline(engine, grouped, role, indexOf(role), role === "date" ? customer : date);
    if (outline !== undefined) return outline;
  }
  return (await decideFirstLines(engine, grouped)) ?? (await askOnceNamed(engine, grouped)) ?? NOTHING;
}

/** The largest share of all rows that are blank in one of the columns; blanks that only a trim sees count little. */
async function shareBlank(engine: ScratchEngine, grouped: GroupedTable, indexes: readonly number[]): Promise<number> {
  const blanks = indexes.map((index) => `c${index} is null or c${index} < '!'`);
  const [rows = 0, ...blank] = await countsWhere(engine, grouped, ["true", ...blanks]);
  return Math.max(...blank) / Math.max(1, rows);
}

/** How many rows so far meet a condition. DuckDB counts with a filter anew for each row, so a sum it is. */
const runningCount = (condition: string): string =>
  `sum(cast(${condition} as integer)) over (order by line_number rows unbounded preceding)`;

/** Rows that meet each condition, by one scan. */
async function countsWhere(
  engine: ScratchEngine,
  { table }: GroupedTable,
  conditions: readonly string[],
): Promise<number[]> {
  const counts = conditions.map((condition) => `count(*) filter (where ${condition})`);
  const [row] = await engine.rows(`select ${counts.join(", ")} from ${table.relation} where unreadable is null`);
  return (row ?? []).map(Number);
}

const others = ({ table }: GroupedTable, index: number): number[] =>
  table.layout.header.flatMap((_, other) => (other === index ? [] : [other]));

/** SQL: whether some of the columns holds something else than a number. */
const hasText = (indexes: readonly number[]): string =>
  indexes.length === 0
    ? "false"
    : indexes.map((index) => `regexp_matches(coalesce(c${index}, ''), '\\p{L}.*\\p{L}')`).join(" or ");

/**
 * Rows that name a group alone above rows that do not: a pivot table or a report in outline. A total names its group
 * again, with a word before or behind it.
 */
async function decideOutline(
  engine: ScratchEngine,
  grouped: GroupedTable,
  role: Role,
  group: number,
  detail: number,
): Promise<FillDecision | undefined> {
  const isGroup = `${isFilledSql(group)} and ${isBlankSql(detail)}`;
  // Nearly every file has rows with both, which one scan tells; what follows sorts all rows.
  const isBoth = `${isFilledSql(group)} and ${isFilledSql(detail)}`;
  const [withBoth, withGroup] = await countsWhere(engine, grouped, [isBoth, isGroup]);
  if (withBoth !== 0 || withGroup === 0) return undefined;
  const money = (grouped.columns.amount ?? grouped.columns.price)?.position;
  const worth = money === undefined ? "null" : `regexp_replace(c${money - 1}, '[^0-9.-]', '', 'g')`;
  const [found] = await engine.rows(`
    with kinds as (
      select line_number, trim(c${group}) as name, ${isGroup} as is_group, ${isBlankSql(group)} and ${isFilledSql(detail)} as is_row,
        (${hasText(others(grouped, group))}) as has_text,
        try_cast(${worth} as double) as worth
      from ${grouped.table.relation} where unreadable is null),
    groups as (
      select line_number, coalesce(contains(name, lag(name) over (order by line_number)) and name <> lag(name) over (order by line_number), false) as is_total
      from kinds where is_group),
    told as (
      select kinds.*, coalesce(is_total, false) as is_total, is_group and not coalesce(is_total, false) as is_head
      from kinds left join groups using (line_number) where is_group or is_row),
    placed as (
      select *, lead(is_head) over w as is_before_head, lead(is_row) over w as is_before_row, ${runningCount("is_head")} as place
      from told window w as (order by line_number)),
    sums as (
      select sum(worth) filter (where is_row) as sum, list(worth) filter (where not is_row and worth is not null) as stated
      from placed where place > 0 group by place)
    select count(*) filter (where is_head and is_before_row), count(*) filter (where is_row),
      count(distinct name) filter (where is_head and is_before_row), count(*) filter (where is_head and is_before_head),
      count(*) filter (where is_group and has_text) + count(*) filter (where is_total and is_before_row),
      coalesce(min_by(is_head, line_number), false),
      (select count(*) from sums where len(list_filter(stated, lambda one: sum is null or abs(one - sum) > 0.011)) > 0)
    from placed`);
  const [groups, rows, names, nested, texts, isFirst, unlike] = (found ?? []).map(Number) as unknown as Seven;
  if (groups === 0 || rows < groups || isFirst !== 1) return undefined;
  const isCertain = groups >= 2 && names === groups && nested === 0 && texts === 0 && unlike === 0;
  if (isCertain) return { fill: { columns: [group], groupRows: isGroup } };
  const why = "stands on rows of its own above the rows without it, as in an outline";
  return { question: ask(grouped, role, [group], why) };
}

type Seven = readonly [number, number, number, number, number, number, number];

/** Lines of an order that have neither its number nor its day nor its customer, below the line that has them. */
async function decideFirstLines(engine: ScratchEngine, grouped: GroupedTable): Promise<FillDecision | undefined> {
  const { table, columns } = grouped;
  const named = (["order", "date", "customer"] as const).flatMap((role) =>
    columns[role] === undefined ? [] : [columns[role].position - 1],
  );
  const starts = named.filter((index) => index !== (columns.customer?.position ?? 0) - 1);
  const rest = table.layout.header.map((_, index) => index).filter((index) => !named.includes(index));
  const [isStart, isBelow] = [starts.map(isFilledSql).join(" and "), named.map(isBlankSql).join(" and ")];
  const [withoutNames] = await countsWhere(engine, grouped, [isBelow]);
  if (withoutNames === 0) return undefined;
  const isLine = `${isBelow} and (${hasText(rest)})`;
  const [found] = await engine.rows(`
    with kinds as (select ${isStart} as is_start, ${isBelow} as is_below, ${isLine} as is_line, line_number,
        ${runningCount(isStart)} as place, ${rest.map((index) => `${isFilledSql(index)} as f${index}`).join(", ") || "1"}
      from ${table.relation} where unreadable is null)
    select cast(count(*) filter (where is_below) as double), cast(count(*) filter (where is_line) as double),
      cast(count(*) filter (where not is_start and not is_below) as double), cast(count(distinct place) filter (where is_below) as double),
      coalesce(min_by(is_start, line_number), false),
      array_to_string([${rest.map((index) => `case when not bool_or(f${index} and is_below) and bool_or(f${index} and is_start) then '${index}' end`).join(", ") || "null"}], ',')
    from kinds`);
  const [below, lines, mixed, groups] = (found ?? []).slice(0, 4).map(Number) as [number, number, number, number];
  if (below === 0 || mixed > 0 || found?.[4] !== true) return undefined;
  const alone = String(found?.[5] ?? "")
    .split(",")
    .filter((text) => text !== "")
    .map(Number);
  if (groups >= ENOUGH_GROUPS && lines === below) return { fill: { columns: [...named, ...alone] } };
  if (groups < ENOUGH_GROUPS || lines === 0) return undefined;
  const why = `stands on the first line of each order, and some of the lines below may be totals`;
  return { question: ask(grouped, "order", [...named, ...alone], why) };
}

/** A customer or a day that is named once, with rows below that have none: the same one, or guests. */
async function askOnceNamed(engine: ScratchEngine, grouped: GroupedTable): Promise<FillDecision | undefined> {
  for (const role of ["customer", "date"] as const) {
    const index = (grouped.columns[role]?.position ?? 0) - 1;
    const [found] = await engine.rows(`
      select cast(count(*) filter (where ${isFilledSql(index)}) as double), cast(count(distinct trim(c${index})) filter (where ${isFilledSql(index)}) as double),
        cast(count(*) filter (where ${isBlankSql(index)}) as double), coalesce(min_by(${isFilledSql(index)}, line_number), false)
      from ${grouped.table.relation} where unreadable is null`);
    const [filled, distinct, blank] = (found ?? []).slice(0, 3).map(Number) as [number, number, number];
    if (found?.[3] !== true || filled < ENOUGH_GROUPS || distinct < filled || blank < 0.3 * filled) continue;
    const why = `has each of its ${filled} values once, and ${blank} rows below them are blank: they may belong to the value above`;
    return { question: ask(grouped, role, [index], why) };
  }
  return undefined;
}

/** Columns as `--fill-down` names them. */
export const fillNames = (header: readonly string[], indexes: readonly number[]): string =>
  indexes.map((index) => columnFlag(header, "date", index).replace(/^--map "?date=|"$/g, "")).join(",");

function ask({ table, columns }: GroupedTable, role: Role, indexes: readonly number[], why: string): ColumnQuestion {
  const { header } = table.layout;
  const { source } = table.opened;
  const [first] = indexes as [number];
  const flags = [`--fill-down "${fillNames(header, indexes)}"`, "--fill-down none"];
  const message = `${source}: column ${JSON.stringify(columns[role]?.column ?? header[first])} ${why}. If the rows below take it from there: ${flags[0]}; if each row stands for itself: ${flags[1]}.`;
  const error = new AmbiguousColumnError("FILL_DOWN", message, { source, role, column: header[first] });
  return { error, roles: [role], flags };
}
