import { randomBytes } from "node:crypto";
import pc from "picocolors";

/** Stands for the beginning of our own colours until the text is printed: nothing that a file says can be it. */
const OWN = `\u{10FFFD}${randomBytes(8).toString("hex")}[`;
const BEGIN = "\u001b[";

/** C0 and C1 but for tab and line feed, DEL, marks and overrides of the writing direction, line separators. */
const UNSAFE = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Text whose control characters are written out (`\u001b`, as in JSON, which stays the same JSON by it). */
export function visible(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const own = (format: (text: string) => string) => (text: string | number) =>
  pc.isColorSupported ? format(String(text)).replaceAll(BEGIN, OWN) : String(text);

/** The colours that commands may use. */
export const style = {
  bold: own(pc.bold),
  dim: own(pc.dim),
  red: own(pc.red),
  green: own(pc.green),
  yellow: own(pc.yellow),
  cyan: own(pc.cyan),
};

/** Text as it may be printed: what it holds of others is visible, our own colours are colours. */
export const printable = (text: string): string => visible(text).replaceAll(OWN, BEGIN);

/** Text with true colours for what lays it out and knows their width; all others in it are visible. */
export const laid = printable;
/** What was laid out, with its colours as our own again. */
export const owned = (text: string): string => text.replaceAll(BEGIN, OWN);

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
    const safe = isData ? chunk : printable(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
    return (write as (...args: unknown[]) => boolean).call(stream, safe, ...rest);
  };
  stream.write = guarded as typeof write;
  return () => {
    stream.write = write;
    unguarded.delete(stream);
  };
}
