import type { Columns } from "../../columns/columnQuestions.ts";
import { ordersOf, roughNumber, type SampleRow } from "../../columns/orderStructure.ts";
import { normaliseName } from "../../columns/recogniseColumns.ts";
import type { ScratchEngine } from "../../engine.ts";
import { literal } from "../../sqlText.ts";
import { DISCOUNT_TEXT, isTellingName, isTotalName } from "../words/tellingNames.ts";

/** Rows from anywhere in a table, of kinds of which its sample may have too few to tell by. */
export interface RareRows {
  /** Lines of several pieces, and others of the same goods. */
  readonly pieces: readonly SampleRow[];
  /** Whole orders of several lines; undefined where the sample has enough. */
  readonly orders?: readonly (readonly SampleRow[])[] | undefined;
  /** Rows with a refund, a discount, a mark of cancellation, or without an amount. */
  readonly witnesses: readonly SampleRow[];
}

export interface SampledTable {
  readonly header: readonly string[];
  readonly columns: Columns;
  readonly blocks: readonly (readonly SampleRow[])[];
  /** Whether the sample is all there is. */
  readonly isWhole: boolean;
}

/** A class of rows that the sample has so often is not rare: its proportions are those of the table. */
const ENOUGH_ROWS = 50;
const ENOUGH_ORDERS = 20;
const MAX_ROWS = 200;
const MAX_ORDERS = 60;

/** Ones, as they are mostly written: what is left has its number read. */
const ONES = ["1", "1.0", "1.00", "1,0", "1,00"].map(literal).join(", ");

/**
 * Looks through all rows for those of which the sample has too few.
 * @param relation query of the rows, with `place`, `table_number` and the columns c0, c1, …
 */
export async function findRareRows(engine: ScratchEngine, relation: string, table: SampledTable): Promise<RareRows> {
  const { header, columns, blocks, isWhole } = table;
  const all = header.map((_, index) => `c${index}`).join(", ");
  const position = (role: keyof Columns): number => (columns[role]?.position ?? 0) - 1;
  const sample = blocks.flat();
  // In the order of a hash, the first of them are from everywhere.
  const select = async (condition: string, limit: number): Promise<SampleRow[]> =>
    (await engine.rows(`select ${all} from ${relation} where ${condition} order by hash(${all}) limit ${limit}`)) as (
      | string
      | null
    )[][];
  const pieces = isWhole ? [] : await piecesOf(sample, position, select);
  const marked = isWhole ? [] : await markedRows(header, sample, columns, select);
  const orders = isWhole ? undefined : await ordersFrom(engine, relation, table, marked);
  const witnesses = [
    ...marked,
    ...(isWhole ? [] : await withoutAmount(position, select)),
    ...(await discountedOrders(position, select)),
  ];
  return { pieces, orders, witnesses: withoutThose(witnesses, [...pieces, ...(orders ?? []).flat()]) };
}

/** Rows that are not among others: what stands in two places is evidence once. */
function withoutThose(rows: readonly SampleRow[], others: readonly SampleRow[]): SampleRow[] {
  const known = new Set(others.map((row) => JSON.stringify(row)));
  return rows.filter((row) => !known.has(JSON.stringify(row)));
}

type Select = (condition: string, limit: number) => Promise<SampleRow[]>;
type Position = (role: keyof Columns) => number;

async function piecesOf(sample: readonly SampleRow[], position: Position, select: Select): Promise<SampleRow[]> {
  const [quantity, price, amount] = [position("quantity"), position("price"), position("amount")];
  if (quantity < 0 || (price < 0 && amount < 0)) return [];
  if (sample.filter((row) => roughNumber(row[quantity]) > 1).length >= ENOUGH_ROWS) return [];
  const number = `try_cast(replace(regexp_extract(c${quantity}, '[0-9]+([.,][0-9]+)?'), ',', '.') as double)`;
  const several = await select(`c${quantity} not in (${ONES}) and ${number} > 1`, MAX_ROWS);
  const product = position("product") >= 0 ? position("product") : position("description");
  if (product < 0 || several.length === 0) return several;
  const goods = [...new Set(several.map((row) => row[product] ?? ""))].filter((name) => name !== "");
  if (goods.length === 0) return several;
  const same = `c${product} in (${goods.map(literal).join(", ")}) and c${quantity} in (${ONES})`;
  return [...several, ...(await select(same, MAX_ROWS))];
}

