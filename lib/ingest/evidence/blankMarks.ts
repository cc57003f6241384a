import { type ColumnQuestion, list } from "../columns/columnQuestions.ts";
import { AmbiguousColumnError } from "../errors.ts";
import { flagValue } from "./answers/flagValue.ts";
import { type FlagColumn, isNo, isYes } from "./flagColumns.ts";
import type { WordCounts } from "./whole/wordCounts.ts";

/** So few rows, or so small a share, may be slips: they stand as they are, and are told. */
const FEW_ROWS = 3;
const FEW_SHARE = 0.0005;

/** What blank cells of the marks are, where nothing says so. */
export interface BlankMarks {
  readonly notes: readonly string[];
  readonly questions: readonly ColumnQuestion[];
}

const counted = (rows: number): string => `${rows.toLocaleString("en-US")} row${rows === 1 ? "" : "s"}`;

/**
 * Asks what blank cells say in a column of yes and no. A blank beside yes alone is a no; beside both, it is neither. Of
 * payments a blank is never clear: it may be one that has not come. Pure.
 * @param isAnswered whether `--rows` says already what counts.
 */
export function askBlankMarks(
  header: readonly string[],
  flags: readonly FlagColumn[],
  wordsOf: (index: number) => WordCounts | undefined,
  { isAnswered, source }: { readonly isAnswered: boolean; readonly source: string },
): BlankMarks {
  const notes: string[] = [];
  const questions: ColumnQuestion[] = [];
  for (const flag of flags.filter(({ kind }) => kind === "yes")) {
    const words = wordsOf(flag.position - 1);
    const { otherLines = 0 } = flag.ofOrder ?? {};
    if (flag.ofOrder !== undefined)
      notes.push(
        `${JSON.stringify(flag.column)} stands on the first line of each order, and is said of its other lines.`,
      );
    const blank = (words?.get("")?.rows ?? 0) - otherLines;
    if (words === undefined || blank <= 0 || isAnswered) continue;
    const isPaid = flag.status === "paid";
    const filled = [...words.keys()].filter((word) => word !== "");
    if (!isPaid && !filled.some(isNo)) continue;
    const rows = [...words.values()].reduce((sum, one) => sum + one.rows, 0);
    const name = JSON.stringify(flag.column);
    if (blank <= Math.max(FEW_ROWS, FEW_SHARE * rows)) {
      notes.push(
        `column ${name} is blank on ${counted(blank)}, which count as ${isPaid ? "paid" : `not ${flag.status}`}.`,
      );
      continue;
    }
    const counting = filled.filter((word) => (isPaid ? isYes(word) : isNo(word)));
    const without = `--rows ${flagValue(header, flag.position - 1, counting)}`;
    const withBlank = `--rows ${flagValue(header, flag.position - 1, [...counting, ""])}`;
    const told = [...words].map(([word, one]) => `${JSON.stringify(word)} ${one.rows.toLocaleString("en-US")}`);
    const message = `${source}: column ${name} marks rows as ${flag.status}, and ${counted(blank)} of ${rows.toLocaleString("en-US")} are blank there (${told.join(", ")}): beside ${list(filled)} a blank may mean either. If only the rows with ${list(counting)} count: ${without}; if those with a blank count, too: ${withBlank}.`;
    const error = new AmbiguousColumnError("BLANK_MARKS", message, { source, column: flag.column });
    questions.push({ error, roles: ["status"], flags: [without, withBlank] });
  }
  return { notes, questions };
}
