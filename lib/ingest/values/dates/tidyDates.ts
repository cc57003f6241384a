import { literal } from "../../sqlText.ts";
import { narrowSql } from "../idSpelling.ts";

/** What programs write around a date, and what stands in its place: patterns of the engine, in this order. */
const TIDYINGS: readonly (readonly [pattern: string, replacement: string])[] = [
  // Java's zone and JavaScript's name of it: the offset before them says the same.
  [" ?\\[[A-Za-z_/+-]+\\]$", ""],
  [" \\([^)]*\\)$", ""],
  [" (?:GMT|UTC)([+-][0-9]{4})$", " \\1"],
  ["([0-9]) ?([aApP])\\. ?[mM]\\.?$", "\\1 \\2m"],
  ["[上]午 ?([0-9:]+)$", "\\1 am"],
  ["[下]午 ?([0-9:]+)$", "\\1 pm"],
  ["^([0-9]{4}\\.[0-9]{1,2}\\.[0-9]{1,2})\\.", "\\1"],
  ["^\\p{L}{2,12}[.,]+ ?([0-9])", "\\1"],
  ["^(?i:mon|tues|wednes|thurs|fri|satur|sun)(?i:day),? ", ""],
  ["^([0-9]{2}[A-Za-z]{3}[0-9]{4}):", "\\1 "],
  ["^((?:19|20)[0-9]{6})([0-9]{6})$", "\\1 \\2"],
];

/** SQL of a date without what programs write around it: names of zones and weekdays, dots of `p. m.`, digits of other scripts. */
export const tidyDateSql = (value: string): string =>
  TIDYINGS.reduce(
    (sql, [pattern, replacement]) => `regexp_replace(${sql}, ${literal(pattern)}, ${literal(replacement)})`,
    narrowSql(value),
  );
