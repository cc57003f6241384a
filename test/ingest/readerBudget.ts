import { HOSTILE_FILES } from "./hostileFiles.ts";
import type { Reading } from "./readMeter.ts";

/** Linear is 4, quadratic 16; below the floor start-up and noise decide. */
const MAX_RATIO = 9;
const CPU_FLOOR_SECONDS = 0.4;
const MEMORY_FLOOR_BYTES = 150e6;
/** Docs: below 1 GB; the process before it read anything is not counted here. */
const MAX_PEAK_BYTES = 850e6;

/** What is wrong with how a hostile file was read, at a size and at four times the size; undefined where nothing is. */
export function overBudget(name: string, [small, large]: readonly [Reading, Reading]): string | undefined {
  const expected = HOSTILE_FILES[name]?.outcome;
  for (const { outcome } of [small, large]) {
    const isRead = Number(/^(\d+) rows/.exec(outcome)?.[1]) > 10;
    if (expected === "read" ? !isRead : expected === undefined || !expected.test(outcome)) return `told: ${outcome}`;
    // What is told is in our words, never an engine's.
    if (/^Error|SET threads|LINE \d/.test(outcome)) return `an engine's words: ${outcome}`;
  }
  const ratio = large.cpuSeconds / Math.max(CPU_FLOOR_SECONDS, small.cpuSeconds);
  if (ratio >= MAX_RATIO) return `${ratio.toFixed(1)} times the CPU time for four times the size`;
  if (small.peakBytes === undefined || large.peakBytes === undefined) return undefined;
  const more = large.peakBytes / Math.max(MEMORY_FLOOR_BYTES, small.peakBytes);
  if (more >= MAX_RATIO) return `${more.toFixed(1)} times the memory for four times the size`;
  return large.peakBytes < MAX_PEAK_BYTES ? undefined : `${large.peakBytes} bytes at the peak`;
}
