import { type ColumnQuestion, columnFlag } from "../columns/columnQuestions.ts";
import { roughNumber, type SampleRow } from "../columns/orderStructure.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import {
  askDiscount,
  askGrowingPrice,
  askMinorUnits,
  askNegativeSales,
  askPiecesOrCost,
  askTakenBack,
} from "./moneyQuestions.ts";
import { ask, examples, free, indexOf, ordersById, quoted, type Rule, type Structure } from "./structure.ts";

/** One amount on every row of an order: added up it would count several times. */
const askRepeatedTotal: Rule = (structure) => {
  const { columns, byHand } = structure;
  const index = indexOf(structure, "amount");
  if (index < 0 || byHand.has("amount") || (columns.quantity && columns.price)) return undefined;
  if (structure.reading?.amountPer !== undefined) return undefined;
  const orders = ordersById(structure);
  const isNamedSo = /order|invoice|grand|basket|合計|請求/.test(normaliseName(columns.amount?.column ?? ""));
  const isRepeated = orders.every((rows) => rows.every((row) => row[index] === rows[0]?.[index]));
  if (!isRepeated || orders.length < (isNamedSo ? 1 : 3)) return undefined;
  const why = `has one value on all rows of each of ${orders.length} orders of several rows: a total of the order would count several times.`;
  const otherwise = "Name a column of what a line is worth, or keep one row per order.";
  return ask(structure, "repeated_total", { role: "amount", index, why, otherwise });
};

/** Order numbers that start again: one number is several purchases. */
const askRestartingOrders: Rule = (structure) => {
  const [customer, date] = [indexOf(structure, "customer"), indexOf(structure, "date")];
  if (structure.reading?.orderNumbers !== undefined || structure.byHand.has("order") || customer < 0 || date < 0)
    return undefined;
  const orders = ordersById(structure);
  const differ = (index: number) => (rows: readonly SampleRow[]) =>
    new Set(rows.map((row) => (row[index] ?? "").slice(0, 10)).filter((value) => value !== "")).size > 1;
  const place = new Map(structure.rows.map((row, i) => [row, i]));
  // Lines of one order stand together, whatever else they say.
  const isApart = (rows: readonly SampleRow[]): boolean =>
    (place.get(rows.at(-1) as SampleRow) ?? 0) - (place.get(rows[0] as SampleRow) ?? 0) >= rows.length;
  const isAnew = (rows: readonly SampleRow[]): boolean => isApart(rows) && differ(customer)(rows) && differ(date)(rows);
  const several = orders.filter(isAnew).length;
  if (orders.length < 3 || several < 0.5 * orders.length) return undefined;
  const why = `has the same number on other days for other customers (${several} of ${orders.length} that repeat): receipts that are numbered anew each day are other orders.`;
  const otherwise = "Join number and day to one column, and name that one.";
  return ask(structure, "restarting_orders", { role: "order", index: indexOf(structure, "order"), why, otherwise });
};

/** A discount as a negative line of an order: by default a return, which takes nothing off. */
const askDiscountLines: Rule = (structure) => {
  const { columns, byHand } = structure;
  const money = columns.amount === undefined ? "price" : "amount";
  const [index, text] = [indexOf(structure, money), columns.description ?? columns.product];
  if (index < 0 || text === undefined || byHand.has(money)) return undefined;
  const isDiscount = (row: SampleRow): boolean =>
    roughNumber(row[index]) < 0 &&
    /discount|coupon|voucher|rabatt|remise|descuento/i.test(row[text.position - 1] ?? "");
  const found = ordersById(structure).filter((rows) => rows.some(isDiscount)).length;
  if (found === 0) return undefined;
  const why = `is negative on discounts within ${found} orders; read as returns they take nothing off.`;
  return ask(structure, "discount_lines", { role: money, index, why, otherwise: "" }, " --returns net");
};

/** A product or an account in the place of the customer. */
const askWhoIsCustomer: Rule = (structure) => {
  const { columns, byHand, header } = structure;
  const index = indexOf(structure, "customer");
  if (index < 0 || byHand.has("customer")) return undefined;
  const name = normaliseName(columns.customer?.column ?? "");
  const other = free(structure, /\b(contact name|customer name|client name|buyer name|contact)\b/)[0];
  const isAccount = /\baccount (code|no|number)\b/.test(name) && other !== undefined;
  const isProduct = name === "name" && columns.price && columns.quantity && !columns.product && !columns.description;
  if (!isAccount && !isProduct) return undefined;
  const why = isAccount ? "may be an account of the ledger." : "may be the product: nothing else names what was sold.";
  const better = other === undefined ? "" : ` ${columnFlag(header, "customer", other)} names the customer.`;
  return ask(structure, "product_or_customer", { role: "customer", index, why, otherwise: better.trim() });
};

/** Orders that are counted in a column: a row is a customer or a month, not an order. */
const askAggregate: Rule = (structure) => {
  const index = indexOf(structure, "customer");
  if (index < 0 || structure.byHand.has("customer")) return undefined;
  const names =
    /^(orders|order count|frequency|visits|transactions|(no|num|number|count) of (orders|visits|purchases|transactions))$/;
  const count = structure.header.findIndex(
    (name, i) => names.test(normaliseName(name)) && (structure.profiles[i]?.share.integer ?? 0) >= 0.95,
  );
  if (count < 0) return undefined;
  const why = `stands on rows that count orders in ${quoted(structure.header[count])} (like ${examples(structure, count)}): they are sums over several orders, not orders.`;
  return ask(structure, "summary_rows", { role: "customer", index, why, otherwise: "Export single orders." });
};

const RULES: readonly Rule[] = [
  askAggregate,
  askWhoIsCustomer,
  askRestartingOrders,
  askNegativeSales,
  askRepeatedTotal,
  askPiecesOrCost,
  askGrowingPrice,
  askDiscount,
  askDiscountLines,
  askMinorUnits,
  askTakenBack,
];

/** What the values leave open about rows, orders and money; a column that is named by hand is not asked about. Pure. */
export const askStructure = (structure: Structure): ColumnQuestion[] =>
  structure.rows.length === 0 ? [] : RULES.map((rule) => rule(structure)).filter((one) => one !== undefined);
