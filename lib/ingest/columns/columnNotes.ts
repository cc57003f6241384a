import type { Role } from "../../domain/roles.ts";
import type { Chosen } from "../evidence/answers/mapByHand.ts";
import type { ColumnProfile } from "./columnContent.ts";
import { columnFlag } from "./columnQuestions.ts";
import { isDoubted, normaliseName } from "./recogniseColumns.ts";

/** Whose address is meant, where several columns have some. */
const NOT_THE_CUSTOMER = /ship|deliver|recipient|seller|vendor|staff|sales|employee|liefer|envio|livr/;

/** The column of e-mail addresses that stand beside the customer's ids; undefined where none is, or several are. */
export function emailBeside(
  header: readonly string[],
  chosen: Chosen,
  profiles: readonly ColumnProfile[],
): { readonly column: string; readonly position: number } | undefined {
  const used = new Set([...chosen.values()].map(({ position }) => position - 1));
  const all = profiles.flatMap(({ share }, index) => (share.email >= 0.9 && !used.has(index) ? [index] : []));
  const own = all.filter((index) => !NOT_THE_CUSTOMER.test(normaliseName(header[index] ?? "")));
  const [one] = own;
  if (one === undefined || own.length > 1) return undefined;
  return { column: header[one] as string, position: one + 1 };
}

/**
 * Where there is an amount, a quantity or price by its name alone ("Items": the names of the articles) would make its
 * lines invalid. Returns notes.
 */
export function dropNoNumbers(chosen: Chosen): string[] {
  if (!chosen.has("amount")) return [];
  return (["quantity", "price"] as const).flatMap((role) => {
    const column = chosen.get(role);
    if (column === undefined || !isDoubted(column)) return [];
    chosen.delete(role);
    return [`column ${JSON.stringify(column.column)} is not taken as the ${role}: ${column.reason}.`];
  });
}

/** What should be said of columns that were recognised by their values, or in spite of them. */
export function contentNotes(header: readonly string[], chosen: Chosen, byHand: ReadonlySet<Role>): string[] {
  return [...chosen].flatMap(([role, column]) => {
    if (byHand.has(role)) return [];
    if (isDoubted(column)) return [`${role}: column ${JSON.stringify(column.column)}: ${column.reason}.`];
    if (!/^its|^the only|^each/.test(column.reason)) return [];
    const flag = columnFlag(header, role, column.position - 1);
    return [
      `${role} is taken from column ${column.position} (${JSON.stringify(column.column)}): ${column.reason} (${flag} says so for good).`,
    ];
  });
}

const DUE =
  /^(due date|due|falligkeit|fallig am|zahlbar bis|date d echeance|echeance|vencimiento|fecha de vencimiento|scadenza|vervaldatum)$/;
const INVOICE = /invoice|rechnung|facture|factura|fattura|factuur|faktura/;

/** Whether rows are of invoices with a day on which they fall due: then one that awaits its payment is a sale. */
export const areInvoices = (header: readonly string[], order: string | undefined): boolean =>
  INVOICE.test(normaliseName(order ?? "")) && header.some((name) => DUE.test(normaliseName(name)));
