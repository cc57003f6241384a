import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin/rfm.ts", import.meta.url));

export interface CliResult {
  /** Exit status, or null after a signal. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  /** Hears each line of stderr as it is printed; `kill` ends the process at once (SIGKILL). */
  readonly onLine?: (line: string, kill: () => void) => void;
  /** Kills the process this long after its start. */
  readonly killAfterMs?: number;
}

/** Runs the command line as a user does: another process, its exit status and what it printed. */
export function rfm(args: readonly string[], { cwd, onLine, killAfterMs }: CliOptions): Promise<CliResult> {
  const { RFM_DATABASE_URL: _ignored, FORCE_COLOR: _colour, ...environment } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { ...environment, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  const timer = killAfterMs === undefined ? undefined : setTimeout(kill, killAfterMs);
  let stdout = "";
  const lines: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  createInterface({ input: child.stderr }).on("line", (line) => {
    lines.push(line);
    onLine?.(line, kill);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr: lines.join("\n") });
    });
  });
}
