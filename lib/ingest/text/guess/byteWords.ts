/** A word with bytes beyond ASCII: the bytes of its text, each as the character of its number. */
export interface ByteWord {
  readonly bytes: Uint8Array;
  /** What stands before it and behind it; a line end at the ends of the text. */
  readonly before: number;
  readonly after: number;
  /** How often it occurs. */
  count: number;
}

/** More different words tell no more. */
const MAX_WORDS = 4_000;

const LINE_END = 0x0a;
/** What sets words apart in every encoding: no byte of a character, but for `|` in some of East Asia. */
const SEPARATORS: ReadonlySet<number> = new Set([...'\t\n\r ",;|'].map((char) => char.charCodeAt(0)));

/** The different words of a text that have bytes beyond ASCII, in the order of the text. */
export function byteWordsOf(text: Uint8Array): ByteWord[] {
  const found = new Map<string, ByteWord>();
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.length);
  let start = 0;
  let isBeyond = false;
  for (let i = 0; i <= bytes.length; i++) {
    const byte = i < bytes.length ? (bytes[i] as number) : LINE_END;
    if (byte >= 0x80) isBeyond = true;
    if (!SEPARATORS.has(byte)) continue;
    if (isBeyond) {
      const key = bytes.toString("latin1", Math.max(0, start - 1), Math.min(bytes.length, i + 1));
      const known = found.get(key);
      if (known !== undefined) known.count++;
      else if (found.size < MAX_WORDS)
        found.set(key, {
          bytes: bytes.subarray(start, i),
          before: bytes[start - 1] ?? LINE_END,
          after: byte,
          count: 1,
        });
    }
    start = i + 1;
    isBeyond = false;
  }
  return [...found.values()];
}
