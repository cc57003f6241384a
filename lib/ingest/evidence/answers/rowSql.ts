import { LEFT_OUT, RETURNED } from "../../../domain/quality/statuses.ts";
import { literal } from "../../sqlText.ts";
import { trimSql } from "../../values/roleValues.ts";
import type { Formula } from "./formula.ts";
import type { KindWords, RowReading } from "./rowReading.ts";

/** SQL of the word that tells a row's kind, as written; `source` is SQL of the name of the row's file. */
const wordSql = ({ index }: KindWords, source: string): string =>
  index === undefined ? source : `coalesce(${trimSql(`c${index}`)}, '')`;

/** SQL: whether a row has one of the words. */
function hasWord(kind: KindWords, source: string): string {
  const value = `lower(${wordSql(kind, source)})`;
  if (kind.index !== undefined) return `${value} in (${kind.words.map(literal).join(", ")})`;
  const pattern = (word: string): string => `(.*/)?${word.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}`;
  return `regexp_full_match(${value}, ${literal(kind.words.map(pattern).join("|"))})`;
}

/** SQL: whether a row counts, as a purchase or a return; undefined where all do. */
export function countsSql({ purchases, returns }: RowReading, source: string): string | undefined {
  if (purchases === undefined) return undefined;
  const isPurchase = hasWord(purchases, source);
  return returns === undefined ? isPurchase : `(${isPurchase} or ${hasWord(returns, source)})`;
}

/** Statuses of invoices that are sent and not paid yet, in full. */
const ON_ACCOUNT =
  "^(awaiting payment|await payment|unpaid|overdue|open|sent|authori[sz]ed|offen|unbezahlt|überfällig|impayée?|en attente de paiement|pendiente( de pago)?|non pagat[ao]|da pagare|onbetaald|openstaand)$";

/**
 * SQL of the status of a row that is a return or counts not at all, by its kind or as the repetition of its order's
 * total; else its own. `source` is SQL of the name of the row's file, `part` of what tells files apart.
 */
export function rowStatusSql(
  reading: RowReading,
  source: string,
  own: {
    readonly status: string;
    readonly order: string | undefined;
    readonly amount: string;
    readonly isOfKinds: boolean;
    readonly part: string | undefined;
  },
): string {
  const { purchases, returns, amountPer } = reading;
  const counts = countsSql(reading, source);
  const cases: string[] = [];
  const named = (prefix: string, kind: KindWords): string =>
    `${literal(prefix)} || coalesce(nullif(${wordSql(kind, source)}, ''), '(blank)')`;
  if (returns !== undefined) cases.push(`when ${hasWord(returns, source)} then ${named(RETURNED, returns)}`);
  if (purchases !== undefined) cases.push(`when not (${counts}) then ${named(LEFT_OUT, purchases)}`);
  if (amountPer === "order" && own.order !== undefined) {
    const place = `row_number() over (partition by ${own.part ?? "true"}, ${own.order}, ${counts ?? "true"} order by ${own.amount} is null, line_number)`;
    cases.push(
      `when ${own.order} is not null and ${place} > 1 then ${literal(`${LEFT_OUT}the order's total counts once`)}`,
    );
  }
  if (reading.isOnAccount === true)
    cases.push(`when regexp_matches(lower(${own.status}), ${literal(ON_ACCOUNT)}) then null`);
  // A word that was chosen as a purchase cancels nothing, whatever else it says.
  if (purchases !== undefined && own.isOfKinds) cases.push(`when ${hasWord(purchases, source)} then null`);
  return cases.length === 0 ? own.status : `case ${cases.join(" ")} else ${own.status} end`;
}

/**
 * SQL of a formula's value as text, to four decimals; what a cell holds instead of a number stays as found. NULL where
 * all its columns are blank. `number` gives the SQL of a column's plain decimal text.
 */
export function formulaSql(formula: Formula, columns: readonly number[], number: (index: number) => string): string {
  const text = (index: number): string => `coalesce(${number(index)}, '0')`;
  const isPercent = (index: number): string => `ends_with(${text(index)}, '%')`;
  const decimal = (index: number): string =>
    `case when ${isPercent(index)} then cast(try_cast(replace(rtrim(${text(index)}, '% '), ',', '.') as decimal(18, 6)) / 100 as decimal(18, 6)) else try_cast(${text(index)} as decimal(18, 6)) end`;
  const value = (node: Formula): string => {
    if (node.kind === "number") return `cast(${node.text} as decimal(18, 6))`;
    if (node.kind === "column") return `(${decimal(node.index)})`;
    const [left, right] = [value(node.left), value(node.right)];
    // The wider factor makes DuckDB multiply in 128 bits; each step is brought back to six decimals, for widths add up.
    const wide = `cast(${left} as decimal(20, 6))`;
    return `try_cast(${wide} ${node.sign} ${node.sign === "/" ? `nullif(${right}, 0)` : right} as decimal(18, 6))`;
  };
  const unread = columns.map((index) => `when ${decimal(index)} is null then ${number(index)}`).join(" ");
  const isBlank = columns.map((index) => `${number(index)} is null`).join(" and ");
  return `case when ${isBlank} then null ${unread} else cast(cast(${value(formula)} as decimal(18, 4)) as varchar) end`;
}
