import { type ChildProcess, spawn } from "node:child_process";
import { freePort } from "../../support/freePort.ts";
import { pythonTool } from "./python.ts";

export interface MotoServer {
  readonly endpoint: string;
  stop(): void;
}

/** What the SDK wants to know; moto asks for no proof. */
export const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };
export const REGION = "us-east-1";

const START_TIMEOUT_MS = 60_000;

/** Starts moto's server (S3 and more over HTTP) on a free port of this machine. */
export async function startMoto(): Promise<MotoServer | { readonly missing: string }> {
  const tool = pythonTool("moto_server");
  if ("missing" in tool) return tool;
  const port = await freePort();
  const server: ChildProcess = spawn(tool.command, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const endpoint = `http://127.0.0.1:${port}`;
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(endpoint))) {
    if (server.exitCode !== null || Date.now() > giveUpAt) return { missing: "moto's server does not start" };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { endpoint, stop: () => void server.kill() };
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/moto-api/`).then(
    (response) => response.ok,
    () => false,
  );
}
