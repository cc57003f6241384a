import { CANONICAL_COLUMN, ROLES, type Role } from "../domain/columns.ts";
import { type DatePlan, type DateShape, planDates, shapeSql } from "./dateLayout.ts";
import type { ScratchEngine } from "./engine.ts";
import { type LoadedFile, trimmedColumn } from "./loadFile.ts";
import { decideDecimalMark, evidenceSql, type NumberEvidence, PLAIN_NUMBER, plainNumberSql } from "./numberStyle.ts";
import { identifier, literal } from "./sqlText.ts";
import type { DateOrder, DecimalMark } from "./types.ts";

const NUMBER_ROLES: readonly Role[] = ["quantity", "price", "amount"];
const ID_ROLES: readonly Role[] = ["customer", "order", "product"];

/** How the values of files with the same header are read. */
export interface ValuePlan {
  readonly dates: DatePlan;
  readonly decimalMark: DecimalMark;
  /** Number roles with at least one value that is not a plain decimal. */
  readonly unplainRoles: ReadonlySet<Role>;
  /** Id roles of which every value is a whole number with `.0`: spreadsheets and data frames do that to ids. */
  readonly floatIdRoles: ReadonlySet<Role>;
}

const union = (files: readonly LoadedFile[], columns: string) =>
  files.map((file) => `select ${columns} from ${file.relation}`).join(" union all ");

async function dateShapes(engine: ScratchEngine, files: readonly LoadedFile[]): Promise<DateShape[]> {
  const value = trimmedColumn((files[0] as LoadedFile).mapping, "date") as string;
  const part = (group: number) =>
    `try_cast(regexp_extract(v, '^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]', ${group}) as integer)`;
  const rows = await engine.rows(`
    with values as (select v, count(*) as n from (${union(files, `${value} as v`)}) where v is not null group by v),
         parts as (select ${shapeSql("v")} as shape, v, n, ${part(1)} as first, ${part(2)} as second from values)
    select shape, cast(sum(n) as double), min(v), max(first), max(second), coalesce(bool_and(first = second), false)
    from parts group by shape order by 2 desc, 1 limit 10000`);
  return rows.map(([shape, count, example, maxFirst, maxSecond, isSymmetric]) => ({
    shape: shape as string,
    rows: count as number,
    example: example as string,
    maxFirst: maxFirst as number | null,
    maxSecond: maxSecond as number | null,
    isSymmetric: isSymmetric as boolean,
  }));
}

const mapped = (file: LoadedFile, roles: readonly Role[]) =>
  roles.filter((role) => file.mapping.columns[role] !== undefined);

/** For each id role whether all values end in `.0`, for each number role whether some value is not plain. */
async function oddRoles(engine: ScratchEngine, files: readonly LoadedFile[]) {
  const first = files[0] as LoadedFile;
  const ids = mapped(first, ID_ROLES);
  const numbers = mapped(first, NUMBER_ROLES);
  const value = (role: Role) => trimmedColumn(first.mapping, role) as string;
  const checks = [
    ...ids.map((role) => `coalesce(bool_and(regexp_full_match(${identifier(role)}, '[0-9]+\\.0')), false)`),
    ...numbers.map(
      (role) => `coalesce(not bool_and(regexp_full_match(${identifier(role)}, ${literal(PLAIN_NUMBER)})), false)`,
    ),
  ];
  const columns = [...ids, ...numbers].map((role) => `${value(role)} as ${identifier(role)}`).join(", ");
  const [row] = await engine.rows(`select ${checks.join(", ")} from (${union(files, columns)})`);
  return {
    floatIdRoles: new Set(ids.filter((_, i) => row?.[i] === true)),
    unplainRoles: new Set(numbers.filter((_, i) => row?.[ids.length + i] === true)),
  };
}

async function numberEvidence(engine: ScratchEngine, files: readonly LoadedFile[]): Promise<NumberEvidence[]> {
  const first = files[0] as LoadedFile;
  const evidence: NumberEvidence[] = [];
  for (const role of mapped(first, NUMBER_ROLES)) {
    const value = trimmedColumn(first.mapping, role) as string;
    const [row] = await engine.rows(`select ${evidenceSql("v")} from (${union(files, `${value} as v`)})`);
    const [unplain, point, comma, either] = (row ?? []).slice(0, 4).map(Number) as [number, number, number, number];
    const column = first.mapping.columns[role]?.column ?? role;
    evidence.push({ column, unplain, point, comma, either, example: (row?.[4] ?? null) as string | null });
  }
  return evidence;
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
  const column = first.mapping.columns.date?.column ?? "";
  const dates = planDates(await dateShapes(engine, files), requested.dateLayout, column, source);
  const { floatIdRoles, unplainRoles } = await oddRoles(engine, files);
  const evidence = unplainRoles.size > 0 ? await numberEvidence(engine, files) : [];
  return { dates, decimalMark: decideDecimalMark(evidence, requested.decimalMark, source), unplainRoles, floatIdRoles };
}

function roleExpression(file: LoadedFile, plan: ValuePlan, role: Role): string {
  const value = trimmedColumn(file.mapping, role);
  if (value === undefined) return "cast(null as varchar)";
  const field = `c${(file.mapping.columns[role]?.position ?? 0) - 1}`;
  if (role === "date") return plan.dates.toIso(value);
  // Descriptions keep their blanks: only the empty ones become NULL.
  if (role === "description") return `case when ${value} is not null then ${field} end`;
  if (plan.floatIdRoles.has(role)) return `left(${value}, -2)`;
  if (NUMBER_ROLES.includes(role) && (plan.unplainRoles.has(role) || plan.decimalMark === "comma")) {
    return plainNumberSql(value, plan.decimalMark);
  }
  return value;
}

function otherColumns(file: LoadedFile): string {
  const used = new Set(Object.values(file.mapping.columns).map(({ position }) => position - 1));
  const names = new Set<string>();
  const fields = file.layout.header.flatMap((name, index) => {
    if (used.has(index)) return [];
    const unique = name === "" || names.has(name.toLowerCase()) ? `${name || "column"} (${index + 1})` : name;
    names.add(unique.toLowerCase());
    return [`${identifier(unique)} := c${index}`];
  });
  if (fields.length === 0) return "cast(null as varchar)";
  return `case when unreadable is null then cast(to_json(struct_pack(${fields.join(", ")})) as varchar) end`;
}

/** The query that brings a loaded file to canonical rows, in the order of its lines. */
export function canonicalQuery(file: LoadedFile, plan: ValuePlan): string {
  const columns = [
    `${literal(file.opened.source)} as source`,
    "line_number",
    ...CANONICAL_ORDER.map((role) => `${roleExpression(file, plan, role)} as ${CANONICAL_COLUMN[role]}`),
    `${otherColumns(file)} as other_columns`,
    "nullif(unreadable, '') as unreadable",
  ];
  return `select ${columns.join(", ")} from ${file.relation}`;
}

/** Roles in the order of the canonical columns. */
const CANONICAL_ORDER: readonly Role[] = [
  "customer",
  "order",
  "date",
  "product",
  "description",
  "quantity",
  "price",
  "amount",
  "country",
  "currency",
  "status",
  "category",
  "payment",
];

/** Columns that are in the file and play no role, for the notes. */
export const unusedColumns = (file: LoadedFile): string[] => {
  const used = new Set(ROLES.map((role) => file.mapping.columns[role]?.position));
  return file.layout.header.filter((_, index) => !used.has(index + 1));
};