/**
 * Whole orders: of several lines, where the sample has too few; with totals beside them, others, too, and those of
 * marked rows.
 */
async function ordersFrom(
  engine: ScratchEngine,
  relation: string,
  { header, columns, blocks }: SampledTable,
  marked: readonly SampleRow[],
): Promise<SampleRow[][] | undefined> {
  if (columns.order === undefined) return undefined;
  const all = header.map((_, index) => `c${index}`).join(", ");
  const index = columns.order.position - 1;
  const used = new Set(Object.values(columns).map(({ position }) => position - 1));
  const hasTotals = header.some((name, i) => !used.has(i) && isTotalName(normaliseName(name)));
  if (!hasTotals && ordersOf(blocks, index).length >= ENOUGH_ORDERS) return undefined;
  const id = `c${index}`;
  const isSeveral = `count(*) > 1 and min(hash(${all})) <> max(hash(${all}))`;
  const which = hasTotals ? `order by not (${isSeveral})` : `having ${isSeveral} order by true`;
  const named = [...new Set(marked.map((row) => row[index] ?? ""))].filter((text) => text !== "").slice(0, MAX_ORDERS);
  const isNamed = hasTotals && named.length > 0 ? ` or ${id} in (${named.map(literal).join(", ")})` : "";
  const ids = `select ${id}, table_number from ${relation} where trim(${id}) <> '' group by ${id}, table_number ${which}, hash(${id}), ${id}, table_number limit ${MAX_ORDERS}`;
  const rows = await engine.rows(
    `select ${all}, table_number from ${relation} where (${id}, table_number) in (${ids})${isNamed} order by ${id}, place limit ${40 * MAX_ORDERS}`,
  );
  const orders = Map.groupBy(rows, (row) => `${row.at(-1)} ${row[index]}`);
  return [...orders.values()].map((own) => own.map((row) => row.slice(0, -1) as (string | null)[]));
}

/** Rows in which a column has something whose name speaks of refunds, discounts, fees or cancellations. */
async function markedRows(
  header: readonly string[],
  sample: readonly SampleRow[],
  columns: Columns,
  select: Select,
): Promise<SampleRow[]> {
  const used = new Set(Object.values(columns).map((column) => column.position - 1));
  const found: SampleRow[] = [];
  for (const [index, name] of header.entries()) {
    if (used.has(index) || !isTellingName(normaliseName(name))) continue;
    const has = (row: SampleRow): boolean => /[1-9]/.test(row[index] ?? "");
    if (sample.filter(has).length < ENOUGH_ROWS)
      found.push(...(await select(`regexp_matches(c${index}, '[1-9]')`, ENOUGH_ROWS)));
  }
  return found;
}

/** Lines that are worth quantity × price beside an amount that they lack. */
async function withoutAmount(position: Position, select: Select): Promise<SampleRow[]> {
  const [amount, quantity, price] = [position("amount"), position("quantity"), position("price")];
  if (amount < 0 || quantity < 0 || price < 0) return [];
  const isBlank = `(c${amount} is null or (c${amount} < '!' and trim(c${amount}) = ''))`;
  return select(`${isBlank} and c${quantity} >= '0' and c${price} >= '0'`, ENOUGH_ROWS);
}

/** Orders with a discount as a negative line. */
async function discountedOrders(position: Position, select: Select): Promise<SampleRow[]> {
  const order = position("order");
  const text = position("description") >= 0 ? position("description") : position("product");
  const money = position("amount") >= 0 ? position("amount") : position("price");
  if (order < 0 || text < 0 || money < 0) return [];
  // Both signs stand before ".", which the engine compares faster.
  const isBelow = `(c${money} < '.' and (starts_with(c${money}, '-') or starts_with(c${money}, '(')))`;
  const discounts = await select(`${isBelow} and regexp_matches(lower(c${text}), ${literal(DISCOUNT_TEXT)})`, 3);
  const ids = discounts.map((row) => row[order] ?? "").filter((id) => id !== "");
  return ids.length === 0 ? [] : select(`c${order} in (${ids.map(literal).join(", ")})`, 100);
}
