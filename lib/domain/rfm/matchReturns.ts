/** A line that can belong to another: a purchase, or a return of one. */
export interface MatchableLine {
  /** ISO date; lines have no time. */
  readonly date: string;
  readonly product?: string | undefined;
  /** Of either sign. */
  readonly worth: bigint;
  readonly isReturn: boolean;
}

/**
 * Purchases that a later return takes back, or one of the same day: the same product and the same money. As
 * `sql/athena/features/returned_lines.sql` has it for lines without pieces. Read backwards, returns wait in a queue,
 * and each purchase takes one of them if there is one.
 * @param lines of one customer, in the order of the file.
 */
export function returnedPurchases<Line extends MatchableLine>(lines: readonly Line[]): ReadonlySet<Line> {
  const waiting = new Map<string, number>();
  const returned = new Set<Line>();
  // The sort is stable: purchases of a day keep the order of the file.
  const backwards = [...lines].sort((a, b) => order(b.date, a.date) || Number(b.isReturn) - Number(a.isReturn));
  for (const line of backwards) {
    const key = JSON.stringify([line.product ?? "", String(line.worth < 0n ? -line.worth : line.worth)]);
    const left = waiting.get(key) ?? 0;
    if (line.isReturn) waiting.set(key, left + 1);
    else if (left > 0) {
      waiting.set(key, left - 1);
      returned.add(line);
    }
  }
  return returned;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
