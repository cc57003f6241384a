import { UndecidableDecimalError } from "../../errors.ts";
import { literal } from "../../sqlText.ts";
import type { DecimalMark } from "../../types.ts";
import { numberPattern, scientificPattern } from "./numberPattern.ts";
import { lowerNumberSql } from "./numberShape.ts";
import type { NumberKind } from "./numberTokens.ts";

/** Rows of a number column by how their separators stand. */
export interface NumberEvidence {
  readonly column: string;
  readonly kind: NumberKind;
  /** Rows that only read with a decimal point: `1,234.56`, `0.5`, `12.50`. */
  readonly point: number;
  /** Rows that only read with a decimal comma: `1.234,56`, `0,5`, `12,50`. */
  readonly comma: number;
  /** Rows that read either way, like `1,234` and `1.234`. */
  readonly either: number;
  /** A value that reads either way, or else one that is not plain. */
  readonly example: string | null;
}

/** Plain decimals, as canonical rows have them. */
export const PLAIN_NUMBER = "-?[0-9]+(\\.[0-9]+)?";

/** What reads as a thousand and as a fraction of three places. */
export const POINTED_THOUSAND = "[1-9][0-9]{0,2}\\.[0-9]{3}";

/**
 * Decides the decimal mark of a file from all of its number columns. Pieces say nothing of money: `1.5 kg` may stand
 * beside `1.100`.
 * @throws UndecidableDecimalError when `1,234` or `1.234` is all there is to go by, or when both marks occur.
 */
export function decideDecimalMark(
  evidence: readonly NumberEvidence[],
  requested: DecimalMark | undefined,
  source: string,
): DecimalMark {
  if (requested !== undefined) return requested;
  const sum = (columns: readonly NumberEvidence[], pick: "point" | "comma"): number =>
    columns.reduce((total, column) => total + column[pick], 0);
  const [point, comma] = [sum(evidence, "point"), sum(evidence, "comma")];
  const ask = "Say which with --decimal point or --decimal comma.";
  const named = ({ column, example }: NumberEvidence): string =>
    `${JSON.stringify(example)} in column ${JSON.stringify(column)}`;
  // One mark must be rare to be taken for a slip that is set aside with its line number.
  if (comma > 0 && point > 0 && Math.min(comma, point) > 0.01 * Math.max(comma, point)) {
    const [first] = evidence.filter((column) => column.comma > 0) as [NumberEvidence];
    throw new UndecidableDecimalError(
      "CONTRADICTORY_DECIMALS",
      `${source}: numbers are written with a decimal point and with a decimal comma (like ${named(first)}). ${ask}`,
      { source },
    );
  }
  const isOpen = (column: NumberEvidence): boolean => {
    const telling = column.kind === "money" ? evidence.filter(({ kind }) => kind === "money") : evidence;
    return column.either > 0 && sum(telling, "point") === sum(telling, "comma");
  };
  const open = evidence.find(isOpen);
  if (open === undefined) return comma > point ? "comma" : "point";
  throw new UndecidableDecimalError(
    "UNDECIDABLE_DECIMALS",
    `${source}: ${named(open)} may be a thousand or a fraction, and no other number tells. ${ask}`,
    { source, column: open.column },
  );
}

/** A removal of the texts beside digits, longest first. */
function withoutTokens(value: string, tokens: readonly string[]): string {
  const longestFirst = [...tokens].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return longestFirst.reduce((sql, token) => `replace(${sql}, ${literal(token)}, '')`, value);
}

/**
 * SQL that brings a trimmed value with these tokens beside its digits to a plain decimal under the mark, or leaves it
 * as found.
 */
export function plainNumberSql(found: string, mark: DecimalMark, tokens: readonly string[]): string {
  const value = lowerNumberSql(found, mark);
  const bare = withoutTokens(value, tokens);
  const digits = `regexp_replace(${bare}, '[^0-9${mark === "point" ? "." : ","}]', '', 'g')`;
  const pointed = mark === "point" ? digits : `replace(${digits}, ',', '.')`;
  const whole = `regexp_replace(regexp_replace(${pointed}, '^\\.', '0.'), '\\.$', '')`;
  const sign = `case when contains(${bare}, '-') or contains(${bare}, '(') then '-' else '' end`;
  const exact = `cast(try_cast(replace(${value}, ',', '.') as decimal(38, 12)) as varchar)`;
  const asFound = mark === "point" ? `when regexp_full_match(${found}, ${literal(PLAIN_NUMBER)}) then ${found} ` : "";
  return `case ${asFound}when regexp_full_match(${value}, ${literal(numberPattern(mark, tokens))}) then ${sign} || ${whole}
    when regexp_full_match(${value}, ${literal(scientificPattern(mark))}) then coalesce(rtrim(rtrim(${exact}, '0'), '.'), ${found})
    else ${found} end`;
}
