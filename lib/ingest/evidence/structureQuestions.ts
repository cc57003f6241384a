import { type ColumnQuestion, columnFlag } from "../columns/columnQuestions.ts";
import { roughNumber, type SampleRow } from "../columns/orderStructure.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import {
  askDiscount,
  askGrowingPrice,
  askMinorUnits,
  askMixedAmounts,
  askNegativeSales,
  askPiecesOrCost,
  askTakenBack,
} from "./moneyQuestions.ts";
import { askRestartingOrders } from "./orderNumbers.ts";
import { areLinesProven, askOrderTotal } from "./orderTotals.ts";
import { ask, examples, free, indexOf, ordersById, quoted, type Rule, type Structure } from "./structure.ts";
import { DISCOUNT_TEXT, isCountName, isPersonName, isPhoneName } from "./words/tellingNames.ts";

/** One amount on every row of an order: added up it would count several times. */
const askRepeatedTotal: Rule = (structure) => {
  const { columns, byHand, reading, header } = structure;
  const index = indexOf(structure, "amount");
  if (index < 0 || byHand.has("amount") || reading.amountPer !== undefined) return undefined;
  if (columns.quantity && columns.price) return undefined;
  const { several, repeated } = structure.amounts ?? countRepeated(structure, index);
  const isNamedSo = /order|invoice|grand|basket|合計|請求/.test(normaliseName(columns.amount?.column ?? ""));
  const isRepeated = repeated >= (isNamedSo ? 0.5 : 0.9) * several;
  if (!isRepeated || repeated < (isNamedSo ? 1 : 3)) return undefined;
  const why = `has one value on all rows of ${repeated} of the ${several} orders of several rows: a total of the order would count several times.`;
  const price = columns.price === undefined ? [] : [indexOf(structure, "price")];
  const answers = [
    { means: "It is the total of the order", flag: "--amount-per order" },
    { means: "it is what each line is worth", flag: "--amount-per line" },
    ...price.map((other) => ({
      means: `${quoted(header[other])} is what a line is worth`,
      flag: columnFlag(header, "amount", other),
    })),
  ];
  return ask(structure, "repeated_total", { role: "amount", index, why, answers });
};

/** Orders with several amounts, where each is said to be the total of its order. */
const askDifferingTotals: Rule = (structure) => {
  const index = indexOf(structure, "amount");
  const { differing, example } = structure.amounts ?? {};
  const { amountPer, orderNumbers } = structure.reading;
  if (amountPer !== "order" || orderNumbers === "daily" || index < 0 || differing === undefined || differing === 0)
    return undefined;
  const why = `is said to be the total of each order, but ${differing} orders have several, like ${example}.`;
  const answers = [{ means: "Where each line has its own", flag: "--amount-per line" }];
  const otherwise = "Where the order changed, leave its earlier rows out of the file.";
  return ask(structure, "differing_totals", { role: "amount", index, why, answers, otherwise });
};

function countRepeated(structure: Structure, index: number): { several: number; repeated: number } {
  const orders = ordersById(structure);
  const isOne = (rows: readonly SampleRow[]): boolean => rows.every((row) => row[index] === rows[0]?.[index]);
  return { several: orders.length, repeated: orders.filter(isOne).length };
}

/** A discount as a negative line of an order: by default a return, which takes nothing off. */
const askDiscountLines: Rule = (structure) => {
  const { columns, byHand } = structure;
  const money = columns.amount === undefined ? "price" : "amount";
  const [index, text] = [indexOf(structure, money), columns.description ?? columns.product];
  if (index < 0 || text === undefined || byHand.has(money)) return undefined;
  const words = new RegExp(DISCOUNT_TEXT, "i");
  const isDiscount = (row: SampleRow): boolean =>
    roughNumber(row[index]) < 0 && words.test(row[text.position - 1] ?? "");
  const found = ordersById(structure, structure.all).filter((rows) => rows.some(isDiscount)).length;
  if (found === 0) return undefined;
  const why = `is negative on discounts within ${found} orders; read as returns they take nothing off.`;
  const flag = columnFlag(structure.header, money, index);
  const answers = [
    { means: "They are taken off, as every negative line then is", flag: `${flag} --returns count` },
    { means: "they take nothing off", flag },
  ];
  return ask(structure, "discount_lines", { role: money, index, why, answers });
};

/** A product or an account in the place of the customer. */
const askWhoIsCustomer: Rule = (structure) => {
  const { columns, byHand, header } = structure;
  const index = indexOf(structure, "customer");
  if (index < 0 || byHand.has("customer")) return undefined;
  const name = normaliseName(columns.customer?.column ?? "");
  const other = free(structure, isPersonName)[0];
  const isAccount = /\baccount (code|no|number)\b/.test(name) && other !== undefined;
  const isProduct = name === "name" && columns.price && columns.quantity && !columns.product && !columns.description;
  const isPhone = isPhoneName(name) && other !== undefined;
  if (!isAccount && !isProduct && !isPhone) return undefined;
  const why = isPhone
    ? "is a telephone number, which several may share, or one person change."
    : isAccount
      ? "may be an account of the ledger."
      : "may be the product: nothing else names what was sold.";
  const named =
    other === undefined
      ? []
      : [{ means: `${quoted(header[other])} names the customer`, flag: columnFlag(header, "customer", other) }];
  const answers = [...named, { means: "it is the customer", flag: columnFlag(header, "customer", index) }];
  return ask(structure, "product_or_customer", { role: "customer", index, why, answers });
};

/** Orders that are counted in a column: a row is a customer or a month, not an order. */
const askAggregate: Rule = (structure) => {
  const index = indexOf(structure, "customer");
  if (index < 0 || structure.byHand.has("customer")) return undefined;
  const count = structure.header.findIndex(
    (name, i) => isCountName(normaliseName(name)) && (structure.profiles[i]?.share.integer ?? 0) >= 0.95,
  );
  if (count < 0) return undefined;
  const why = `stands on rows that count orders in ${quoted(structure.header[count])} (like ${examples(structure, count)}): they are sums over several orders, not orders.`;
  const answers = [
    { means: "If each row is one order all the same", flag: columnFlag(structure.header, "customer", index) },
  ];
  return ask(structure, "summary_rows", {
    role: "customer",
    index,
    why,
    answers,
    otherwise: "Else export single orders.",
  });
};

const RULES: readonly Rule[] = [
  askAggregate,
  askWhoIsCustomer,
  askRestartingOrders,
  askNegativeSales,
  askRepeatedTotal,
  askDifferingTotals,
  askMixedAmounts,
  askPiecesOrCost,
  askOrderTotal,
  askGrowingPrice,
  askDiscount,
  askDiscountLines,
  askMinorUnits,
  askTakenBack,
];

/** What the values leave open about rows, orders and money; a column that is named by hand is not asked about. Pure. */
export function askStructure(known: Omit<Structure, "isProven">): ColumnQuestion[] {
  if (known.rows.length === 0) return [];
  const structure = { ...known, isProven: areLinesProven({ ...known, isProven: false }) };
  return RULES.map((rule) => rule(structure)).filter((one) => one !== undefined);
}
