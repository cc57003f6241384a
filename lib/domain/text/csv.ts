/**
 * One CSV field after RFC 4180: quoted only where it must be.
 * @example
 * ```ts
 * csvField('5" nails'); // → '"5"" nails"'
 * csvField("nails"); // → "nails"
 * ```
 */
export function csvField(value: string): string {
  return /[",\r\n]/.test(value) || value.startsWith("\\.") ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Takes a CSV text apart as it comes in. */
export interface CsvSplitter {
  /** The records that end in this part of the text, each with its line break; quotes may hold line breaks. */
  push(part: string): string[];
  /** What comes after the last line break, if anything. */
  end(): string[];
}

/** A splitter of CSV as `csvField` writes it. */
export function csvSplitter(): CsvSplitter {
  let rest = "";
  let isQuoted = false;
  return {
    push(part) {
      const text = rest + part;
      const records: string[] = [];
      let start = 0;
      for (let i = rest.length; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (code === 34) isQuoted = !isQuoted;
        if (code !== 10 || isQuoted) continue;
        records.push(text.slice(start, i + 1));
        start = i + 1;
      }
      rest = text.slice(start);
      return records;
    },
    end: () => (rest === "" ? [] : [rest]),
  };
}

/** The fields of one record. */
export const csvFields = (record: string): string[] =>
  [...record.replace(/\r?\n$/, "").matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
