import { createRandom, deriveSeed, type Random, randomInteger, type Seed } from "../../domain/clustering/fit/random.ts";
import { MS_PER_DAY } from "../../domain/dates.ts";
import type { Product } from "./demoCatalogue.ts";

export interface DemoLine {
  readonly product: Product;
  readonly quantity: number;
  readonly priceCents: number;
}

export interface DemoOrder {
  /** Minutes since the first day's midnight. */
  readonly minute: number;
  /** Empty for a guest. */
  readonly customerId: string;
  readonly country: string;
  readonly isReturn: boolean;
  readonly lines: readonly DemoLine[];
}

export const MINUTES_A_DAY = 1440;

/** How a kind of customer buys. Days count from the start of the history. */
interface Archetype {
  readonly share: number;
  readonly startDays: readonly [number, number];
  readonly activeDays: readonly [number, number];
  /** Mean days between two orders; 0 for a single order. */
  readonly intervalDays: number;
  readonly meanLines: number;
  readonly maxQuantity: number;
  readonly pricePercent: number;
  readonly onlyBeforeChristmas?: boolean;
}

function createArchetypes(days: number): Archetype[] {
  const retail = { meanLines: 2.6, maxQuantity: 3, pricePercent: 100 };
  const always: readonly [number, number] = [days, days];
  return [
    // They come all the time: every month has new customers who return.
    { ...retail, share: 0.14, startDays: [0, days * 0.95], activeDays: always, intervalDays: 38 },
    { ...retail, share: 0.22, startDays: [0, days - 1], activeDays: always, intervalDays: 95 },
    { ...retail, share: 0.16, startDays: [0, days * 0.4], activeDays: [90, 300], intervalDays: 45 },
    { ...retail, share: 0.1, startDays: [days - 75, days - 1], activeDays: always, intervalDays: 30 },
    {
      ...retail,
      share: 0.11,
      startDays: [0, days * 0.4],
      activeDays: always,
      intervalDays: 16,
      onlyBeforeChristmas: true,
    },
    // Between households and wholesale: offices, cafés, people who give a lot.
    {
      ...{ share: 0.05, startDays: [0, days * 0.9], activeDays: always, intervalDays: 42 },
      ...{ meanLines: 4.2, maxQuantity: 6, pricePercent: 100 },
    },
    {
      ...{ share: 0.006, startDays: [0, 400], activeDays: always, intervalDays: 26 },
      ...{ meanLines: 6, maxQuantity: 16, pricePercent: 80 },
    },
    // What is left: bought once.
    { ...retail, share: 1, startDays: [0, days - 1], activeDays: always, intervalDays: 0 },
  ];
}

const COUNTRIES: readonly (readonly [string, number])[] = [
  ["United Kingdom", 0.58],
  ["Germany", 0.12],
  ["France", 0.1],
  ["Netherlands", 0.06],
  ["Ireland", 0.05],
  ["Belgium", 0.03],
  ["Spain", 0.03],
  ["Denmark", 0.02],
  ["Switzerland", 0.01],
];

/** Relative demand from Sunday to Saturday, and by hour from midnight: evenings and Sundays sell, nights do not. */
const WEEKDAY_DEMAND = [1, 0.85, 0.75, 0.75, 0.8, 0.7, 0.6];
const HOUR_DEMAND = [2, 1, 0, 0, 0, 1, 3, 6, 9, 11, 12, 12, 13, 12, 11, 10, 10, 11, 13, 16, 18, 16, 10, 5];
const HOUR_TOTAL = HOUR_DEMAND.reduce((sum, demand) => sum + demand, 0);

/** The calendar that the demand follows. */
export interface Calendar {
  readonly firstDay: Date;
  readonly days: number;
}

function dateOf({ firstDay }: Calendar, day: number): Date {
  return new Date(firstDay.getTime() + day * MS_PER_DAY);
}

function isBeforeChristmas(date: Date): boolean {
  const month = date.getUTCMonth();
  return (month === 10 && date.getUTCDate() >= 10) || (month === 11 && date.getUTCDate() <= 21);
}

function demandOf(date: Date): number {
  const season = isBeforeChristmas(date) ? 1 : date.getUTCMonth() === 0 ? 0.4 : 0.55;
  return season * (WEEKDAY_DEMAND[date.getUTCDay()] ?? 1);
}

/** Moves a planned day by up to five days to where people buy (rejection sampling, a few tries). */
function settleDay(random: Random, calendar: Calendar, planned: number, first: number): number {
  let day = planned;
  for (let attempt = 0; attempt < 4 && random() > demandOf(dateOf(calendar, day)); attempt++) {
    day = Math.min(Math.max(planned + randomInteger(random, 11) - 5, first), calendar.days - 1);
  }
  return day;
}

function pickWeighted(random: Random, weights: readonly number[], total: number): number {
  let left = random() * total;
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}

