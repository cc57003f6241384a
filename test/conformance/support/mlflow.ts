import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../support/freePort.ts";
import { pythonCommand } from "./python.ts";

/** The version under which the tests were written. */
const REQUIREMENTS = ["mlflow==3.17.2"];
const VENV = join(tmpdir(), "rfm-conformance-mlflow");
const START_TIMEOUT_MS = 120_000;

export interface MlflowServerProcess {
  readonly uri: string;
  /** Asking twice is no error. */
  stop(): Promise<void>;
}

/** MLflow's own Python, or why it is not here. */
export const mlflowTool = () => pythonCommand(VENV, REQUIREMENTS, "mlflow");
export const MLFLOW_PYTHON = join(VENV, "bin/python");

/** Starts an MLflow server on a free port of this machine. @param folder keeps its database and artifacts. */
export async function startMlflow(command: string, folder: string): Promise<MlflowServerProcess> {
  const port = await freePort();
  const uri = `http://127.0.0.1:${port}`;
  const store = ["--backend-store-uri", `sqlite:///${folder}/mlflow.db`, "--artifacts-destination", `${folder}/files`];
  const args = ["server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1", ...store];
  // Without what works in the background.
  const env = { ...process.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" };
  const server = spawn(command, args, { stdio: "ignore", detached: true, cwd: folder, env });
  process.on("exit", () => end(server));
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  while (!(await isWell(uri))) {
    if (server.exitCode !== null || Date.now() > giveUpAt) throw new Error("MLflow's server does not start");
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return {
    uri,
    stop: async () => {
      if (end(server)) await once(server, "exit");
    },
  };
}

const isWell = (uri: string): Promise<boolean> =>
  fetch(`${uri}/health`).then(
    (answer) => answer.ok,
    () => false,
  );

/** The server's own workers, too: they are of its group. @returns whether it was running. */
function end(server: ChildProcess): boolean {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return false;
  process.kill(-server.pid, "SIGTERM");
  return true;
}
