/* What the system refuses, met for real: each command runs in a namespace of its own where a folder is mounted read-only or too small. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programFlags } from "../../scripts/programFlags.ts";
import { rfmHere } from "../support/cli.ts";
import { published, QUICK, temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";

const BIN = fileURLToPath(new URL("../../bin/rfm.ts", import.meta.url));
const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Only Linux has such namespaces, and not every container gives them. */
const canMount = spawnSync("unshare", ["-Urm", "mount", "-t", "tmpfs", "tmpfs", folder]).status === 0;

const READ_ONLY = "mount --bind lake lake && mount -o remount,ro,bind lake";

/** The program behind a mount that nobody else sees. */
function rfmBehind(mount: string, args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const { FORCE_COLOR: _colour, ...environment } = process.env;
  const program = [process.execPath, ...programFlags(), BIN, ...args];
  const { status, stdout, stderr } = spawnSync(
    "unshare",
    ["-Urm", "sh", "-c", `${mount} && exec "$@"`, "sh", ...program],
    { cwd: folder, encoding: "utf8", env: { ...environment, NO_COLOR: "1", TMPDIR: process.env.TMPDIR ?? "/tmp" } },
  );
  return { code: status, stdout, stderr };
}

describe.skipIf(!canMount)("what the system refuses", () => {
  beforeAll(async () => {
    writeText(join(folder, "shop.csv"), shopCsv({ seed: 1, customers: 60, lines: 400 }));
    writeText(join(folder, "june.csv"), shopCsv({ seed: 2, customers: 60, lines: 400 }));
    writeText(join(folder, "config.json"), JSON.stringify(QUICK));
    mkdirSync(join(folder, "small"));
    const { code, stderr } = await rfmHere(["run", "shop.csv", "--config", "config.json"], { cwd: folder });
    expect(code, stderr).toBe(0);
  });

  it("leaves an export from a read-only lake its file, with a warning", () => {
    const { code, stderr } = rfmBehind(READ_ONLY, ["export", "--format", "csv", "--out", "out.csv"]);
    expect([code, existsSync(join(folder, "out.csv"))]).toEqual([0, true]);
    expect(stderr).toMatch(/warning The lake has no note of this export: .*read-only/);
  });

  it.each([
    ["runs", /^error The lake's catalog .* cannot be written: its file system is read-only.*\[LAKE_READ_ONLY\]$/],
    ["run june.csv", /^error The lake .* cannot be written: the file system is read-only.*\[LAKE_FOLDER\]$/],
  ])("is told in a line where the lake is read-only: rfm %s", (command, told) => {
    const { code, stdout, stderr } = rfmBehind(READ_ONLY, command.split(" "));
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr.trim().split("\n").at(-1)).toMatch(told);
  });

  it("is told where a disk is full, or temporary files have no place, and the lake stays as it was", async () => {
    const before = await published(join(folder, "lake"));
    const run = ["run", "june.csv", "--config", "config.json", "--quiet"];
    const full = rfmBehind("mount -t tmpfs -o size=3m tmpfs small", [...run, "--lake", "small/lake"]);
    expect([full.code, full.stderr]).toEqual([1, expect.stringContaining("the disk is full: make room there")]);
    const noPlace = rfmBehind('mount -t tmpfs -o ro tmpfs small && export TMPDIR="$PWD/small"', run);
    expect([noPlace.code, noPlace.stderr]).toEqual([
      1,
      expect.stringMatching(/small.*: the file system is read-only: choose another place/),
    ]);
    for (const { stderr } of [full, noPlace]) expect(stderr).not.toMatch(/fault of rfm|\n\s+at /);
    expect(await published(join(folder, "lake"))).toEqual(before);
  });
});
