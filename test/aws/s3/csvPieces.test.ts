import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvPieces } from "../../../lib/aws/s3/csvPieces.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";

const cell = fc
  .array(fc.constantFrom("a", "é", "\n", '""', ",", "\r\n", "x;y", "日"), { maxLength: 6 })
  .map((parts) => `"${parts.join("")}"`);
const record = fc.array(cell, { minLength: 2, maxLength: 2 }).map((cells) => `${cells.join(",")}\n`);

async function piecesOf(text: string, pieceBytes: number): Promise<string[]> {
  const store = openFolderStore(await mkdtemp(join(tmpdir(), "rfm-pieces-")));
  const part = await store.write("part.csv", text);
  const pieces: string[] = [];
  for await (const piece of csvPieces(store, part, pieceBytes))
    pieces.push(new TextDecoder("utf-8", { fatal: true }).decode(piece));
  return pieces;
}

const HEADER = "customer_id,value\n";

describe("csvPieces", () => {
  it("gives pieces with the header each, which together are the rows in their order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 40 }),
        fc.integer({ min: 1, max: 200 }),
        async (records, pieceBytes) => {
          const pieces = await piecesOf(HEADER + records.join(""), pieceBytes);
          for (const piece of pieces) expect(piece.startsWith(HEADER)).toBe(true);
          expect(pieces.map((piece) => piece.slice(HEADER.length)).join("")).toBe(records.join(""));
        },
      ),
      { numRuns: 50 },
    );
  });

  it("cuts at the size asked for, across the reader's own chunks, never within quotes", async () => {
    const records = Array.from(
      { length: 120_000 },
      (_, i) => `"customer ${i}\nsecond line; ""quoted""",${"v".repeat(i % 150)}\n`,
    );
    const pieces = await piecesOf(HEADER + records.join(""), 4 * 1024 * 1024);
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) {
      expect((piece.match(/"/g) ?? []).length % 2).toBe(0);
      expect(piece.endsWith("\n")).toBe(true);
    }
    expect(pieces.map((piece) => piece.slice(HEADER.length)).join("")).toBe(records.join(""));
  });

  it("gives nothing for a part without rows", async () => {
    expect(await piecesOf(HEADER, 100)).toEqual([]);
  });
});
