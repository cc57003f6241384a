export { sqlIdentifier as identifier, sqlLiteral as literal } from "../domain/text/sqlLiteral.ts";
