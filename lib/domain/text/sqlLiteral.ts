/**
 * A text as a literal of standard SQL, its quotes doubled. Statements for Athena take parameters of a strict form
 * instead.
 */
export const sqlLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name in quotes of standard SQL. */
export const sqlIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
