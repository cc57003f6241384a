import { ROLES, type Role } from "../../domain/roles.ts";
import type { ScratchEngine } from "../engine.ts";
import { rowSets } from "../load/gatherTables.ts";
import type { LoadedFile } from "../load/loadedTable.ts";
import { literal } from "../sqlText.ts";
import type { DecimalMark } from "../types.ts";
import { type CustomerPlan, isCutSql, mayBeNobodySql, planCustomers, refuseCutIds } from "./customerPlan.ts";
import { type DateRequest, planDateColumn } from "./dates/dateColumn.ts";
import type { DatePlan } from "./dates/dateLayout.ts";
import { foldEmailSql, isMisspeltSql, spelledIdSql } from "./idSpelling.ts";
import { currencyWordsOf } from "./numbers/currency.ts";
import { NUMBER_ROLES, planNumbers, unclearColumns } from "./numbers/numberPlan.ts";
import { PLAIN_NUMBER, POINTED_THOUSAND } from "./numbers/numberStyle.ts";
import type { Token } from "./numbers/numberTokens.ts";

import { distinctValues, roleColumn, trimmedValues, trimSql } from "./roleValues.ts";

const ID_ROLES: readonly Role[] = ["customer", "order", "product"];

/** How the values of files with the same header are read. */
export interface ValuePlan {
  readonly dates: DatePlan;
  readonly decimalMark: DecimalMark;
  /** Roles with a value that is blank or surrounded by blanks. */
  readonly paddedRoles: ReadonlySet<Role>;
  /** Number roles with a value that is not a plain decimal. */
  readonly unplainRoles: ReadonlySet<Role>;
  /** What stands beside the digits of number roles, in lower case. */
  readonly numberTokens: ReadonlyMap<Role, ReadonlyMap<string, Token>>;
  /** The same by 0-based columns: of the formula of what a line is worth, and of those that the settings name. */
  readonly columnTokens: ReadonlyMap<number, ReadonlyMap<string, Token>>;
  /** Codes of the words of a currency column, in lower case. */
  readonly currencyWords: ReadonlyMap<string, string>;
  /** Id roles of which every value is a whole number with `.0`: spreadsheets and data frames do that to ids. */
  readonly floatIdRoles: ReadonlySet<Role>;
  /**
   * Id roles with a value that is spelled otherwise than its own kind is: `'041000`, `="041000"`, full-width digits.
   */
  readonly misspeltRoles: ReadonlySet<Role>;
  /** Whether the e-mail addresses of the customer need their case folded. */
  readonly foldsEmails: boolean;
  readonly customers: CustomerPlan;
}

interface RoleSurvey {
  readonly role: Role;
  readonly isPadded: boolean;
  readonly isFloatId: boolean;
  readonly isUnplain: boolean;
  readonly isMisspelt: boolean;
  readonly hasCapitalEmail: boolean;
  readonly hasThousands: boolean;
  readonly hasCutId: boolean;
  readonly hasNobody: boolean;
}

const CUT_ROLES: readonly Role[] = ["customer", "order"];

/** SQL of what is asked of all values of a role, as aggregates over `v`. */
function surveySql(role: Role, v: string): string[] {
  const t = trimSql(v);
  const [isId, isNumber] = [ID_ROLES.includes(role), NUMBER_ROLES.includes(role)];
  const all = (pattern: string) => `bool_and(regexp_full_match(${t}, ${literal(pattern)})) filter (where ${t} <> '')`;
  return [
    `coalesce(bool_or(${role === "description" ? "" : `${t} <> ${v} or `}${t} = ''), false)`,
    isId ? `coalesce(${all("[0-9]+\\.0")}, false)` : "false",
    isNumber ? `not coalesce(${all(PLAIN_NUMBER)}, true)` : "false",
    isId ? `coalesce(bool_or(${isMisspeltSql(t)}), false)` : "false",
    role === "customer" ? `coalesce(bool_or(contains(${v}, '@') and lower(${v}) <> ${v}), false)` : "false",
    isNumber ? `coalesce(bool_or(regexp_full_match(${t}, '-?${POINTED_THOUSAND}')), false)` : "false",
    CUT_ROLES.includes(role) ? `coalesce(bool_or(${isCutSql(v)}), false)` : "false",
    role === "customer" ? `coalesce(bool_or(${mayBeNobodySql(t)}), false)` : "false",
  ];
}

/** Below it, looking at every row takes less than finding the distinct values first. */
const FEW_ROWS = 10_000;

