import type { ColumnProfile } from "../columns/columnContent.ts";
import { growthWithQuantity, moneyOfProducts, rankCorrelationT } from "../columns/columnMoney.ts";
import { columnFlag } from "../columns/columnQuestions.ts";
import { roughNumber, type SampleRow } from "../columns/orderStructure.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import { formulaName } from "./answers/formula.ts";
import { amountFlag, deductionsOf, grossWorth } from "./lineWorth.ts";
import { areLinesProven } from "./orderTotals.ts";
import { type Answer, ask, examples, free, indexOf, numbers, quoted, type Rule, type Structure } from "./structure.ts";

/** What is taken off what a line is worth, in all ways that are left open: `all` of them first. */
function netAnswers(structure: Structure, worth: string, kind: string): Answer[] {
  const deductions = deductionsOf(structure);
  const [own] = deductions.filter((one) => one.kind === kind);
  return (own?.ways ?? []).map(({ means, takeOff }) => {
    const others = deductions.filter((one) => one !== own);
    const net = others.reduce((rest, other) => other.ways[0]?.takeOff(rest) ?? rest, takeOff(worth));
    return { means: `it is taken off, and ${means}`, flag: amountFlag(net) };
  });
}

/** Money, pieces or a discount in a column of its own that nothing takes off. */
const askDeduction =
  (code: string, kinds: readonly string[], why: (name: string, like: string) => string): Rule =>
  (structure) => {
    const { columns, byHand, header } = structure;
    if (byHand.has("amount") || (columns.amount === undefined && byHand.has("price"))) return undefined;
    const found = deductionsOf(structure).find(({ kind }) => kinds.includes(kind));
    const worth = grossWorth(structure);
    if (found === undefined || worth === undefined) return undefined;
    // Orders without any deduction prove nothing about it.
    const hasSome = (row: SampleRow): boolean => Math.abs(roughNumber(row[found.index])) > 0;
    if (areLinesProven(structure, hasSome)) return undefined;
    const role = columns.amount === undefined ? "price" : "amount";
    const index = indexOf(structure, role);
    const isOfLine = growthOfPrice(structure) !== undefined;
    const price = formulaName(header, indexOf(structure, "price"));
    const worths = isOfLine ? [worth, price] : [worth];
    const said = (gross: string): string =>
      isOfLine ? ` (${gross === worth ? "the price is of a piece" : "of the line"})` : "";
    const asItStands = worths.map((gross) => ({
      means: `what stands here was paid, all the same${said(gross)}`,
      flag: amountFlag(gross),
    }));
    const net = worths.flatMap((gross) =>
      netAnswers(structure, gross, found.kind).map(({ means, flag }) => ({ means: means + said(gross), flag })),
    );
    return ask(structure, code, {
      role,
      index,
      why: why(quoted(header[found.index]), examples(structure, found.index)),
      answers: [...net, ...asItStands],
    });
  };

export const askTakenBack = askDeduction(
  "taken_back",
  ["money back", "pieces back"],
  (name, like) => `does not take off what column ${name} (like ${like}) says went back.`,
);
export const askDiscount = askDeduction(
  "discount_beside_price",
  ["discount"],
  (name, like) => `may be before the discount in column ${name} (like ${like}).`,
);

const MIN_GROWTH = 1.5;
const UNIT_NAME = /unit|each|per |piece|einzel|stuck|stueck|unitaire|unitario|unitaria|jednostk|单价|単価/;
/** Standard errors: what chance reaches once in some forty files, and once in some thirty thousand. */
const LIKELY_T = 2;
const CERTAIN_T = 4;

/** How much higher a price is for several pieces, where that is beyond chance: then it may be the price of the line. */
function growthOfPrice(structure: Structure): number | undefined {
  const { columns, byHand, telling: rows, isProven } = structure;
  if (columns.amount !== undefined || byHand.has("price") || byHand.has("amount") || isProven) return undefined;
  if (!columns.price || !columns.quantity) return undefined;
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
  return growth;
}

/** A price that grows with the pieces is the price of the line. */
export const askGrowingPrice: Rule = (structure) => {
  const { columns } = structure;
  const growth = growthOfPrice(structure);
  // With deductions beside it, the question about them says what both are.
  if (growth === undefined || columns.quantity === undefined || deductionsOf(structure).length > 0) return undefined;
  const money = indexOf(structure, "price");
  const why = `is ${growth.toFixed(1)} times as high where ${quoted(columns.quantity.column)} is above 1.`;
  const flag = (role: "amount" | "price"): string => columnFlag(structure.header, role, money);
  const answers = [
    { means: "It is the price of the line", flag: flag("amount") },
    { means: "it is the price of one piece", flag: flag("price") },
  ];
  return ask(structure, "growing_price", { role: "price", index: money, why, answers });
};

