import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFormat } from "../../lib/domain/dashboard/format.ts";
import { headlineOf } from "../../lib/domain/dashboard/headline.ts";
import {
  cohortsTitle,
  countriesTitle,
  hoursTitle,
  productsTitle,
  returningTitle,
  trendTitle,
  weekdayName,
} from "../../lib/domain/dashboard/salesTitles.ts";
import { whoIsIn } from "../../lib/domain/dashboard/segment/facts.ts";
import { segmentHeadline } from "../../lib/domain/dashboard/segment/headline.ts";
import {
  matrixTitle,
  movementTitle,
  reasonTitle,
  valueTitle,
} from "../../lib/domain/dashboard/segment/movementTitles.ts";
import {
  clustersTitle,
  crossTitle,
  dominanceTitle,
  gridTitle,
  scatterTitle,
  segmentsTitle,
} from "../../lib/domain/dashboard/titles.ts";
import type { EarlierRun } from "../../lib/domain/dashboard/types.ts";
import { frequencyMonetaryBins } from "../../lib/domain/rfm/segments.ts";
import { effort } from "../support/effort.ts";
import {
  type Customer,
  dateOf,
  firstMonth,
  mapOf,
  median,
  monthOf,
  of,
  ordersOf,
  salesOf,
  scoreCellsOf,
  sum,
  summaryOf,
  type World,
  weekday,
  worlds,
} from "./shopWorld.ts";

/** Every sentence is taken apart, and each of its claims counted again from the customers and their orders. */

const format = createFormat({ locale: "en-US", currency: null });
const { count, share, money, date, month } = format;

interface Said {
  readonly text: string;
  readonly segment: string | null;
}

const earlierOf = (world: World): EarlierRun =>
  ({
    runId: "a",
    snapshotDate: dateOf(world.snapshotDay - 30),
    totals: { customers: 1, orders: 1, revenue: 10, averageOrderValue: 10, repeatRate: 0 },
    segments: [],
  }) as unknown as EarlierRun;

function sentencesOf(world: World): Said[] {
  const summary = summaryOf(world);
  const { movement = null, totals, policy } = summary;
  if (movement === null) throw new Error("The world has movement.");
  const model = { segmentTable: world.table, scoreEdges: world.edges };
  const map = mapOf(world);
  const cells = map.map(({ cluster, ...cell }) => ({ ...cell, label: `L${cluster}` }));
  const folded = [...new Set(cells.map(({ segment, label }) => `${segment}|${label}`))].map((key) => {
    const [segment = "", label = ""] = key.split("|");
    return { segment, label, customers: cells.filter((c) => c.segment === segment && c.label === label).length };
  });
  const everybody = { ...summary, movement: null };
  const about = (segment: string | null): string[] => {
    const sales = salesOf(world, segment);
    const revenue = sum(of(world, segment), ({ monetary }) => monetary);
    const own = map.filter((cell) => segment === null || cell.segment === segment);
    return [
      segmentsTitle(summary, format, segment),
      gridTitle(scoreCellsOf(world), model, format, segment),
      crossTitle(
        folded.filter((cell) => segment === null || cell.segment === segment),
        format,
      ),
      scatterTitle(own.length, new Set(own.map(({ cluster }) => cluster)).size, format, segment),
      dominanceTitle(summary.dominance, totals.revenue, format, segment),
      trendTitle(
        sales.months.map(({ month: start, ...rest }) => ({ start, ...rest })),
        "month",
        format,
        segment,
      ),
      returningTitle(sales.months, format, segment),
      hoursTitle(sales.hours, format, segment),
      cohortsTitle(sales.cohorts, { firstMonth: firstOf(world), snapshotDate: summary.snapshotDate }, format, segment),
      countriesTitle(sales.countries, revenue, format, segment),
      productsTitle(sales.products, format, segment),
      movementTitle(movement, format, segment),
      reasonTitle(movement, format, segment),
      valueTitle(movement, format, segment),
      matrixTitle(movement, format, segment),
    ];
  };
  return [
    ...[null, ...world.segments].flatMap((segment) => about(segment).map((text) => ({ text, segment }))),
    ...world.segments.flatMap((segment) => [
      { text: whoIsIn(segment, model, map, policy, format), segment },
      ...segmentHeadline(summary, earlierOf(world), salesOf(world, segment).months, format, segment).map((text) => ({
        text,
        segment,
      })),
    ]),
    { text: clustersTitle(summary.clusters, totals.revenue, format), segment: null },
    ...headlineOf(everybody, null, salesOf(world, null).months, format).map((text) => ({ text, segment: null })),
  ];
}

