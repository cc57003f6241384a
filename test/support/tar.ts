export interface TarEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** Type of the entry; by default a plain file. */
  readonly type?: string;
  /** Start of a long name, as POSIX has it. */
  readonly prefix?: string;
  /** Writes the size as GNU does for large files. */
  readonly isBinarySize?: boolean;
}

const BLOCK = 512;

const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);

function headerOf({ name, prefix, type, isBinarySize }: TarEntry, bytes: number, magic: string): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100);
  header.write("0000644\0", 100);
  if (isBinarySize === true) {
    header[124] = 0x80;
    header.writeUInt32BE(bytes, 132);
  } else header.write(`${bytes.toString(8).padStart(11, "0")}\0`, 124);
  header.write(type ?? "0", 156);
  header.write(magic, 257, "latin1");
  header.write(prefix ?? "", 345, 155);
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

/** A tar archive by the book (POSIX.1-2017, pax, "ustar Interchange Format"), with empty blocks at its end unless told. */
export function tarOf(
  entries: readonly TarEntry[],
  { isGnu = false, hasEnd = true }: { readonly isGnu?: boolean; readonly hasEnd?: boolean } = {},
): Buffer {
  const magic = isGnu ? "ustar  \0" : "ustar\x0000";
  const parts = entries.flatMap((entry) => {
    const content = Buffer.from((entry.content ?? "") as string);
    return [headerOf(entry, content.length, magic), padded(content)];
  });
  return Buffer.concat([...parts, Buffer.alloc(hasEnd ? 2 * BLOCK : 0)]);
}

/** A record of a pax header; its length counts itself. */
export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}
