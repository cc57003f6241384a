import { CANONICAL_COLUMN, ROLES } from "../../domain/roles.ts";
import type { ScratchEngine } from "../engine.ts";
import { literal } from "../sqlText.ts";

/** Lines of a drop that have something in common. */
export interface ProfileCheck {
  readonly check: string;
  readonly rows: number;
  /** The first of them: line numbers, with the source before where there are several. */
  readonly lines: readonly string[];
}

/** What canonical rows hold, before any policy. */
export interface DropProfile {
  readonly rows: number;
  readonly customers: number;
  readonly orders: number;
  readonly products: number;
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  /** Days with rows. */
  readonly days: number;
  readonly longestGap: { readonly days: number; readonly after: string } | null;
  /** Exact decimal text: the sum of what lines are worth. */
  readonly amount: string;
  readonly medianLine: number | null;
  readonly checks: readonly ProfileCheck[];
}

const number = (column: string): string => `try_cast(${column} as decimal(18, 4))`;

/**
 * Conditions over typed rows. Far out is beyond the outer fence of Tukey (1977), three times the interquartile range
 * above the third quartile, of the logarithms of positive amounts.
 */
const CHECKS: readonly (readonly [name: string, condition: string])[] = [
  ["unreadable lines", "unreadable is not null"],
  ["no customer", "unreadable is null and customer_id is null"],
  ["no or no readable date", "unreadable is null and day is null"],
  ["no or no readable amount", "unreadable is null and worth is null"],
  ["exact copies", "is_copy"],
  ["cancellations", "is_cancellation"],
  ["quantity of zero or less", "q <= 0"],
  ["price of zero", "p = 0"],
  ["price below zero", "p < 0"],
  ["amount of zero or less", "worth <= 0"],
  ["no description", "unreadable is null and has_description and description is null"],
  ["amounts far out", "magnitude > fence"],
];

const ALL_COLUMNS = ["source", ...ROLES.map((role) => CANONICAL_COLUMN[role]), "other_columns"].join(", ");

const typedRows = (rows: string, cancellationPattern: string): string => `
  typed as (
    select *, try_cast(left(order_date, 10) as date) as day,
      ${number("quantity")} as q, ${number("unit_price")} as p,
      coalesce(${number("amount")}, try_cast(${number("quantity")} * ${number("unit_price")} as decimal(18, 4))) as worth,
      coalesce(regexp_matches(order_id, ${literal(cancellationPattern)}), false) as is_cancellation,
      count(description) over () > 0 as has_description,
      count(distinct source) over () > 1 as is_several,
      case when unreadable is null then row_number() over (partition by hash(${ALL_COLUMNS}) order by line_number) > 1 end as is_copy
    from (${rows})
  ),
  sized as (select *, case when worth > 0 then ln(cast(worth as double)) end as magnitude from typed)`;

/** Profiles canonical rows. `rows` is a query of them. */
export async function profileDrop(
  engine: ScratchEngine,
  rows: string,
  cancellationPattern: string,
): Promise<DropProfile> {
  await engine.run(
    `create or replace table profiled as with ${typedRows(rows, cancellationPattern)} select * from sized`,
  );
  const label = "case when is_several then source || ':' || line_number else cast(line_number as varchar) end";
  const checks = CHECKS.map(
    ([, condition], i) =>
      `cast(count(*) filter (where ${condition}) as double) as n${i}, array_to_string(arg_min(${label}, line_number, 3) filter (where ${condition}), ', ') as lines${i}`,
  );
  const quartile = (share: number): string => `quantile_cont(magnitude, ${share})`;
  const [row] = await engine.rows(`
    with fences as (select ${quartile(0.75)} + 3 * (${quartile(0.75)} - ${quartile(0.25)}) as fence from profiled)
    select cast(count(*) as double), cast(count(distinct customer_id) as double), cast(count(distinct order_id) as double),
      cast(count(distinct product_id) as double), cast(min(day) as varchar), cast(max(day) as varchar),
      cast(count(distinct day) as double), cast(coalesce(sum(worth), 0) as varchar),
      cast(quantile_cont(cast(worth as double), 0.5) as double), ${checks.join(", ")}
    from profiled cross join fences`);
  const cells = row ?? [];
  return {
    rows: Number(cells[0]),
    customers: Number(cells[1]),
    orders: Number(cells[2]),
    products: Number(cells[3]),
    firstDate: (cells[4] ?? null) as string | null,
    lastDate: (cells[5] ?? null) as string | null,
    days: Number(cells[6]),
    longestGap: await longestGap(engine),
    amount: String(cells[7]),
    medianLine: cells[8] === null ? null : Number(cells[8]),
    checks: CHECKS.map(([check], i) => ({
      check,
      rows: Number(cells[9 + 2 * i]),
      lines: String(cells[10 + 2 * i] ?? "")
        .split(", ")
        .filter((line) => line !== ""),
    })).filter((check) => check.rows > 0),
  };
}

async function longestGap(engine: ScratchEngine): Promise<DropProfile["longestGap"]> {
  const [row] = await engine.rows(`
    with days as (select distinct day from profiled where day is not null),
    gaps as (select day, date_diff('day', day, lead(day) over (order by day)) as days from days)
    select cast(days as double), cast(day as varchar) from gaps where days > 1 order by days desc, day limit 1`);
  return row === undefined ? null : { days: Number(row[0]) - 1, after: String(row[1]) };
}