type Check = (world: World, said: Said, parts: readonly string[]) => unknown;
const repeats = (customers: readonly Customer[]): Customer[] => customers.filter(({ frequency }) => frequency > 1);
const money_ = (customers: readonly Customer[]): number => sum(customers, ({ monetary }) => monetary);
const named = (world: World, names: string): readonly Customer[] =>
  world.segments
    .filter((name) => names === name || names.startsWith(`${name} and `) || names.endsWith(` and ${name}`))
    .flatMap((name) => of(world, name));
const AGAIN = {
  orders: "ordered more than once",
  active_days: "bought on more than one day",
  lines: "bought more than one line",
};
const UNIT = "(?:orders?|days? with a purchase|lines?)";
const moves = (world: World, segment: string | null): Customer[] =>
  world.customers.filter(
    ({ before, segment: now }) =>
      before !== null && before !== now && (segment === null || before === segment || now === segment),
  );
const stayed = (world: World, segment: string): number =>
  of(world, segment).filter(({ before }) => before === segment).length;
const left = (world: World, segment: string): number =>
  world.customers.filter(({ before, segment: now }) => before === segment && now !== segment).length;
const came = (world: World, segment: string): number =>
  of(world, segment).filter(({ before }) => before !== segment).length;
const before = ({ before: segment, monetary }: Customer): number => (segment === null ? 0 : Math.floor(monetary / 2));
const largestMonth = (world: World, segment: string | null): [string, number] => {
  const months = new Map<string, number>();
  for (const { day, revenue } of ordersOf(world, segment))
    months.set(monthOf(day), (months.get(monthOf(day)) ?? 0) + revenue);
  return [...months].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0] as [string, number];
};
const isIn = (value: string, ...values: readonly string[]): void => expect(values).toContain(value);

