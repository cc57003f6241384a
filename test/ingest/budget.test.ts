import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { isFullEffort } from "../support/effort.ts";
import { HOSTILE_FILES } from "./hostileFiles.ts";
import { overBudget } from "./readerBudget.ts";
import type { Reading } from "./readMeter.ts";

const METER = fileURLToPath(new URL("readMeter.ts", import.meta.url));

/** What hung, took gigabytes or was told in an engine's words before there was a budget. */
const QUICK = [
  "lines that end in turns",
  "a million columns",
  "lines far shorter than the header",
  "names that are ever new",
  "a zero byte in a name",
  "an order that all its lines repeat",
  "a long text in a workbook",
  "a longer text in a workbook",
  "a column far out in a workbook",
  "one text in all cells",
];
const cases = Object.entries(HOSTILE_FILES).filter(([name]) => isFullEffort || QUICK.includes(name));

const readings = execFileSync(process.execPath, ["--expose-gc", METER, ...cases.map(([name]) => name)], {
  encoding: "utf8",
  maxBuffer: 1e8,
})
  .trim()
  .split("\n")
  .map((text) => JSON.parse(text) as Reading);

describe("a reader's budget", () => {
  it.each(cases)("holds for %s", (name) => {
    const pair = readings.filter((reading) => reading.name === name) as [Reading, Reading];
    expect(overBudget(name, pair), JSON.stringify(pair, null, 2)).toBeUndefined();
  });
});
