import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createRandom, deriveSeed } from "../../domain/clustering/fit/random.ts";
import { createCatalogue } from "./demoCatalogue.ts";
import { type Calendar, type DemoLine, type DemoOrder, drawCustomerOrders, drawGuestOrders } from "./demoOrders.ts";

export interface DemoShopOptions {
  /** Where the CSV goes; an existing file is replaced. */
  readonly path: string;
  /** Default 7. Equal seeds and sizes give equal bytes. */
  readonly seed?: number;
  /** Customers with an id, each with a purchase at least; default 6,000. */
  readonly customers?: number;
}

export interface DemoShopSummary {
  readonly path: string;
  /** Lines below the header. */
  readonly lines: number;
  readonly orders: number;
  readonly customers: number;
}

export const DEMO_COLUMNS = [
  "order_id",
  "order_date",
  "customer_id",
  "product_id",
  "description",
  "quantity",
  "unit_price",
  "country",
] as const;

/** Two years up to a fixed day, so that the same demo looks the same on any day. */
const CALENDAR: Calendar = { firstDay: new Date(Date.UTC(2024, 0, 1)), days: 731 };
const DEFAULT_SEED = 7;
const DEFAULT_CUSTOMERS = 6_000;
const FIRST_ORDER_NUMBER = 100_001;
/** Lines of guests for each line of a known customer: a sixth of all lines. */
const GUEST_LINES_PER_LINE = 0.2;
const DUPLICATE_SHARE = 0.008;
const FREE_SHARE = 0.003;
/** One line in so many has a date, or a quantity, that cannot be read. */
const LINES_PER_BAD_DATE = 9_000;
const LINES_PER_BAD_QUANTITY = 11_000;
const CHUNK_CHARACTERS = 1 << 16;

function drawOrders(seed: number, customers: number): DemoOrder[] {
  const catalogue = createCatalogue();
  const orders: DemoOrder[] = [];
  for (let customer = 0; customer < customers; customer++) {
    orders.push(...drawCustomerOrders(seed, CALENDAR, catalogue, customer));
  }
  const knownLines = orders.reduce((sum, order) => sum + order.lines.length, 0);
  orders.push(...drawGuestOrders(seed, CALENDAR, catalogue, Math.round(knownLines * GUEST_LINES_PER_LINE)));
  // A stable sort: orders of the same minute stay in the order they were drawn.
  return orders.sort((a, b) => a.minute - b.minute);
}

function formatField(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function formatPrice(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
}

function formatTime(minute: number): string {
  const date = new Date(CALENDAR.firstDay.getTime() + minute * 60_000);
  return date.toISOString().slice(0, 19).replace("T", " ");
}

interface LineText {
  readonly orderId: string;
  readonly date: string;
  readonly quantity: string;
  readonly priceCents: number;
}

function formatLine(order: DemoOrder, { product }: DemoLine, text: LineText): string {
  const description = formatField(product.description);
  const price = formatPrice(text.priceCents);
  return `${text.orderId},${text.date},${order.customerId},${product.id},${description},${text.quantity},${price},${order.country}\n`;
}

/** The file line by line, with its flaws: repeated lines, free samples, dates and quantities that nobody can read. */
function* formatLines(orders: readonly DemoOrder[], seed: number): Generator<string> {
  const random = createRandom(deriveSeed(seed, "flaws"));
  yield `${DEMO_COLUMNS.join(",")}\n`;
  let index = 0;
  for (const [position, order] of orders.entries()) {
    const orderId = `${order.isReturn ? "C" : ""}${FIRST_ORDER_NUMBER + position}`;
    const time = formatTime(order.minute);
    for (const line of order.lines) {
      index += 1;
      const date = index % LINES_PER_BAD_DATE === LINES_PER_BAD_DATE / 2 ? "not recorded" : time;
      const quantity = index % LINES_PER_BAD_QUANTITY === LINES_PER_BAD_QUANTITY / 2 ? "a few" : String(line.quantity);
      const priceCents = !order.isReturn && random() < FREE_SHARE ? 0 : line.priceCents;
      const text = formatLine(order, line, { orderId, date, quantity, priceCents });
      yield text;
      if (random() < DUPLICATE_SHARE) yield text;
    }
  }
}

/** Joins lines to chunks worth a write, counting them. */
function* toChunks(lines: Iterable<string>, count: () => void): Generator<string> {
  let chunk = "";
  for (const line of lines) {
    count();
    chunk += line;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

/**
 * Writes the transactions of an invented household-goods shop as CSV: loyal, regular, lapsed, new, seasonal and one-off customers, a few
 * wholesale buyers with a large part of the revenue, guests without an id, returns (order ids with a leading C), Christmas, weekdays and
 * hours, and the usual flaws of such files. Every byte follows from the seed and the number of customers.
 */
export async function writeDemoShop(options: DemoShopOptions): Promise<DemoShopSummary> {
  const { path, seed = DEFAULT_SEED, customers = DEFAULT_CUSTOMERS } = options;
  const orders = drawOrders(seed, customers);
  let written = 0;
  const chunks = toChunks(formatLines(orders, seed), () => {
    written += 1;
  });
  await pipeline(Readable.from(chunks), createWriteStream(path));
  return { path, lines: written - 1, orders: orders.length, customers };
}
