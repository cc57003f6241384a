import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { EmptyFileError, IngestError, UnsupportedFormatError } from "../errors.ts";
import { corrupt, createHashing, unpackTo } from "./decompress.ts";
import { isHidden, MAX_MEMBERS } from "./zipArchive.ts";

/** Everything in a tar begins at a multiple of this: POSIX.1-2017, pax, "ustar Interchange Format". */
const BLOCK = 512;

/** Larger headers of other headers are no names. */
const MAX_EXTENSION_BYTES = 1024 * 1024;

export interface TarMember {
  readonly name: string;
  /** Where its content begins, in bytes. */
  readonly start: number;
  readonly bytes: number;
}

interface Header {
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
}

const textAt = (block: Buffer, start: number, length: number): string =>
  block.toString("utf8", start, start + length).replace(/\0.*$/s, "");

/** A number of octal digits, or (GNU) binary with the highest bit set. */
function numberAt(block: Buffer, start: number, length: number): number {
  if (((block[start] as number) & 0x80) === 0) {
    const digits = textAt(block, start, length).trim();
    return digits === "" ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
  }
  const bytes = block.subarray(start + 1, start + length);
  return bytes.reduce((value, byte) => value * 256 + byte, (block[start] as number) & 0x7f);
}

/** @throws Error when the block is no header */
function parseHeader(block: Buffer): Header {
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  if (sum !== numberAt(block, 148, 8)) throw new Error("a header's checksum is wrong");
  const bytes = numberAt(block, 124, 12);
  if (!Number.isSafeInteger(bytes)) throw new Error("a header has no size");
  // GNU's own format ("ustar  ") has times where POSIX has the start of a long name.
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? textAt(block, 345, 155) : "";
  const name = textAt(block, 0, 100);
  return { name: prefix === "" ? name : `${prefix}/${name}`, type: String.fromCharCode(block[156] as number), bytes };
}

/** Records `LENGTH KEY=VALUE\n` of a pax header. */
function paxRecords(content: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length && content[at] !== 0; ) {
    const space = content.indexOf(32, at);
    const length = space < 0 ? Number.NaN : Number(content.toString("latin1", at, space));
    const record = /^([^=]+)=(.*)\n$/s.exec(content.toString("utf8", space + 1, at + length));
    if (!(length > space - at) || at + length > content.length || record === null) {
      throw new Error("an extended header is damaged");
    }
    const [, key = "", value = ""] = record;
    records.set(key, value);
    at += length;
  }
  return records;
}

/** What headers before a header say of it. */
interface Extension {
  name?: string;
  bytes?: number;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new Error("it ends too early");
  return buffer;
}

async function extend(file: FileHandle, header: Header, start: number, extension: Extension): Promise<void> {
  if (header.bytes > MAX_EXTENSION_BYTES) throw new Error("an extended header is too large");
  const content = await readAt(file, start, header.bytes);
  if (header.type === "L") extension.name = textAt(content, 0, content.length);
  if (header.type !== "x") return;
  const records = paxRecords(content);
  const path = records.get("path");
  const size = records.get("size");
  if (path !== undefined) extension.name = path;
  if (size !== undefined) extension.bytes = Number(size);
  if ([...records.keys()].some((key) => key.startsWith("GNU.sparse"))) throw new Error("it has sparse files");
}

/** Plain files in the order of the archive. @throws Error that says what is wrong with it */
async function* membersOf(file: FileHandle, size: number): AsyncGenerator<TarMember> {
  let extension: Extension = {};
  for (let position = 0; ; ) {
    const block = await readAt(file, position, BLOCK);
    // An archive ends with empty blocks: one that was cut off between two files has none.
    if (block.every((byte) => byte === 0)) return;
    const header = parseHeader(block);
    const start = position + BLOCK;
    const isExtension = "xgLK".includes(header.type);
    const bytes = isExtension ? header.bytes : (extension.bytes ?? header.bytes);
    if (!Number.isSafeInteger(bytes) || start + bytes > size) throw new Error("it ends too early");
    if (isExtension) await extend(file, header, start, extension);
    else {
      if ("SM".includes(header.type)) throw new Error("it has sparse files, or is one of several volumes");
      if ("0\x007".includes(header.type)) yield { name: extension.name ?? header.name, start, bytes };
      extension = {};
    }
    position = start + Math.ceil(bytes / BLOCK) * BLOCK;
  }
}

/**
 * Lists a tar archive (POSIX ustar and pax, GNU), by name; of members of one name the last counts, as when it is unpacked. Folders,
 * links, dot files and `__MACOSX` are left out. Throws `CorruptCompressionError` (also for names that point outside),
 * `EmptyFileError`, `UnsupportedFormatError`.
 */
export async function readTar(path: string, source: string): Promise<TarMember[]> {
  const file = await open(path);
  const members = new Map<string, TarMember>();
  try {
    const { size } = await file.stat();
    for await (const { name: path, ...member } of membersOf(file, size)) {
      const name = path.replace(/^(?:\.\/+)+/, "");
      if (name.startsWith("/") || name.split("/").includes("..")) throw new Error(`${name} points outside of it`);
      if (name.endsWith("/") || isHidden(name)) continue;
      members.set(name, { name, ...member });
      if (members.size > MAX_MEMBERS) throw tooManyMembers(source);
    }
  } catch (cause) {
    if (cause instanceof IngestError) throw cause;
    throw corrupt(source, "tar", cause);
  } finally {
    await file.close();
  }
  if (members.size === 0) throw new EmptyFileError("empty_file", `${source} is an archive without files.`, { source });
  return [...members.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const tooManyMembers = (source: string): IngestError =>
  new UnsupportedFormatError(
    "too_many_members",
    `${source} holds more than ${MAX_MEMBERS.toLocaleString("en")} files: drop it in parts.`,
    { source },
  );

/** Copies one member to `target`. Returns the SHA-256 of its content. Throws `CorruptCompressionError`. */
export async function unpackTarMember(
  path: string,
  source: string,
  { name, start, bytes }: TarMember,
  target: string,
): Promise<string> {
  const hashing = createHashing();
  const content = bytes === 0 ? Readable.from([]) : createReadStream(path, { start, end: start + bytes - 1 });
  await unpackTo(target, [content, hashing.stream], { source: `${source}/${name}`, format: "tar" });
  return hashing.digest();
}
