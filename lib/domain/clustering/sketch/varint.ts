/** A growing byte buffer with unsigned LEB128 integers up to 2⁵³ − 1. */
export interface ByteWriter {
  bytes: Uint8Array;
  length: number;
}

/** A cursor over bytes; reading past the end yields NaN, which every caller must refuse. */
export interface ByteReader {
  readonly bytes: Uint8Array;
  offset: number;
}

export function createWriter(expectedBytes = 1024): ByteWriter {
  return { bytes: new Uint8Array(expectedBytes), length: 0 };
}

/** Writes a non-negative integer, 7 bits a byte, lowest first. */
export function writeVarint(writer: ByteWriter, value: number): void {
  if (writer.length + 8 > writer.bytes.length) {
    const larger = new Uint8Array(writer.bytes.length * 2 + 8);
    larger.set(writer.bytes);
    writer.bytes = larger;
  }
  let rest = value;
  while (rest >= 128) {
    const high = Math.floor(rest / 128);
    writer.bytes[writer.length++] = rest - high * 128 + 128;
    rest = high;
  }
  writer.bytes[writer.length++] = rest;
}

/** Reads one integer; NaN when the bytes end inside it or it exceeds 2⁵³ − 1. */
export function readVarint(reader: ByteReader): number {
  const { bytes } = reader;
  let value = 0;
  for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
    if (reader.offset >= bytes.length) return Number.NaN;
    const byte = bytes[reader.offset++];
    value += (byte & 127) * factor;
    if (byte < 128) return Number.isSafeInteger(value) ? value : Number.NaN;
  }
  return Number.NaN;
}

/** FNV-1a checksum of the bytes before `end`. */
export function checksum(bytes: Uint8Array, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash >>> 0;
}
