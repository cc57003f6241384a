import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createRandom, deriveSeed } from "../../domain/clustering/fit/random.ts";
import { csvField } from "../../domain/text/csv.ts";
import { createCatalogue } from "./demoCatalogue.ts";
import { type Calendar, type DemoLine, type DemoOrder, drawCustomerOrders, drawGuestOrders } from "./demoOrders.ts";

export interface DemoShopOptions {
  /** Where the CSV goes; an existing file is replaced. */
  readonly path: string;
  /** Default 7. Equal seeds and sizes give equal bytes. */
  readonly seed?: number;
  /** Customers with an id, each with a purchase at least; default 6,000, or as many as `rows` needs. */
  readonly customers?: number;
  /** So many lines below the header, whatever becomes of the last customers; default as many as the customers make. */
  readonly rows?: number;
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
/**
 * Customers drawn and put in the order of time at once, which bounds the memory: a larger shop is a stretch of such
 * blocks.
 */
const BLOCK_CUSTOMERS = 20_000;

/** The orders of the shop, block by block, each in the order of time. */
function* drawBlocks(seed: number, customers: number): Generator<DemoOrder[]> {
  const catalogue = createCatalogue();
  for (let first = 0; first < customers; first += BLOCK_CUSTOMERS) {
    const orders: DemoOrder[] = [];
    for (let customer = first; customer < Math.min(first + BLOCK_CUSTOMERS, customers); customer++) {
      orders.push(...drawCustomerOrders(seed, CALENDAR, catalogue, customer));
    }
    const guestLines = Math.round(orders.reduce((sum, { lines }) => sum + lines.length, 0) * GUEST_LINES_PER_LINE);
    const guestSeed = first === 0 ? seed : deriveSeed(seed, "block", first);
    orders.push(...drawGuestOrders(guestSeed, CALENDAR, catalogue, guestLines));
    // A stable sort: orders of the same minute stay in the order they were drawn.
    yield orders.sort((a, b) => a.minute - b.minute);
  }
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
  const description = csvField(product.description);
  const price = formatPrice(text.priceCents);
  return `${text.orderId},${text.date},${order.customerId},${product.id},${description},${text.quantity},${price},${order.country}\n`;
}

/** The lines of the file, with its flaws: repeated lines, free samples, dates and quantities that nobody can read. */
function* formatLines(orders: Iterable<DemoOrder>, seed: number): Generator<string> {
  const random = createRandom(deriveSeed(seed, "flaws"));
  let index = 0;
  let number = FIRST_ORDER_NUMBER;
  for (const order of orders) {
    const orderId = `${order.isReturn ? "C" : ""}${number++}`;
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

/** Orders as they pass, counted, and the customers among them. */
class Counted {
  orders = 0;
  customers = 0;

  /** A customer's orders all lie in one block, so only a block's customers are held. */
  *of(blocks: Iterable<readonly DemoOrder[]>): Generator<DemoOrder> {
    for (const block of blocks) {
      const seen = new Set([""]);
      for (const order of block) {
        this.orders += 1;
        if (!seen.has(order.customerId)) this.customers += 1;
        seen.add(order.customerId);
        yield order;
      }
    }
  }
}

/** The header and up to `limit` lines, joined to chunks worth a write. @returns how many lines */
function* toChunks(lines: Iterable<string>, limit: number): Generator<string, number> {
  let chunk = `${DEMO_COLUMNS.join(",")}\n`;
  let written = 0;
  for (const line of written < limit ? lines : []) {
    chunk += line;
    written += 1;
    if (written === limit) break;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
  return written;
}

/**
 * Writes the transactions of an invented household-goods shop as CSV: loyal, regular, lapsed, new, seasonal and one-off
 * customers, a few wholesale buyers with a large part of the revenue, guests without an id, returns (order ids with a
 * leading C), Christmas, weekdays and hours, and the usual flaws of such files. Every byte follows from the seed, the
 * number of customers and that of rows; memory does not grow with them.
 */
export async function writeDemoShop(options: DemoShopOptions): Promise<DemoShopSummary> {
  const { path, seed = DEFAULT_SEED, rows = Number.POSITIVE_INFINITY } = options;
  const customers = options.customers ?? (options.rows === undefined ? DEFAULT_CUSTOMERS : Number.POSITIVE_INFINITY);
  const counted = new Counted();
  let lines = 0;
  function* chunks(): Generator<string> {
    lines = yield* toChunks(formatLines(counted.of(drawBlocks(seed, customers)), seed), rows);
  }
  await pipeline(Readable.from(chunks()), createWriteStream(path));
  return { path, lines, orders: counted.orders, customers: counted.customers };
}
