import { meaningOfStatus } from "../../domain/quality/statuses.ts";
import type { ScratchEngine } from "../engine.ts";
import { MarkedOrdersError } from "../errors.ts";
import { literal } from "../sqlText.ts";
import type { ReadingPolicy } from "../types.ts";

/** Of real cancellations so few are positive. */
const FEW = 0.05;
/** So many of the marked orders have one of the same number without the mark, where they take those back. */
const NEARLY_ALL = 0.95;

const NUMBER = (column: string): string => `try_cast(${column} as decimal(18, 4))`;
const WORTH = `coalesce(${NUMBER("amount")}, try_cast(${NUMBER("quantity")} * ${NUMBER("unit_price")} as decimal(38, 4)))`;
const IS_NEGATIVE = ["quantity", "unit_price", "amount"]
  .map((column) => `starts_with(coalesce(${column}, ''), '-')`)
  .join(" or ");

/**
 * Asks whether orders are cancellations whose ids have the mark of one (`C1001`) beside others without it (`W1002`),
 * where nothing else says so: they are worth something, no order of the same customer has their number without the
 * mark, and no status takes them out. Where all orders have the mark, it is how the shop numbers them.
 * @param canonical query of the canonical rows.
 * @throws MarkedOrdersError
 */
export async function refuseMarkedOrders(
  engine: ScratchEngine,
  canonical: string,
  { cancellationPattern, statuses }: Pick<ReadingPolicy, "cancellationPattern" | "statuses">,
): Promise<void> {
  if (cancellationPattern === undefined) return;
  const isMarked = `regexp_matches(order_id, ${literal(cancellationPattern)})`;
  const groups = await engine.rows(
    `select source, order_status, cast(count(*) as double), cast(count(*) filter (where not (${IS_NEGATIVE})) as double)
     from (${canonical}) where ${isMarked} group by 1, 2`,
  );
  const counting = groups.filter(([, status]) => {
    const meaning = status === null ? "kept" : meaningOfStatus(String(status), statuses);
    return meaning === "kept" || meaning === "unknown";
  });
  for (const [source, own] of Map.groupBy(counting, ([name]) => String(name))) {
    const sum = (cell: 2 | 3): number => own.reduce((total, group) => total + Number(group[cell]), 0);
    if (sum(3) <= FEW * sum(2)) continue;
    const rows = `select * from (${canonical}) where source = ${literal(source)}`;
    const found = await surveyOrders(engine, rows, isMarked);
    if (found.isAll || found.twins >= NEARLY_ALL * found.orders) continue;
    throw new MarkedOrdersError(source, found);
  }
}

interface MarkedOrders {
  readonly orders: number;
  readonly rows: number;
  readonly worth: number;
  readonly example: string;
  readonly exampleLine: string;
  readonly other: string;
  /** Marked orders with another of the same customer and number. */
  readonly twins: number;
  /** Whether every order has the mark, and nothing is negative. */
  readonly isAll: boolean;
}

async function surveyOrders(engine: ScratchEngine, rows: string, isMarked: string): Promise<MarkedOrders> {
  const [row] = await engine.rows(`
    with orders as (
      select order_id, customer_id, ${isMarked} as is_marked, count(*) as n, sum(${WORTH}) as worth,
        min(line_number) as line, bool_or(${IS_NEGATIVE}) as is_negative
      from (${rows}) where order_id is not null group by order_id, customer_id),
    marked as (select * from orders where is_marked)
    select cast(count(*) as double), cast(sum(n) as double), cast(sum(worth) as double), min_by(order_id, line),
      cast(min(line) as varchar), (select min_by(order_id, line) from orders where not is_marked),
      (select cast(count(*) as double) from marked semi join orders
         on substr(marked.order_id, 2) = orders.order_id and marked.customer_id is not distinct from orders.customer_id),
      (select bool_and(is_marked) and not bool_or(is_negative) and count(distinct order_id) > 1 from orders)
    from marked`);
  const cells = row ?? [];
  return {
    orders: Number(cells[0]),
    rows: Number(cells[1]),
    worth: Number(cells[2]),
    example: String(cells[3]),
    exampleLine: String(cells[4]),
    other: cells[5] === null ? "" : String(cells[5]),
    twins: Number(cells[6]),
    isAll: cells[7] === true,
  };
}
