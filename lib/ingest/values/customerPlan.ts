import type { Role } from "../../domain/roles.ts";
import type { ScratchEngine } from "../engine.ts";
import { IngestError } from "../errors.ts";
import { literal } from "../sqlText.ts";
import words from "./noCustomer.json" with { type: "json" };

/** Ids of which a spreadsheet has cut the digits: different ones have become equal, and no reading brings them back. */
export class CutIdsError extends IngestError {
  constructor(source: string, role: Role, column: string, found: readonly string[], rows: number) {
    super(
      "CUT_IDS",
      `${source}: column ${JSON.stringify(column)} is the ${role}, and ${rows === 1 ? "one row has an id" : `${rows} rows have ids`} that a spreadsheet has cut to scientific notation (${found.join(", ")}): different ids have become one. Export the file again with the column as text, or name a column that is whole with --map ${role}=COLUMN.`,
      { source, column, role },
    );
  }
}

/** What stands in the place of a customer where there is none. */
export interface CustomerPlan {
  /** Texts in lower case that name nobody, such as `null` and `guest`, with their rows. */
  readonly nobody: readonly { readonly text: string; readonly rows: number }[];
  readonly notes: readonly string[];
}

const NO_CUSTOMER = new Set([...words.machines, ...Object.values(words.languages).flat()]);
const CUT = "^[0-9]([.,][0-9]+)?[eE][+][0-9]+$";
const ZERO = "^(0+([.]0)?|-1([.]0)?)$";

/** So many times as many rows as the next customer: nobody buys like that, and shops write 0 for guests. */
const BY_FAR = 2;

/** Ids that all have so many characters do not begin at zero. */
const LONG_ID = 3;

/** SQL: whether an id is in scientific notation. */
export const isCutSql = (id: string): string =>
  `(contains(${id}, '+') and regexp_full_match(trim(${id}), ${literal(CUT)}))`;

const LISTED = [...NO_CUSTOMER].map(literal).join(", ");

/** SQL: whether an id, trimmed and in its one spelling, may name nobody. */
export const mayBeNobodySql = (id: string): string =>
  `(lower(${id}) in (${LISTED}) or (${id} < '1' and regexp_full_match(${id}, ${literal(ZERO)})))`;

/** @throws CutIdsError where ids of the role are in scientific notation. `relation` has the columns v, line_number. */
export async function refuseCutIds(
  engine: ScratchEngine,
  relation: string,
  { role, column, source }: { readonly role: Role; readonly column: string; readonly source: string },
): Promise<void> {
  const rows = await engine.rows(
    `select trim(v), min(line_number), cast(sum(count(*)) over () as double) from (${relation}) where ${isCutSql("v")} group by 1 order by 2 limit 3`,
  );
  if (rows.length === 0) return;
  const found = rows.map(([value, line]) => `${JSON.stringify(value)} in line ${String(line)}`);
  throw new CutIdsError(source, role, column, found, Number(rows[0]?.[2]));
}

/** Decides what names no customer. `ids` is a query of `id` (spelled), `n` (rows). */
export async function planCustomers(engine: ScratchEngine, ids: string, falls: string): Promise<CustomerPlan> {
  const rows = await engine.rows(
    `select lower(id), cast(sum(n) as double), bool_or(regexp_full_match(id, ${literal(ZERO)})) from (${ids})
     where ${mayBeNobodySql("id")} group by 1 order by 2 desc, 1`,
  );
  if (rows.length === 0) return { nobody: [], notes: [] };
  const [others] = await engine.rows(
    `select cast(coalesce(max(n), 0) as double), cast(count(*) as double), coalesce(bool_and(regexp_matches(id, '[A-Za-z@]')), false),
       cast(coalesce(min(length(id)), 0) as double)
     from (select id, sum(n) as n from (${ids}) where not ${mayBeNobodySql("id")} group by id)`,
  );
  const [largest, count, areLettered] = [Number(others?.[0]), Number(others?.[1]), others?.[2] === true];
  const areLong = Number(others?.[3]) >= LONG_ID;
  const found = rows.map(([text, n, isZero]) => ({ text: String(text), rows: Number(n), isZero: isZero === true }));
  const isNobody = ({ text, rows: n, isZero }: (typeof found)[number]): boolean =>
    !isZero ||
    text.startsWith("-") ||
    areLettered ||
    (areLong && /^0(?:\.0)?$/.test(text)) ||
    (count > 0 && n >= 3 && n >= BY_FAR * largest);
  const nobody = found.filter(isNobody);
  const some = found.filter((one) => !isNobody(one));
  const list = (all: typeof found): string =>
    all
      .slice(0, 6)
      .map(({ text, rows: n }) => `${JSON.stringify(text)} ${n.toLocaleString("en-US")}`)
      .join(", ") + (all.length > 6 ? ", …" : "");
  const notes = [
    ...(nobody.length > 0 ? [`rows that name no customer: ${list(nobody)}. ${falls}`] : []),
    ...(some.length > 0 ? [`customer ${list(some)} counts as a customer; shops often write that for guests.`] : []),
  ];
  return { nobody, notes };
}
