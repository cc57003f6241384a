import { crc32, deflateRawSync } from "node:zlib";

export interface ZipEntry {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Sets the flag of encryption; the content is not encrypted. */
  readonly isEncrypted?: boolean;
  /** The uncompressed size that the archive declares, in place of the true one. */
  readonly declaredBytes?: number;
  /** Writes sizes and offset as ZIP64 does. */
  readonly isZip64?: boolean;
}

/** A zip archive of a few files, by the book (APPNOTE.TXT 6.3): local headers, central directory, its end. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content);
    const packed = deflateRawSync(content);
    const name = Buffer.from(entry.name);
    const bytes = entry.declaredBytes ?? content.length;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(45, 0);
    common.writeUInt16LE(0x0800 | (entry.isEncrypted === true ? 1 : 0), 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, packed]);
    locals.push(local);
    directory.push(directoryRecord(common, name, offset, entry.isZip64 === true, packed.length, bytes));
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  const isZip64 = entries.some((entry) => entry.isZip64 === true);
  return Buffer.concat([
    ...locals,
    central,
    ...(isZip64 ? [zip64End(entries.length, central.length, offset)] : []),
    end,
  ]);
}

function directoryRecord(
  common: Buffer,
  name: Buffer,
  offset: number,
  isZip64: boolean,
  packedBytes: number,
  bytes: number,
): Buffer {
  const fields = Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([45, 0]), common, Buffer.alloc(14)]);
  const extra = Buffer.alloc(isZip64 ? 28 : 0);
  if (isZip64) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(24, 2);
    extra.writeBigUInt64LE(BigInt(bytes), 4);
    extra.writeBigUInt64LE(BigInt(packedBytes), 12);
    extra.writeBigUInt64LE(BigInt(offset), 20);
    fields.writeUInt32LE(0xffffffff, 20);
    fields.writeUInt32LE(0xffffffff, 24);
    fields.writeUInt16LE(extra.length, 30);
  }
  fields.writeUInt32LE(isZip64 ? 0xffffffff : offset, 42);
  return Buffer.concat([fields, name, extra]);
}

function zip64End(entries: number, centralBytes: number, centralOffset: number): Buffer {
  const record = Buffer.alloc(56);
  record.write("PK\x06\x06", 0, "latin1");
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(centralBytes), 40);
  record.writeBigUInt64LE(BigInt(centralOffset), 48);
  const locator = Buffer.alloc(20);
  locator.write("PK\x06\x07", 0, "latin1");
  locator.writeBigUInt64LE(BigInt(centralOffset + centralBytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator]);
}
