import { profileColumn } from "../columns/columnContent.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import { literal } from "../sqlText.ts";

/** A column that marks rows as cancelled, refunded, returned or test. */
export interface FlagColumn {
  readonly column: string;
  /** 1-based. */
  readonly position: number;
  /** Its word among the statuses, which decides what becomes of a marked row. */
  readonly status: "cancelled" | "refunded" | "returned" | "test";
  /** A mark is a yes of some kind, or the date on which it happened. */
  readonly kind: "yes" | "date";
}

const STATUS_OF_NAME: readonly (readonly [FlagColumn["status"], RegExp])[] = [
  ["cancelled", /^(is |was )?(cancell?ed|void|voided|storniert|annule|annulee|anulado|cancelado)( at| on| date)?$/],
  ["refunded", /^(is |was )?(fully )?refunded( at| on| date)?$/],
  ["returned", /^(is |was )?returned( at| on| date)?$/],
  ["test", /^(is )?test( order| mode)?$/],
];
const YES = ["1", "1.0", "true", "t", "yes", "y", "x", "ja", "oui", "si", "sí"];
const NO = ["0", "0.0", "false", "f", "no", "n", "nein", "non", ""];

/** Columns whose name speaks of a cancellation and whose values are yes and no, or dates. Pure. */
export function flagColumns(
  header: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  used: ReadonlySet<number>,
): FlagColumn[] {
  // Beside a mark of full refunds, that of refunds means some of the money.
  const isPart = (name: string): boolean =>
    /^(is |was )?refunded$/.test(name) && header.some((other) => /fully refunded/.test(normaliseName(other)));
  return header.flatMap((column, index): FlagColumn[] => {
    if (isPart(normaliseName(column))) return [];
    const status = STATUS_OF_NAME.find(([, name]) => name.test(normaliseName(column)))?.[0];
    if (status === undefined || used.has(index)) return [];
    const flag = { column, position: index + 1, status };
    const words = new Set(rows.map((row) => (row[index] ?? "").trim().toLowerCase()));
    if ([...words].every((word) => YES.includes(word) || NO.includes(word))) return [{ ...flag, kind: "yes" }];
    const { share } = profileColumn(rows.map((row) => row[index] ?? null));
    return share.date >= 0.95 ? [{ ...flag, kind: "date" }] : [];
  });
}

/** SQL of the status of a line: the word of the first mark that it bears, else its own. */
export function markedStatus(flags: readonly FlagColumn[], own: string): string {
  if (flags.length === 0) return own;
  const cases = flags.map(({ position, status, kind }) => {
    const value = `lower(trim(c${position - 1}))`;
    const test = kind === "yes" ? `${value} in (${YES.map(literal).join(", ")})` : `regexp_matches(${value}, '[1-9]')`;
    return `when ${test} then ${literal(status)}`;
  });
  return `case ${cases.join(" ")} else ${own} end`;
}
