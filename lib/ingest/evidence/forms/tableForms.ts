import type { RowSettings } from "../../../domain/config/rowSettings.ts";
import type { ColumnQuestion, Columns } from "../../columns/columnQuestions.ts";
import { findVersions, type RowVersions } from "../../columns/rowVersions.ts";
import type { ScratchEngine } from "../../engine.ts";
import { AmbiguousColumnError } from "../../errors.ts";
import { type FillDown, fillByHand } from "../../load/fillTable.ts";
import type { LoadedTable } from "../../load/loadedTable.ts";
import { findColumn } from "../answers/findColumn.ts";
import { decideFillDown, fillNames, SUSPICIOUS_SHARE } from "./fillDown.ts";

/*
 * Files of one drop with the same columns need not have the same form: one may be an outline, or a feed of changes, and
 * another not. Each is looked at by itself.
 */

/** More tables are not looked at by themselves: the largest speak for the rest. */
const MAX_LOOKED_AT = 200;

/** The largest tables, in the order of the drop. */
function largestOf(tables: readonly LoadedTable[]): readonly LoadedTable[] {
  if (tables.length <= MAX_LOOKED_AT) return tables;
  const largest = new Set([...tables].sort((a, b) => b.rows - a.rows).slice(0, MAX_LOOKED_AT));
  return tables.filter((table) => largest.has(table));
}

/** The tables of which a good part of the rows is blank in one of the columns. */
async function withBlanks(
  engine: ScratchEngine,
  tables: readonly LoadedTable[],
  indexes: readonly number[],
): Promise<LoadedTable[]> {
  const blanks = indexes.map((index) => `count(*) filter (where c${index} is null or c${index} < '!')`);
  const share = `greatest(${blanks.join(", ")}) >= ${SUSPICIOUS_SHARE} * count(*)`;
  const found = new Set<LoadedTable>();
  const together = Map.groupBy(
    tables.filter(({ gathered }) => gathered !== undefined),
    ({ gathered }) => gathered?.into.table as string,
  );
  for (const [table, members] of together) {
    const rows = await engine.rows(`select part from ${table} where unreadable is null group by part having ${share}`);
    const parts = new Set(rows.map(([part]) => Number(part)));
    for (const member of members) if (parts.has(member.gathered?.part as number)) found.add(member);
  }
  for (const table of tables.filter(({ gathered }) => gathered === undefined)) {
    const rows = await engine.rows(`select 1 from ${table.relation} where unreadable is null having ${share}`);
    if (rows.length > 0) found.add(table);
  }
  return tables.filter((table) => found.has(table));
}

/** What stands once for several rows, in each table that has such. */
export interface Fills {
  readonly fills: ReadonlyMap<LoadedTable, FillDown>;
  readonly question?: ColumnQuestion | undefined;
}

/**
 * What stands once for several rows in tables with the same columns: as it is set by hand, or as the data of each say.
 * Where some that lack values are outlines and others are not, it is asked.
 */
export async function fillsOf(
  engine: ScratchEngine,
  tables: readonly LoadedTable[],
  columns: Columns,
  byHand: RowSettings["fillDown"],
): Promise<Fills> {
  if (byHand === "none") return { fills: new Map() };
  if (byHand !== undefined) {
    const fillOf = (table: LoadedTable): FillDown => {
      const { header } = table.layout;
      const indexes = byHand.map((name) => findColumn(header, "--fill-down", name, table.opened.source));
      return fillByHand(indexes, table, columns);
    };
    return { fills: new Map(tables.map((table) => [table, fillOf(table)])) };
  }
  const named = [columns.customer, columns.date].flatMap((one) => (one === undefined ? [] : [one.position - 1]));
  if (named.length < 2) return { fills: new Map() };
  const lacking = tables.length === 1 ? tables : await withBlanks(engine, tables, named);
  const decisions = new Map<LoadedTable, Awaited<ReturnType<typeof decideFillDown>>>();
  for (const table of largestOf(lacking)) decisions.set(table, await decideFillDown(engine, { table, columns }));
  const [outline, certain] = [...decisions].find(([, { fill }]) => fill !== undefined) ?? [];
  const fill = certain?.fill;
  // What a small table leaves open, a large one may prove: the same column stands once for several rows.
  const isSame = (question: ColumnQuestion): boolean =>
    fill?.columns.length === 1 && question.error.context.column === outline?.layout.header[fill.columns[0] as number];
  const open = [...decisions.values()].flatMap(({ question }) => question ?? []).filter((one) => !isSame(one));
  if (open.length > 0 || outline === undefined || fill === undefined) return { fills: new Map(), question: open[0] };
  const other = [...decisions].find(
    ([, one]) => one.question === undefined && one.fill?.columns.join() !== fill.columns.join(),
  );
  if (other !== undefined) return { fills: new Map(), question: askForm(outline, other[0], fill) };
  return { fills: new Map(lacking.map((table) => [table, decisions.get(table)?.fill ?? fill])) };
}

function askForm({ opened, layout }: LoadedTable, other: LoadedTable, { columns }: FillDown): ColumnQuestion {
  const names = columns.map((index) => layout.header[index] as string).join(",");
  const flags = [`--fill-down "${fillNames(layout.header, columns)}"`, "--fill-down none"];
  const message = `${opened.source}: ${JSON.stringify(names)} stands once for several rows, and ${other.opened.source}, with the same columns, has rows without it that nothing says belong to the one above. Read the two one after the other. If both are alike: ${flags[0]}; if each row stands for itself: ${flags[1]}.`;
  const error = new AmbiguousColumnError("DIFFERENT_FORMS", message, { source: opened.source, column: names });
  return { error, roles: [], flags };
}

/** How the states of a row are told apart, in each table that has such. */
export interface Versions {
  readonly versions: ReadonlyMap<LoadedTable, RowVersions>;
  readonly question?: ColumnQuestion | undefined;
}

/** The tables with the same columns that are feeds of changes. @throws UnknownColumnError */
export async function versionsOf(
  engine: ScratchEngine,
  tables: readonly LoadedTable[],
  columns: Columns,
  byHand: RowSettings["versions"],
): Promise<Versions> {
  const versions = new Map<LoadedTable, RowVersions>();
  let question: ColumnQuestion | undefined;
  for (const table of largestOf(tables)) {
    const { layout, opened } = table;
    const indexOf = (name: string | number): number => findColumn(layout.header, "--versions", name, opened.source);
    const found = await findVersions(engine, table, columns, byHand, indexOf);
    if (found.versions !== undefined) versions.set(table, found.versions);
    question ??= found.question;
  }
  const [first] = versions.values();
  const isFew = tables.length <= MAX_LOOKED_AT;
  return {
    versions: isFew || first === undefined ? versions : new Map(tables.map((table) => [table, first])),
    question,
  };
}
