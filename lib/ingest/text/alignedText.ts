import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";

/** Fewer lines, columns or columns of numbers may be any text. */
const ENOUGH_LINES = 5;
const ENOUGH_COLUMNS = 3;
const ENOUGH_NUMBERS = 2;

const NUMBER = /^[-+]?[\d.]*\d[\d.]*$/;
const wordsOf = (line: string): string[] => line.replace(/^ +|[ \r]+$/g, "").split(/ +/);

/**
 * Whether a text in UTF-8 is a table whose columns are set apart by runs of blanks, like the output of statistics
 * programs: all lines of the sample (its last, which may be cut, apart) have as many words, none has a delimiter, and
 * two columns at least are numbers.
 */
export function isAligned(sample: Uint8Array): boolean {
  const lines = Buffer.from(sample)
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .slice(0, -1);
  const filled = lines.filter((line) => line.trim() !== "").slice(0, 200);
  if (filled.length < ENOUGH_LINES || filled.some((line) => /[,;\t|^~"]/.test(line))) return false;
  const [first = [], ...rest] = filled.map(wordsOf);
  if (first.length < ENOUGH_COLUMNS || rest.some((words) => words.length !== first.length)) return false;
  return first.filter((_, column) => rest.every((words) => NUMBER.test(words[column] ?? ""))).length >= ENOUGH_NUMBERS;
}

const quoted = (word: string): string => (/[,"]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word);

/** Writes such a text with commas, line by line; byte for byte, so that what is no UTF-8 is found afterwards. */
export async function writeWithCommas(path: string, target: string): Promise<void> {
  const out = await open(target, "w");
  const write = (lines: readonly string[]) =>
    out.write(
      Buffer.from(
        lines.map((line) => (/^[ \r]*$/.test(line) ? "\n" : `${wordsOf(line).map(quoted).join(",")}\n`)).join(""),
        "latin1",
      ),
    );
  let rest = "";
  try {
    for await (const chunk of createReadStream(path, { encoding: "latin1", highWaterMark: 1024 * 1024 })) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      await write(lines);
    }
    if (rest !== "") await write([rest]);
  } finally {
    await out.close();
  }
}
