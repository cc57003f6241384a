import type { Role } from "../../domain/roles.ts";
import type { ColumnProfile } from "../columns/columnContent.ts";
import type { Columns } from "../columns/columnQuestions.ts";
import { roughNumber, type SampleRow } from "../columns/orderStructure.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import { speaksOf } from "./words/tellingNames.ts";

/** Columns that play another role than their names say, and why. */
export interface MoneyDecision {
  /** 0-based columns by role; null where no column plays it after all. */
  readonly roles: ReadonlyMap<Role, number | null>;
  readonly notes: readonly string[];
}

const NOTHING: MoneyDecision = { roles: new Map(), notes: [] };

interface MoneyEvidence {
  readonly header: readonly string[];
  readonly columns: Columns;
  readonly byHand: ReadonlySet<Role>;
  readonly rows: readonly SampleRow[];
  readonly profiles: readonly ColumnProfile[];
}

const indexOf = (columns: Columns, role: Role): number => (columns[role]?.position ?? 0) - 1;
const quote = (name: string | undefined): string => JSON.stringify(name ?? "");

/** Decides by arithmetic what money a column holds, where the name alone may mislead. Pure. */
export function decideMoney(evidence: MoneyEvidence): MoneyDecision {
  const { columns, byHand } = evidence;
  const net = byHand.has("amount") || byHand.has("price") ? undefined : decideNet(evidence);
  if (net !== undefined) return net;
  const gross = byHand.has("amount") ? undefined : decideBeforeFees(evidence);
  if (gross !== undefined) return gross;
  if (columns.price === undefined || byHand.has("price") || byHand.has("amount")) return NOTHING;
  if (columns.amount === undefined) return columns.quantity === undefined ? NOTHING : decideLinePrice(evidence);
  return columns.quantity === undefined ? decidePieces(evidence) : decideCost(evidence);
}

/** An amount that is another one less a fee is what the shop got: the customer paid the other. */
function decideBeforeFees({ header, columns, rows }: MoneyEvidence): MoneyDecision | undefined {
  const amount = indexOf(columns, "amount");
  const fees = header.flatMap((name, i) => (speaksOf("fee", normaliseName(name)) && i !== amount ? [i] : []));
  for (const fee of amount < 0 ? [] : fees) {
    const told = rows.filter((row) => Math.abs(roughNumber(row[fee])) > 0 && roughNumber(row[amount]) > 0);
    if (told.length < ENOUGH_EXACT) continue;
    const isGross = (i: number): boolean =>
      i !== amount &&
      i !== fee &&
      told.every(
        (row) => Math.abs(roughNumber(row[i]) - Math.abs(roughNumber(row[fee])) - roughNumber(row[amount])) < 0.011,
      );
    const paid = header.findIndex((_, i) => isGross(i));
    if (paid < 0) continue;
    const note = `column ${quote(header[paid])} is what was paid: ${quote(header[amount])} is short of ${quote(header[fee])}.`;
    return { roles: new Map<Role, number | null>([["amount", paid]]), notes: [note] };
  }
  return undefined;
}

/** A column that is the price less the discount beside it is what was paid. */
function decideNet({ header, columns, rows }: MoneyEvidence): MoneyDecision | undefined {
  const [price, quantity] = [indexOf(columns, "price"), indexOf(columns, "quantity")];
  if (price < 0) return undefined;
  const others = new Set([price, quantity, indexOf(columns, "amount")]);
  const discounts = header.flatMap((name, i) =>
    speaksOf("discount", normaliseName(name)) && !others.has(i) ? [i] : [],
  );
  const gross = (row: SampleRow): number => roughNumber(row[price]) * (quantity < 0 ? 1 : roughNumber(row[quantity]));
  for (const discount of discounts) {
    const told = rows.filter((row) => roughNumber(row[discount]) > 0 && gross(row) > 0);
    if (told.length < ENOUGH_EXACT) continue;
    const ways = [1, 100].map((whole) => (row: SampleRow) => gross(row) * (1 - roughNumber(row[discount]) / whole));
    const nets = [...ways, (row: SampleRow) => gross(row) - roughNumber(row[discount])];
    const paid = header.findIndex(
      (_, i) =>
        i !== discount &&
        i !== price &&
        i !== quantity &&
        nets.some((net) => told.every((row) => Math.abs(roughNumber(row[i]) - net(row)) < 0.011)),
    );
    if (paid < 0) continue;
    const note = `column ${quote(header[paid])} is what was paid: ${quantity < 0 ? "" : "quantity × "}${quote(header[price])} less ${quote(header[discount])}.`;
    return {
      roles: new Map<Role, number | null>([
        ["amount", paid],
        ["price", quantity < 0 ? null : price],
      ]),
      notes: [note],
    };
  }
  return undefined;
}

