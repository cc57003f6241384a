import { type FileHandle, open, stat } from "node:fs/promises";
import { EmptyFileError, UnreadableFileError, UnsupportedFormatError } from "../errors.ts";
import type { Compression, DropFile } from "../types.ts";
import { decompress } from "./decompress.ts";
import { containerOf } from "./fileFormat.ts";
import { readTar, unpackTarMember } from "./tarArchive.ts";
import { readZip, unpackMember } from "./zipArchive.ts";

/** Bytes looked at to decide dialect, header and columns. */
export const SAMPLE_BYTES = 256 * 1024;

/** Content that can be read from its start, decompressed. */
export interface OpenedFile {
  /** Of a member of an archive: `archive.zip/member.csv`. */
  readonly source: string;
  /** The dropped file that it is a part of, where it is one. */
  readonly container: string | undefined;
  /** What it is; whether a text is JSON shows when it is decoded. */
  readonly kind: "text" | "parquet" | "workbook";
  /** Where the (decompressed) bytes lie. */
  readonly path: string;
  /** Whether the path is the dropped file itself, which is not ours to remove. */
  readonly isAsDropped: boolean;
  /** Size as dropped, or as packed in an archive. */
  readonly bytes: number;
  readonly compression: Compression;
  /** Known already when the file had to be read whole; else undefined. */
  readonly contentHash: string | undefined;
}

/** Reads up to `bytes` from the start of a file. */
export async function readSample(path: string, bytes = SAMPLE_BYTES): Promise<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(await bytesToHold(file, bytes));
    let filled = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, filled);
      filled += bytesRead;
      if (bytesRead === 0 || filled === buffer.length) return buffer.subarray(0, filled);
    }
  } finally {
    await file.close();
  }
}

/** The size of a buffer for a file that is read in pieces of at most so many bytes: small files need little. */
export async function bytesToHold(file: FileHandle, most: number): Promise<number> {
  const { size } = await file.stat();
  return size === 0 ? most : Math.min(most, size);
}

async function checkFile({ path, source }: DropFile): Promise<number> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new UnreadableFileError(
      "FILE_NOT_FOUND",
      `${source}: there is no readable file at ${path}.`,
      { source },
      { cause },
    );
  });
  if (facts.isFile()) return facts.size;
  throw new UnreadableFileError("NOT_A_FILE", `${source} is a folder or a device, not a file: name the files in it.`, {
    source,
  });
}

async function firstBytes({ path, source }: DropFile): Promise<Buffer> {
  const sample = await readSample(path, 4096).catch((cause: unknown) => {
    throw new UnreadableFileError("FILE_NOT_READABLE", `${source} cannot be read (${path}).`, { source }, { cause });
  });
  if (sample.length === 0) throw new EmptyFileError("EMPTY_FILE", `${source} is empty (0 bytes).`, { source });
  return sample;
}

/**
 * Opens a dropped file: checks that it is there and of a format that is read, and unpacks it where it is packed, one
 * member after the other where it is an archive. `scratchPath` gives a path for the named intermediate file.
 * @throws UnreadableFileError, EmptyFileError, UnsupportedFormatError, CorruptCompressionError,
 * EncryptedArchiveError, DecompressionBombError.
 */
export async function* openFile(file: DropFile, scratchPath: (name: string) => string): AsyncGenerator<OpenedFile> {
  const bytes = await checkFile(file);
  yield* openContent({ ...file, bytes, isAsDropped: true, container: undefined, contentHash: undefined }, scratchPath);
}

interface Content extends DropFile, Pick<OpenedFile, "bytes" | "isAsDropped" | "container" | "contentHash"> {}

async function* openContent(file: Content, scratchPath: (name: string) => string): AsyncGenerator<OpenedFile> {
  const outer = containerOf(await firstBytes(file), file.source);
  if (outer === "zip" || outer === "tar") {
    yield* openArchive(outer, file, scratchPath);
  } else if (outer === "gzip" || outer === "zstd") {
    const path = scratchPath("raw");
    const hash = await decompress(file, outer, path);
    const sample = await readSample(path, 4096);
    if (sample.length === 0) {
      throw new EmptyFileError("EMPTY_FILE", `${file.source} decompresses to nothing.`, { source: file.source });
    }
    const inner = containerOf(sample, file.source);
    const unpacked = { ...file, path, isAsDropped: false, contentHash: file.contentHash ?? hash };
    if (inner === "zip" || inner === "tar") yield* openArchive(inner, unpacked, scratchPath);
    else if (inner === "gzip" || inner === "zstd") throw packedTwice(file.source);
    else yield { ...unpacked, kind: inner, compression: outer };
  } else yield { ...file, kind: outer, compression: "none" };
}

const packedTwice = (source: string) =>
  new UnsupportedFormatError("PACKED_TWICE", `${source} is compressed more than once: unpack it first.`, { source });

/** A file in an archive, with the way to unpack it to a path; gives back the SHA-256 of its content. */
interface Member {
  readonly name: string;
  /** As packed. */
  readonly bytes: number;
  readonly unpack: (target: string) => Promise<string>;
}

async function membersOf(kind: "zip" | "tar", { path, source }: Content): Promise<"workbook" | readonly Member[]> {
  if (kind === "tar") {
    const members = await readTar(path, source);
    return members.map((member) => ({
      ...member,
      unpack: (target) => unpackTarMember(path, source, member, target),
    }));
  }
  const content = await readZip(path, source);
  if (content.kind === "workbook") return "workbook";
  return content.members.map((member) => ({
    name: member.name,
    bytes: member.packedBytes,
    unpack: (target) => unpackMember(path, source, member, target),
  }));
}

async function* openArchive(
  kind: "zip" | "tar",
  file: Content,
  scratchPath: (name: string) => string,
): AsyncGenerator<OpenedFile> {
  if (kind === "tar" && file.container !== undefined) throw packedTwice(file.source);
  const members = await membersOf(kind, file);
  if (members === "workbook") {
    yield { ...file, kind: "workbook", compression: "none" };
    return;
  }
  if (file.container !== undefined) throw packedTwice(file.source);
  for (const [index, { name, bytes, unpack }] of members.entries()) {
    const path = scratchPath(`member${index}`);
    const contentHash = await unpack(path);
    const part = {
      path,
      source: `${file.source}/${name}`,
      container: file.source,
      bytes,
      isAsDropped: false,
      contentHash,
    };
    yield* openContent(part, (scratch) => scratchPath(`member${index}.${scratch}`));
  }
}