/** An "amount" that counts pieces, or is what the shop paid, beside a price. */
export const askPiecesOrCost: Rule = (structure) => {
  const { columns, byHand, header } = structure;
  if (!columns.amount || !columns.price || byHand.has("amount")) return undefined;
  const [index, price] = [indexOf(structure, "amount"), indexOf(structure, "price")];
  const flagOf = (role: "amount" | "price", column: number): string => columnFlag(header, role, column);
  const asMoney = { means: "it is what the customer paid for the line", flag: flagOf("amount", index) };
  if (columns.quantity === undefined) {
    const { share, distinct, filled } = structure.profiles[index] as ColumnProfile;
    const isSmall = numbers(structure, index).every((value) => Math.abs(value) < 1000);
    if (share.integer < 0.95 || distinct > Math.max(5, filled / 3) || !isSmall) return undefined;
    const why = `may count pieces: its values are small whole numbers, beside ${quoted(columns.price.column)} (like ${examples(structure, price)}).`;
    const product = `${formulaName(header, index)} * ${formulaName(header, price)}`;
    const answers = [
      {
        means: `It counts pieces, and ${quoted(columns.price.column)} is the money of the line`,
        flag: flagOf("amount", price),
      },
      { means: `it counts pieces, and ${quoted(columns.price.column)} is the price of one`, flag: amountFlag(product) },
      asMoney,
    ];
    return ask(structure, "pieces_or_money", { role: "amount", index, why, answers });
  }
  if (!/\b(cost|costs|kosten|cogs|einkaufspreis|cout)\b/.test(normaliseName(columns.amount.column))) return undefined;
  const why = `may be what the shop paid, not the customer: ${quoted(columns.price.column)} stands beside it.`;
  const product = `${formulaName(header, indexOf(structure, "quantity"))} * ${formulaName(header, price)}`;
  const answers = [{ means: "Then quantity × price counts", flag: amountFlag(product) }, asMoney];
  return ask(structure, "cost_or_price", { role: "amount", index, why, answers });
};

/** An amount on some lines alone, beside quantity × price on all: the two would be mixed. */
export const askMixedAmounts: Rule = (structure) => {
  const { columns, byHand, all, reading } = structure;
  const [amount, price, quantity] = (["amount", "price", "quantity"] as const).map((role) =>
    indexOf(structure, role),
  ) as [number, number, number];
  const isSettled = byHand.has("amount") || byHand.has("price") || reading.amountPer !== undefined;
  if (isSettled || !columns.amount || !columns.price || !columns.quantity) return undefined;
  const product = (row: (typeof all)[number]): number => roughNumber(row[quantity]) * roughNumber(row[price]);
  const sold = all.filter((row) => product(row) > 0);
  const without = sold.filter((row) => (row[amount] ?? "").trim() === "");
  const differing = sold.filter((row) => Math.abs(roughNumber(row[amount]) - product(row)) > 0.011);
  const own = sold.length - without.length;
  if (without.length === 0 || differing.length < 0.2 * own || differing.length === 0) return undefined;
  const why = `is blank on ${without.length} of ${sold.length} rows that have a quantity and a price, and on others it is not quantity × price: it may be the total of an order on its first line.`;
  const name = (index: number): string => formulaName(structure.header, index);
  const answers = [
    { means: "It is what was paid, where it stands", flag: amountFlag(name(amount)) },
    { means: "each line is worth quantity × price", flag: amountFlag(`${name(quantity)} * ${name(price)}`) },
  ];
  return ask(structure, "mixed_amounts", { role: "amount", index: amount, why, answers });
};

/** Sales that are negative throughout: a ledger books revenue as a credit. */
export const askNegativeSales: Rule = (structure) => {
  const index = indexOf(structure, "amount");
  if (index < 0 || structure.byHand.has("amount")) return undefined;
  const values = numbers(structure, index);
  const negative = values.filter((value) => value < 0).length;
  if (values.length < 3 || negative < 0.6 * values.length) return undefined;
  const why = `is negative on ${negative} of ${values.length} rows: ledgers book sales so, but read so they are returns.`;
  const name = formulaName(structure.header, index);
  const answers = [
    { means: "They are sales", flag: amountFlag(`-${name}`) },
    { means: "they are returns", flag: columnFlag(structure.header, "amount", index) },
  ];
  return ask(structure, "negative_sales", { role: "amount", index, why, answers });
};

/** Whole numbers beside seconds since 1970 and currencies in lower case: an API that counts cents. */
export const askMinorUnits: Rule = (structure) => {
  const { columns, byHand, profiles, rows, header } = structure;
  const [index, currency] = [indexOf(structure, "amount"), indexOf(structure, "currency")];
  if (index < 0 || currency < 0 || byHand.has("amount")) return undefined;
  const isLower = rows.every((row) => /^[a-z]{3}$/.test(row[currency] ?? "usd"));
  const isEpoch = (profiles[indexOf(structure, "date")]?.share.possibleDate ?? 0) >= 0.95;
  if (!isLower || !isEpoch || (profiles[index]?.share.integer ?? 0) < 1 || columns.price) return undefined;
  const why = "may be in minor units (cents): whole numbers, as an interface for programs gives them.";
  const name = formulaName(header, index);
  const back = free(structure, /^amount refunded$/)[0];
  const net = back === undefined ? name : `(${name} - ${formulaName(header, back)})`;
  const answers = [
    {
      means: `They are hundredths${back === undefined ? "" : ", less what was refunded"}`,
      flag: amountFlag(`${net} / 100`),
    },
    { means: "they are whole units", flag: columnFlag(header, "amount", index) },
  ];
  return ask(structure, "minor_units", { role: "amount", index, why, answers });
};