/** A price that is so many times as high as there are pieces is what the line cost. */
function decideLinePrice({ header, columns, rows }: MoneyEvidence): MoneyDecision {
  const [money, quantity] = [indexOf(columns, "price"), indexOf(columns, "quantity")];
  if (!growsExactly(rows, money, quantity)) return NOTHING;
  const note = `column ${quote(header[money])} is what the line cost: divided by ${quote(header[quantity])} it is the same for the same goods (--map price=${money + 1} takes it for the price of one piece).`;
  return {
    roles: new Map<Role, number | null>([
      ["amount", money],
      ["price", null],
    ]),
    notes: [note],
  };
}

/** An "amount" by which the money beside it divides evenly counts pieces. */
function decidePieces({ header, columns, rows, profiles }: MoneyEvidence): MoneyDecision {
  const [pieces, money] = [indexOf(columns, "amount"), indexOf(columns, "price")];
  if ((profiles[pieces]?.share.integer ?? 0) < 1 || !growsExactly(rows, money, pieces)) return NOTHING;
  const note = `column ${quote(header[pieces])} counts pieces, and ${quote(header[money])} is what the line cost: the one divides by the other to the same price for the same goods.`;
  return {
    roles: new Map<Role, number | null>([
      ["amount", money],
      ["quantity", pieces],
      ["price", null],
    ]),
    notes: [note],
  };
}

const COST_NAME = /\b(cost|costs|kosten|cogs|einkaufspreis|cout|costo|custo|koszt|maliyet)\b/;
const ENOUGH_ROWS = 3;

/** A "cost" of several pieces that is below the price of one is what the shop paid for one. */
function decideCost({ header, columns, rows }: MoneyEvidence): MoneyDecision {
  const [cost, price, quantity] = (["amount", "price", "quantity"] as const).map((role) => indexOf(columns, role)) as [
    number,
    number,
    number,
  ];
  if (!COST_NAME.test(normaliseName(header[cost] ?? ""))) return NOTHING;
  const several = rows.filter((row) => roughNumber(row[quantity]) >= 2 && roughNumber(row[price]) > 0);
  const isBelow = (row: SampleRow): boolean => Math.abs(roughNumber(row[cost])) < roughNumber(row[price]);
  if (several.length < ENOUGH_ROWS || !several.every(isBelow)) return NOTHING;
  const note = `column ${quote(header[cost])} is what the shop paid for a piece: of several pieces, too, it is below the price of one in ${quote(header[price])}. Quantity × price counts.`;
  return { roles: new Map<Role, number | null>([["amount", null]]), notes: [note] };
}

/** Fewer rows than these may agree by chance. */
const ENOUGH_EXACT = 8;
const MAX_SPREAD = 0.005;

/**
 * Whether money divided by pieces is one value for the same goods, on rows with different numbers of pieces: all rows,
 * or those with the same text in some other column.
 */
function growsExactly(rows: readonly SampleRow[], money: number, quantity: number): boolean {
  const sold = rows.filter((row) => roughNumber(row[money]) > 0 && roughNumber(row[quantity]) > 0);
  const columns = sold[0]?.length ?? 0;
  const groupings = [undefined, ...Array.from({ length: columns }, (_, i) => i)].filter(
    (index) => index !== money && index !== quantity,
  );
  return groupings.some((index) => {
    const groups = [...Map.groupBy(sold, (row) => (index === undefined ? "" : (row[index] ?? ""))).values()];
    const telling = groups.filter((group) => new Set(group.map((row) => roughNumber(row[quantity]))).size > 1);
    const told = telling.flat().length;
    return (
      told >= ENOUGH_EXACT && told >= 0.5 * sold.length && telling.every((group) => isOnePrice(group, money, quantity))
    );
  });
}

function isOnePrice(group: readonly SampleRow[], money: number, quantity: number): boolean {
  const prices = group.map((row) => roughNumber(row[money]) / roughNumber(row[quantity]));
  return Math.max(...prices) - Math.min(...prices) <= MAX_SPREAD * Math.max(...prices);
}
