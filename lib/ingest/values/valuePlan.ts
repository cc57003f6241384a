import { ROLES, type Role } from "../../domain/roles.ts";
import type { ScratchEngine } from "../engine.ts";
import { UnreadableDatesError } from "../errors.ts";
import type { LoadedFile } from "../load/loadedTable.ts";
import { literal } from "../sqlText.ts";
import type { DateOrder, DecimalMark } from "../types.ts";
import { type CustomerPlan, planCustomers, refuseCutIds } from "./customerPlan.ts";
import { type DatePlan, planDates } from "./dateLayout.ts";
import { type DateShape, readShape, shapeSql } from "./dateShapes.ts";
import { foldEmailSql, isMisspeltSql, spelledIdSql } from "./idSpelling.ts";
import { decideDecimalMark, evidenceSql, type NumberEvidence, PLAIN_NUMBER, POINTED_THOUSAND } from "./numberStyle.ts";
import { tidyDateSql } from "./tidyDates.ts";

export const NUMBER_ROLES: readonly Role[] = ["quantity", "price", "amount"];
const ID_ROLES: readonly Role[] = ["customer", "order", "product"];

/** How the values of files with the same header are read. */
export interface ValuePlan {
  readonly dates: DatePlan;
  readonly decimalMark: DecimalMark;
  /** Roles with a value that is blank or surrounded by blanks. */
  readonly paddedRoles: ReadonlySet<Role>;
  /** Number roles with a value that is not a plain decimal. */
  readonly unplainRoles: ReadonlySet<Role>;
  /** Id roles of which every value is a whole number with `.0`: spreadsheets and data frames do that to ids. */
  readonly floatIdRoles: ReadonlySet<Role>;
  /** Id roles with a value that is spelled otherwise than its own kind is: `'041000`, `="041000"`, full-width digits. */
  readonly misspeltRoles: ReadonlySet<Role>;
  /** Whether the e-mail addresses of the customer need their case folded. */
  readonly foldsEmails: boolean;
  readonly customers: CustomerPlan;
}

/** Blanks that spreadsheets and web shops leave around values: space, tab, line ends, no-break spaces, inner marks. */
const BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8239) || chr(65279)";

export const trimSql = (value: string): string => `trim(${value}, ${BLANKS})`;

/** Name of the loaded column that plays a role. */
export function roleColumn(file: LoadedFile, role: Role): string | undefined {
  const column = file.mapping.columns[role];
  return column === undefined ? undefined : `c${column.position - 1}`;
}

/**
 * The distinct values `v` of a role over files of one kind, with their rows `n`. Everything is decided on distinct
 * values: a column of half a million rows has a few thousand of them, and grouping raw values is what the engine does best.
 */
function distinctValues(files: readonly LoadedFile[], role: Role): string {
  const all = files.map((file) => `select ${roleColumn(file, role)} as v from ${file.relation}`).join(" union all ");
  return `(select v, count(*) as n from (${all}) where v is not null group by v)`;
}

const trimmedValues = (files: readonly LoadedFile[], role: Role) =>
  `(select nullif(${trimSql("v")}, '') as v, n from ${distinctValues(files, role)})`;

async function dateShapes(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  text = (value: string): string => value,
): Promise<DateShape[]> {
  const part = (group: number) =>
    `try_cast(regexp_extract(v, '^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]', ${group}) as integer)`;
  const isoDay = "try_cast(regexp_extract(v, '^[0-9]{4}([-/.])[0-9]{1,2}[-/.]([0-9]{1,2})', 2) as integer)";
  const rows = await engine.rows(`
    with parts as (select ${shapeSql("v")} as shape, v, n, ${part(1)} as first, ${part(2)} as second, ${isoDay} as iso_day
                   from (select ${text("v")} as v, n from ${trimmedValues(files, "date")}))
    select shape, cast(sum(n) as double), min(v), max(first), max(second), coalesce(bool_and(first = second), false),
      coalesce(min(greatest(first, second)), 0), coalesce(max(iso_day), 0)
    from parts group by shape order by 2 desc, 1 limit 10000`);
  // Blank values are left out here: as a filter in the query the engine would trim every row, not every distinct value.
  const filled = rows.filter(([shape]) => shape !== null);
  return filled.map(([shape, count, example, maxFirst, maxSecond, isSymmetric, minLarger, maxIsoDay]) => ({
    shape: shape as string,
    rows: count as number,
    example: example as string,
    maxFirst: maxFirst as number | null,
    maxSecond: maxSecond as number | null,
    isSymmetric: isSymmetric as boolean,
    minLarger: minLarger as number,
    maxIsoDay: maxIsoDay as number,
  }));
}

/** Dates as they are written; where none reads, as they are without what programs write around them. @throws as `planDates` */
async function planDateColumn(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  order: DateOrder | undefined,
  column: string,
): Promise<DatePlan> {
  const { source } = (files[0] as LoadedFile).opened;
  try {
    return planDates(await dateShapes(engine, files), order, column, source);
  } catch (error) {
    if (!(error instanceof UnreadableDatesError)) throw error;
    const shapes = await dateShapes(engine, files, tidyDateSql);
    if (shapes.every((shape) => readShape(shape) === undefined)) throw error;
    const plan = planDates(shapes, order, column, source);
    return { ...plan, toIso: (value) => plan.toIso(tidyDateSql(value)) };
  }
}

