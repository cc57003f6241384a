import { UndecidableDecimalError } from "../../errors.ts";
import { literal } from "../../sqlText.ts";
import type { DecimalMark } from "../../types.ts";

/** Values of a number column that are not plain decimals, by how their separators stand. */
export interface NumberEvidence {
  readonly column: string;
  /** Values that are neither blank nor plain `-?digits[.digits]`. */
  readonly unplain: number;
  /** Values that only read with a decimal point: `1,234.56`, `0.5`, `12.50`. */
  readonly point: number;
  /** Values that only read with a decimal comma: `1.234,56`, `0,5`, `12,50`. */
  readonly comma: number;
  /** Values that read either way, like `1,234` and `1.234`. */
  readonly either: number;
  readonly example: string | null;
}

/** Plain decimals, as canonical rows have them. */
export const PLAIN_NUMBER = "-?[0-9]+(\\.[0-9]+)?";

/** What reads as a thousand and as a fraction of three places. */
export const POINTED_THOUSAND = "[1-9][0-9]{0,2}\\.[0-9]{3}";

/** Signs, blanks and currencies around the digits. */
const AROUND = "[-\\x{2212}+($€£¥₹₽₺ \\x{00A0}\\x{202F}A-Za-z)]*";

/** SQL aggregates (for `NumberEvidence`) over the text column `value`, which may be NULL. */
export function evidenceSql(value: string): string {
  const unplain = `${value} is not null and not regexp_full_match(${value}, '${PLAIN_NUMBER}')`;
  const counts = (pattern: string) =>
    `count(*) filter (where regexp_full_match(${value}, ${literal(AROUND + pattern + AROUND)}))`;
  const notThree = "([0-9]|[0-9]{2}|[0-9]{4,})";
  const whole = "[0-9 \\x{00A0}\\x{202F}\\x{2009}'’]*";
  return [
    `count(*) filter (where ${unplain})`,
    counts(
      `(${whole}\\.${notThree}|0\\.[0-9]+|[0-9][0-9,'’]*,[0-9]{3}\\.[0-9]+|[0-9]{4,}\\.[0-9]+|[0-9]{1,3}(,[0-9]{3}){2,})`,
    ),
    counts(
      `(${whole},${notThree}|0,[0-9]+|[0-9][0-9.'’]*\\.[0-9]{3},[0-9]+|[0-9]{4,},[0-9]+|[0-9]{1,3}(\\.[0-9]{3}){2,})`,
    ),
    counts("[1-9][0-9]{0,2}[.,][0-9]{3}"),
    `coalesce(min(${value}) filter (where ${unplain}), min(${value}) filter (where regexp_full_match(${value}, '-?${POINTED_THOUSAND}')))`,
  ].join(", ");
}

/**
 * Decides the decimal mark of a file from all of its number columns. Throws `UndecidableDecimalError` when `1,234`
 * or `1.234` is all there is to go by, or when both marks occur.
 */
export function decideDecimalMark(
  evidence: readonly NumberEvidence[],
  requested: DecimalMark | undefined,
  source: string,
): DecimalMark {
  if (requested !== undefined) return requested;
  const unplain = evidence.filter((column) => column.unplain > 0 || column.either > 0);
  if (unplain.length === 0) return "point";
  const sum = (pick: (column: NumberEvidence) => number) => evidence.reduce((total, column) => total + pick(column), 0);
  const point = sum((column) => column.point);
  const comma = sum((column) => column.comma);
  const either = sum((column) => column.either);
  const ask = "Say which with --decimal point or --decimal comma.";
  const example = JSON.stringify(unplain[0]?.example);
  const where = `column ${JSON.stringify(unplain[0]?.column)}`;
  // One mark must be rare to be taken for a slip that is set aside with its line number.
  if (comma > 0 && point > 0 && Math.min(comma, point) > 0.01 * Math.max(comma, point)) {
    throw new UndecidableDecimalError(
      "contradictory_decimals",
      `${source}: numbers are written with a decimal point and with a decimal comma (${where}, like ${example}). ${ask}`,
      { source },
    );
  }
  if (comma > point) return "comma";
  if (point > comma || either === 0) return "point";
  throw new UndecidableDecimalError(
    "undecidable_decimals",
    `${source}: ${example} in ${where} may be a thousand or a fraction, and no other number tells. ${ask}`,
    { source },
  );
}

/** SQL that brings a trimmed value to a plain decimal under the mark, or leaves it as found. */
export function plainNumberSql(found: string, mark: DecimalMark): string {
  const value = `replace(${found}, chr(8722), '-')`;
  const group = mark === "point" ? "," : ".";
  const decimal = mark === "point" ? "\\." : ",";
  const blank = " \\x{00A0}\\x{202F}\\x{2009}'’";
  const body = `([0-9]+|[0-9]{1,3}([${group}${blank}][0-9]{2,3})*[${group}${blank}][0-9]{3})?(${decimal}[0-9]*)?`;
  const currency = "([$€£¥₹₽₺]|[A-Z]{3}|[A-Z]{1,2}\\$|kr|zł|Kč)";
  const readable = `(${currency}?[ \\x{00A0}]?[-+]?[ \\x{00A0}]?${currency}?[ \\x{00A0}]?${body}[ \\x{00A0}]?${currency}?-?|\\(${currency}? ?${body} ?${currency}?\\))`;
  const digits = `regexp_replace(${value}, '[^0-9${mark === "point" ? "." : ","}]', '', 'g')`;
  const pointed = mark === "point" ? digits : `replace(${digits}, ',', '.')`;
  const whole = `regexp_replace(regexp_replace(${pointed}, '^\\.', '0.'), '\\.$', '')`;
  const sign = `case when contains(${value}, '-') or starts_with(${value}, '(') then '-' else '' end`;
  const isPlain = `regexp_full_match(${value}, '${PLAIN_NUMBER}')`;
  const asFound = mark === "point" ? `when ${isPlain} then ${value} ` : "";
  const escaped = readable.replaceAll("'", "''");
  return `case ${asFound}when regexp_full_match(${value}, '${escaped}') and regexp_matches(${value}, '[0-9]') then ${sign} || ${whole} else ${found} end`;
}
