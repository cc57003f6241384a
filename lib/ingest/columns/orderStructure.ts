/** How the values of a column stand within orders of several lines. */
export type Standing =
  /** They differ from line to line, or there is too little to tell. */
  | "line"
  /** One value per order, on each of its lines. */
  | "repeated"
  /** One value per order, on its first line alone. */
  | "first_line";

export type SampleRow = readonly (string | null)[];

/** Fewer orders of several lines prove nothing. */
const ENOUGH_ORDERS = 3;
const NEARLY_ALL = 0.95;

const isBlank = (value: string | null | undefined): boolean => (value ?? "").trim() === "";

/**
 * Neighbouring rows of one order; only orders of several lines. The blocks are runs of neighbouring rows of the file.
 */
export function ordersOf(blocks: readonly (readonly SampleRow[])[], orderIndex: number): SampleRow[][] {
  return blocks.flatMap((rows, block) => {
    const orders: SampleRow[][] = [];
    for (const row of rows) {
      const last = orders.at(-1);
      const isSame = last !== undefined && !isBlank(row[orderIndex]) && last[0]?.[orderIndex] === row[orderIndex];
      if (isSame) last.push(row);
      else orders.push([row]);
    }
    // What a block cuts off at its start may lack its first line.
    return (block === 0 ? orders : orders.slice(1)).filter((order) => order.length > 1);
  });
}

/** Tells how a column stands in orders of several lines. */
export function standingOf(orders: readonly (readonly SampleRow[])[], index: number): Standing {
  if (orders.length < ENOUGH_ORDERS) return "line";
  const share = (test: (order: readonly SampleRow[]) => boolean): number => orders.filter(test).length / orders.length;
  const filled = orders.filter((order) => order.some((row) => !isBlank(row[index])));
  if (filled.length < ENOUGH_ORDERS) return "line";
  // Orders without any value prove nothing: single lines of few orders may have one.
  const isFirstOnly = (order: readonly SampleRow[]): boolean => order.slice(1).every((row) => isBlank(row[index]));
  const firstOnly = filled.filter(isFirstOnly).length;
  if (firstOnly >= NEARLY_ALL * filled.length) return "first_line";
  const isConstant = (order: readonly SampleRow[]): boolean =>
    !isBlank(order[0]?.[index]) && order.every((row) => row[index] === order[0]?.[index]);
  return share(isConstant) >= NEARLY_ALL ? "repeated" : "line";
}

/** Whether equal values of column `from` always come with one value of column `to` (at least five of them repeat). */
export function determines(rows: readonly SampleRow[], from: number, to: number): boolean {
  const seen = new Map<string, string | null>();
  const repeated = new Set<string>();
  let breaks = 0;
  let checks = 0;
  for (const row of rows) {
    const key = row[from];
    if (key === null || key === undefined || isBlank(key)) continue;
    if (!seen.has(key)) {
      seen.set(key, row[to] ?? null);
      continue;
    }
    repeated.add(key);
    checks++;
    if (seen.get(key) !== (row[to] ?? null)) breaks++;
  }
  return repeated.size >= 5 && breaks <= 0.01 * checks;
}

/** A number as people write it, roughly: enough to compare sizes, never to add up. */
export function roughNumber(text: string | null | undefined): number {
  const digits = (text ?? "").replace(/[^\d.,-]/g, "");
  const mark = Math.max(digits.lastIndexOf("."), digits.lastIndexOf(","));
  const isFraction = mark >= 0 && digits.length - mark - 1 !== 3;
  const whole = (isFraction ? digits.slice(0, mark) : digits).replace(/[^\d]/g, "");
  const fraction = isFraction ? digits.slice(mark + 1).replace(/\D/g, "") : "";
  const value = whole + fraction === "" ? Number.NaN : Number(`${whole === "" ? "0" : whole}.${fraction}`);
  return digits.startsWith("-") || (text ?? "").trim().startsWith("(") ? -value : value;
}
