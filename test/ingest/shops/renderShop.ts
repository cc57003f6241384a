import iconv from "iconv-lite";
import { createRandom, type Random, randomInteger } from "../../../lib/domain/clustering/fit/random.ts";
import { STATUSES } from "../../support/statusExamples.ts";
import { workbookOf } from "../../support/workbook.ts";
import { DATE_FORMS, hasNoDay, writeDate } from "./dateForms.ts";
import headers from "./headers.json" with { type: "json" };
import { CURRENCY_FORMS, NUMBER_FORMS, QUANTITY_FORMS, writeNumber } from "./numberForms.ts";
import { centsOf, chance, type Fate, pick, type Shop, type ShopLine, type ShopOrder } from "./randomShop.ts";

export interface RenderedShop {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly text: string;
  /** Whether the file names orders; else days are what can be counted. */
  readonly hasOrders: boolean;
  /** Nothing but a question is right. */
  readonly mustAsk: boolean;
  readonly layout: Readonly<Record<string, unknown>>;
}

/** What decides about a rendering, chosen by chance. */
function randomLayout(random: Random) {
  const set = pick(random, headers.sets);
  const grain = chance(random, 0.7) ? ("lines" as const) : ("orders" as const);
  const usual = (some: readonly string[], all: readonly string[]): string =>
    chance(random, 0.4) ? pick(random, some) : pick(random, all);
  const hasOrders = chance(random, 0.85);
  // Without an order nothing tells a total that stands on several lines from as many purchases.
  const lineMoney = hasOrders
    ? (["price", "both", "amount", "total"] as const)
    : (["price", "both", "amount"] as const);
  return {
    set,
    grain,
    money: grain === "orders" ? ("amount" as const) : pick(random, lineMoney),
    date: usual(["isoTime", "iso", "dmySlash", "mdyHalf", "dots"], DATE_FORMS),
    number: usual(["point", "comma", "pointTrimmed", "commaGrouped"], NUMBER_FORMS),
    currency: pick(random, CURRENCY_FORMS),
    quantity: pick(random, QUANTITY_FORMS),
    status: pick(random, ["words", "words", "none", "flag", "cancelledAt"] as const),
    statusLanguage: chance(random, 0.7) ? set.language : "en",
    hasOrders,
    isFirstLineOnly: chance(random, 0.08),
    customer: pick(random, ["plain", "plain", "lettered", "email", "float", "apostrophe", "padded"] as const),
    guest: pick(random, ["", "NULL", "guest", "nan", "0", "N/A"] as const),
    delimiter: pick(random, [",", ",", ";", "\t", "|"] as const),
    newline: pick(random, ["\n", "\n", "\r\n", "\r"] as const),
    encoding: pick(random, set.encodings),
    isWorkbook: chance(random, 0.08),
    hasMark: chance(random, 0.2),
    titles: chance(random, 0.1),
    footer: pick(random, ["none", "none", "none", "none", "total", "blank", "header"] as const),
    extras: randomInteger(random, 3),
    isShuffled: chance(random, 0.2),
  };
}

type Layout = ReturnType<typeof randomLayout>;

/** A status of an order in the language of the layout. */
function statusWord(fate: Fate, language: string, seed: number): string {
  const own =
    STATUSES[language]?.[fate === "paid" ? "kept" : fate] ?? STATUSES.en?.[fate === "paid" ? "kept" : fate] ?? [];
  return own[seed % own.length] as string;
}

function customerText({ customer }: ShopOrder, layout: Layout, seed: number): string {
  if (customer === undefined) return layout.guest;
  if (layout.customer === "lettered") return `C${customer}`;
  if (layout.customer === "email") {
    const address = `ann.${customer}@example.test`;
    return seed % 3 === 0 ? address.toUpperCase() : address;
  }
  if (layout.customer === "float") return `${customer}.0`;
  if (layout.customer === "apostrophe") return seed % 2 === 0 ? `'${customer}` : customer;
  return layout.customer === "padded" && seed % 2 === 0 ? ` ${customer}\u00a0` : customer;
}

/** The id under which the product should know a customer. */
export const expectedId = (customer: string, layout: Readonly<Record<string, unknown>>): string =>
  layout.customer === "lettered"
    ? `C${customer}`
    : layout.customer === "email"
      ? `ann.${customer}@example.test`
      : customer;

const EXTRAS: readonly (readonly [name: string, value: (order: ShopOrder, line: ShopLine) => string])[] = [
  ["Shipping City", (order) => ["Berlin", "Paris", "Rome"][Number(order.id) % 3] as string],
  ["Note", () => ""],
  ["Weight (g)", (_order, line) => String(100 + line.quantity)],
  ["Warehouse", (order) => `W${Number(order.id) % 2}`],
  ["Payment Method", () => "card"],
];

