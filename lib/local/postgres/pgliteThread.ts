import { Worker } from "node:worker_threads";
import { DatabaseDamagedError, DatabaseError } from "../../postgres/errors.ts";
import type { PgliteAnswer, PgliteFailure, PgliteRequest } from "./pgliteProtocol.ts";

/** A request before it has its number. */
export type PgliteTask = PgliteRequest extends infer Request
  ? Request extends unknown
    ? Omit<Request, "id">
    : never
  : never;

export interface PgliteResult {
  readonly rows: object[];
  readonly rowCount: number;
}

export interface PgliteThread {
  ask(task: PgliteTask): Promise<PgliteResult>;
  /** Ends the thread without asking it. */
  end(): Promise<void>;
}

interface Waiting {
  readonly kind: PgliteTask["kind"];
  readonly resolve: (result: PgliteResult) => void;
  readonly reject: (error: Error) => void;
}

function revive(failure: PgliteFailure, directory: string): Error {
  if (failure.code === "DATABASE_DAMAGED")
    return new DatabaseDamagedError(failure.code, failure.message, { directory });
  return Object.assign(new Error(failure.message), failure);
}

/** Starts the thread of an embedded database. It keeps the process alive only while it has something to answer. */
export function startPgliteThread(directory: string): PgliteThread {
  // No inherited flags: the thread must run the same way under a test runner or a debugger. Its output is PostgreSQL's
  // log.
  const worker = new Worker(new URL("./pgliteWorker.ts", import.meta.url), {
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended: Error | undefined;
  let log = "";
  worker.stderr.on("data", (chunk: Buffer) => {
    log = `${log}${chunk}`.slice(-500);
  });
  worker.stdout.resume();
  const fail = (error: Error) => {
    ended ??= error;
    for (const { kind, resolve, reject } of waiting.values()) {
      // PGlite ends its runtime on closing, which may end the thread before it can answer.
      if (kind === "close") resolve({ rows: [], rowCount: 0 });
      else reject(ended);
    }
    waiting.clear();
  };
  worker.on("message", (message: PgliteAnswer) => {
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (waiting.size === 0) worker.unref();
    if ("failure" in message) asked?.reject(revive(message.failure, directory));
    else asked?.resolve(message);
  });
  worker.on("error", fail);
  worker.on("exit", () => {
    const reason = log.trim() === "" ? "" : `: ${log.trim()}`;
    fail(new DatabaseError("DATABASE", `The embedded database in ${directory} has ended${reason}.`, { directory }));
  });
  worker.unref();
  return {
    ask(task) {
      if (ended !== undefined)
        return task.kind === "close" ? Promise.resolve({ rows: [], rowCount: 0 }) : Promise.reject(ended);
      lastId += 1;
      const request = { id: lastId, ...task } as PgliteRequest;
      worker.ref();
      return new Promise((resolve, reject) => {
        waiting.set(request.id, { kind: task.kind, resolve, reject });
        worker.postMessage(request, request.kind === "copy" ? [request.bytes.buffer] : []);
      });
    },
    async end() {
      await worker.terminate();
    },
  };
}
