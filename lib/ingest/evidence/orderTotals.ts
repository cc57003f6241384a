import { type ColumnQuestion, columnFlag } from "../columns/columnQuestions.ts";
import { roughNumber, type SampleRow } from "../columns/orderStructure.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import { ask, indexOf, isNumeric, quoted, type Structure } from "./structure.ts";
import { isTotalName } from "./words/tellingNames.ts";

/** A total of orders beside what their lines are worth. */
interface OrderTotal {
  readonly index: number;
  readonly compared: number;
  readonly equal: number;
  /** Orders with several lines or several pieces: only there can a wrong reading of lines show. */
  readonly telling: number;
  readonly example: string;
}

const worthOf = (structure: Structure): ((row: SampleRow) => number) => {
  const [amount, quantity, price] = (["amount", "quantity", "price"] as const).map((role) =>
    indexOf(structure, role),
  ) as [number, number, number];
  return (row) => (amount >= 0 ? roughNumber(row[amount]) : roughNumber(row[quantity]) * roughNumber(row[price]));
};

/** Orders of which all rows are known. */
function wholeOrders(structure: Structure): (readonly SampleRow[])[] {
  if (structure.wholeOrders !== undefined) return [...structure.wholeOrders];
  const order = indexOf(structure, "order");
  const filled = structure.rows.filter((row) => (row[order] ?? "").trim() !== "");
  return [...Map.groupBy(filled, (row) => row[order]).values()];
}

/** Compares the totals of orders with what their lines add up to. Pure. */
function compareTotals(
  structure: Structure,
  index: number,
  orders: readonly (readonly SampleRow[])[],
): OrderTotal | undefined {
  const order = indexOf(structure, "order");
  const quantity = indexOf(structure, "quantity");
  const worth = worthOf(structure);
  let [compared, equal, telling, example, isSingle] = [0, 0, 0, "", true];
  for (const lines of orders) {
    const totals = new Set(lines.map((row) => (row[index] ?? "").trim()).filter((text) => text !== ""));
    if (totals.size > 1) return undefined;
    const [total] = [...totals].map(roughNumber);
    const sum = lines.reduce((rest, row) => rest + worth(row), 0);
    if (total === undefined || Number.isNaN(total) || Number.isNaN(sum)) continue;
    compared += 1;
    if (lines.length > 1 || (quantity >= 0 && roughNumber(lines[0]?.[quantity]) > 1)) telling += 1;
    if (Math.abs(total - sum) < 0.011) equal += 1;
    else if (example === "" || (lines.length > 1 && isSingle)) {
      isSingle = lines.length === 1;
      example = `order ${lines[0]?.[order]}: ${lines[0]?.[index] ?? total}, but its lines add up to ${Math.round(sum * 100) / 100}`;
    }
  }
  return { index, compared, equal, telling, example };
}

const ENOUGH_ORDERS = 3;

/** Totals of orders that stand beside the lines, by name and by values: of all orders, or those with such a row. */
function orderTotals(structure: Structure, where?: (row: SampleRow) => boolean): OrderTotal[] {
  const { header, columns } = structure;
  const all = wholeOrders(structure);
  const orders = where === undefined ? all : all.filter((own) => own.some(where));
  const enough = where === undefined ? ENOUGH_ORDERS : 1;
  const isWorth = columns.amount !== undefined || (columns.quantity !== undefined && columns.price !== undefined);
  if (columns.order === undefined || !isWorth) return [];
  const used = new Set(Object.values(columns).map(({ position }) => position - 1));
  return header
    .flatMap((name, index) => {
      const isTotal = isTotalName(normaliseName(name)) && !used.has(index) && isNumeric(structure, index);
      return isTotal ? [compareTotals(structure, index, orders)] : [];
    })
    .filter((one) => one !== undefined)
    .filter(({ compared, telling }) => compared >= enough && telling >= enough);
}

/**
 * Whether lines add up to the totals of their orders, or are each worth what another column says: then nothing is in
 * doubt. With `where`, only orders with such a row are looked at.
 */
export function areLinesProven(structure: Structure, where?: (row: SampleRow) => boolean): boolean {
  return (
    orderTotals(structure, where).some(({ equal, compared }) => equal >= 0.95 * compared) ||
    isProductElsewhere(structure, where)
  );
}

/** Whether a column without a role holds quantity × price. */
function isProductElsewhere(structure: Structure, where: (row: SampleRow) => boolean = () => true): boolean {
  const { columns, header } = structure;
  if (columns.amount !== undefined || !columns.quantity || !columns.price) return false;
  const worth = worthOf(structure);
  const quantity = indexOf(structure, "quantity");
  const isSeveral = (row: SampleRow): boolean => Math.abs(roughNumber(row[quantity])) > 1 && worth(row) !== 0;
  const several = structure.telling.filter((row) => isSeveral(row) && where(row));
  if (several.length < ENOUGH_ORDERS) return false;
  const used = new Set(Object.values(columns).map(({ position }) => position - 1));
  return header.some(
    (_, index) => !used.has(index) && several.every((row) => Math.abs(roughNumber(row[index]) - worth(row)) < 0.011),
  );
}

/** What was paid for the order is not what its lines add up to: shipping, taxes or discounts are in one of them. */
export function askOrderTotal(structure: Structure): ColumnQuestion | undefined {
  const { byHand, header, columns, reading, isKnownWorth } = structure;
  if (byHand.has("amount") || byHand.has("price") || reading.amountPer !== undefined || isKnownWorth) return undefined;
  const totals = orderTotals(structure);
  if (totals.some(({ equal, compared }) => equal >= 0.95 * compared)) return undefined;
  const found = totals.find(({ equal, compared }) => equal < 0.95 * compared);
  if (found === undefined) return undefined;
  const role = columns.amount === undefined ? "price" : "amount";
  const index = indexOf(structure, role);
  const why = `is what lines are worth, but ${compared(found)} have another total in ${quoted(header[found.index])} (${found.example}): shipping, taxes or discounts are in one of them alone.`;
  const answers = [
    {
      means: "What was paid for the order counts",
      flag: `${columnFlag(header, "amount", found.index)} --amount-per order`,
    },
    { means: "the lines count", flag: columnFlag(header, role, index) },
  ];
  return ask(structure, "order_total_differs", { role, index, why, answers });
}

const compared = ({ compared: all, equal }: OrderTotal): string => `${all - equal} of ${all} orders`;