/** The table of a shop in a layout, header first. */
function tableOf(shop: Shop, layout: Layout): string[][] {
  const [customer, order, date, product, description, quantity, price, amount, status] = layout.set.names as string[];
  const money = (cents: number): string => layout.currency.replace("#", writeNumber(layout.number, cents));
  const isLines = layout.grain === "lines";
  const extras = EXTRAS.slice(0, layout.extras);
  const hasProducts = isLines && layout.money !== "total";
  const has = { price: layout.money === "price" || layout.money === "both", amount: layout.money !== "price" };
  const header = [
    ...(layout.hasOrders ? [order] : []),
    customer,
    date,
    ...(hasProducts ? [product, description] : []),
    ...(has.price ? [quantity, price] : []),
    ...(has.amount ? [amount] : []),
    ...(layout.status === "words" ? [status] : []),
    ...(layout.status === "flag" ? ["is_canceled"] : []),
    ...(layout.status === "cancelledAt" ? ["Cancelled at"] : []),
    ...extras.map(([name]) => name),
  ] as string[];
  const rows: string[][] = [];
  for (const [i, one] of shop.orders.entries()) {
    // Without a column for it, the file holds purchases alone.
    if (one.fate !== "paid" && layout.status === "none") continue;
    const total = one.lines.reduce((sum, line) => sum + centsOf(line), 0);
    const shared = [
      ...(layout.hasOrders ? [one.id] : []),
      customerText(one, layout, i),
      writeDate(layout.date, one.at),
    ];
    const lines = isLines ? one.lines : ([one.lines[0]] as ShopLine[]);
    for (const [n, line] of lines.entries()) {
      const isBlank = n > 0 && layout.isFirstLineOnly && layout.hasOrders;
      const own = isBlank ? shared.map((value, at) => (at === 0 ? value : "")) : shared;
      rows.push([
        ...own,
        ...(hasProducts ? [line.product, line.description] : []),
        ...(has.price ? [layout.quantity.replace("#", String(line.quantity)), money(line.priceCents)] : []),
        ...(has.amount ? [money(isLines && layout.money !== "total" ? centsOf(line) : total)] : []),
        ...(layout.status === "words" ? [statusWord(one.fate, layout.statusLanguage, i)] : []),
        ...(layout.status === "flag" ? [one.fate === "paid" ? "0" : "1"] : []),
        ...(layout.status === "cancelledAt" ? [one.fate === "paid" ? "" : writeDate("isoTime", one.at)] : []),
        ...extras.map(([, value]) => value(one, line)),
      ]);
    }
  }
  return [header, ...rows];
}

/** Fisher-Yates. */
function shuffle<T>(all: readonly T[], random: Random): T[] {
  const result = [...all];
  for (let i = result.length - 1; i > 0; i--) {
    const other = randomInteger(random, i + 1);
    [result[i], result[other]] = [result[other] as T, result[i] as T];
  }
  return result;
}

function footerOf(table: readonly string[][], { footer, set }: Layout): string[][] {
  const [price, amount] = set.names.slice(6);
  const width = table[0]?.length ?? 0;
  if (footer === "blank") return [Array.from({ length: width }, () => "")];
  if (footer === "header") return [[...(table[0] ?? [])], [...(table.at(-1) ?? [])]];
  const money = table[0]?.findIndex((name) => name === amount || name === price) ?? -1;
  const total = Array.from({ length: width }, (_, i) => (i === 0 ? "Total" : i === money ? "99999" : ""));
  return footer === "total" && money > 0 ? [total] : [];
}

const quoted = (value: string, delimiter: string): string =>
  /["\r\n]/.test(value) || value.includes(delimiter) ? `"${value.replaceAll('"', '""')}"` : value;

/** Renders a shop in a layout that the seed decides. */
export function renderShop(shop: Shop, seed: string): RenderedShop {
  const random = createRandom(`layout ${seed}`);
  const layout = randomLayout(random);
  const [header, ...rows] = tableOf(shop, layout) as [string[], ...string[][]];
  const body = layout.isShuffled && !layout.isFirstLineOnly ? shuffle(rows, random) : rows;
  const footer = footerOf([header, ...body], layout);
  // A repeated header stands among the rows, as on the pages of a list.
  const table = layout.footer === "header" ? [header, ...body.slice(0, -1), ...footer] : [header, ...body, ...footer];
  const titled = layout.titles ? [["Orders of the shop"], [], ...table] : table;
  const text = titled
    .map((row) => row.map((value) => quoted(value, layout.delimiter)).join(layout.delimiter))
    .join(layout.newline);
  // What a code page cannot write, its programs do not write.
  const encoding =
    iconv.decode(iconv.encode(text, layout.encoding), layout.encoding) === text ? layout.encoding : "utf-8";
  const mark = layout.hasMark && encoding.startsWith("utf") ? "\ufeff" : "";
  const bytes = layout.isWorkbook
    ? workbookOf([{ name: "Sheet1", rows: titled }])
    : iconv.encode(mark + text + layout.newline, encoding);
  const { set, ...rest } = layout;
  return {
    bytes,
    name: layout.isWorkbook ? "shop.xlsx" : "shop.csv",
    text,
    hasOrders: layout.hasOrders,
    mustAsk: hasNoDay(layout.date),
    layout: { ...rest, names: set.names },
  };
}
