import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { countInDropped } from "../../../lib/local/erasure/droppedFile.ts";
import { workbookOf } from "../../support/workbook.ts";
import { zipOf } from "../../support/zip.ts";

const ID = 'Ö\'Neil & "Co"';
const csv = `customer_id,note\n"${ID}",x\nb,${ID}\nb,x${ID}x\n`;
const utf16 = Buffer.from(csv, "utf16le");
const workbook = workbookOf([{ name: "a", rows: [["customer"], [ID], [12_347], ["12347.5"]] }]);

describe("a file as dropped", () => {
  it.each<[string, Uint8Array]>([
    ["plain", Buffer.from(csv)],
    ["Latin-1", Buffer.from(csv, "latin1")],
    ["UTF-16", utf16],
    ["UTF-16 with a byte order mark", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ["UTF-16, big end first", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]).swap16()],
    ["gzip", gzipSync(csv)],
    ["zstd of UTF-16", zstdCompressSync(utf16)],
    [
      "an archive",
      zipOf([
        { name: "a/b.csv", content: csv },
        { name: "c.csv", content: "none" },
      ]),
    ],
    ["an archive in an archive", zipOf([{ name: "inner.zip", content: zipOf([{ name: "a.csv", content: csv }]) }])],
    ["an archive of a packed file", zipOf([{ name: "a.csv.gz", content: gzipSync(csv) }])],
  ])("is searched for an id: %s", async (_, bytes) => {
    expect(await countInDropped(bytes, ID)).toBe(2);
    expect(await countInDropped(bytes, "Nobody")).toBe(0);
  });

  it("is searched as a workbook, whose texts are XML and whose numbers are plain", async () => {
    expect(await countInDropped(workbook, ID)).toBe(1);
    expect(await countInDropped(workbook, "12347")).toBe(1);
  });

  it.each<[string, Uint8Array]>([
    ["cut gzip", gzipSync(csv).subarray(0, 30)],
    ["cut archive", zipOf([{ name: "a.csv", content: csv }]).subarray(0, 40)],
    ["an encrypted archive", zipOf([{ name: "a.csv", content: csv, isEncrypted: true }])],
  ])("is no file without the id when it cannot be looked into: %s", async (_, bytes) => {
    await expect(countInDropped(bytes, ID)).rejects.toThrow();
  });
});