/** What can be said, and what it means. `$` stands for the segment that is shown. */
const CHECKS: readonly (readonly [RegExp, Check])[] = [
  [/^(.+) is the only segment$/, (world, _, [name]) => expect(world.segments).toEqual([name])],
  [
    /^(.+): (\S+%) of customers and (\S+%) of revenue$/,
    (world, _, [names = "", ofCustomers, ofRevenue]) => {
      const own = named(world, names);
      if (names.startsWith("Cluster ")) {
        const cluster = world.customers.filter((customer) => `Cluster L${customer.cluster}` === names);
        expect([
          share(cluster.length / world.customers.length),
          share(money_(cluster) / money_(world.customers)),
        ]).toEqual([ofCustomers, ofRevenue]);
      } else
        expect([share(own.length / world.customers.length), share(money_(own) / money_(world.customers))]).toEqual([
          ofCustomers,
          ofRevenue,
        ]);
    },
  ],
  [
    /^All customers form one cluster$/,
    (world) => expect(new Set(world.customers.map(({ cluster }) => cluster)).size).toBe(1),
  ],
  [
    /^(\S+) of the (\S+) best buyers \(score (\S+) or more\) have not bought for more than (\S+) days?$/,
    (world, _, [quiet, all, least, days = ""]) => {
      const best = world.customers.filter(({ fm }) => fm >= Number(least));
      expect([count(best.filter(({ recencyDays }) => recencyDays > Number(days)).length), count(best.length)]).toEqual([
        quiet,
        all,
      ]);
    },
  ],
  [/^(\S+) customers? by their scores$/, (world, _, [n]) => expect(count(world.customers.length)).toBe(n)],
  [
    /^(.+): (\S+) customers? in (\S+) of the (\S+) cells$/,
    (world, { segment }, [, n, cells, all]) => {
      expect(count(of(world, segment).length)).toBe(n);
      expect(count(world.bins.recencyDays * frequencyMonetaryBins(world.bins))).toBe(all);
      const met = new Set(of(world, segment).map(({ r, fm }) => `${r} ${fm}`));
      expect(Number(cells)).toBeGreaterThanOrEqual(met.size);
      const isFifths = Object.values(world.bins).every((bins) => bins === 5);
      if (isFifths) expect(Number(cells)).toBe(world.table[segment ?? ""]?.length);
    },
  ],
  [
    /^(\S+%) of (.+) are in cluster L(\d)$/,
    (world, _, [part, name = "", cluster]) => {
      const own = of(world, name);
      expect(share(own.filter((customer) => `${customer.cluster}` === cluster).length / own.length)).toBe(part);
    },
  ],
  [
    /^(?:.+: )?(\S+) customers? in (one cluster|\d clusters)$/,
    (world, { segment }, [n, clusters]) => {
      const found = new Set(of(world, segment).map(({ cluster }) => cluster)).size;
      expect([count(of(world, segment).length), found === 1 ? "one cluster" : `${found} clusters`]).toEqual([
        n,
        clusters,
      ]);
    },
  ],
  [
    /^(\S+) of the (\S+) customers? who spent most (?:is|are) in (.+)$/,
    (world, { segment }, [own, all]) => {
      const top = [...world.customers].sort((a, b) => b.monetary - a.monetary).slice(0, 10);
      expect([count(top.filter((customer) => customer.segment === segment).length), count(top.length)]).toEqual([
        own,
        all,
      ]);
    },
  ],
  [
    /^The (?:customer|(\S+) customers) who spent most brings? (\S+) of revenue$/,
    (world, _, [n, part]) => {
      const top = [...world.customers].sort((a, b) => b.monetary - a.monetary).slice(0, Number(n ?? 1));
      expect(share(money_(top) / money_(world.customers))).toBe(part);
    },
  ],
  [
    /^(?:.+: )?[Tt]he best month was (.+): (\S+)$/,
    (world, { segment }, [when, amount]) => {
      const [start, revenue] = largestMonth(world, segment);
      expect([month(start), money(revenue)]).toEqual([when, amount]);
    },
  ],
  [
    /^(?:.+: )?[Aa]ll (\S+) came in one month$/,
    (world, { segment }, [amount]) => {
      const orders = ordersOf(world, segment);
      expect(new Set(orders.map(({ day }) => monthOf(day))).size).toBe(1);
      expect(money(sum(orders, ({ revenue }) => revenue))).toBe(amount);
    },
  ],
  [
    /^(?:.+: )?[Aa]fter the first month, (\S+) of the months' customers had bought before$/,
    (world, { segment }, [part]) => {
      const pairs = of(world, segment).flatMap((customer) =>
        [...new Set(customer.orders.map(({ day }) => monthOf(day)))].map((m) => [m, firstMonth(customer)] as const),
      );
      const first = pairs.map(([m]) => m).sort()[0];
      const later = pairs.filter(([m]) => m !== first);
      expect(share(later.filter(([m, f]) => m !== f).length / later.length)).toBe(part);
    },
  ],
  [
    /^(?:.+: )?[Oo]ne month of sales: who buys again shows from the second month on$/,
    (world, { segment }) => expect(new Set(ordersOf(world, segment).map(({ day }) => monthOf(day))).size).toBe(1),
  ],
  [
    /^(?:.+: )?(\w+) is the busiest day: (\S+) of orders \(no times of day in the file\)$/,
    (world, { segment }, [day, part]) => {
      const orders = ordersOf(world, segment);
      expect(orders.every(({ hour }) => hour === 0)).toBe(true);
      const on = orders.filter((order) => weekdayName(weekday(order)) === day);
      expect(share(on.length / orders.length)).toBe(part);
      for (const order of orders)
        expect(orders.filter((other) => weekday(other) === weekday(order)).length).toBeLessThanOrEqual(on.length);
    },
  ],
  [
    /^(?:.+: )?[Tt]he busiest hour is (\w+) from (\d\d):00, with (\S+) orders?$/,
    (world, { segment }, [day, hour, n]) => {
      const at = (name: string, clock: number): number =>
        ordersOf(world, segment).filter((order) => weekdayName(weekday(order)) === name && order.hour === clock).length;
      expect(count(at(day ?? "", Number(hour)))).toBe(n);
      for (const order of ordersOf(world, segment))
        expect(at(weekdayName(weekday(order)), order.hour)).toBeLessThanOrEqual(Number(n));
    },
  ],
  [
    /^(?:.+: )?(\S+%) of the new customers bought again in the month after their first$/,
    (world, { segment }, [part]) => {
      const known = of(world, segment).filter(
        (customer) => firstMonth(customer) !== firstOf(world) && isOver(world, next(firstMonth(customer))),
      );
      const again = known.filter((customer) =>
        customer.orders.some(({ day }) => monthOf(day) === next(firstMonth(customer))),
      );
      expect(share(again.length / known.length)).toBe(part);
    },
  ],
  [
    /^Too little history to say how many new customers buy again: that takes three whole months$/,
    (world, { segment }) =>
      expect(
        of(world, segment).filter(
          (customer) => firstMonth(customer) !== firstOf(world) && isOver(world, next(firstMonth(customer))),
        ),
      ).toEqual([]),
  ],
  [
    /^(?:.+: )?(Peru|Chad|Laos) brings (\S+) of revenue$/,
    (world, { segment }, [name, part]) => {
      const orders = ordersOf(world, segment);
      const from = (country: string | null): number =>
        sum(
          orders.filter((order) => order.country === country),
          ({ revenue }) => revenue,
        );
      expect(share(from(name ?? "") / sum(orders, ({ revenue }) => revenue))).toBe(part);
      for (const { country } of orders)
        if (country !== null) expect(from(country)).toBeLessThanOrEqual(from(name ?? ""));
    },
  ],
  [
    /^(?:.+: )?[Aa]ll revenue comes from (\w+)$/,
    (world, { segment }, [name]) =>
      expect(new Set(ordersOf(world, segment).map(({ country }) => country))).toEqual(new Set([name])),
  ],
  [
    /^The file names no countries$/,
    (world, { segment }) => expect(ordersOf(world, segment).filter(({ country }) => country !== null)).toEqual([]),
  ],
  [
    /^(?:.+: )?(Cup|Pot|Pan) brings the most: (\S+)$/,
    (world, { segment }, [name, amount]) => {
      const from = (product: string): number =>
        sum(
          ordersOf(world, segment).filter((order) => order.product === product),
          ({ revenue }) => revenue,
        );
      expect(money(from(name ?? ""))).toBe(amount);
      for (const { product } of ordersOf(world, segment)) expect(from(product)).toBeLessThanOrEqual(from(name ?? ""));
    },
  ],
  [
    /^Every customer is new$/,
    (world) => expect(world.customers.every(({ before: segment }) => segment === null)).toBe(true),
  ],
  [
    /^(\S+) of customers stayed in their segment, (\S+) moved, (\S+) came new$/,
    (world, _, [part, moved, fresh]) => {
      const known = world.customers.filter(({ before: segment }) => segment !== null);
      const same = known.filter(({ before: segment, segment: now }) => segment === now).length;
      expect([
        share(same / known.length),
        count(moves(world, null).length),
        count(world.customers.length - known.length),
      ]).toEqual([part, moved, fresh]);
    },
  ],
  [
    /^.+: (\S+) stayed, (\S+) left it, (\S+) came in$/,
    (world, { segment }, parts) => {
      const name = segment ?? "";
      expect([
        share(stayed(world, name) / (stayed(world, name) + left(world, name))),
        count(left(world, name)),
        count(came(world, name)),
      ]).toEqual(parts);
    },
  ],
  [
    /^.+: nobody was in it before, (\S+) came in$/,
    (world, { segment }, [n]) => {
      expect(world.customers.filter(({ before: earlier }) => earlier === segment)).toEqual([]);
      expect(count(came(world, segment ?? ""))).toBe(n);
    },
  ],
  [
    /^(?:Nobody moved|Every customer stayed in the same segment|.+: nobody moved to or from another segment)$/,
    (world, { segment }) => expect(moves(world, segment)).toEqual([]),
  ],
  [
    /^(?:.+: )?(\S+) of the moves are customers who changed, (\S+) thresholds that moved$/,
    (world, { segment }, parts) => {
      const all = moves(world, segment);
      const only = all.filter(({ isThresholdOnly }) => isThresholdOnly).length;
      expect([share((all.length - only) / all.length), share(only / all.length)]).toEqual(parts);
    },
  ],
  [
    /^(?:All that customers spent|All that those now in .+? spent) is (?:as much as in the run before|(\S+) (more|less) than in the run before)$/,
    (world, { segment }, [amount, direction]) => {
      const change = sum(of(world, segment), (customer) => customer.monetary - before(customer));
      if (direction === undefined) expect(change).toBe(0);
      else expect([change > 0 ? "more" : "less", money(Math.abs(change))]).toEqual([direction, amount]);
    },
  ],
  [
    /^The largest move: (\S+) from (.+)$/,
    (world, { segment }, [n, both = ""]) => {
      const names = Object.keys(world.table).flatMap((a) => Object.keys(world.table).map((b) => [a, b] as const));
      const [from, to] = names.find(([a, b]) => `${a} to ${b}` === both) ?? ["", ""];
      const size = (a: string | null, b: string): number =>
        world.customers.filter((c) => c.before === a && c.segment === b).length;
      expect(count(size(from, to))).toBe(n);
      for (const move of moves(world, segment)) expect(size(move.before, move.segment)).toBeLessThanOrEqual(Number(n));
    },
  ],
  [
    /^(?:[Ll]ast purchase (?:at most (\S+)|more than (\S+)|(\S+) to (\S+)|(\S+)) days? ago)?(?:; )?(?:[Ss]core (\d+)(?: (?:or|to) (\d+))? of (\d+) for orders and spending together)?(?:Whenever they bought and whatever they spent)?\. (\S+) of (\S+) (ordered more than once|bought on more than one day|bought more than one line)\.$/,
    (world, { segment }, [atMost, moreThan, from, to, exactly, low, high, most, again, all, words]) => {
      const own = of(world, segment);
      expect([count(repeats(own).length), count(own.length), AGAIN[world.basis]]).toEqual([again, all, words]);
      if (most !== undefined) expect(Number(most)).toBe(frequencyMonetaryBins(world.bins));
      for (const { recencyDays, fm: score } of own) {
        if (atMost !== undefined) expect(recencyDays).toBeLessThanOrEqual(Number(atMost));
        if (moreThan !== undefined) expect(recencyDays).toBeGreaterThan(Number(moreThan));
        if (from !== undefined) expect(recencyDays >= Number(from) && recencyDays <= Number(to)).toBe(true);
        if (exactly !== undefined) expect(recencyDays).toBe(Number(exactly));
        if (low !== undefined) expect(score >= Number(low) && score <= Number(high ?? low)).toBe(true);
      }
    },
  ],
  [
    /^(\S+) customers? \((\S+)\) (?:is|are) in (.+) and spent (\S+), (\S+) of all revenue\.$/,
    (world, { segment }, parts) => {
      const own = of(world, segment);
      expect([
        count(own.length),
        share(own.length / world.customers.length),
        segment,
        money(money_(own)),
        share(money_(own) / money_(world.customers)),
      ]).toEqual(parts);
    },
  ],
  [
    new RegExp(`^In the middle they bought (\\S+) days? ago, with (\\S+) (${UNIT}) and (\\S+) spent\\.$`),
    (world, { segment }, [days, n, , spent]) => {
      const own = of(world, segment);
      const middle = (value: (customer: Customer) => number): number => median(own.map(value));
      expect([
        format.decimal(
          middle((c) => c.recencyDays),
          1,
        ),
        format.decimal(
          middle((c) => c.frequency),
          1,
        ),
        money(middle((c) => c.monetary)),
      ]).toEqual([days, n, spent]);
    },
  ],
  [
    /^Since the run as of (.+), (\S+) came in, (\S+) left and (\S+) stayed\.$/,
    (world, { segment }, parts) => {
      const name = segment ?? "";
      expect([
        date(dateOf(world.snapshotDay - 30)),
        count(came(world, name)),
        count(left(world, name)),
        count(stayed(world, name)),
      ]).toEqual(parts);
    },
  ],
  [
    /^(?:The one customer falls|All (\S+) customers fall) into one segment, (.+)\.$/,
    (world, _, [n, name]) => {
      expect(world.segments).toEqual([name]);
      expect(count(world.customers.length)).toBe(n ?? "1");
    },
  ],
  [
    /^(.+) are (\S+) of the customers and bring (\S+) of the revenue\.$/,
    (world, _, [name = "", ofCustomers, ofRevenue]) => {
      const own = of(world, name);
      expect([share(own.length / world.customers.length), share(money_(own) / money_(world.customers))]).toEqual([
        ofCustomers,
        ofRevenue,
      ]);
      for (const other of world.segments) expect(money_(of(world, other))).toBeLessThanOrEqual(money_(own));
    },
  ],
  [
    /^(\S+) of the customers (ordered more than once|bought on more than one day|bought more than one line)\.$/,
    (world, _, parts) =>
      expect([share(repeats(world.customers).length / world.customers.length), AGAIN[world.basis]]).toEqual(parts),
  ],
  [
    /^(\S+) customers? in (.+) spent (\S+) but (?:has|have) not bought for (\S+) days \(median\): win them back first\.$/,
    (world, _, [n, name = "", spent, days]) => {
      const own = of(world, name);
      expect([
        count(own.length),
        money(money_(own)),
        format.decimal(median(own.map(({ recencyDays }) => recencyDays)), 0),
      ]).toEqual([n, spent, days]);
    },
  ],
  [
    /^The best month was (.+) with (\S+) from (\S+) customers?\.$/,
    (world, _, [when, amount, n]) => {
      const [start, revenue] = largestMonth(world, null);
      const buyers = world.customers.filter(({ orders }) => orders.some(({ day }) => monthOf(day) === start)).length;
      expect([month(start), money(revenue), count(buyers)]).toEqual([when, amount, n]);
    },
  ],
  [
    /^Customers were divided into (one cluster|\d clusters)\.$/,
    (world, _, [text = ""]) => {
      const k = new Set(world.customers.map(({ cluster }) => cluster)).size;
      isIn(text, k === 1 ? "one cluster" : `${k} clusters`);
    },
  ],
];

