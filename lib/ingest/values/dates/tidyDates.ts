import { literal } from "../../sqlText.ts";
import { narrow, narrowSql } from "../idSpelling.ts";

/** A pattern of letters in either case: Node 22 has no modifiers within an expression. */
const inAnyCase = (letters: string): string =>
  letters.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);

/** What programs write around a date, and what stands in its place: patterns of the engine, in this order. */
const TIDYINGS: readonly (readonly [pattern: string, replacement: string])[] = [
  // .NET, and seconds since 1970 with a fraction.
  ["^/Date\\(([0-9]{13})([+-][0-9]{4})?\\)/$", "\\1"],
  ["^([0-9]{10})\\.[0-9]+$", "\\1"],
  // Java's zone and JavaScript's name of it: the offset before them says the same.
  [" ?\\[[A-Za-z_/+-]+\\]$", ""],
  [" \\([^)0-9]{4,}\\)$", ""],
  [" (?:GMT|UTC)([+-][0-9]{4})$", " \\1"],
  // Chinese, Japanese and Korean.
  ["\\([月火水木金土日一二三四五六월화수목금토일]\\)", ""],
  ["^([0-9]{4})[年년] ?([0-9]{1,2})[月월] ?([0-9]{1,2})[日일号號]", "\\1-\\2-\\3"],
  ["([0-9]{1,2})[時时点點시] ?([0-9]{1,2})[分분] ?([0-9]{1,2})[秒초]$", "\\1:\\2:\\3"],
  ["([0-9]{1,2})[時时点點시] ?([0-9]{1,2})[分분]$", "\\1:\\2"],
  ["(?:上午|午前|오전) ?([0-9:]+)$", "\\1 am"],
  ["(?:下午|午後|오후) ?([0-9:]+)$", "\\1 pm"],
  // Halves of the day with dots, and in Greek.
  ["([0-9]) ?([aApP])\\. ?[mM]\\.?$", "\\1 \\2m"],
  ["([0-9]) ?[πΠ]\\.?[μΜ]\\.?$", "\\1 am"],
  ["([0-9]) ?[μΜ]\\.?[μΜ]\\.?$", "\\1 pm"],
  // Korean and Hungarian dots.
  ["^([0-9]{4})\\. ?([0-9]{1,2})\\. ?([0-9]{1,2})\\.?( |$)", "\\1-\\2-\\3\\4"],
  // DB2 and Oracle write times with dots.
  ["^([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9]{2})\\.([0-9]{2})\\.([0-9]{2})(?:\\.[0-9]+)?$", "\\1 \\2:\\3:\\4"],
  [" ([0-9]{2})\\.([0-9]{2})\\.([0-9]{2})(?:\\.[0-9]+)? ([AaPp][Mm])$", " \\1:\\2:\\3 \\4"],
  // Words between day and time.
  [" (?:klo|kl\\.?|um|ore) ([0-9]{1,2})[.:]([0-9]{2})", " \\1:\\2"],
  [" (?:à|a las|às|alle|at|om) ([0-9]{1,2}:[0-9]{2})", " \\1"],
  [" ([0-9]{1,2})h([0-9]{2})$", " \\1:\\2"],
  [" (?:Uhr|uur|г\\.?)$", ""],
  ["([0-9])(?:st|nd|rd|th)( |,|$)", "\\1\\2"],
  ["^([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?),? (.*[0-9].*)$", "\\2 \\1"],
  ["^\\p{L}{2,12}[.,]+ ?([0-9])", "\\1"],
  [`^(?:${inAnyCase("mon|tues|wednes|thurs|fri|satur|sun")})${inAnyCase("day")},? `, ""],
  ["^([0-9]{2}[A-Za-z]{3}[0-9]{4}):", "\\1 "],
  ["^((?:19|20)[0-9]{6})([0-9]{6})$", "\\1 \\2"],
];

/**
 * SQL of a date without what programs write around it: names of zones and weekdays, dots of `p. m.`, digits of other
 * scripts.
 */
export const tidyDateSql = (value: string): string =>
  TIDYINGS.reduce(
    (sql, [pattern, replacement]) => `regexp_replace(${sql}, ${literal(pattern)}, ${literal(replacement)})`,
    narrowSql(value),
  );

const IN_SCRIPT = TIDYINGS.map(
  ([pattern, replacement]) => [new RegExp(pattern, "u"), replacement.replace(/\\(\d)/g, "$$$1")] as const,
);

/** As `tidyDateSql`. */
export const tidyDate = (text: string): string =>
  IN_SCRIPT.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), narrow(text));
