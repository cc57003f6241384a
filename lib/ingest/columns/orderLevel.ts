import type { Role } from "../../domain/roles.ts";
import { AmbiguousColumnError } from "../errors.ts";
import type { EvidenceRows } from "../evidence/whole/evidenceRows.ts";
import { isOfOrder, type OrderMarks } from "../evidence/whole/orderMarks.ts";
import type { MappedColumn } from "../types.ts";
import { type ColumnQuestion, columnFlag } from "./columnQuestions.ts";
import { ordersOf, roughNumber, type SampleRow, type Standing, standingOf } from "./orderStructure.ts";

export interface OrderLevel {
  /** Roles whose column is not to be used after all. */
  readonly unused: readonly Role[];
  readonly firstLineRoles: ReadonlySet<Role>;
  readonly notes: readonly string[];
  readonly questions: readonly ColumnQuestion[];
}

/** Roles that belong to the order as a whole, so that its first line can speak for the others. */
const ORDER_ROLES: readonly Role[] = ["customer", "date", "status", "currency", "country", "payment"];
const LINE_ROLES: readonly Role[] = ["product", "description", "quantity", "price"];

const NOTHING: OrderLevel = { unused: [], firstLineRoles: new Set(), notes: [], questions: [] };

/** Share of sampled lines on which quantity × price is the amount. */
function shareOfLineAmounts(rows: readonly SampleRow[], amount: number, quantity: number, price: number): number {
  const filled = rows.filter((row) => (row[amount] ?? "").trim() !== "");
  const equal = filled.filter((row) => {
    const product = roughNumber(row[quantity]) * roughNumber(row[price]);
    return Math.abs(product - roughNumber(row[amount])) <= 0.011 + 0.001 * Math.abs(product);
  });
  return filled.length === 0 ? 0 : equal.length / filled.length;
}

/**
 * Looks at orders of several lines, of the sample and from anywhere: a total of the order must not be added up once per
 * line, and what stands on an order's first line alone holds for all of it (web shops export like that).
 */
export function judgeOrderLevel(
  header: readonly string[],
  chosen: ReadonlyMap<Role, MappedColumn>,
  byHand: ReadonlySet<Role>,
  sample: Pick<EvidenceRows, "blocks" | "wholeOrders"> & {
    readonly marks: ReadonlyMap<number, OrderMarks> | undefined;
  },
  source: string,
): OrderLevel {
  const indexOf = (role: Role): number => (chosen.get(role)?.position ?? 0) - 1;
  if (!chosen.has("order")) return NOTHING;
  const orders = [
    ...ordersOf(sample.blocks, indexOf("order")),
    ...(sample.wholeOrders ?? []).filter((own) => own.length > 1),
  ];
  if (orders.length === 0) return NOTHING;
  const standing = (role: Role): Standing => (chosen.has(role) ? standingOf(orders, indexOf(role)) : "line");
  const isOnFirstLine = (role: Role): boolean => {
    // A status may be rare, so that most orders have none on their other lines either.
    const marks = role === "status" ? sample.marks?.get(indexOf(role)) : undefined;
    return marks === undefined ? standing(role) === "first_line" : isOfOrder(marks);
  };
  const firstLineRoles = new Set(ORDER_ROLES.filter((role) => chosen.has(role) && isOnFirstLine(role)));
  const named = [...firstLineRoles].map((role) => JSON.stringify(chosen.get(role)?.column));
  const notes =
    named.length > 0
      ? [`${named.join(", ")} stand on the first line of each order; its other lines take them from there.`]
      : [];
  const found: OrderLevel = { ...NOTHING, firstLineRoles, notes };
  const hasLines = LINE_ROLES.some((role) => chosen.has(role) && standing(role) === "line");
  if (!chosen.has("amount") || byHand.has("amount") || standing("amount") === "line" || !hasLines) return found;
  const amount = chosen.get("amount") as MappedColumn;
  const where = `column ${JSON.stringify(amount.column)} holds one value per order (${standing("amount") === "repeated" ? "repeated on each of its lines" : "on its first line alone"})`;
  if (chosen.has("quantity") && chosen.has("price")) {
    const share = shareOfLineAmounts(orders.flat(), indexOf("amount"), indexOf("quantity"), indexOf("price"));
    if (share >= 0.5 && standing("amount") === "repeated") return found;
    const note = `${where}, so quantity × price is used (${columnFlag(header, "amount", indexOf("amount"))} uses it all the same).`;
    return { ...found, unused: ["amount"], notes: [...notes, note] };
  }
  if (standing("amount") === "first_line") return found;
  const price = chosen.has("price")
    ? [`${columnFlag(header, "amount", indexOf("price"))} for the price of the line`]
    : [];
  const choices = [
    ...price,
    "--amount-per order where it is the order's total",
    "--amount-per line where it is each line's",
  ];
  const flags = choices.map((choice) => choice.replace(/ (for|where) .*/, ""));
  const error = new AmbiguousColumnError(
    "ORDER_TOTAL",
    `${source}: ${where}; added up, orders of several lines would count several times. Say what a line is worth: ${choices.join(", or ")}.`,
    { source, role: "amount", column: amount.column },
  );
  return { ...found, questions: [{ error, roles: ["amount"], flags }] };
}