/** The first month of the whole history: who is in it may have bought before. */
const firstOf = (world: World): string => world.customers.map(firstMonth).sort()[0] ?? "";
const next = (first: string): string =>
  new Date(Date.UTC(Number(first.slice(0, 4)), Number(first.slice(5, 7)), 1)).toISOString().slice(0, 10);
/** Whether a month was over on the snapshot date. */
const isOver = ({ snapshotDay }: World, first: string): boolean => next(first) <= dateOf(snapshotDay);

describe("the sentences of the page", () => {
  it("say of any shop, table of segments and way of counting what the orders say", () => {
    const met = new Set<RegExp>();
    fc.assert(
      fc.property(worlds, (world) => {
        for (const said of sentencesOf(world)) {
          const found = CHECKS.map(([pattern, check]) => ({ pattern, check, match: pattern.exec(said.text) })).filter(
            ({ match }) => match !== null,
          );
          expect(found.length, `no check knows: ${said.text}`).toBeGreaterThan(0);
          const [{ pattern, check, match }] = found as [(typeof found)[number]];
          met.add(pattern);
          try {
            check(world, said, (match as RegExpExecArray).slice(1));
          } catch (error) {
            throw new Error(`“${said.text}” of ${said.segment ?? "all"}: ${(error as Error).message}`);
          }
        }
      }),
      { numRuns: effort(25, 1500) },
    );
    expect(met.size).toBeGreaterThan(25);
  });
});
