import { CANONICAL_COLUMN, ROLES, type Role } from "../../domain/roles.ts";
import { columnsOf, type Formula } from "../evidence/answers/formula.ts";
import { columnsRead } from "../evidence/answers/rowReading.ts";
import { formulaSql, rowStatusSql } from "../evidence/answers/rowSql.ts";
import { markedStatus } from "../evidence/flagColumns.ts";
import type { RowSet } from "../load/gatherTables.ts";
import type { LoadedFile } from "../load/loadedTable.ts";
import { identifier, literal } from "../sqlText.ts";
import { fileColumnItems } from "./fileColumns.ts";
import { spelledIdSql } from "./idSpelling.ts";
import { currencyCodeSql, currencyOfAmountSql } from "./numbers/currency.ts";
import { NUMBER_ROLES } from "./numbers/numberPlan.ts";
import { plainNumberSql } from "./numbers/numberStyle.ts";
import { roleColumn, trimSql } from "./roleValues.ts";
import { idSql, type ValuePlan } from "./valuePlan.ts";

/** SQL of a role's value on its own line: trimmed, NULL when blank, brought to its canonical form where it reads. */
function lineExpression(file: LoadedFile, plan: ValuePlan, role: Role): string {
  const column = roleColumn(file, role);
  const computed = file.mapping.reading?.amount;
  if (role === "amount" && computed !== undefined) return computedAmount(computed.formula, plan);
  if (column === undefined) return role === "currency" ? amountCurrency(file, plan) : "cast(null as varchar)";
  const value = plan.paddedRoles.has(role) ? `nullif(${trimSql(column)}, '')` : column;
  if (role === "customer") return customerExpression(file, plan, value);
  if (role === "date") return plan.dates.toIso(value);
  if (role === "currency") return currencyCodeSql(value, plan.currencyWords);
  // Descriptions keep their blanks: only those that hold nothing else become NULL.
  if (role === "description") return value === column ? column : `case when ${value} is not null then ${column} end`;
  if (plan.floatIdRoles.has(role)) return `left(${value}, -2)`;
  if (plan.misspeltRoles.has(role)) return idSql(value, role, plan);
  const isUnplain = plan.unplainRoles.has(role) || plan.decimalMark === "comma";
  if (!NUMBER_ROLES.includes(role) || !isUnplain) return value;
  return plainNumberSql(value, plan.decimalMark, [...(plan.numberTokens.get(role)?.keys() ?? [])]);
}

/** SQL of what a line is worth by a formula. */
function computedAmount(formula: Formula, plan: ValuePlan): string {
  const number = (index: number): string => {
    const tokens = [...(plan.columnTokens.get(index)?.keys() ?? [])];
    return plainNumberSql(`nullif(${trimSql(`c${index}`)}, '')`, plan.decimalMark, tokens);
  };
  return formulaSql(formula, columnsOf(formula), number);
}

/** SQL of the customer: the id in its one spelling, or the e-mail address where the id names nobody. */
function customerExpression(file: LoadedFile, plan: ValuePlan, value: string): string {
  const id = plan.floatIdRoles.has("customer") ? `left(${value}, -2)` : idSql(value, "customer", plan);
  const nobody = plan.customers.nobody.map(({ text }) => literal(text)).join(", ");
  const known =
    nobody === "" ? id : `case when lower(${idSql(value, "customer", plan)}) not in (${nobody}) then ${id} end`;
  const email = file.mapping.emailColumn;
  if (email === undefined) return known;
  const address = `lower(${spelledIdSql(trimSql(`c${email.position - 1}`))})`;
  return `coalesce(${known}, case when regexp_matches(${address}, '^[^ @]+@[^ @]+[.][^ @]+$') then ${address} end)`;
}

/** Without a column of currencies, that which is written beside the amounts (or prices) is theirs. */
function amountCurrency(file: LoadedFile, plan: ValuePlan): string {
  const role = (["amount", "price"] as const).find((name) => roleColumn(file, name) !== undefined);
  const column = role === undefined ? undefined : roleColumn(file, role);
  if (role === undefined || column === undefined || !plan.unplainRoles.has(role)) return "cast(null as varchar)";
  return currencyOfAmountSql(column, plan.numberTokens.get(role) ?? new Map());
}

/** Whether any row can name a currency. */
export const hasCurrency = (files: readonly LoadedFile[], planOf: (file: LoadedFile) => ValuePlan): boolean =>
  files.some((file) => file.mapping.columns.currency !== undefined || planOf(file).unplainRoles.size > 0);

