import { createLogUpdate } from "log-update";
import type { MachineEvent } from "../../../lib/local/run/machine.ts";
import { drawingStream, style as pc, printable } from "../../terminal.ts";

/** How long each top-level state took, in the order in which they began. */
export interface StateTiming {
  readonly state: string;
  readonly ms: number;
}

export interface Progress {
  readonly onEvent: (event: MachineEvent) => void;
  /** Clears what is drawn, or leaves it where the run failed, to show how far it came; the timings so far. */
  finish(outcome: "done" | "failed"): StateTiming[];
}

const BAR_CELLS = 24;
interface Entry {
  readonly state: string;
  readonly startedAtMs: number;
  endedAtMs?: number;
  done: number;
  total: number;
}

/**
 * Shows states as they run: a live list on a terminal, one plain line per finished state elsewhere, nothing when quiet.
 */
export function createProgress(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  const live = !quiet && stream.isTTY === true;
  const log = live ? createLogUpdate(drawingStream(stream)) : undefined;
  const entries: Entry[] = [];
  const draw = (): void => log?.(printable(entries.map(liveLine).join("\n"), stream));
  const timer = live ? setInterval(draw, 100) : undefined;
  timer?.unref();
  const onEvent = (event: MachineEvent): void => {
    if (!event.isStage) return;
    const open = entries.find((entry) => entry.state === event.state && entry.endedAtMs === undefined);
    if (event.type === "entered") entries.push({ state: event.state, startedAtMs: event.atMs, done: 0, total: 0 });
    if (event.type === "iterated" && open !== undefined) Object.assign(open, { done: event.done, total: event.total });
    if (event.type === "exited" && open !== undefined) {
      open.endedAtMs = event.atMs;
      if (!live && !quiet) stream.write(`${plainLine(open)}\n`);
    }
    if (event.type === "retried" && !quiet && !live) stream.write(`${event.state}: trying again\n`);
    draw();
  };
  const finish = (outcome: "done" | "failed"): StateTiming[] => {
    clearInterval(timer);
    if (outcome === "failed") draw();
    else log?.clear();
    log?.done();
    return entries.map((entry) => ({
      state: entry.state,
      ms: (entry.endedAtMs ?? entry.startedAtMs) - entry.startedAtMs,
    }));
  };
  return { onEvent, finish };
}

function plainLine(entry: Entry): string {
  const count = entry.total > 0 ? `${entry.done}/${entry.total}` : "";
  return `${entry.state.padEnd(20)}${count.padStart(7)}${seconds((entry.endedAtMs ?? 0) - entry.startedAtMs).padStart(9)}`;
}

function liveLine(entry: Entry): string {
  const ended = entry.endedAtMs !== undefined;
  const mark = ended ? pc.green("✓") : pc.cyan("▸");
  const name = ended ? entry.state.padEnd(20) : pc.bold(entry.state.padEnd(20));
  const elapsedMs = (entry.endedAtMs ?? Date.now()) - entry.startedAtMs;
  const bar =
    entry.total > 0 && !ended ? ` ${barOf(entry)}` : entry.total > 0 ? pc.dim(` ${entry.done}/${entry.total}`) : "";
  return `${mark} ${name}${pc.dim(seconds(elapsedMs).padStart(8))}${bar}`;
}

function barOf({ done, total }: Entry): string {
  const filled = Math.round((BAR_CELLS * done) / total);
  return `${"█".repeat(filled)}${pc.dim("░".repeat(BAR_CELLS - filled))} ${done}/${total}`;
}

/** Seconds with two decimals, "0.42 s". */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
