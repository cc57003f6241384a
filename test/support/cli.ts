import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { runCommandLine } from "../../bin/program.ts";
import { programFlags } from "../../scripts/programFlags.ts";

const BIN = fileURLToPath(new URL("../../bin/rfm.ts", import.meta.url));
/** Names a built program to run instead of the sources: it starts in a fraction of the time. */
export const BUILT_PROGRAM = "RFM_BUILT_PROGRAM";

const KILL_AT_CALL = new URL("./killAtCall.ts", import.meta.url).href;

export interface CliResult {
  /** Exit status, or null after a signal. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  /** Hears each line of stderr as it is printed; `kill` ends the process at once (SIGKILL), or asks it to end. */
  readonly onLine?: (line: string, kill: (signal?: NodeJS.Signals) => void) => void;
  /** Kills the process this long after its start. */
  readonly killAfterMs?: number;
  /** Kills it right before it changes the file system for so many times at paths of this pattern. */
  readonly killAtCall?: {
    readonly call: number;
    readonly of: RegExp;
    /** An error's code that its calls fail with from there on, in place of the kill. */
    readonly by?: string;
    /** A file that the number of such calls is written to. */
    readonly callsTo?: string;
  };
}

/** Runs the command line as a user does: another process, its exit status and what it printed. */
export function rfm(args: readonly string[], { cwd, onLine, killAfterMs, killAtCall }: CliOptions): Promise<CliResult> {
  const { RFM_DATABASE_URL: _ignored, FORCE_COLOR: _colour, ...environment } = process.env;
  const victim = killAtCall === undefined ? [] : ["--import", KILL_AT_CALL];
  const kills =
    killAtCall === undefined
      ? {}
      : {
          ...{ RFM_KILL_AT: String(killAtCall.call), RFM_KILL_OF: killAtCall.of.source },
          ...{ RFM_KILL_BY: killAtCall.by ?? "SIGKILL", RFM_CALLS_TO: killAtCall.callsTo ?? "/dev/null" },
        };
  const built = process.env[BUILT_PROGRAM];
  const program = built === undefined ? [...programFlags(), ...victim, BIN] : [...victim, built];
  const child = spawn(process.execPath, [...program, ...args], {
    cwd,
    env: { ...environment, ...kills, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = (signal: NodeJS.Signals = "SIGKILL"): void => void child.kill(signal);
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => kill(), killAfterMs);
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

/**
 * Runs the command line in this process, which costs no start-up: the same program, streams and working directory, but
 * no process that ends. `rfm` above proves that exit status and output reach the outside.
 */
export async function rfmHere(args: readonly string[], { cwd }: Pick<CliOptions, "cwd">): Promise<CliResult> {
  const before = process.cwd();
  const streams = { stdout: listenTo(process.stdout), stderr: listenTo(process.stderr) };
  process.chdir(cwd);
  try {
    const code = await runCommandLine(args);
    return { code, signal: null, stdout: streams.stdout.text(), stderr: streams.stderr.text().trimEnd() };
  } finally {
    process.chdir(before);
    process.exitCode = undefined;
    for (const stream of Object.values(streams)) stream.stop();
  }
}

/** Keeps what is written to a stream, without its colours, instead of writing it. */
function listenTo(stream: NodeJS.WriteStream): { text(): string; stop(): void } {
  const write = stream.write;
  const chunks: string[] = [];
  stream.write = ((chunk: string | Uint8Array) => {
    chunks.push(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
    return true;
  }) as typeof write;
  return {
    text: () => stripVTControlCharacters(chunks.join("")),
    stop: () => {
      stream.write = write;
    },
  };
}
