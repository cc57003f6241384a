import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { systemRefusal } from "../../bin/commands/systemErrors.ts";
import { writeText } from "../../lib/local/audience/atomicFile.ts";
import { rfmHere } from "../support/cli.ts";
import { temporaryFolder } from "../support/lake.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* text(): AsyncIterable<string> {
  yield "customer_id\n";
}

describe("what is not a fault of the program is told as what it is", () => {
  it.each([["query"], ["query", "select 1"], ["serve", "--port", "0"], ["runs"], ["ingests"], ["rejects"], ["report"]])(
    "rfm %s of a lake that is not there",
    async (...args) => {
      const { code, stdout, stderr } = await rfmHere([...args, "--lake", "nowhere"], { cwd: folder });
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/no lake in .*nowhere/);
      expect(existsSync(join(folder, "nowhere"))).toBe(false);
    },
  );

  it("a question mark in the lake's path", async () => {
    writeFileSync(join(folder, "a.csv"), "customer,date,amount\n1,2024-01-01,5\n2,2024-01-02,6\n");
    const { code, stderr } = await rfmHere(["run", "a.csv", "--lake", "what?"], { cwd: folder });
    expect([code, stderr]).toEqual([1, expect.stringContaining("has a question mark")]);
  });

  it.each(["ENOSPC", "EACCES", "EROFS"])("%s, also as the cause of another error", (code) => {
    const refused = Object.assign(new Error(code), { code, path: "/data/lake" });
    expect(systemRefusal(refused)).toMatch(/^\/data\/lake: .+\.$/);
    expect(systemRefusal(new Error("x", { cause: refused }))).toBe(systemRefusal(refused));
    expect(systemRefusal(new Error("x"))).toBeUndefined();
  });
});

describe("an output that is no plain file", () => {
  it("is refused where it is a pipe, which stays", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    await expect(writeText(pipe, text())).rejects.toThrow("leave --out away");
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  it("is written through where it is a link, which stays", async () => {
    writeFileSync(join(folder, "target"), "old");
    symlinkSync("target", join(folder, "link"));
    await writeText(join(folder, "link"), text());
    expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "target"), "utf8")).toBe("customer_id\n");
  });
});
