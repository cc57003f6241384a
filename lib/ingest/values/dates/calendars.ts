import type { ScratchEngine } from "../../engine.ts";
import { UnsupportedCalendarError } from "../../errors.ts";
import type { LoadedFile } from "../../load/loadedTable.ts";
import { literal } from "../../sqlText.ts";
import { roleColumn, trimmedValues, trimSql } from "../roleValues.ts";

interface Calendar {
  readonly name: string;
  /** Its years within living memory, as they would stand in the place of Gregorian ones. */
  readonly years?: readonly [first: number, last: number];
  /** How its dates start where they do not read as Gregorian ones. */
  readonly written?: string;
}

const CALENDARS: readonly Calendar[] = [
  {
    name: "Persian (Jalali)",
    years: [1340, 1420],
    written: ".*(farvardin|ordibehesht|khordad|shahrivar|bahman|esfand|فروردین|اردیبهشت|خرداد|مرداد|شهریور|اسفند)",
  },
  {
    name: "Islamic (Hijri)",
    years: [1421, 1470],
    written: ".*(muharram|safar|rabi|jumada|rajab|sha.?ban|ramadan|shawwal|محرم|صفر|ربيع|رجب|شعبان|رمضان|شوال)",
  },
  { name: "Buddhist", years: [2490, 2600], written: ".*(พ\\.ศ|be ?25[0-9]{2})" },
  {
    name: "Hebrew",
    years: [5700, 5830],
    written: ".*(תשרי|חשון|כסלו|טבת|שבט|אדר|ניסן|אייר|סיון|תמוז|אלול|tishri|kislev|nisan)",
  },
  {
    name: "Republic of China (Minguo)",
    written: "(民國|民国)|(8[0-9]|9[0-9]|1[0-2][0-9])([/.-]|年)[0-9]{1,2}([/.-]|月)[0-9]{1,2}(日|$| )",
  },
  { name: "Japanese (eras)", written: "(令和|平成|昭和|大正|[rhs] ?[0-9]{1,2}[./-年])" },
];

async function refuse(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  about: { readonly calendar: string; readonly column: string; readonly condition: string },
): Promise<never> {
  const [first] = files as [LoadedFile];
  const rows = await engine.rows(
    `select v, min(line_number) from (select ${trimSql(roleColumn(first, "date") ?? "''")} as v, line_number from ${first.relation})
     where ${about.condition} group by v order by 2 limit 3`,
  );
  const found = rows.map(([value, line]) => `${JSON.stringify(value)} in line ${String(line)}`);
  throw new UnsupportedCalendarError(first.opened.source, about.column, about.calendar, found);
}

/**
 * Refuses dates of another calendar than the Gregorian one by its name.
 * @param toIso SQL of the ISO text of a trimmed value. @throws UnsupportedCalendarError
 */
export async function refuseOtherCalendars(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  column: string,
  toIso: (value: string) => string,
): Promise<void> {
  const year = (value: string): string => `try_cast(regexp_extract(${toIso(value)}, '^([0-9]{4})-', 1) as integer)`;
  const values = trimmedValues(files, "date");
  const within = CALENDARS.flatMap(({ name, years }) => (years === undefined ? [] : [{ name, years }]));
  const cases = within.map(
    ({ name, years: [first, last] }) => `when y between ${first} and ${last} then ${literal(name)}`,
  );
  const [found] = await engine.rows(
    `select calendar, n / sum(n) over () as share from (select case ${cases.join(" ")} end as calendar, sum(n) as n
     from (select ${year("v")} as y, n from ${values} where v is not null) where y is not null group by 1)
     qualify calendar is not null order by 2 desc, 1 limit 1`,
  );
  const one = within.find(({ name }) => name === found?.[0]);
  if (one === undefined || Number(found?.[1]) < 0.5) return;
  const [first, last] = one.years;
  await refuse(engine, files, { calendar: one.name, column, condition: `${year("v")} between ${first} and ${last}` });
}

/** As `refuseOtherCalendars`, for dates that do not read at all. @throws UnsupportedCalendarError */
export async function refuseWrittenCalendars(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  column: string,
): Promise<void> {
  for (const { name, written } of CALENDARS) {
    if (written === undefined) continue;
    const condition = `regexp_matches(lower(v), ${literal(`^(${written})`)})`;
    const [row] = await engine.rows(
      `select coalesce(sum(n) filter (where ${condition}) / sum(n), 0) from ${trimmedValues(files, "date")} where v is not null`,
    );
    if (Number(row?.[0]) >= 0.5) await refuse(engine, files, { calendar: name, column, condition });
  }
}
