import { type ColumnProfile, profileWords } from "../../columns/columnContent.ts";
import type { SampleRow } from "../../columns/orderStructure.ts";
import type { ScratchEngine } from "../../engine.ts";
import { kindOf } from "../words/kindWords.ts";

/** Words in lower case, trimmed, with their rows in the whole table; "" are blank cells. */
export type WordCounts = ReadonlyMap<string, { readonly rows: number; readonly sum: number | undefined }>;

/** The words of a column, in all rows. */
export interface ColumnWords {
  readonly counts: WordCounts;
  /** What the column looks like, by all its words: a rare one is among them. */
  readonly profile: ColumnProfile;
}

const MAX_WORDS = 60;
const FEW_WORDS = 24;

/** Columns of the sample with few words, which are no measures. */
function fewWordColumns(header: readonly string[], rows: readonly SampleRow[]): number[] {
  return header.flatMap((_, index) => {
    const words = new Set(rows.map((row) => row[index]));
    const isMeasure = [...words].some((word) => /^[-+]?\d+[.,]\d+$/.test(word ?? ""));
    return words.size <= FEW_WORDS && !isMeasure ? [index] : [];
  });
}

type Counted = readonly (readonly unknown[])[];

/**
 * The words of the columns that have few in the sample, with their rows, counted by one statement. Columns with too
 * many are left out. `money` is SQL of what rows are worth.
 */
export async function countWords(
  engine: ScratchEngine,
  relation: string,
  sample: { readonly header: readonly string[]; readonly rows: readonly SampleRow[] },
  money: string | undefined,
): Promise<Map<number, ColumnWords>> {
  const indexes = fewWordColumns(sample.header, sample.rows);
  if (indexes.length === 0) return new Map();
  const counts = (index: number, sum: string): string =>
    `(select ${index} as i, c${index} as word, cast(count(*) as double) as n, ${sum} from ${relation}
      group by word order by n desc, word limit ${MAX_WORDS + 1})`;
  const rows = await engine.rows(indexes.map((index) => counts(index, "null")).join(" union all "));
  const result = new Map<number, ColumnWords>();
  for (const [index, plain] of Map.groupBy(rows, ([i]) => Number(i))) {
    if (plain.length > MAX_WORDS) continue;
    // Sums are for people to look at: only beside kinds of rows, and of numbers that need no decision first.
    const isOfKinds = plain.some(([, value]) => kindOf(String(value ?? "")) !== "unknown");
    const number = `try_cast(${money} as double)`;
    const sum = `case when count(${number}) = count(nullif(trim(${money}), '')) then sum(${number}) end`;
    const withSums = isOfKinds && money !== undefined && money !== `c${index}`;
    const found = withSums ? await engine.rows(counts(index, sum)) : plain;
    const profile = profileWords(found.map(([, value, n]) => [value as string | null, Number(n)] as const));
    result.set(index, { counts: asWords(found), profile });
  }
  return result;
}

/** Words without case and blanks around them. */
function asWords(found: Counted): WordCounts {
  const counts = new Map<string, { rows: number; sum: number | undefined }>();
  for (const [, value, rows, total] of found) {
    const word = String(value ?? "")
      .trim()
      .toLowerCase();
    const before = counts.get(word);
    const own = total === null || total === undefined ? undefined : Number(total);
    const both =
      before === undefined ? own : before.sum === undefined || own === undefined ? undefined : before.sum + own;
    counts.set(word, { rows: (before?.rows ?? 0) + Number(rows), sum: both });
  }
  return counts;
}
