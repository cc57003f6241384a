import type { Finding } from "../../domain/quality/quality.ts";
import { meaningOfStatus, type StatusPatterns } from "../../domain/quality/statuses.ts";
import { finePercentText } from "../../domain/text/percent.ts";
import type { ScratchEngine } from "../engine.ts";
import type { LoadedFile } from "../load/loadedTable.ts";
import { literal } from "../sqlText.ts";
import type { ReadingPolicy } from "../types.ts";

const NUMBER = (column: string): string => `try_cast(${column} as decimal(18, 4))`;
const LINE_AMOUNT = `coalesce(${NUMBER("amount")}, try_cast(${NUMBER("quantity")} * ${NUMBER("unit_price")} as decimal(38, 4)))`;

const whole = (n: unknown): string => Number(n).toLocaleString("en-US");
const money = (n: unknown): string =>
  Number(n).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percent = finePercentText;

export interface AmountDisagreement {
  /** Lines that have quantity, price and amount. */
  readonly compared: number;
  /** Of them, those on which quantity × price is not the amount, by more than a cent. */
  readonly rows: number;
  readonly example: string | null;
}

/** Compares quantity × price with the amount; signs apart, for returns carry theirs anywhere. */
export async function compareAmounts(engine: ScratchEngine, canonical: string): Promise<AmountDisagreement> {
  const product = `abs(${NUMBER("quantity")}) * abs(${NUMBER("unit_price")})`;
  const differs = `abs(${product} - abs(${NUMBER("amount")})) > 0.0101`;
  const [row] = await engine.rows(`
    select cast(count(${product} - ${NUMBER("amount")}) as double), cast(count(*) filter (where ${differs}) as double),
      min_by('line ' || line_number || ': ' || quantity || ' × ' || unit_price || ', but ' || amount, line_number) filter (where ${differs})
    from (${canonical})`);
  return { compared: Number(row?.[0]), rows: Number(row?.[1]), example: (row?.[2] ?? null) as string | null };
}

async function amountFinding(engine: ScratchEngine, canonical: string): Promise<Finding[]> {
  const { compared, rows, example } = await compareAmounts(engine, canonical);
  if (rows === 0) return [];
  const said = `Quantity × price is not the amount on ${whole(rows)} of ${whole(compared)} lines (${percent(rows / compared)}), like ${example}. The amount counts.`;
  return [{ level: "warn", message: said }];
}

export interface StatusCount {
  readonly status: string;
  readonly rows: number;
  readonly meaning: ReturnType<typeof meaningOfStatus>;
}

/** The words of the status column with what they do, the commonest first. */
export async function countStatuses(
  engine: ScratchEngine,
  canonical: string,
  patterns: StatusPatterns,
): Promise<StatusCount[]> {
  const rows = await engine.rows(
    `select order_status, cast(count(*) as double) from (${canonical}) where order_status is not null group by 1 order by 2 desc, 1`,
  );
  return rows.map(([status, count]) => {
    const word = String(status);
    return { status: word, rows: Number(count), meaning: meaningOfStatus(word, patterns) };
  });
}

async function statusFindings(engine: ScratchEngine, canonical: string, patterns: StatusPatterns): Promise<Finding[]> {
  const statuses = await countStatuses(engine, canonical, patterns);
  const fate = (meaning: StatusCount["meaning"]): string => (meaning === "returns" ? "a return" : `status_${meaning}`);
  const list = (some: readonly StatusCount[], saysFate = false): string =>
    some
      .slice(0, 6)
      .map(
        ({ status, rows, meaning }) =>
          `${JSON.stringify(status.slice(0, 40))} ${whole(rows)}${saysFate ? ` (${fate(meaning)})` : ""}`,
      )
      .join(", ") + (some.length > 6 ? ", …" : "");
  const dropped = statuses.filter(({ meaning }) => meaning !== "kept" && meaning !== "unknown");
  const unknown = statuses.filter(({ meaning }) => meaning === "unknown");
  return [
    ...(dropped.length > 0
      ? [
          {
            level: "info" as const,
            message: `Their status sets lines apart: ${list(dropped, true)}. The words are set in statuses.`,
          },
        ]
      : []),
    ...(unknown.length > 0
      ? [
          {
            level: "info" as const,
            message: `Statuses that no rule knows are kept: ${list(unknown)}; statuses.drop can drop them.`,
          },
        ]
      : []),
  ];
}

export interface NonProduct {
  readonly product: string;
  readonly rows: number;
  readonly amount: number;
}

