export { sqlLiteral as literal } from "../domain/text/sqlLiteral.ts";

/** A quoted identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
