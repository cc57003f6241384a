import { readFileSync } from "node:fs";
import { InvalidArgumentError, Option } from "commander";
import type { RowWords } from "../../lib/domain/config/rowSettings.ts";
import { type CurrencyConversion, parseExchangeRates } from "../../lib/domain/quality/exchangeRates.ts";

export const DEFAULT_CONFIG_FILE = "rfm.config.json";

/** The configuration, and what is detected in the files where it is not set by hand. */
export function readingOptions(): Option[] {
  return [
    new Option("--config <file>", `settings as JSON (default: ${DEFAULT_CONFIG_FILE} where there is one)`),
    new Option(
      "--map <role=column,…>",
      "columns by hand, by name or position: customer=ID,date=4,amount=Total",
    ).argParser(mapping),
    new Option(
      "--rows <column=word|…>",
      "the rows that are purchases, by the words of a column; others are left out",
    ).argParser(rowWords),
    new Option(
      "--return-rows <column=word|…>",
      "the rows that are returns; column may be file, for the file's name",
    ).argParser(rowWords),
    new Option("--amount <formula>", 'what a line is worth: "Quantity * [Unit Price] * (1 - Discount)"'),
    new Option("--amount-per <unit>", "whether the amount is the line's, or the order's on each of its lines").choices([
      "line",
      "order",
    ]),
    new Option("--order-numbers <kind>", "daily: they start anew each day").choices(["lasting", "daily"]),
    new Option(
      "--fill-down <columns>",
      "columns whose value stands once for several rows, which take it from above; none: there are none",
    ).argParser(columnNames),
    new Option(
      "--versions <column>",
      "when states of a row came about, of which the last counts; none: each row counts",
    ).argParser((text) => (/^\d+$/.test(text) ? Number(text) : text)),
    new Option("--cancellation-pattern <regex>", "order ids that are cancellations; none: no id is one").argParser(
      (text) => (text === "none" ? "^$" : text),
    ),
    new Option(
      "--date-layout <order>",
      "where the dates leave it open; swapped: 2024-06-01 is the 6th of January",
    ).choices(["ymd", "dmy", "mdy", "swapped"]),
    new Option("--decimal <mark>", "where the numbers leave it open").choices(["point", "comma"]),
    new Option("--encoding <name>", "character encoding, such as windows-1252 or cp437 (default: auto-detected)"),
    new Option(
      "--delimiter <char>",
      "what stands between fields: a character, or tab, space, … (default: auto-detected)",
    ),
    new Option("--header", "the first line names the columns (default: auto-detected)"),
    new Option("--no-header", "the first line is data"),
    new Option("--sheet <name>", "sheet of a workbook (default: all that hold transactions)"),
    new Option("--rates <file>", "CSV of currency,rate[,date]: convert to the currency with the rate 1").argParser(
      ratesFile,
    ),
  ];
}

/** @throws ExchangeRateError naming the line that does not read. */
function ratesFile(file: string): CurrencyConversion {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new InvalidArgumentError(`${file} cannot be read: ${(error as Error).message}.`);
  }
  return parseExchangeRates(text, file);
}

const columnNames = (text: string): "none" | (string | number)[] =>
  text === "none"
    ? text
    : text
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "")
        .map((name) => (/^\d+$/.test(name) ? Number(name) : name));

/** @throws InvalidArgumentError unless there are a column and words. */
function rowWords(text: string): RowWords {
  const [, column, words] = /^\s*([^=]+?)\s*=(.+)$/s.exec(text) ?? [];
  if (column === undefined || words === undefined)
    throw new InvalidArgumentError('Write column=word, or several words: "Type=Sale|Invoice".');
  return { column: /^\d+$/.test(column) ? Number(column) : column, words: words.split("|").map((word) => word.trim()) };
}

function mapping(text: string, previous: Record<string, string | number> = {}): Record<string, string | number> {
  const entries = text.split(",").map((part) => {
    const [, role, column] = /^\s*([a-z_]+)\s*=\s*(.+?)\s*$/.exec(part) ?? [];
    if (role === undefined || column === undefined)
      throw new InvalidArgumentError("Write role=column, for example customer=CUST_ID,date=4.");
    return [role, /^\d+$/.test(column) ? Number(column) : column];
  });
  return { ...previous, ...Object.fromEntries(entries) };
}
