import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { isFullEffort } from "../support/effort.ts";
import { HOSTILE_FILES } from "./hostileFiles.ts";
import type { Reading } from "./readMeter.ts";

const METER = fileURLToPath(new URL("readMeter.ts", import.meta.url));

/** Linear is 4, quadratic 16; below the floor start-up and noise decide. */
const MAX_CPU_RATIO = 9;
const CPU_FLOOR_SECONDS = 0.4;
const MEMORY_FLOOR_BYTES = 150e6;
/** Docs: below 1 GB; the process before it read anything is not counted here. */
const MAX_PEAK_BYTES = 850e6;

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
  it.each(cases)("holds for %s", (name, { outcome }) => {
    const [small, large] = readings.filter((reading) => reading.name === name) as [Reading, Reading];
    const told = JSON.stringify([small, large], null, 2);
    for (const reading of [small, large]) {
      if (outcome !== "read") expect(reading.outcome, told).toMatch(outcome);
      else expect(Number(/^(\d+) rows/.exec(reading.outcome)?.[1]), told).toBeGreaterThan(10);
      // What is told is in our words, never an engine's.
      expect(reading.outcome, told).not.toMatch(/^Error|SET threads|LINE \d/);
    }
    expect(large.cpuSeconds / Math.max(CPU_FLOOR_SECONDS, small.cpuSeconds), told).toBeLessThan(MAX_CPU_RATIO);
    if (small.peakBytes === undefined || large.peakBytes === undefined) return;
    const ratio = large.peakBytes / Math.max(MEMORY_FLOOR_BYTES, small.peakBytes);
    expect(ratio, told).toBeLessThan(MAX_CPU_RATIO);
    expect(large.peakBytes, told).toBeLessThan(MAX_PEAK_BYTES);
  });
});
