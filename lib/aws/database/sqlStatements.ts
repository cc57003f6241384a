import { SegmentationError } from "../../domain/errors.ts";

/** What may hold a semicolon without ending a statement, in the order in which it must be tried. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|;|[^;'"$/-]+|[\s\S]/g;

/**
 * The statements of a PostgreSQL script one by one, without their semicolons: the Data API takes a single statement a
 * call. Knows comments, quoted text and names, and dollar quotes. (Not: `E'\''` strings and nested comments; scripts
 * here have none.)
 */
export function splitStatements(script: string): string[] {
  if (/\bE'/i.test(script.replace(/'(?:[^']|'')*'/g, "''"))) {
    throw new SegmentationError(
      "SQL_SCRIPT",
      "A script for the Data API must not use E'…' strings: write the character itself.",
    );
  }
  const statements: string[] = [];
  let current = "";
  for (const [token] of script.matchAll(TOKEN)) {
    if (token === ";") {
      statements.push(current.trim());
      current = "";
    } else if (!token.startsWith("--") && !token.startsWith("/*")) current += token;
  }
  return [...statements, current.trim()].filter((statement) => statement !== "");
}
