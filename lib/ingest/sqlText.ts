/** A text literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A quoted identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
