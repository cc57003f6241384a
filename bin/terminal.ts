import { randomBytes } from "node:crypto";
import { styleText } from "node:util";

/** Stands for the beginning of our own colours until the text is printed: nothing that a file says can be it. */
const OWN = `\u{10FFFD}${randomBytes(8).toString("hex")}[`;
const BEGIN = "\u001b[";

/** C0 and C1 but for tab and line feed, DEL, marks and overrides of the writing direction, line separators. */
const UNSAFE = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Text whose control characters are written out (`\u001b`, as in JSON, which stays the same JSON by it). */
export function visible(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

type Format = Parameters<typeof styleText>[0];
const own = (format: Format) => (text: string | number) =>
  styleText(format, String(text), { validateStream: false }).replaceAll(BEGIN, OWN);

/** The colours that commands may use: marks until a stream prints them. */
export const style = {
  bold: own("bold"),
  dim: own("dim"),
  red: own("red"),
  green: own("green"),
  yellow: own("yellow"),
  cyan: own("cyan"),
};

/** Text for what lays it out and knows the width of true colours, which it has; all others in it are visible. */
export const laid = (text: string): string => visible(text).replaceAll(OWN, BEGIN);
/** What was laid out, with its colours as our own again. */
export const owned = (text: string): string => text.replaceAll(BEGIN, OWN);

/** Our own marks: "red begins", "red ends". */
const OWN_MARK = new RegExp(`${OWN.replace("[", "\\[")}\\d+m`, "gu");

/**
 * Whether a stream shows colours: `NO_COLOR` and `FORCE_COLOR` decide (no-color.org, force-color.org), else the
 * terminal.
 */
function showsColours(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR: no = "", FORCE_COLOR: force = "" } = process.env;
  if (no !== "" || force === "0" || force === "false") return false;
  return force !== "" || (stream.isTTY === true && stream.hasColors?.() === true);
}

/** Text as a stream prints it: what it holds of others is visible, our own colours are colours or nothing. */
export const printable = (text: string, stream: NodeJS.WriteStream): string =>
  showsColours(stream) ? laid(text) : visible(text.replaceAll(OWN_MARK, ""));

/** A stream that nobody guards, for what draws with escape sequences of its own. */
const unguarded = new WeakMap<NodeJS.WriteStream, NodeJS.WriteStream["write"]>();

export function drawingStream(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  const write = unguarded.get(stream);
  if (write === undefined) return stream;
  return Object.create(stream, { write: { value: write.bind(stream) } }) as NodeJS.WriteStream;
}

/**
 * The one place where output leaves the program. Text is for people and is made printable; bytes are data (CSV of a
 * query, an export), which stay as they are but on a terminal. Returns what ends it.
 */
export function guardOutput(stream: NodeJS.WriteStream): () => void {
  const write = stream.write;
  unguarded.set(stream, write);
  const guarded = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const isData = typeof chunk !== "string" && stream.isTTY !== true;
    const safe = isData
      ? chunk
      : printable(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"), stream);
    return (write as (...args: unknown[]) => boolean).call(stream, safe, ...rest);
  };
  stream.write = guarded as typeof write;
  return () => {
    stream.write = write;
    unguarded.delete(stream);
  };
}
