import { type Entry, openPromise } from "yauzl";
import { EmptyFileError, EncryptedArchiveError, IngestError, UnsupportedFormatError } from "../errors.ts";
import { BOMB_MIN_BYTES, bombError, corrupt, createHashing, MAX_RATIO, unpackTo } from "./decompress.ts";
import { unsupported } from "./fileFormat.ts";

/** More members than this in one archive are refused. */
export const MAX_MEMBERS = 10_000;

/** What a zip file is: an archive of files, or one of the documents that are zip files inside. */
export type ZipContent =
  | { readonly kind: "workbook" }
  | { readonly kind: "archive"; readonly members: readonly ZipMember[] };

export interface ZipMember {
  readonly name: string;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where it is found in the archive without looking through it again. */
  readonly entry: Entry;
}

/** Dot files, and what a Mac adds. */
export const isHidden = (name: string) => name.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");

async function entriesOf(path: string, source: string): Promise<Entry[]> {
  try {
    const zip = await openPromise(path);
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) {
      if (entries.push(entry) > MAX_MEMBERS) {
        zip.close();
        throw new UnsupportedFormatError(
          "TOO_MANY_MEMBERS",
          `${source} holds more than ${MAX_MEMBERS.toLocaleString("en")} files: drop it in parts.`,
          { source },
        );
      }
    }
    return entries;
  } catch (cause) {
    if (cause instanceof IngestError) throw cause;
    throw corrupt(source, "zip", cause);
  }
}

function refuseDocuments(names: ReadonlySet<string>, source: string): void {
  if (names.has("xl/workbook.bin")) {
    throw unsupported(source, "a binary Excel workbook (.xlsb)", "open it and save it as .xlsx or CSV");
  }
  if (names.has("mimetype") && names.has("content.xml")) {
    throw unsupported(source, "an OpenDocument file (.ods)", "open it and save it as .xlsx or CSV");
  }
  if (names.has("word/document.xml") || names.has("ppt/presentation.xml")) {
    throw unsupported(source, "a Word or PowerPoint document", "put the table into a workbook (.xlsx) or CSV");
  }
}

/**
 * Lists a zip file. Folders, dot files and `__MACOSX` are left out.
 * @throws CorruptCompressionError (also for member
 * names that point outside), EncryptedArchiveError, EmptyFileError, UnsupportedFormatError,
 * DecompressionBombError.
 */
export async function readZip(path: string, source: string): Promise<ZipContent> {
  const entries = await entriesOf(path, source);
  const names = new Set(entries.map(({ fileName }) => fileName));
  if (names.has("xl/workbook.xml") || names.has("[Content_Types].xml")) {
    refuseDocuments(names, source);
    checkSize(entries, source);
    return { kind: "workbook" };
  }
  refuseDocuments(names, source);
  const files = entries.filter(({ fileName }) => !fileName.endsWith("/") && !isHidden(fileName));
  const encrypted = files.find((entry) => entry.isEncrypted());
  if (encrypted !== undefined) {
    throw new EncryptedArchiveError(
      "ENCRYPTED_ARCHIVE",
      `${source} holds ${encrypted.fileName} with a password: unpack it with the password and drop what is in it.`,
      { source },
    );
  }
  if (files.length === 0) throw new EmptyFileError("EMPTY_FILE", `${source} is an archive without files.`, { source });
  checkSize(files, source);
  refuseTwins(files, source);
  const members = files.map((entry) => ({
    name: entry.fileName,
    packedBytes: entry.compressedSize,
    bytes: entry.uncompressedSize,
    entry,
  }));
  // The order of an archive is an accident of its making.
  return { kind: "archive", members: members.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** The sizes that an archive declares are held to while it is unpacked, so they can be judged before. */
function checkSize(entries: readonly Entry[], source: string): void {
  const sum = (pick: (entry: Entry) => number) => entries.reduce((total, entry) => total + pick(entry), 0);
  const packed = sum(({ compressedSize }) => compressedSize);
  const maxBytes = Math.max(BOMB_MIN_BYTES, MAX_RATIO * packed);
  if (sum(({ uncompressedSize }) => uncompressedSize) > maxBytes) throw bombError(source, packed, maxBytes);
}

/** No program that packs writes two files of one name, and which of them is meant nobody can tell. */
function refuseTwins(files: readonly Entry[], source: string): void {
  const names = new Set<string>();
  for (const { fileName } of files) {
    if (names.has(fileName)) {
      throw new UnsupportedFormatError(
        "DUPLICATE_MEMBER",
        `${source} holds two files named ${fileName}: unpack it, and drop the one that is meant, or both under names of their own.`,
        { source, member: fileName },
      );
    }
    names.add(fileName);
  }
}

/**
 * Unpacks one member to `target`. Returns the SHA-256 of its content.
 * @throws CorruptCompressionError.
 */
export async function unpackMember(path: string, source: string, member: ZipMember, target: string): Promise<string> {
  const zip = await openPromise(path, { autoClose: false });
  const name = `${source}/${member.name}`;
  try {
    const { entry } = member;
    if (!entry.canDecodeFileData()) {
      throw unsupported(name, `packed by method ${entry.compressionMethod}`, "pack the archive again with deflate");
    }
    const hashing = createHashing();
    const stream = await zip.openReadStreamPromise(entry);
    await unpackTo(target, [stream, hashing.stream], { source: name, format: "zip" });
    return hashing.digest();
  } catch (cause) {
    if (cause instanceof IngestError) throw cause;
    throw corrupt(name, "zip", cause);
  } finally {
    zip.close();
  }
}
