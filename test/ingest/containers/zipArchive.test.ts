import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { ZipFile } from "yauzl";
import { readZip, unpackMember } from "../../../lib/ingest/containers/zipArchive.ts";
import { zipOf } from "../../support/zip.ts";

const directory = mkdtempSync(join(tmpdir(), "zip-test-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const archive = (names: readonly string[]): string => {
  const path = join(directory, `${names.length}.zip`);
  writeFileSync(path, zipOf(names.map((name) => ({ name, content: `of ${name}` }))));
  return path;
};

describe("zip archives", () => {
  it("with two files of one name are refused, and the name is told", async () => {
    await expect(readZip(archive(["a.csv", "b.csv", "a.csv"]), "drop.zip")).rejects.toThrow(
      expect.objectContaining({
        code: "DUPLICATE_MEMBER",
        message: expect.stringMatching(/^drop\.zip holds two files named a\.csv: unpack it/),
      }),
    );
  });

  it("have their directory read once, however many members are unpacked", async () => {
    const path = archive(Array.from({ length: 300 }, (_, i) => `${i}.csv`));
    const reads = vi.spyOn(ZipFile.prototype, "readEntry");
    const content = await readZip(path, "drop.zip");
    if (content.kind !== "archive") throw new Error("it is an archive");
    const listed = reads.mock.calls.length;
    for (const member of content.members) await unpackMember(path, "drop.zip", member, join(directory, "out"));
    expect(reads.mock.calls.length).toBe(listed);
  });
});
