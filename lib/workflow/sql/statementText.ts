/** Name of a rendered statement: the text of the comment on its first line, or "(unnamed)". */
export function statementName(statement: string): string {
  return /^\s*--\s*(\S+)/.exec(statement)?.[1] ?? "(unnamed)";
}

/** Where an UNLOAD writes, with a trailing slash; undefined for any other statement. */
export function unloadTarget(statement: string): string | undefined {
  const sql = statement.replace(/^(\s*--[^\n]*\n)+/, "");
  const uri = /^\s*unload\s*\([\s\S]*\)\s*to\s+'(s3:\/\/[^']+)'\s*with\s*\(/i.exec(sql)?.[1];
  return uri === undefined || uri.endsWith("/") ? uri : `${uri}/`;
}
