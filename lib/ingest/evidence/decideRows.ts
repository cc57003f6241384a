import type { Role } from "../../domain/roles.ts";
import { type ColumnQuestion, type Columns, list } from "../columns/columnQuestions.ts";
import type { SampleRow } from "../columns/orderStructure.ts";
import { AmbiguousColumnError } from "../errors.ts";
import { flagValue } from "./answers/flagValue.ts";
import type { Chosen } from "./answers/mapByHand.ts";
import type { KindWords, RowReading } from "./answers/rowReading.ts";
import { type RowKinds, rowKinds } from "./rowKinds.ts";
import type { WordCounts } from "./whole/wordCounts.ts";

/** What the rows are, as far as the data say. */
export interface RowDecision {
  readonly reading: RowReading;
  /** 0-based column whose words are the rows' status. */
  readonly status?: number;
  readonly notes: readonly string[];
  readonly questions: readonly ColumnQuestion[];
}

export interface RowEvidence {
  readonly header: readonly string[];
  readonly columns: Columns;
  /** Columns that are something else already. */
  readonly used: ReadonlySet<number>;
  readonly rows: readonly SampleRow[];
  readonly wordsOf: (index: number) => WordCounts | undefined;
  readonly source: string;
  readonly reading: RowReading;
}

/** Decides which rows are purchases by the words of a column of kinds, or asks. Pure. */
export function decideRows(evidence: RowEvidence): RowDecision {
  const { header, columns, used, rows, wordsOf, reading, source } = evidence;
  const nothing: RowDecision = { reading, notes: [], questions: [] };
  if (reading.purchases !== undefined) return nothing;
  const indexOf = (role: keyof Columns): number => (columns[role]?.position ?? 0) - 1;
  const amount = indexOf("amount") >= 0 ? indexOf("amount") : indexOf("price");
  const kinds = rowKinds(header, wordsOf, used, { rows, order: indexOf("order"), amount });
  if (kinds === undefined || reading.returns?.index === kinds.index) return nothing;
  if (kinds.unclear.length > 0) return { ...nothing, questions: [askKinds(header, kinds, source)] };
  const { index, purchases, returns, others } = kinds;
  const column = header[index] as string;
  if (others.length === 0 && columns.status === undefined) return { ...nothing, status: index };
  const named = (words: readonly string[]): KindWords => ({ column, index, words });
  const all = [...purchases, ...(wordsOf(index)?.has("") ? [""] : [])];
  const counted = (words: readonly string[]): string =>
    words.map((word) => `${JSON.stringify(word)} ${kinds.words.get(word)?.rows ?? 0}`).join(", ");
  const note = `column ${JSON.stringify(column)} tells what rows are: ${counted(purchases)} are purchases${
    returns.length > 0 ? `, ${counted(returns)} returns` : ""
  }${others.length > 0 ? `; ${counted(others)} do not count, for ${kinds.why}` : ""} (--rows and --return-rows say otherwise).`;
  return {
    ...nothing,
    reading: { ...reading, purchases: named(all), returns: returns.length > 0 ? named(returns) : reading.returns },
    notes: [note],
  };
}

const money = (sum: number | undefined): string =>
  sum === undefined ? "" : ` (${sum.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })})`;

/** The question about a column whose words do not all say what their rows are. */
function askKinds(header: readonly string[], kinds: RowKinds, source: string): ColumnQuestion {
  const { index, words, purchases, returns, unclear } = kinds;
  const name = header[index] as string;
  const counted = [...words]
    .slice(0, 12)
    .map(([word, { rows, sum }]) => `${JSON.stringify(word)} ${rows}${money(sum)}`);
  const back = returns.length > 0 ? ` --return-rows ${flagValue(header, index, returns)}` : "";
  const flagOf = (some: readonly string[]): string => `--rows ${flagValue(header, index, some)}${back}`;
  const certain = purchases.length > 0 ? purchases : unclear.slice(0, 1);
  const flags = [flagOf(certain), flagOf([...new Set([...purchases, ...unclear])])];
  const message = `${source}: column ${JSON.stringify(name)} tells kinds of rows apart: ${counted.join(", ")}${words.size > 12 ? ", …" : ""}, rows and money. Not clear is what ${list(unclear.slice(0, 6))} are. Name the words of the purchases, those alone count: ${flags[0]}; or, if all of these are purchases, ${flags[1]}.`;
  const error = new AmbiguousColumnError("KINDS_OF_ROWS", message, { source, column: name });
  return { error, roles: ["status"], flags };
}

/** Whether a sampled row counts, as a purchase or a return. */
export function isCounted({ purchases, returns }: RowReading, row: SampleRow): boolean {
  const has = (kind: KindWords | undefined): boolean =>
    kind?.index !== undefined && kind.words.includes((row[kind.index] ?? "").trim().toLowerCase());
  return purchases?.index === undefined || has(purchases) || has(returns);
}

/**
 * Columns that cannot tell kinds of rows. A category is the weakest claim: "type" is one only where its words are no
 * kinds.
 */
export function takenForKinds(chosen: Chosen, byHand: ReadonlySet<Role>): Set<number> {
  return new Set(
    [...chosen].flatMap(([role, { position }]) => (role === "category" && !byHand.has(role) ? [] : [position - 1])),
  );
}

/** The words of a column of the sample with their rows. */
export function wordsIn(rows: readonly SampleRow[], index: number): WordCounts {
  const groups = Map.groupBy(rows, (row) => (row[index] ?? "").trim().toLowerCase());
  return new Map([...groups].map(([word, own]) => [word, { rows: own.length, sum: undefined }]));
}