async function surveyRoles(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  roles: readonly Role[],
): Promise<RoleSurvey[]> {
  const asSurvey = (role: Role, found: readonly unknown[]): RoleSurvey => {
    const [isPadded, isFloatId, isUnplain, isMisspelt, hasCapitalEmail, hasThousands, hasCutId, hasNobody] = found.map(
      (one) => one === true,
    );
    const ofIds = { isFloatId, isMisspelt, hasCapitalEmail, hasCutId, hasNobody };
    return { role, isPadded, isUnplain, hasThousands, ...ofIds } as RoleSurvey;
  };
  if (files.reduce((sum, { rows }) => sum + rows, 0) > FEW_ROWS) {
    const surveys: RoleSurvey[] = [];
    for (const role of roles) {
      const [found] = await engine.rows(
        `select ${surveySql(role, "v").join(", ")} from ${distinctValues(files, role)}`,
      );
      surveys.push(asSurvey(role, found ?? []));
    }
    return surveys;
  }
  const columns = (file: LoadedFile): string => roles.map((role, i) => `${roleColumn(file, role)} as v${i}`).join(", ");
  const rows = rowSets(files)
    .map(({ tables: [file], relation }) => `select ${columns(file)} from ${relation}`)
    .join(" union all ");
  const sql = roles.map((role, i) => surveySql(role, `v${i}`));
  const [found = []] = await engine.rows(`select ${sql.flat().join(", ")} from (${rows})`);
  const width = sql[0]?.length ?? 0;
  return roles.map((role, i) => asSurvey(role, found.slice(i * width, (i + 1) * width)));
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
  surveys: readonly RoleSurvey[],
): Promise<CustomerPlan> {
  const [first] = files as [LoadedFile];
  for (const { role, hasCutId } of surveys) {
    const column = first.mapping.columns[role];
    if (column === undefined || !hasCutId) continue;
    for (const file of files) {
      const relation = `select ${roleColumn(file, role)} as v, line_number from ${file.relation}`;
      await refuseCutIds(engine, relation, { role, column: column.column, source: file.opened.source });
    }
  }
  // A word may be spelled otherwise, too.
  const mayName = surveys.some(({ role, hasNobody }) => role === "customer" && !hasNobody);
  if (first.mapping.columns.customer === undefined || (mayName && !plan.misspeltRoles.has("customer")))
    return { nobody: [], notes: [] };
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
 * together. @throws as `planDates` and `planNumbers`
 */
export async function planValues(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  requested: DateRequest & { readonly decimalMark?: DecimalMark | undefined },
): Promise<ValuePlan> {
  const first = files[0] as LoadedFile;
  const roles = ROLES.filter((role) => first.mapping.columns[role] !== undefined);
  const column = first.mapping.columns.date?.column ?? "";
  const dates = await planDateColumn(engine, files, requested, column);
  const surveys = await surveyRoles(engine, files, roles);
  const having = (test: (survey: RoleSurvey) => boolean) => new Set(surveys.filter(test).map(({ role }) => role));
  const unplainRoles = having(({ isUnplain }) => isUnplain);
  // A workbook and JSON may hold numbers as text, as they were typed.
  const isTyped = (role: Role): boolean =>
    files.every((file) => file.numericColumns?.has((file.mapping.columns[role]?.position ?? 0) - 1) === true);
  const mayBeThousands = surveys.some(({ role, hasThousands }) => hasThousands && !isTyped(role));
  const others = await unclearColumns(engine, files);
  const numbers =
    others.length > 0 || unplainRoles.size > 0 || mayBeThousands || first.mapping.reading?.amount !== undefined
      ? await planNumbers(engine, files, roles, requested.decimalMark, others)
      : { decimalMark: requested.decimalMark ?? "point", tokens: new Map(), columnTokens: new Map() };
  const ids = {
    misspeltRoles: having(({ isMisspelt }) => isMisspelt),
    foldsEmails: surveys.some(({ hasCapitalEmail }) => hasCapitalEmail),
  };
  return {
    ...ids,
    customers: await surveyIds(engine, files, ids, surveys),
    dates,
    decimalMark: numbers.decimalMark,
    numberTokens: numbers.tokens,
    columnTokens: numbers.columnTokens,
    currencyWords: roles.includes("currency") ? await currencyWordsOf(engine, files) : new Map(),
    paddedRoles: having(({ isPadded }) => isPadded),
    unplainRoles,
    floatIdRoles: having(({ isFloatId }) => isFloatId),
  };
}
