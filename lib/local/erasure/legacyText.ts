import iconv from "iconv-lite";

/** Code pages in which files are delivered; text that is not UTF is read by each that has the id's letters. */
export const CODE_PAGES = [
  ...["windows-1252", "windows-1250", "windows-1251", "windows-1253", "windows-1254", "windows-1257", "iso-8859-2"],
  ...[
    "iso-8859-15",
    "cp437",
    "cp850",
    "cp852",
    "cp866",
    "macintosh",
    "koi8-r",
    "shift_jis",
    "euc-kr",
    "gb18030",
    "big5",
  ],
] as const;

/** Whether a code page can write a text. */
export const canWrite = (codePage: string, text: string): boolean =>
  iconv.decode(iconv.encode(text, codePage), codePage) === text;

/** Bytes as each text that they may stand for and that may hold the id. */
export function readAsLegacy(bytes: Uint8Array, id: string): string[] {
  const isPlain = /^[\0-\x7f]*$/.test(id);
  const pages = isPlain ? ["windows-1252"] : CODE_PAGES.filter((page) => canWrite(page, id));
  const texts = pages.map((page) => iconv.decode(Buffer.from(bytes), page));
  return texts.length === 0 ? [Buffer.from(bytes).toString("latin1")] : texts;
}
