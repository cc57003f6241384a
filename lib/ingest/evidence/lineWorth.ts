import { roughNumber } from "../columns/orderStructure.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import { formulaName } from "./answers/formula.ts";
import { filledNumbers, free, indexOf, isNumeric, type Structure } from "./structure.ts";
import { isDiscountName, speaksOf } from "./words/tellingNames.ts";

/** Something that what was paid is short of, in a column of its own. */
export interface Deduction {
  readonly index: number;
  readonly kind: "discount" | "money back" | "pieces back";
  /** Ways to take it off, the likeliest first. */
  readonly ways: readonly { readonly means: string; readonly takeOff: (worth: string) => string }[];
}

/** What a line is worth before deductions, as a formula; undefined where nothing says. */
export function grossWorth(structure: Structure): string | undefined {
  const name = (role: "amount" | "price" | "quantity"): string =>
    formulaName(structure.header, indexOf(structure, role));
  const { columns } = structure;
  if (columns.amount !== undefined) return name("amount");
  if (columns.price === undefined) return undefined;
  return columns.quantity === undefined ? name("price") : `${name("quantity")} * ${name("price")}`;
}

/** The flag that computes it. */
export const amountFlag = (worth: string): string => `--amount "${worth}"`;

const PIECES = /qty|quantity|pieces|items|units|menge|anzahl|cantidad|quantite/;

/** Deductions that some row has. */
export function deductionsOf(structure: Structure): Deduction[] {
  return [...discountsOf(structure), ...backOf(structure)];
}

const hasSome = (structure: Structure, index: number): boolean =>
  isNumeric(structure, index) && filledNumbers(structure, index).some((value) => value !== 0);

function discountsOf(structure: Structure): Deduction[] {
  const { columns, header } = structure;
  // An amount is what it says; quantity × price is before what a column beside it takes off.
  if (columns.amount !== undefined || columns.price === undefined) return [];
  return free(structure, isDiscountName)
    .filter((index) => hasSome(structure, index))
    .map((index) => ({ index, kind: "discount", ways: discountWays(structure, index, formulaName(header, index)) }));
}

function discountWays(structure: Structure, index: number, name: string): Deduction["ways"] {
  const share = { means: `${name} is a share of it`, takeOff: (worth: string) => `${worth} * (1 - ${name})` };
  const percent = {
    means: `${name} is a percentage of it`,
    takeOff: (worth: string) => `${worth} * (1 - ${name} / 100)`,
  };
  const amount = { means: `${name} is money for the line`, takeOff: (worth: string) => `${worth} - ${name}` };
  const values = filledNumbers(structure, index).map(Math.abs);
  const isSigned = structure.all.some((row) => /%\s*$/.test(row[index] ?? ""));
  if (isSigned) return [share];
  if (/percent|pct|rate/.test(normaliseName(structure.header[index] ?? "")) || /%/.test(structure.header[index] ?? ""))
    return values.every((value) => value <= 1) ? [share, percent] : [percent];
  if (values.every((value) => value <= 1)) return [share, amount];
  return values.every((value) => value <= 100) ? [percent, amount] : [amount];
}

function backOf(structure: Structure): Deduction[] {
  const { columns, header } = structure;
  return (
    free(structure, (name) => speaksOf("back", name))
      // "Quantity (- Refund)" is what was kept.
      .filter((index) => !/[(]\s*[-−]/.test(header[index] ?? "") && hasSome(structure, index))
      .map((index) => {
        const name = formulaName(header, index);
        if (!PIECES.test(normaliseName(header[index] ?? "")) && !isPieces(structure, index))
          return {
            index,
            kind: "money back",
            ways: [{ means: `${name} is money`, takeOff: (worth: string) => `${worth} - ${name}` }],
          };
        const quantity =
          columns.quantity === undefined ? undefined : formulaName(header, indexOf(structure, "quantity"));
        const takeOff = (worth: string): string =>
          quantity === undefined
            ? worth
            : worth.startsWith(`${quantity} * `)
              ? worth.replace(quantity, `(${quantity} - ${name})`)
              : `${worth} * (${quantity} - ${name}) / ${quantity}`;
        return {
          index,
          kind: "pieces back",
          ways: quantity === undefined ? [] : [{ means: `${name} is pieces`, takeOff }],
        };
      })
  );
}

/** Never more than the pieces of the row, and whole. */
function isPieces(structure: Structure, index: number): boolean {
  const quantity = indexOf(structure, "quantity");
  return (
    quantity >= 0 &&
    structure.all.every((row) => {
      const back = roughNumber(row[index]);
      return Number.isNaN(back) || (Number.isInteger(back) && back <= roughNumber(row[quantity]));
    })
  );
}