interface RoleSurvey {
  readonly role: Role;
  readonly isPadded: boolean;
  readonly isFloatId: boolean;
  readonly isUnplain: boolean;
  readonly isMisspelt: boolean;
  readonly hasCapitalEmail: boolean;
  readonly hasThousands: boolean;
}

async function surveyRole(engine: ScratchEngine, files: readonly LoadedFile[], role: Role): Promise<RoleSurvey> {
  const t = trimSql("v");
  const isPadded = role === "description" ? `${t} = ''` : `${t} <> v or ${t} = ''`;
  const all = (pattern: string) => `bool_and(regexp_full_match(${t}, ${literal(pattern)})) filter (where ${t} <> '')`;
  const [row] = await engine.rows(`
    select coalesce(bool_or(${isPadded}), false),
           ${ID_ROLES.includes(role) ? `coalesce(${all("[0-9]+\\.0")}, false)` : "false"},
           ${NUMBER_ROLES.includes(role) ? `not coalesce(${all(PLAIN_NUMBER)}, true)` : "false"},
           ${ID_ROLES.includes(role) ? `coalesce(bool_or(${isMisspeltSql(t)}), false)` : "false"},
           ${role === "customer" ? "coalesce(bool_or(contains(v, '@') and lower(v) <> v), false)" : "false"},
           ${NUMBER_ROLES.includes(role) ? `coalesce(bool_or(regexp_full_match(${t}, '-?${POINTED_THOUSAND}')), false)` : "false"}
    from ${distinctValues(files, role)}`);
  return {
    role,
    isPadded: row?.[0] === true,
    isFloatId: row?.[1] === true,
    isUnplain: row?.[2] === true,
    isMisspelt: row?.[3] === true,
    hasCapitalEmail: row?.[4] === true,
    hasThousands: row?.[5] === true,
  };
}

async function numberEvidence(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  role: Role,
): Promise<NumberEvidence> {
  const [row] = await engine.rows(`select ${evidenceSql("v")} from ${trimmedValues(files, role)}`);
  const [unplain, point, comma, either] = (row ?? []).slice(0, 4).map(Number) as [number, number, number, number];
  const column = files[0]?.mapping.columns[role]?.column ?? role;
  return { column, unplain, point, comma, either, example: (row?.[4] ?? null) as string | null };
}

/** SQL of an id of a role, trimmed, in its one spelling. */
export function idSql(value: string, role: Role, plan: Pick<ValuePlan, "misspeltRoles" | "foldsEmails">): string {
  const spelled = plan.misspeltRoles.has(role) ? spelledIdSql(value) : value;
  return role === "customer" && plan.foldsEmails ? foldEmailSql(spelled) : spelled;
}

async function surveyIds(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  plan: Pick<ValuePlan, "misspeltRoles" | "foldsEmails">,
): Promise<CustomerPlan> {
  const [first] = files as [LoadedFile];
  for (const role of ["customer", "order"] as const) {
    const column = first.mapping.columns[role];
    if (column === undefined) continue;
    for (const file of files) {
      const relation = `select ${roleColumn(file, role)} as v, line_number from ${file.relation}`;
      await refuseCutIds(engine, relation, { role, column: column.column, source: file.opened.source });
    }
  }
  if (first.mapping.columns.customer === undefined) return { nobody: [], notes: [] };
  const ids = `select ${idSql("v", "customer", plan)} as id, n from ${trimmedValues(files, "customer")} where v is not null`;
  const email = first.mapping.emailColumn;
  const falls =
    email === undefined
      ? "They are set aside as missing_customer."
      : `Column ${JSON.stringify(email.column)} names the customer there.`;
  return planCustomers(engine, ids, falls);
}

/**
 * Decides how the values of files with one and the same header and mapping are written, from all of their rows
 * together. Throws the errors of `planDates` and `decideDecimalMark`.
 */
export async function planValues(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  requested: { readonly dateLayout?: DateOrder | undefined; readonly decimalMark?: DecimalMark | undefined },
): Promise<ValuePlan> {
  const first = files[0] as LoadedFile;
  const { source } = first.opened;
  const roles = ROLES.filter((role) => first.mapping.columns[role] !== undefined);
  const column = first.mapping.columns.date?.column ?? "";
  const dates = await planDateColumn(engine, files, requested.dateLayout, column);
  const surveys: RoleSurvey[] = [];
  for (const role of roles) surveys.push(await surveyRole(engine, files, role));
  const having = (test: (survey: RoleSurvey) => boolean) => new Set(surveys.filter(test).map(({ role }) => role));
  const unplainRoles = having(({ isUnplain }) => isUnplain);
  const evidence: NumberEvidence[] = [];
  // Only in texts: numbers of workbooks, Parquet and JSON say themselves what they are.
  const mayBeThousands = first.format === "csv" && surveys.some(({ hasThousands }) => hasThousands);
  if (unplainRoles.size > 0 || mayBeThousands) {
    for (const role of NUMBER_ROLES.filter((name) => roles.includes(name))) {
      evidence.push(await numberEvidence(engine, files, role));
    }
  }
  const ids = {
    misspeltRoles: having(({ isMisspelt }) => isMisspelt),
    foldsEmails: surveys.some(({ hasCapitalEmail }) => hasCapitalEmail),
  };
  return {
    ...ids,
    customers: await surveyIds(engine, files, ids),
    dates,
    decimalMark: decideDecimalMark(evidence, requested.decimalMark, source),
    paddedRoles: having(({ isPadded }) => isPadded),
    unplainRoles,
    floatIdRoles: having(({ isFloatId }) => isFloatId),
  };
}
