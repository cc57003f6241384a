import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { IngestError } from "../../../lib/ingest/errors.ts";
import { effort } from "../../support/effort.ts";
import { paxRecord, tarOf } from "../../support/tar.ts";
import { workbookOf } from "../../support/workbook.ts";
import { zipOf } from "../../support/zip.ts";
import { columnOf, openWorkbench } from "../helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

const HEADER = "customer,order,date,amount";
const day = (n: number) => `${HEADER}\n${n},A${n},2024-01-${String(n).padStart(2, "0")},${n}.50\n`;

async function refusal(content: Uint8Array): Promise<IngestError> {
  const error = await bench.drop(content).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(IngestError);
  return error as IngestError;
}

describe("tar archives", () => {
  it("are read member by member, by name, each a source", async () => {
    const archive = tarOf([
      { name: "feed/", type: "5" },
      { name: "feed/2.csv", content: day(2) },
      { name: "./feed/1.csv", content: day(1) },
      { name: "feed/.hidden.csv", content: "x" },
      { name: "feed/._2.csv", content: "\0\x05\x16" },
      { name: "feed/latest.csv", type: "2" },
      { name: "feed/3.csv.gz", content: gzipSync(day(3)) },
      {
        name: "feed/4.xlsx",
        content: workbookOf([{ name: "S", rows: [HEADER.split(","), ["4", "A4", "2024-01-04", 4.5]] }]),
      },
    ]);
    for (const [compression, content] of [
      ["none", archive],
      ["gzip", gzipSync(archive)],
      ["zstd", zstdCompressSync(archive)],
    ] as const) {
      const { rows, reading } = await bench.drop(content);
      expect(columnOf(rows, "source"), compression).toEqual([
        "drop.csv/feed/1.csv",
        "drop.csv/feed/2.csv",
        "drop.csv/feed/3.csv.gz",
        "drop.csv/feed/4.xlsx/S",
      ]);
      expect(columnOf(rows, "customer_id")).toEqual(["1", "2", "3", "4"]);
      expect(new Set(reading.files.map(({ container }) => container)).size).toBe(1);
      expect(new Set(reading.files.map(({ contentHash }) => contentHash)).size).toBe(4);
    }
  });

  it("have long names, large sizes and later versions as POSIX and GNU write them", async () => {
    const long = `${"d".repeat(120)}/1.csv`;
    const posix = tarOf([
      { name: "1.csv", prefix: "d".repeat(120), content: day(1) },
      { name: "pax", type: "x", content: paxRecord("mtime", "1") + paxRecord("path", "größe/2.csv") },
      { name: "short", content: day(2) },
      { name: "global", type: "g", content: paxRecord("comment", "x") },
      { name: "3.csv", content: "older, and no table" },
      { name: "3.csv", content: day(3) },
    ]);
    expect(columnOf((await bench.drop(posix)).rows, "source")).toEqual([
      "drop.csv/3.csv",
      `drop.csv/${long}`,
      "drop.csv/größe/2.csv",
    ]);
    const gnu = tarOf(
      [
        { name: "././@LongLink", type: "L", content: `${long}\0` },
        { name: long.slice(0, 100), content: day(1), isBinarySize: true },
        { name: "2.csv", type: "\0", content: day(2), prefix: "14123456701" },
      ],
      { isGnu: true },
    );
    expect(columnOf((await bench.drop(gnu)).rows, "source")).toEqual(["drop.csv/2.csv", `drop.csv/${long}`]);
  });

  const hasTar = spawnSync("tar", ["--version"]).status === 0;
  it.skipIf(!hasTar).each(["ustar", "pax", "gnu"])(
    "of the tar program in format %s are read (skipped without tar)",
    async (format) => {
      const folder = join(bench.directory, `made-${format}`);
      mkdirSync(join(folder, "feed"), { recursive: true });
      for (const n of [1, 2, 3]) writeFileSync(join(folder, "feed", `2024-01-0${n}.csv`), day(n));
      const path = join(folder, "feed.tar.gz");
      const made = spawnSync("tar", ["-czf", path, `--format=${format}`, "-C", folder, "feed"]);
      expect(made.status, String(made.stderr)).toBe(0);
      const { rows } = await bench.drop(readFileSync(path));
      expect(columnOf(rows, "amount")).toEqual(["1.50", "2.50", "3.50"]);
    },
  );

  const two = tarOf([
    { name: "1.csv", content: day(1) },
    { name: "2.csv", content: day(2) },
  ]);
  const changed = (at: number, byte: number): Buffer => {
    const copy = Buffer.from(two);
    copy[at] = byte;
    return copy;
  };
  it.each<[string, Uint8Array, string, RegExp]>([
    ["cut within a member", two.subarray(0, 1700), "CORRUPT_COMPRESSION", /ends too early/],
    ["cut between members", two.subarray(0, 1024), "CORRUPT_COMPRESSION", /ends too early/],
    ["without its end", two.subarray(0, 2048), "CORRUPT_COMPRESSION", /ends too early/],
    ["with a damaged header", changed(1024, 0x7f), "CORRUPT_COMPRESSION", /checksum/],
    ["with a damaged size", changed(130, 0x39), "CORRUPT_COMPRESSION", /checksum/],
    ["that points outside", tarOf([{ name: "../../etc/x.csv", content: day(1) }]), "CORRUPT_COMPRESSION", /outside/],
    ["that points to the root", tarOf([{ name: "/etc/x.csv", content: day(1) }]), "CORRUPT_COMPRESSION", /outside/],
    ["without files", tarOf([{ name: "feed/", type: "5" }]), "EMPTY_FILE", /without files/],
    ["with an empty member", tarOf([{ name: "1.csv", content: "" }]), "EMPTY_FILE", /1\.csv is empty/],
    ["with sparse files", tarOf([{ name: "1.csv", type: "S", content: day(1) }]), "CORRUPT_COMPRESSION", /sparse/],
    ["in an archive", zipOf([{ name: "x.tar", content: two }]), "PACKED_TWICE", /unpack it first/],
    [
      "with an archive",
      tarOf([{ name: "x.zip", content: zipOf([{ name: "1.csv", content: day(1) }]) }]),
      "PACKED_TWICE",
      /unpack/,
    ],
    [
      "with a damaged pax header",
      tarOf([{ name: "p", type: "x", content: "99 path=x\n" }]),
      "CORRUPT_COMPRESSION",
      /damaged/,
    ],
    ...["-512", "-1024", "NaN", "1e3000", "99999999999999"].map((size): [string, Uint8Array, string, RegExp] => [
      `with a pax size of ${size}`,
      tarOf([
        { name: "p", type: "x", content: paxRecord("size", size) },
        { name: "1.csv", content: day(1) },
      ]),
      "CORRUPT_COMPRESSION",
      /damaged tar file/,
    ]),
  ])("are refused %s", async (_, content, code, message) => {
    const error = await refusal(content);
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });

  it("damaged anywhere are refused by name, or lose nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(two.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, change, isCut) => {
          const damaged = isCut ? two.subarray(0, at) : changed(at, (two[at] as number) ^ change);
          const result = await bench.drop(damaged).then(
            ({ reading }) => reading.rows,
            (error: unknown) => {
              expect(error).toBeInstanceOf(IngestError);
              return undefined;
            },
          );
          // A cut archive is whole only up to the empty blocks at its end; a changed byte of content may join or split lines.
          if (result !== undefined && isCut) expect(result).toBe(2);
          if (result !== undefined && !isCut) expect(result).toBeGreaterThan(0);
        },
      ),
      { numRuns: effort(15, 200), seed: 11 },
    );
  });
});
