import type { RowSettings, RowWords } from "../../../domain/config/rowSettings.ts";
import { findColumn } from "./findColumn.ts";
import { columnsOf, type Formula, parseFormula } from "./formula.ts";

/** Words that say of a row what it is. */
export interface KindWords {
  readonly column: string;
  /** 0-based; undefined where the name of the file is meant. */
  readonly index: number | undefined;
  /** In lower case, trimmed; "" is a blank cell. */
  readonly words: readonly string[];
}

/** What has been answered, or found, of a table's rows and money, with its columns found. */
export interface RowReading {
  readonly purchases?: KindWords | undefined;
  readonly returns?: KindWords | undefined;
  readonly amount?: { readonly text: string; readonly formula: Formula } | undefined;
  readonly amountPer?: "line" | "order" | undefined;
  readonly orderNumbers?: "lasting" | "daily" | undefined;
  /** Rows are invoices that fall due later: one that awaits its payment is a sale on account. */
  readonly isOnAccount?: boolean;
}

/** The name that stands for the file itself. */
export const FILE = "file";

/**
 * Finds the columns that the settings name in a table. @throws UnknownColumnError, DuplicateColumnError, FormulaError
 */
export function readRowSettings(header: readonly string[], settings: RowSettings, source: string): RowReading {
  const words = (flag: string, given: RowWords | undefined): KindWords | undefined => {
    if (given === undefined) return undefined;
    const isFile = given.column === FILE && !header.includes(FILE);
    const index = isFile ? undefined : findColumn(header, flag, given.column, source);
    return {
      column: isFile ? FILE : (header[index as number] as string),
      index,
      words: given.words.map((word) => word.trim().toLowerCase()),
    };
  };
  const { amount, amountPer, orderNumbers } = settings;
  const indexOf = (name: string): number => findColumn(header, "--amount", name, source);
  return {
    purchases: words("--rows", settings.rows),
    returns: words("--return-rows", settings.returnRows),
    amount: amount === undefined ? undefined : { text: amount, formula: parseFormula(amount, indexOf) },
    amountPer,
    orderNumbers,
  };
}

/** Columns that are read beside those with a role, 0-based. */
export function columnsRead({ purchases, returns, amount }: RowReading): number[] {
  return [
    ...[purchases?.index, returns?.index].filter((index) => index !== undefined),
    ...(amount === undefined ? [] : columnsOf(amount.formula)),
  ];
}

/** Stands for the rows of a status by hand: its words say what they are. */
export const ALL_ROWS: KindWords = { column: "", index: undefined, words: [] };
