import { createRandom, type Random, randomInteger } from "../../../lib/domain/clustering/fit/random.ts";

/** A line of an order; money in cents. */
export interface ShopLine {
  readonly product: string;
  readonly description: string;
  readonly quantity: number;
  readonly priceCents: number;
}

export type Fate = "paid" | "cancelled" | "refunded";

export interface ShopOrder {
  readonly id: string;
  /** Undefined for a guest. */
  readonly customer: string | undefined;
  /** Of the shop's own clock, as if it were UTC. */
  readonly at: Date;
  readonly fate: Fate;
  readonly lines: readonly ShopLine[];
}

export interface Shop {
  readonly orders: readonly ShopOrder[];
  readonly customers: readonly string[];
}

/** What a shop knows of a customer: day of the last purchase, distinct orders or days, money in cents. */
export type Truth = ReadonlyMap<string, { readonly last: string; readonly frequency: number; readonly cents: number }>;

export const pick = <T>(random: Random, all: readonly T[]): T => all[randomInteger(random, all.length)] as T;
export const chance = (random: Random, share: number): boolean => random() < share;

const NAMES = ["Mug", "Tea pot", "Plate", "Lamp", "Candle", "Book", "Scarf", "Bowl", "Clock", "Vase"];
const START = Date.UTC(2023, 10, 20);

/** A small shop: everything that counts about it is in the result. */
export function randomShop(seed: string): Shop {
  const random = createRandom(`shop ${seed}`);
  const isWhole = chance(random, 0.3);
  const scale = pick(random, [100, 2000, 30_000]);
  const customers = Array.from({ length: 3 + randomInteger(random, 6) }, (_, i) => `${1704 + 7 * i}`);
  const priceOf = NAMES.map(() => (1 + randomInteger(random, scale)) * (isWhole ? 100 : 1) + (isWhole ? 0 : 35));
  const days = pick(random, [9, 40, 200]);
  const hasGuests = chance(random, 0.3);
  const orders = Array.from({ length: 8 + randomInteger(random, 22) }, (_, i): ShopOrder => {
    const first = randomInteger(random, NAMES.length);
    const lines = Array.from({ length: 1 + randomInteger(random, 3) }, (_line, n): ShopLine => {
      const product = (first + 3 * n) % NAMES.length;
      return {
        product: `P${10 + product}`,
        description: NAMES[product] as string,
        quantity: 1 + randomInteger(random, 4),
        priceCents: priceOf[product] as number,
      };
    });
    const seconds = randomInteger(random, days * 86_400);
    return {
      id: `${5001 + i}`,
      customer: hasGuests && chance(random, 0.15) ? undefined : pick(random, customers),
      at: new Date(START + seconds * 1000),
      fate: chance(random, 0.85) ? "paid" : pick(random, ["cancelled", "refunded"] as const),
      lines,
    };
  });
  return { orders: orders.toSorted((a, b) => a.at.getTime() - b.at.getTime()), customers };
}

export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
export const centsOf = ({ quantity, priceCents }: ShopLine): number => quantity * priceCents;

/** R, F and M as the shop itself would work them out; guests have none. */
export function truthOf(shop: Shop, basis: "orders" | "days"): Truth {
  const truth = new Map<string, { last: string; visits: Set<string>; cents: number }>();
  for (const order of shop.orders) {
    if (order.customer === undefined || order.fate !== "paid") continue;
    const known = truth.get(order.customer) ?? { last: "", visits: new Set<string>(), cents: 0 };
    const day = dayOf(order.at);
    known.visits.add(basis === "orders" ? order.id : day);
    const cents = order.lines.reduce((sum, line) => sum + centsOf(line), 0);
    truth.set(order.customer, { ...known, last: day > known.last ? day : known.last, cents: known.cents + cents });
  }
  return new Map([...truth].map(([id, { last, visits, cents }]) => [id, { last, frequency: visits.size, cents }]));
}
