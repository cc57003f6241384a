import { gunzipSync, gzipSync } from "node:zlib";
import { type Random, randomInteger } from "../../lib/domain/clustering/fit/random.ts";

/** Damages a file as transfers, editors and careless exports do. */
export type Mutation = (file: Uint8Array, random: Random) => Uint8Array;

const text = (file: Uint8Array): string => Buffer.from(file).toString("latin1");
const bytes = (content: string): Uint8Array => Buffer.from(content, "latin1");
const pick = <T>(random: Random, list: readonly T[]): T => list[randomInteger(random, list.length)] as T;

/** Works on lines, whatever ends them; nothing is known of quotes, as little as careless tools know. */
const onLines =
  (change: (lines: string[], random: Random) => string[]): Mutation =>
  (file, random) => {
    const content = text(file);
    const end = content.includes("\r\n") ? "\r\n" : "\n";
    return bytes(change(content.split(end), random).join(end));
  };

/** Changes one column of every line, chosen by chance. */
const onColumn = (change: (cells: string[], column: number) => string[]): Mutation =>
  onLines((lines, random) => {
    const column = randomInteger(random, (lines[0] ?? "").split(",").length);
    return lines.map((line) => change(line.split(","), column).join(","));
  });

/** Noise that real files hold: other alphabets' bytes, quotes, delimiters, control characters, numbers nobody sells. */
const NOISE = [
  '"',
  '""',
  ",",
  ";",
  "\t",
  "\r",
  "\n",
  "\0",
  "\u00ff\u00fe",
  "\u00ef\u00bb\u00bf",
  "1e308",
  "-",
  "NaN",
  "9".repeat(40),
  "=1+1",
  "\u0085",
  "#N/A",
  "'",
  "\\",
  "12/31/2010",
  "$",
  "%",
];

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "cut at the end": (file, random) => file.slice(0, randomInteger(random, file.length + 1)),
  "cut at the start": (file, random) => file.slice(randomInteger(random, file.length)),
  "a piece cut out": (file, random) => {
    const [a, b] = [randomInteger(random, file.length), randomInteger(random, file.length)];
    return Buffer.concat([file.slice(0, Math.min(a, b)), file.slice(Math.max(a, b))]);
  },
  "bytes flipped": (file, random) => {
    const copy = Uint8Array.from(file);
    for (let i = 0; i < 1 + randomInteger(random, 20); i++)
      copy[randomInteger(random, copy.length)] = randomInteger(random, 256);
    return copy;
  },
  "noise put in": (file, random) => {
    let content = text(file);
    for (let i = 0; i < 1 + randomInteger(random, 8); i++) {
      const at = randomInteger(random, content.length + 1);
      content = content.slice(0, at) + pick(random, NOISE) + content.slice(at);
    }
    return bytes(content);
  },
  "columns swapped": (file, random) => {
    const content = text(file);
    const width = (content.split("\n")[0] ?? "").split(",").length;
    const [a, b] = [randomInteger(random, width), randomInteger(random, width)];
    return onLines((lines) =>
      lines.map((line) => {
        const cells = line.split(",");
        if (a >= cells.length || b >= cells.length) return line;
        [cells[a], cells[b]] = [cells[b] as string, cells[a] as string];
        return cells.join(",");
      }),
    )(file, random);
  },
  "a column lost": onColumn((cells, column) => cells.filter((_, index) => index !== column)),
  "a column emptied": onColumn((cells, column) => cells.map((cell, index) => (index === column ? "" : cell))),
  "rows shuffled": onLines(([header = "", ...rows], random) => {
    for (let i = rows.length - 1; i > 0; i--) {
      const j = randomInteger(random, i + 1);
      [rows[i], rows[j]] = [rows[j] as string, rows[i] as string];
    }
    return [header, ...rows];
  }),
  "rows repeated": onLines((lines, random) => lines.flatMap((line) => (random() < 0.1 ? [line, line] : [line]))),
  "the header lost": onLines((lines) => lines.slice(1)),
  "the header damaged": onLines(([header = "", ...rows], random) => {
    const at = randomInteger(random, header.length + 1);
    return [header.slice(0, at) + pick(random, NOISE) + header.slice(at + randomInteger(random, 6)), ...rows];
  }),
  "the header's names shuffled": onLines(([header = "", ...rows], random) => {
    const names = header.split(",");
    names.sort(() => random() - 0.5);
    return [names.join(","), ...rows];
  }),
  "another delimiter": (file, random) => bytes(text(file).replaceAll(",", pick(random, [";", "\t", "|", "^", ""]))),
  "other line ends": (file, random) =>
    bytes(text(file).replace(/\r?\n/g, pick(random, ["\r", "\r\n", "\n\n", "\n\r"]))),
  "written twice, one after the other": (file) => Buffer.concat([file, file]),
  "as UTF-16, cut anywhere": (file, random) => {
    const wide = Buffer.from(`\ufeff${text(file)}`, "utf16le");
    return wide.subarray(0, random() < 0.5 ? wide.length : randomInteger(random, wide.length));
  },
  "compressed and damaged": (file, random) => {
    const packed = gzipSync(file);
    if (random() < 0.3) return packed;
    packed[randomInteger(random, packed.length)] = randomInteger(random, 256);
    return random() < 0.5 ? packed : packed.subarray(0, randomInteger(random, packed.length));
  },
};

/** The beginning of a gzipped CSV: about so many lines of it. */
export function firstLines(gzipped: Uint8Array, lines: number): Uint8Array {
  const whole = gunzipSync(gzipped);
  let end = 0;
  for (let i = 0; i < lines && end >= 0; i++) end = whole.indexOf(0x0a, end) + 1;
  return whole.subarray(0, end);
}
