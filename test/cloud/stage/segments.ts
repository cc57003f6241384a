/** What the comparison of two segments.csv found. */
export interface Comparison {
  readonly customers: number;
  /** Same customers, same values in every column that was compared. */
  readonly isEqual: boolean;
  /** Byte for byte, in the same order. */
  readonly isIdentical: boolean;
  /** The first differences, to read. */
  readonly differences: readonly string[];
}

const SHOWN = 5;

/**
 * Compares the segments of the box with those of the local engine, customer by customer.
 * @param ignored columns that may differ: ids of run and model where sources have other names.
 */
export function compareSegments(box: string, local: string, ignored: readonly string[] = []): Comparison {
  const [ours, theirs] = [byCustomer(box, ignored), byCustomer(local, ignored)];
  const ids = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  const differing = ids.filter((id) => ours.get(id) !== theirs.get(id));
  return {
    customers: ours.size,
    isEqual: differing.length === 0,
    isIdentical: box === local,
    differences: differing.slice(0, SHOWN).map((id) => `${id}: box ${ours.get(id)} local ${theirs.get(id)}`),
  };
}

/** Ids as in the file; no column of segments.csv but the first holds text of the shop's. */
function byCustomer(csv: string, ignored: readonly string[]): Map<string, string> {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const kept = header.split(",").map((name) => !ignored.includes(name));
  return new Map(
    lines.map((line) => {
      const cells = line.split(",");
      return [cells[0] as string, cells.filter((_, i) => kept[i]).join(",")];
    }),
  );
}

/** Rows of a segments.csv by column name. */
export function recordsOf(csv: string): Record<string, string>[] {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const names = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [names[i], cell])));
}
