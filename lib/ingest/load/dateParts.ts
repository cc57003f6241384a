import { profileColumn } from "../columns/columnContent.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import type { ScratchEngine } from "../engine.ts";
import { literal } from "../sqlText.ts";
import { trimSql } from "../values/roleValues.ts";
import { isWide } from "./budget.ts";
import type { LoadedTable } from "./loadedTable.ts";

/** What the names of the parts of a date end with, in the languages of most shops. */
const PART_NAMES = {
  year: /(?:^| )(?:year|yr|yyyy|jahr|annee|ano|anno|jaar|ar|rok|yil|ev|vuosi|год|έτος|nam|tahun)$|[年년]$|연도$/,
  month:
    /(?:^| )(?:month|month of year|mm|monat|mois|mes|mese|maand|manad|maned|miesiac|mesic|ay|ho|kuukausi|месяц|bulan)$|[月월]$/,
  day: /(?:^| )(?:day|day of month|dd|tag|jour|dia|giorno|dag|dzien|den|gun|nap|paiva|день|число|hari)$|[日일]$/,
} as const;
const PART_VALUES = {
  year: "(19|20)[0-9]{2}([.]0)?",
  month: "(0?[1-9]|1[0-2])([.]0)?|\\p{L}{3,}[.]?",
  day: "(0?[1-9]|[12][0-9]|3[01])([.]0)?",
} as const;
type Part = keyof typeof PART_NAMES;
const PARTS = ["year", "month", "day"] as const;

/** Slips among the parts that are left to be told as dates that do not read. */
const NEARLY_ALL = 0.95;

/** The columns of the parts by what stands before the name of the part: `arrival date`, or nothing. */
function partColumns(header: readonly string[]): Record<Part, number> | undefined {
  const byPrefix = new Map<string, Partial<Record<Part, number>>>();
  for (const [index, name] of header.entries()) {
    const plain = normaliseName(name);
    for (const part of PARTS) {
      if (!PART_NAMES[part].test(plain)) continue;
      const prefix = plain.replace(PART_NAMES[part], "");
      const own = byPrefix.get(prefix) ?? {};
      // Two columns of one name: nobody can tell which is meant.
      byPrefix.set(prefix, { ...own, [part]: own[part] === undefined ? index : -1 });
    }
  }
  const whole = [...byPrefix.values()].filter((own) => PARTS.every((part) => (own[part] ?? -1) >= 0));
  return whole.length === 1 ? (whole[0] as Record<Part, number>) : undefined;
}

/** SQL of the date that the parts make up; NULL where one is blank. */
function dateSql(columns: Record<Part, number>): string {
  const part = (name: Part): string => `nullif(regexp_replace(${trimSql(`c${columns[name]}`)}, '[.]0?$', ''), '')`;
  const [year, month, day] = PARTS.map(part);
  const padded = (value: string | undefined): string =>
    `lpad(${value}, cast(greatest(length(${value}), 2) as integer), '0')`;
  return `case when regexp_matches(${month}, '^[0-9]') then ${year} || '-' || ${padded(month)} || '-' || ${padded(day)}
    else ${day} || ' ' || ${month} || ' ' || ${year} end`;
}

/** Adds a column of dates where year, month and day stand in three columns, and no other column has dates. */
export async function withDateParts(engine: ScratchEngine, table: LoadedTable): Promise<LoadedTable> {
  const { header, firstRows } = table.layout;
  const columns = partColumns(header);
  if (columns === undefined || !table.layout.hasHeader || isWide(header.length + 1)) return table;
  const hasDates = header.some(
    (_, index) => profileColumn(firstRows.map((row) => row[index] ?? null)).share.date >= NEARLY_ALL,
  );
  if (hasDates) return table;
  const reads = PARTS.map((part) => {
    const value = trimSql(`c${columns[part]}`);
    const count = (condition: string): string => `count(*) filter (where ${condition})`;
    return `${count(`regexp_full_match(${value}, ${literal(PART_VALUES[part])})`)} / greatest(${count(`${value} <> ''`)}, 1)`;
  });
  const [shares = []] = await engine.rows(`select ${reads.join(", ")} from ${table.relation}`);
  if (!shares.every((share) => Number(share) >= NEARLY_ALL)) return table;
  const names = PARTS.map((part) => header[columns[part]] as string);
  const name = header.includes("date") ? `date of ${names.join(", ")}` : "date";
  const date = dateSql(columns);
  return {
    ...table,
    layout: {
      ...table.layout,
      header: [...header, name],
      firstRows: firstRows.map((row) => [...row, PARTS.map((part) => row[columns[part]] ?? "").join("-")]),
    },
    relation: `(select *, ${date} as c${header.length} from ${table.relation})`,
    notes: [...table.notes, `the date is put together from columns ${names.join(", ")}`],
  };
}
