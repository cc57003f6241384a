import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract, type Header } from "tar-stream";
import { EmptyFileError, IngestError, UnsupportedFormatError } from "../errors.ts";
import { corrupt, createHashing, unpackTo } from "./decompress.ts";
import { isHidden, MAX_MEMBERS } from "./zipArchive.ts";

/** Everything in a tar begins at a multiple of this: POSIX.1-2017, pax, "ustar Interchange Format". */
const BLOCK_BYTES = 512;

const CHUNK_BYTES = 1024 * 1024;

export interface TarMember {
  readonly name: string;
  /** Where its content begins, in bytes. */
  readonly start: number;
  readonly bytes: number;
}

/** What the parser tells of a member, with what its types leave out. */
interface FoundHeader extends Omit<Header, "type"> {
  /** Null for a kind that the parser does not know. */
  readonly type: Header["type"] | null;
  /** Where the content begins. */
  readonly byteOffset: number;
}

async function isEmptyBlock(file: FileHandle, position: number): Promise<boolean> {
  const block = Buffer.alloc(BLOCK_BYTES);
  const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, position);
  return bytesRead === BLOCK_BYTES && block.every((byte) => byte === 0);
}

/** The size of a member. @throws Error where a pax header has one that the parser would read in part (`1e3` as 1) */
function sizeOf({ size, pax }: FoundHeader): number {
  const written = (pax as { readonly size?: string } | null)?.size;
  if (written !== undefined && !/^\d+$/.test(written)) throw new Error("a header has no size");
  return size;
}

/** Whether an entry is a plain file. @throws Error for what holds content that cannot be told from it alone */
function isPlainFile({ type, size, pax }: FoundHeader): boolean {
  const isSparse = Object.keys(pax ?? {}).some((key) => key.startsWith("GNU.sparse"));
  if (isSparse || (type === null && size > 0)) throw new Error("it has sparse files, or is one of several volumes");
  return type === "file" || type === "contiguous-file";
}

/** A member's name without what leads nowhere. @throws Error for one that points outside or cannot be meant */
function memberName(path: string): string {
  const name = path.replace(/^(?:\.\/+)+/, "");
  if (name.startsWith("/") || name.split("/").includes("..")) throw new Error(`${name} points outside of it`);
  // What the length of a pax record does not fit takes its line end into the name.
  if (/\p{Cc}/u.test(name)) throw new Error("the name of a file in it holds control characters");
  return name;
}

/** Plain files in the order of the archive. @throws Error that says what is wrong with it */
async function* membersOf(path: string): AsyncGenerator<TarMember> {
  const file = await open(path);
  const parser = extract();
  const input = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  // The parser hands on what fails here to who iterates over it; leaving it early is no failure.
  pipeline(input, parser).catch(() => undefined);
  try {
    for await (const entry of parser) {
      const header = entry.header as Header as FoundHeader;
      const bytes = sizeOf(header);
      entry.resume();
      if (isPlainFile(header)) yield { name: memberName(header.name), start: header.byteOffset, bytes };
      // An archive ends with empty blocks: one that was cut off between two files has none.
      const end = header.byteOffset + Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
      if (await isEmptyBlock(file, end)) return;
    }
    throw new Error("it ends too early");
  } catch (cause) {
    const isCut = cause instanceof Error && cause.message === "Unexpected end of data";
    throw isCut ? new Error("it ends too early", { cause }) : cause;
  } finally {
    parser.destroy();
    await file.close();
  }
}

/**
 * Lists a tar archive (POSIX ustar and pax, GNU), by name; of members of one name the last counts, as when it is
 * unpacked. Folders, links, dot files and `__MACOSX` are left out.
 * @throws CorruptCompressionError (also for names
 * that point outside), EmptyFileError, UnsupportedFormatError.
 */
export async function readTar(path: string, source: string): Promise<TarMember[]> {
  const members = new Map<string, TarMember>();
  try {
    for await (const member of membersOf(path)) {
      if (member.name.endsWith("/") || isHidden(member.name)) continue;
      members.set(member.name, member);
      if (members.size > MAX_MEMBERS) throw tooManyMembers(source);
    }
  } catch (cause) {
    if (cause instanceof IngestError) throw cause;
    const isDamagedHeader = cause instanceof Error && cause.message.startsWith("Invalid tar header");
    throw corrupt(source, "tar", isDamagedHeader ? new Error("a header's checksum or format is wrong") : cause);
  }
  if (members.size === 0) throw new EmptyFileError("EMPTY_FILE", `${source} is an archive without files.`, { source });
  return [...members.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const tooManyMembers = (source: string): IngestError =>
  new UnsupportedFormatError(
    "TOO_MANY_MEMBERS",
    `${source} holds more than ${MAX_MEMBERS.toLocaleString("en")} files: drop it in parts.`,
    { source },
  );

/**
 * Copies one member to `target`. Returns the SHA-256 of its content.
 * @throws CorruptCompressionError.
 */
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
