import type { ColumnProfile } from "../columns/columnContent.ts";
import { growthWithQuantity, moneyOfProducts, rankCorrelationT } from "../columns/columnMoney.ts";
import { columnFlag } from "../columns/columnQuestions.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import { ask, examples, free, indexOf, numbers, quoted, type Rule } from "./structure.ts";

/** Money or pieces that went back, in a column of their own: what was paid is less. */
export const askTakenBack: Rule = (structure) => {
  if (structure.byHand.has("amount") || structure.byHand.has("price")) return undefined;
  const found = free(structure, /refund|returned|chargeback|erstattet|rembours|reembols/).find((index) => {
    // "Quantity (- Refund)" is what was kept.
    if (/[(]\s*[-−]/.test(structure.header[index] ?? "")) return false;
    const { share } = structure.profiles[index] as ColumnProfile;
    return share.number >= 0.95 && numbers(structure, index).some((value) => value !== 0);
  });
  if (found === undefined) return undefined;
  const { columns } = structure;
  const role = columns.amount === undefined ? "price" : "amount";
  const index = indexOf(structure, role);
  if (index < 0) return undefined;
  const why = `does not take off what column ${quoted(structure.header[found])} (like ${examples(structure, found)}) says went back.`;
  return ask(structure, "taken_back", { role, index, why, otherwise: "Add a column of what was kept and map it." });
};

/** A discount beside quantity × price that nothing takes off. */
export const askDiscount: Rule = (structure) => {
  const { columns, byHand } = structure;
  if (columns.amount !== undefined || columns.price === undefined || byHand.has("price")) return undefined;
  const names = /(discount|rabatt|remise|descuento|sconto|desconto)( amount| percent| pct)?$/;
  const found = free(structure, names).find((index) => numbers(structure, index).some((value) => value !== 0));
  if (found === undefined) return undefined;
  const index = indexOf(structure, "price");
  const why = `may be before the discount in column ${quoted(structure.header[found])} (like ${examples(structure, found)}).`;
  const otherwise = "Name or add a column of what was paid, as --map amount=COLUMN.";
  return ask(structure, "discount_beside_price", { role: "price", index, why, otherwise });
};

const MIN_GROWTH = 1.5;
const UNIT_NAME = /unit|each|per |piece|einzel|stuck|stueck|unitaire|unitario|unitaria|jednostk|单价|単価/;
/** Standard errors: what chance reaches once in some forty files, and once in some thirty thousand. */
const LIKELY_T = 2;
const CERTAIN_T = 4;

/** A price that grows with the pieces is the price of the line. */
export const askGrowingPrice: Rule = (structure) => {
  const { columns, byHand, rows } = structure;
  if (columns.amount !== undefined || byHand.has("price") || !columns.price || !columns.quantity) return undefined;
  const [money, quantity] = [indexOf(structure, "price"), indexOf(structure, "quantity")];
  const growth = growthWithQuantity(rows, money, quantity);
  if (growth === undefined || growth < MIN_GROWTH) return undefined;
  // A name that says "of one piece" holds unless the values contradict it beyond chance.
  const isNamedUnit = UNIT_NAME.test(normaliseName(columns.price.column));
  if (rankCorrelationT(rows, money, quantity) < (isNamedUnit ? CERTAIN_T : LIKELY_T)) return undefined;
  const product = columns.product ?? columns.description;
  if (product !== undefined) {
    const verdict = moneyOfProducts(rows, { money, quantity, product: product.position - 1 });
    if (verdict !== undefined) return undefined;
  }
  const why = `is ${growth.toFixed(1)} times as high where ${quoted(columns.quantity.column)} is above 1, as the price of a line is.`;
  const otherwise = `If it is, ${columnFlag(structure.header, "amount", money)}.`;
  return ask(structure, "growing_price", { role: "price", index: money, why, otherwise });
};

/** An "amount" that counts pieces, or is what the shop paid, beside a price. */
export const askPiecesOrCost: Rule = (structure) => {
  const { columns, byHand, header } = structure;
  if (!columns.amount || !columns.price || byHand.has("amount")) return undefined;
  const index = indexOf(structure, "amount");
  const price = columnFlag(header, "amount", indexOf(structure, "price"));
  if (columns.quantity === undefined) {
    const { share, distinct, filled } = structure.profiles[index] as ColumnProfile;
    const isSmall = numbers(structure, index).every((value) => Math.abs(value) < 1000);
    if (share.integer < 0.95 || distinct > Math.max(5, filled / 3) || !isSmall) return undefined;
    const why = `may count pieces: its values are small whole numbers, beside the price ${quoted(columns.price.column)}.`;
    return ask(structure, "pieces_or_money", {
      role: "amount",
      index,
      why,
      otherwise: `If that is the money, ${price}.`,
    });
  }
  if (!/\b(cost|costs|kosten|cogs|einkaufspreis|cout)\b/.test(normaliseName(columns.amount.column))) return undefined;
  const why = `may be what the shop paid, not the customer: ${quoted(columns.price.column)} stands beside it.`;
  const otherwise = "Leave it out of the file to count quantity × price.";
  return ask(structure, "cost_or_price", { role: "amount", index, why, otherwise });
};

/** Sales that are negative throughout: a ledger books revenue as a credit. */
export const askNegativeSales: Rule = (structure) => {
  const index = indexOf(structure, "amount");
  if (index < 0 || structure.byHand.has("amount")) return undefined;
  const values = numbers(structure, index);
  const negative = values.filter((value) => value < 0).length;
  if (values.length < 3 || negative < 0.6 * values.length) return undefined;
  const why = `is negative on ${negative} of ${values.length} rows: ledgers book sales so, but read so they are returns.`;
  return ask(structure, "negative_sales", { role: "amount", index, why, otherwise: "Turn the sign in the file." });
};

/** Whole numbers beside seconds since 1970 and currencies in lower case: an API that counts cents. */
export const askMinorUnits: Rule = (structure) => {
  const { columns, byHand, profiles, rows } = structure;
  const [index, currency] = [indexOf(structure, "amount"), indexOf(structure, "currency")];
  if (index < 0 || currency < 0 || byHand.has("amount")) return undefined;
  const isLower = rows.every((row) => /^[a-z]{3}$/.test(row[currency] ?? "usd"));
  const isEpoch = (profiles[indexOf(structure, "date")]?.share.possibleDate ?? 0) >= 0.95;
  if (!isLower || !isEpoch || (profiles[index]?.share.integer ?? 0) < 1 || columns.price) return undefined;
  const why = "may be in minor units (cents): whole numbers, as an interface for programs gives them.";
  return ask(structure, "minor_units", { role: "amount", index, why, otherwise: "Divide by 100 in the file if so." });
};