function drawMinute(random: Random, day: number): number {
  const hour = pickWeighted(random, HOUR_DEMAND, HOUR_TOTAL);
  return day * MINUTES_A_DAY + hour * 60 + randomInteger(random, 60);
}

function drawCountry(random: Random): string {
  const weights = COUNTRIES.map(([, weight]) => weight);
  return COUNTRIES[pickWeighted(random, weights, 1)]?.[0] ?? "United Kingdom";
}

/** How large a customer's orders are beside those of its kind: half to twice as large for most, by the bell curve. */
function drawSize(random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.exp(0.5 * normal);
}

function drawLines(random: Random, catalogue: readonly Product[], archetype: Archetype, size = 1): DemoLine[] {
  const count = 1 + Math.min(Math.floor(-Math.log(1 - random()) * (archetype.meanLines - 0.5) * size), 60);
  return Array.from({ length: count }, () => {
    // Squaring makes some goods far more popular than others; the step of 7 mixes kinds and finishes.
    const rank = Math.floor(catalogue.length * random() ** 2);
    const product = catalogue[(rank * 7) % catalogue.length] as Product;
    const quantity = 1 + Math.floor(archetype.maxQuantity * random() ** 2);
    return { product, quantity, priceCents: Math.round((product.priceCents * archetype.pricePercent) / 100) };
  });
}

function between(random: Random, [low, high]: readonly [number, number]): number {
  return Math.floor(low + random() * (high - low + 1));
}

/** The days on which a customer orders: at least one, repeat intervals spread around the archetype's mean. */
function planDays(random: Random, calendar: Calendar, archetype: Archetype): number[] {
  const start = between(random, archetype.startDays);
  const end = Math.min(start + between(random, archetype.activeDays), calendar.days - 1);
  // Customers differ: half to twice the archetype's interval.
  const meanInterval = archetype.intervalDays * (0.5 + random() * 1.5);
  const days = [settleDay(random, calendar, Math.min(start, calendar.days - 1), 0)];
  if (archetype.intervalDays === 0) return days;
  for (let day = start; ; ) {
    // Sum of two exponentials (Erlang): regular enough to look like a habit.
    day += 1 + (-Math.log((1 - random()) * (1 - random())) * meanInterval) / 2;
    if (day > end) return days;
    if (archetype.onlyBeforeChristmas && !isBeforeChristmas(dateOf(calendar, Math.floor(day)))) continue;
    days.push(settleDay(random, calendar, Math.floor(day), start));
  }
}

const RETURN_SHARE = 0.035;

function drawReturn(random: Random, calendar: Calendar, order: DemoOrder): DemoOrder[] {
  if (random() >= RETURN_SHARE) return [];
  const minute = order.minute + (2 + randomInteger(random, 28)) * MINUTES_A_DAY;
  if (minute >= calendar.days * MINUTES_A_DAY) return [];
  const line = order.lines[randomInteger(random, order.lines.length)] as DemoLine;
  return [
    { ...order, minute, isReturn: true, lines: [{ ...line, quantity: -(1 + randomInteger(random, line.quantity)) }] },
  ];
}

/** Orders and returns of one known customer; every customer has a stream of random numbers of its own. */
export function drawCustomerOrders(
  seed: number,
  calendar: Calendar,
  catalogue: readonly Product[],
  customer: number,
): DemoOrder[] {
  const random = createRandom(deriveSeed(seed, "customer", customer));
  const archetypes = createArchetypes(calendar.days);
  const shares = archetypes.map(({ share }) => share);
  const archetype = archetypes[pickWeighted(random, shares, 1)] as Archetype;
  const identity = { customerId: String(20_001 + customer), country: drawCountry(random), isReturn: false };
  const size = drawSize(random);
  return planDays(random, calendar, archetype).flatMap((day) => {
    const lines = drawLines(random, catalogue, archetype, size);
    const order: DemoOrder = { ...identity, minute: drawMinute(random, day), lines };
    return [order, ...drawReturn(random, calendar, order)];
  });
}

/** Orders of guests, until they have so many lines. */
export function drawGuestOrders(
  seed: Seed,
  calendar: Calendar,
  catalogue: readonly Product[],
  lineCount: number,
): DemoOrder[] {
  const random = createRandom(deriveSeed(seed, "guests"));
  const archetype = createArchetypes(calendar.days).at(-1) as Archetype;
  const orders: DemoOrder[] = [];
  for (let lines = 0; lines < lineCount; lines += orders.at(-1)?.lines.length ?? 0) {
    const day = settleDay(random, calendar, randomInteger(random, calendar.days), 0);
    const minute = drawMinute(random, day);
    const country = drawCountry(random);
    orders.push({ customerId: "", country, isReturn: false, minute, lines: drawLines(random, catalogue, archetype) });
  }
  return orders;
}
