import type { ScratchEngine } from "../../engine.ts";

/** How the filled cells of a column stand within orders of several lines. */
export interface OrderMarks {
  /** Orders of several lines. */
  readonly several: number;
  /** Orders of several lines in which any cell is filled. */
  readonly filled: number;
  /** Those in which the first line's alone is. */
  readonly firstOnly: number;
  /** Sum over these of the logarithm of their lines: how improbable that is of marks that single lines bear. */
  readonly surprise: number;
  /** Their other lines, which are blank. */
  readonly otherLines: number;
}

/** So improbable must it be that marks of single lines stand on first lines alone. */
const SURPRISE = Math.log(100);
const NEARLY_ALL = 0.95;
/** Fewer orders that all begin with a value prove nothing. */
const ENOUGH_ORDERS = 3;

/**
 * Whether a value on the first line of an order is said of the whole order: nearly all orders begin with one, or so
 * many do that single lines would hardly have theirs there.
 */
export const isOfOrder = ({ several, filled, firstOnly, surprise }: OrderMarks): boolean =>
  firstOnly >= NEARLY_ALL * filled &&
  (surprise >= SURPRISE || (filled >= ENOUGH_ORDERS && filled >= NEARLY_ALL * several));

/**
 * Looks where in orders of several lines these columns are filled.
 * @param relation query of the rows, with `place`, `table_number` and the columns c0, c1, …
 * @param order SQL of the order's id. @param indexes of the columns, 0-based.
 */
export async function orderMarks(
  engine: ScratchEngine,
  relation: string,
  order: string,
  indexes: readonly number[],
): Promise<ReadonlyMap<number, OrderMarks>> {
  if (indexes.length === 0) return new Map();
  const places = indexes.map((index) => {
    const isFilled = `filter (where trim(c${index}) <> '')`;
    return `min(place) ${isFilled} as low${index}, max(place) ${isFilled} as high${index}`;
  });
  const sums = indexes.map((index) => {
    const isFirst = `low${index} = first and high${index} = first`;
    return `cast(count(low${index}) as double), cast(count(*) filter (where ${isFirst}) as double), coalesce(sum(ln(n)) filter (where ${isFirst}), 0), cast(coalesce(sum(n - 1) filter (where ${isFirst}), 0) as double)`;
  });
  const [[several, ...row] = []] = await engine.rows(
    `select cast(count(*) as double), ${sums.join(", ")} from (
       select count(*) as n, min(place) as first, ${places.join(", ")}
       from ${relation} where trim(${order}) <> '' group by ${order}, table_number having count(*) > 1)`,
  );
  return new Map(
    indexes.map((index, at) => {
      const [filled = 0, firstOnly = 0, surprise = 0, otherLines = 0] = row.slice(4 * at, 4 * at + 4).map(Number);
      return [index, { several: Number(several), filled, firstOnly, surprise, otherLines }];
    }),
  );
}