/** SQL of an order's id; with the day, where numbers start anew each day. */
function orderExpression(file: LoadedFile, plan: ValuePlan): string {
  const own = lineExpression(file, plan, "order");
  if (file.mapping.reading?.orderNumbers !== "daily") return own;
  return `${own} || coalesce(' on ' || left(${lineExpression(file, plan, "date")}, 10), '')`;
}

/** SQL of a role's value, taken from the first line of its order where it stands on that alone. */
function roleExpression(rows: RowSet<LoadedFile>, plan: ValuePlan, role: Role): string {
  const [file] = rows.tables;
  const own = role === "order" ? orderExpression(file, plan) : lineExpression(file, plan, role);
  return fillsDown(file) && file.mapping.firstLineRoles?.has(role) === true ? valueOfOrder(rows, plan, own) : own;
}

/** SQL of a value of the line, or else of the first line of its order that has one. */
function valueOfOrder({ tables: [file], part }: RowSet<LoadedFile>, plan: ValuePlan, own: string): string {
  const order = lineExpression(file, plan, "order");
  const first = `first_value(${own} ignore nulls) over (partition by ${part === undefined ? order : `${part}, ${order}`} order by line_number rows between unbounded preceding and unbounded following)`;
  return `coalesce(${own}, case when ${order} is not null then ${first} end)`;
}

const fillsDown = ({ mapping }: LoadedFile): boolean =>
  mapping.columns.order !== undefined &&
  ((mapping.firstLineRoles?.size ?? 0) > 0 || (mapping.statusFlags ?? []).some(({ ofOrder }) => ofOrder !== undefined));

/** SQL of the values that play no role, as JSON by column name; NULL when there are none. */
function otherColumns(file: LoadedFile): string {
  const used = new Set(Object.values(file.mapping.columns).map(({ position }) => position - 1));
  const names = new Set<string>();
  const fields = file.layout.header.flatMap((name, index) => {
    if (used.has(index)) return [];
    const isTaken = name === "" || names.has(name.toLowerCase());
    const unique = isTaken ? `${name === "" ? "column" : name} (${index + 1})` : name;
    names.add(unique.toLowerCase());
    return [`${identifier(unique)} := c${index}`];
  });
  if (fields.length === 0) return "cast(null as varchar)";
  return `case when unreadable is null then cast(to_json(struct_pack(${fields.join(", ")})) as varchar) end`;
}

/** SQL of a role's value; what the row is, and a mark of cancellation, stand before the status. */
function valueExpression(rows: RowSet<LoadedFile>, plan: ValuePlan, role: Role): string {
  const { tables, source, part } = rows;
  const [file] = tables;
  const own = roleExpression(rows, plan, role);
  if (role !== "status") return own;
  const { columns, reading, statusFlags = [] } = file.mapping;
  const status = markedStatus(statusFlags, own, (column) => valueOfOrder(rows, plan, column));
  if (reading === undefined) return status;
  const order = columns.order === undefined ? undefined : orderExpression(file, plan);
  const isOfKinds = columns.status !== undefined && columns.status.position - 1 === reading.purchases?.index;
  return rowStatusSql(reading, source, {
    status,
    order,
    amount: lineExpression(file, plan, "amount"),
    isOfKinds,
    part,
  });
}

/** The query that brings loaded files to canonical rows, in the order of their lines. */
export function canonicalQuery(rows: RowSet<LoadedFile>, plan: ValuePlan): string {
  const { tables, relation, source, part } = rows;
  const [file] = tables;
  const columns = [
    `${source} as source`,
    "line_number",
    ...ROLES.map((role) => `${valueExpression(rows, plan, role)} as ${CANONICAL_COLUMN[role]}`),
    "cast(null as varchar) as exchange_rate",
    `${otherColumns(file)} as other_columns`,
    "unreadable",
    ...fileColumnItems(file.mapping.fileColumns ?? [], plan),
  ];
  // Window functions leave the order of rows open.
  const hasWindows = fillsDown(file) || file.mapping.reading?.amountPer === "order";
  return `select ${columns.join(", ")} from ${relation}${hasWindows ? ` order by ${part === undefined ? "" : `${part}, `}line_number` : ""}`;
}

/** Names of the columns that play no role. */
export const unusedColumns = (file: LoadedFile): string[] => {
  const flags = (file.mapping.statusFlags ?? []).map(({ position }) => position);
  const read = columnsRead(file.mapping.reading ?? {}).map((index) => index + 1);
  const named = (file.mapping.fileColumns ?? []).map(({ index }) => index + 1);
  const used = new Set([...ROLES.map((role) => file.mapping.columns[role]?.position), ...flags, ...read, ...named]);
  return file.layout.header.filter((_, index) => !used.has(index + 1));
};
