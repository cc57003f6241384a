import type { ScratchEngine } from "../../engine.ts";

/** Orders of several rows, and those of which all rows have one amount. */
export interface RepeatedAmounts {
  readonly several: number;
  readonly repeated: number;
  /** Orders with several amounts, and the first of them. */
  readonly differing?: number;
  readonly example?: string;
}

/** Order numbers that stand apart, on other days, for other customers. */
export interface Restarts {
  /** Numbers of several rows that do not all stand together. */
  readonly apart: number;
  /** Those with other customers and other days. */
  readonly anew: number;
  /** All order numbers. */
  readonly orders: number;
  /** One of those, with two of its customers and days. */
  readonly example: string;
}

/** Looks at the amount of each order of several rows. The columns are SQL. */
export async function repeatedAmounts(
  engine: ScratchEngine,
  relation: string,
  { order, amount, all }: { readonly order: string; readonly amount: string; readonly all: string },
): Promise<RepeatedAmounts> {
  // Copies of a line are no lines of their own.
  const [row] = await engine.rows(
    `select cast(count(*) as double), cast(count(*) filter (where is_one) as double),
       cast(count(*) filter (where low <> high) as double), min(id || ': ' || low || ' and ' || high) filter (where low <> high)
     from (
       select ${order} as id, min(nullif(trim(${amount}), '')) as low, max(nullif(trim(${amount}), '')) as high,
         low = high and count(${amount}) = count(*) as is_one
       from ${relation} where trim(${order}) <> '' group by ${order}, table_number having count(*) > 1 and min(hash(${all})) <> max(hash(${all})))`,
  );
  const example = String(row?.[3] ?? "");
  return { several: Number(row?.[0]), repeated: Number(row?.[1]), differing: Number(row?.[2]), example };
}

/** A date without its time of day, as text. */
const daySql = (date: string): string => `regexp_replace(trim(${date}), '[T ,]+[0-9]{1,2}:[0-9]{2}.*$', '')`;

/** Looks for numbers that are given again. The columns are SQL. */
export async function restartsOf(
  engine: ScratchEngine,
  relation: string,
  { order, customer, date }: { readonly order: string; readonly customer: string; readonly date: string },
): Promise<Restarts> {
  // Lines of one order stand together, whatever else they say. Nearly all files have no others, which is quickly told.
  const [quick] = await engine.rows(
    `select cast(count(*) filter (where last - first >= n) as double), cast(count(*) as double)
     from (select ${order} as id, count(*) as n, min(place) as first, max(place) as last from ${relation} where ${order} is not null group by id, table_number)`,
  );
  const orders = Number(quick?.[1]);
  const none = { apart: 0, anew: 0, orders, example: "" };
  if (Number(quick?.[0]) === 0) return none;
  const filled = `trim(${order}) <> '' and trim(${customer}) <> '' and trim(${date}) <> ''`;
  const [found] = await engine.rows(
    `select cast(count(*) as double), cast(count(*) filter (where is_anew) as double),
       min_by(id || ' for ' || c1 || ' on ' || d1 || ' and for ' || c2 || ' on ' || d2, first) filter (where is_anew and c1 <> c2 and d1 <> d2)
     from (
       select id, min(place) as first, min(customer) <> max(customer) and min(day) <> max(day) as is_anew,
         min_by(customer, place) as c1, min_by(day, place) as d1, max_by(customer, place) as c2, max_by(day, place) as d2
       from (select ${order} as id, trim(${customer}) as customer, ${daySql(date)} as day, place, table_number from ${relation} where ${filled})
       group by id, table_number having max(place) - min(place) >= count(*))`,
  );
  return { apart: Number(found?.[0]), anew: Number(found?.[1]), orders, example: String(found?.[2] ?? "") };
}