/** Lines that are no products by the pattern (postage, fees, manual entries): the most frequent first. */
export async function countNonProducts(
  engine: ScratchEngine,
  canonical: string,
  pattern: string,
): Promise<NonProduct[]> {
  const codes = await engine.rows(
    `select product_id from (select distinct product_id from (${canonical})) where regexp_matches(trim(product_id), ${literal(pattern)})`,
  );
  if (codes.length === 0) return [];
  const rows = await engine.rows(
    `select product_id, cast(count(*) as double), cast(sum(${LINE_AMOUNT}) as double) from (${canonical})
     where product_id in (${codes.map(([code]) => literal(String(code))).join(", ")}) group by 1 order by 2 desc, 1`,
  );
  return rows.map(([product, count, amount]) => ({
    product: String(product),
    rows: Number(count),
    amount: Number(amount ?? 0),
  }));
}

async function nonProductFinding(
  engine: ScratchEngine,
  canonical: string,
  { drop, pattern }: ReadingPolicy["nonProducts"],
): Promise<Finding[]> {
  const found = await countNonProducts(engine, canonical, pattern);
  if (found.length === 0) return [];
  const sum = (pick: (one: NonProduct) => number): number => found.reduce((total, one) => total + pick(one), 0);
  const named = found.slice(0, 5).map(({ product, rows, amount }) => `${product} ${whole(rows)} (${money(amount)})`);
  const fate = drop
    ? "They are dropped as non_product."
    : "They count; nonProducts.drop in the configuration drops them.";
  const lines = sum(({ rows }) => rows);
  const message = `${whole(lines)} ${lines === 1 ? "line is not a product" : "lines are not products"} (postage, fees, manual entries), worth ${money(sum(({ amount }) => amount))}: ${named.join(", ")}${found.length > 5 ? ", …" : ""}. ${fate}`;
  return [{ level: "info", message }];
}

/** Equal rows of which nothing says that they are copies: no order id, and no time of day. They are purchases. */
async function copiesFinding(engine: ScratchEngine, canonical: string): Promise<Finding[]> {
  const [row] = await engine.rows(`
    select cast(sum(n - 1) as double), min(first_line) from (
      select count(*) as n, min(line_number) as first_line from (${canonical})
      where unreadable is null and order_id is null and length(replace(order_date, ' 00:00:00', '')) <= 10
      group by source, customer_id, order_date, product_id, description, quantity, unit_price, amount, country, currency,
        order_status, category, payment_method, other_columns
      having count(*) > 1)`);
  const copies = Number(row?.[0] ?? 0);
  if (copies === 0) return [];
  const message = `${whole(copies)} rows are equal to another one, the first in line ${String(row?.[1])}, and neither an order id nor a time of day says that they are copies: they count as purchases. Take them out of the file if they are none.`;
  return [{ level: "info", message }];
}

/** What the drop as a whole holds that somebody should know. `canonical` is the query of its canonical rows. */
export async function findInDrop(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  canonical: string,
  policy: ReadingPolicy | undefined,
): Promise<Finding[]> {
  const has = (role: keyof LoadedFile["mapping"]["columns"]): boolean =>
    files.some(({ mapping }) => mapping.columns[role] !== undefined);
  const withoutOrders = files.filter(({ mapping }) => mapping.columns.order === undefined);
  const basis: Finding[] =
    withoutOrders.length === 0
      ? []
      : [
          {
            level: "info",
            message: `No order ids${withoutOrders.length < files.length ? ` in ${withoutOrders.map(({ opened }) => opened.source).join(", ")}` : ""}: a day with a purchase is an order.`,
          },
        ];
  const copies = withoutOrders.length === 0 ? [] : await copiesFinding(engine, canonical);
  const amounts = has("amount") && has("quantity") && has("price") ? await amountFinding(engine, canonical) : [];
  if (policy === undefined) return [...basis, ...copies, ...amounts];
  const setsStatus = ({ statusFlags = [], reading = {} }: LoadedFile["mapping"]): boolean =>
    statusFlags.length > 0 || [reading.purchases, reading.returns, reading.amountPer].some((one) => one !== undefined);
  const hasStatus = has("status") || files.some(({ mapping }) => setsStatus(mapping));
  const statuses = hasStatus ? await statusFindings(engine, canonical, policy.statuses) : [];
  const others = has("product") ? await nonProductFinding(engine, canonical, policy.nonProducts) : [];
  return [...basis, ...copies, ...amounts, ...statuses, ...others];
}
