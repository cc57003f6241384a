import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { COMMAND_NAMES } from "../../bin/commandList.ts";
import { runCommandLine } from "../../bin/program.ts";
import { guardOutput, printable, style } from "../../bin/terminal.ts";
import { temporaryFolder } from "../support/lake.ts";
import { zipOf } from "../support/zip.ts";

/** An escape sequence, its one-byte form, a carriage return, a bell, an override of the writing direction, a line separator. */
const HOSTILE = "\u001b]0;owned\u0007\u009b31m\u202e\u2028\u0085";
const RAW = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

const folder = temporaryFolder();
const before = process.cwd();
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

/** What a command prints, byte for byte. */
async function printed(args: readonly string[]): Promise<string> {
  const chunks: string[] = [];
  const streams = [process.stdout, process.stderr];
  const writes = streams.map(({ write }) => write);
  for (const stream of streams) {
    stream.write = ((chunk: string | Uint8Array) => {
      chunks.push(typeof chunk === "string" ? chunk : `(data)${Buffer.from(chunk).toString()}`);
      return true;
    }) as typeof stream.write;
  }
  try {
    await runCommandLine(args);
  } finally {
    streams.forEach((stream, i) => {
      stream.write = writes[i] as typeof stream.write;
    });
    process.exitCode = undefined;
  }
  return chunks.join("");
}

function hostileShop(): string {
  const lines = Array.from({ length: 240 }, (_, i) => {
    const customer = `c${i % 40}${i % 40 === 7 ? HOSTILE : ""}`;
    const day = `2024-0${1 + (i % 9)}-1${i % 7}`;
    return `o${i},"${customer}",${day},"thing${HOSTILE}","land${HOSTILE}",${1 + (i % 5)},${i === 7 ? "9999" : "2.50"},note`;
  });
  const header = `order_id,customer_id,order_date,product_id,country,quantity,unit_price,"extra${HOSTILE}"`;
  return `${header}\n${lines.join("\n")}\nx1,"",2024-01-01,"p${HOSTILE}",x,1,1,y\n`;
}

describe("what a file or an argument says never reaches a terminal raw", () => {
  const member = `shop${HOSTILE.replaceAll("\u2028", "")}.csv`;
  beforeAll(() => {
    writeFileSync(join(folder, "shop.zip"), zipOf([{ name: member, content: hostileShop() }]));
    writeFileSync(join(folder, "bad.zip"), zipOf([{ name: member, content: "a,b\n1,2\n" }]));
  });

  const asked: readonly (readonly string[])[] = [
    ["inspect", "shop.zip"],
    ["inspect", "bad.zip"],
    ["run", "bad.zip"],
    ["run", "shop.zip"],
    ["runs"],
    ["ingests"],
    ["ingests", "--json"],
    ["rejects"],
    ["rejects", "--reason", HOSTILE],
    ["query", "select * from current_segments"],
    ["query", "--format", "json", "select * from current_segments"],
    ["query", `select '${HOSTILE}' as "a${HOSTILE}"`],
    ["query", `select ${HOSTILE}`],
    ["models", "list"],
    ["report"],
    ["backtest"],
    ["forget", `nobody${HOSTILE}`],
    ["publish", `run${HOSTILE}`],
    ["config"],
    ["cost", "--rows", "10", "--customers", "5"],
    ["export", "--segment", HOSTILE],
  ];
  it.each(asked.map((args) => [args.join(" ").replace(/[^ -~]/g, "?"), args] as const))("rfm %s", async (_, args) => {
    const text = await printed(args);
    expect(text).not.toBe("");
    expect(text).not.toMatch(RAW);
  });

  it.each(COMMAND_NAMES)("rfm %s with an option, an argument and a lake of such a name", async (name) => {
    for (const args of [[name, `--x${HOSTILE}`], [name, "--lake", `no${HOSTILE}`, "--port", HOSTILE], [HOSTILE]])
      expect(await printed(args)).not.toMatch(RAW);
  });
});

describe("the guard", () => {
  const stream = (isTTY: boolean, hasColors: boolean) =>
    ({ isTTY, hasColors: () => hasColors }) as unknown as NodeJS.WriteStream;
  afterEach(() => vi.unstubAllEnvs());

  it("lets its own colours pass on a terminal, and no others", () => {
    vi.stubEnv("NO_COLOR", "");
    expect(printable("a\u001b[31mb", stream(true, true))).toBe("a\\u001b[31mb");
    expect(printable(style.red("x"), stream(true, true))).toBe("\u001b[31mx\u001b[39m");
  });

  it("colours a stream, not a program: a pipe beside a terminal stays plain", () => {
    vi.stubEnv("NO_COLOR", "");
    vi.stubEnv("CI", "true");
    expect(printable(style.red("x"), stream(false, false))).toBe("x");
    expect(printable(style.red("x"), stream(true, false))).toBe("x");
    vi.stubEnv("FORCE_COLOR", "1");
    expect(printable(style.red("x"), stream(false, false))).toBe("\u001b[31mx\u001b[39m");
    vi.stubEnv("NO_COLOR", "1");
    expect(printable(style.red("x"), stream(true, true))).toBe("x");
  });

  it("keeps data as it is, but not on a terminal", () => {
    const written: unknown[] = [];
    const stream = {
      isTTY: false,
      write(chunk: unknown) {
        written.push(chunk);
        return true;
      },
    };
    const end = guardOutput(stream as unknown as NodeJS.WriteStream);
    const data = Buffer.from(HOSTILE);
    stream.write(data);
    stream.isTTY = true;
    stream.write(data);
    end();
    expect(written[0]).toBe(data);
    expect(written[1]).not.toMatch(RAW);
  });
});
