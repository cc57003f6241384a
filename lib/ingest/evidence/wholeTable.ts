import type { Columns } from "../columns/columnQuestions.ts";
import type { SampleRow } from "../columns/orderStructure.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import type { ScratchEngine } from "../engine.ts";
import { literal } from "../sqlText.ts";
import { kindOf } from "./kindWords.ts";

/** Words in lower case, trimmed, with their rows in the whole table; "" are blank cells. */
export type WordCounts = ReadonlyMap<string, { readonly rows: number; readonly sum: number | undefined }>;

/** What a look through all rows adds to the sample: one row somewhere can decide what no sample shows. */
export interface WholeTable {
  /** Of the columns with few words, by their 0-based index. */
  readonly words: ReadonlyMap<number, WordCounts>;
  /** Rows with something that the sample may lack: a refund, a discount, a mark of cancellation. */
  readonly witnesses: readonly SampleRow[];
  /** Orders of several rows, and those of which all rows have one amount. */
  readonly orders?: {
    readonly several: number;
    readonly repeated: number;
    /** Orders with several amounts, and the first of them. */
    readonly differing?: number;
    readonly example?: string;
  };
}

export const DISCOUNT_TEXT =
  "discount|coupon|voucher|rabatt|remise|descuento|sconto|desconto|gutschein|korting|indirim|скидка|折扣|割引|할인";
const TELLING_NAME =
  /refund|returned|chargeback|erstattet|rembours|reembols|discount|rabatt|remise|descuento|sconto|desconto|cancel|void|storn|annul|anulad|test/;
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

interface SampledTable {
  readonly header: readonly string[];
  readonly rows: readonly SampleRow[];
  readonly columns: Columns;
}

/**
 * Looks through all rows for what decides by standing there once. `relation` is a query of the rows with the columns
 * c0, c1, …; `columns` are the roles as the sample has them.
 */
export async function lookThrough(
  engine: ScratchEngine,
  relation: string,
  { header, rows: sample, columns }: SampledTable,
): Promise<WholeTable> {
  const position = (role: keyof Columns): string | undefined =>
    columns[role] === undefined ? undefined : `c${columns[role].position - 1}`;
  const money = position("amount") ?? position("price");
  const all = header.map((_, index) => `c${index}`).join(", ");
  const witnesses: SampleRow[] = [];
  const witness = async (condition: string, limit: number): Promise<void> => {
    witnesses.push(
      ...((await engine.rows(`select ${all} from ${relation} where ${condition} limit ${limit}`)) as (
        | string
        | null
      )[][]),
    );
  };
  const words = await countWords(engine, relation, fewWordColumns(header, sample), money);
  const used = new Set(Object.values(columns).map((column) => column.position - 1));
  for (const [index, name] of header.entries())
    if (!used.has(index) && TELLING_NAME.test(normaliseName(name)))
      await witness(`regexp_matches(c${index}, '[1-9]')`, 3);
  const order = position("order");
  const text = position("description") ?? position("product");
  if (order !== undefined && text !== undefined && money !== undefined) {
    // Both signs stand before ".", which the engine compares faster.
    const isBelow = `(${money} < '.' and (starts_with(${money}, '-') or starts_with(${money}, '(')))`;
    const discounts = `select ${order} from ${relation} where ${isBelow} and regexp_matches(lower(${text}), ${literal(DISCOUNT_TEXT)}) limit 3`;
    if ((await engine.rows(discounts)).length > 0) await witness(`${order} in (${discounts})`, 100);
  }
  const orders = await repeatedOrders(engine, relation, { order, amount: position("amount"), all });
  return { words, witnesses, ...(orders === undefined ? {} : { orders }) };
}

type Counted = readonly (readonly unknown[])[];

/** The words of columns with their rows, counted by one statement. Columns with too many words are left out. */
async function countWords(
  engine: ScratchEngine,
  relation: string,
  indexes: readonly number[],
  money: string | undefined,
): Promise<Map<number, WordCounts>> {
  if (indexes.length === 0) return new Map();
  const counts = (index: number, sum: string): string =>
    `(select ${index} as i, c${index} as word, cast(count(*) as double) as n, ${sum} from ${relation}
      group by word order by n desc, word limit ${MAX_WORDS + 1})`;
  const rows = await engine.rows(indexes.map((index) => counts(index, "null")).join(" union all "));
  const result = new Map<number, WordCounts>();
  for (const [index, plain] of Map.groupBy(rows, ([i]) => Number(i))) {
    if (plain.length > MAX_WORDS) continue;
    // Sums are for people to look at: only beside kinds of rows, and of numbers that need no decision first.
    const isOfKinds = plain.some(([, value]) => kindOf(String(value ?? "")) !== "unknown");
    const number = `try_cast(${money} as double)`;
    const sum = `case when count(${number}) = count(nullif(trim(${money}), '')) then sum(${number}) end`;
    const withSums = isOfKinds && money !== undefined && money !== `c${index}`;
    result.set(index, asWords(withSums ? await engine.rows(counts(index, sum)) : plain));
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

async function repeatedOrders(
  engine: ScratchEngine,
  relation: string,
  {
    order,
    amount,
    all,
  }: { readonly order?: string | undefined; readonly amount?: string | undefined; readonly all: string },
): Promise<WholeTable["orders"]> {
  if (order === undefined || amount === undefined) return undefined;
  // Copies of a line are no lines of their own.
  const [row] = await engine.rows(
    `select cast(count(*) as double), cast(count(*) filter (where is_one) as double),
       cast(count(*) filter (where low <> high) as double), min(id || ': ' || low || ' and ' || high) filter (where low <> high)
     from (
       select ${order} as id, min(nullif(trim(${amount}), '')) as low, max(nullif(trim(${amount}), '')) as high,
         low = high and count(${amount}) = count(*) as is_one
       from ${relation} where trim(${order}) <> '' group by ${order} having count(*) > 1 and min(hash(${all})) <> max(hash(${all})))`,
  );
  const example = String(row?.[3] ?? "");
  return { several: Number(row?.[0]), repeated: Number(row?.[1]), differing: Number(row?.[2]), example };
}
