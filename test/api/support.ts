import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigInput } from "../../lib/domain/config/config.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import { runLocally } from "../../lib/local/run/runLocally.ts";
import { type RunningServer, type ServeOptions, serve } from "../../lib/local/serve/server.ts";
import type { ObjectStore } from "../../lib/ports.ts";
import { shopCsv, writeText } from "../support/shop.ts";

/** One k instead of eight: these tests ask what is served, not how well it was fitted. */
const QUICK: ConfigInput = { clusters: { k: 4 } };

export interface ServedLake {
  readonly directory: string;
  readonly store: ObjectStore;
  readonly url: string;
  /** Runs the whole job on files, or on the history as it is. */
  run(files: readonly string[], settings?: ConfigInput): Promise<void>;
  /** A file of a small generated shop. */
  shop(name: string, seed: number): string;
  request(path: string, init?: RequestInit): Promise<Response>;
  /** POST of a JSON value. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

/** A lake in a temporary folder with the service in front of it, on a free port of the loopback. */
export async function serveLake(options: Partial<ServeOptions> = {}): Promise<ServedLake> {
  const directory = mkdtempSync(join(tmpdir(), "rfm-api-"));
  const lakeDirectory = join(directory, "lake");
  const server: RunningServer = await serve({ lakeDirectory, port: 0, refreshMs: 0, graceMs: 1_000, ...options });
  const request = (path: string, init?: RequestInit): Promise<Response> => fetch(`${server.url}${path}`, init);
  return {
    directory: lakeDirectory,
    store: openFolderStore(lakeDirectory),
    url: server.url,
    run: async (files, settings = QUICK) => {
      await runLocally({ lakeDirectory, files, config: parseConfig(settings), threads: 2 });
    },
    shop: (name, seed) => {
      const path = join(directory, name);
      return existsSync(path) ? path : writeText(path, shopCsv({ seed, customers: 400, lines: 4_000 }));
    },
    request,
    post: (path, body, headers = {}) =>
      request(path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    close: async () => {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export interface ProblemDocument {
  readonly type: string;
  readonly status: number;
  readonly detail: string;
  readonly correlation_id: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** The answer's problem document. */
export async function problemOf(response: Response): Promise<ProblemDocument> {
  if (response.headers.get("content-type") !== "application/problem+json")
    throw new Error(`${response.status} is no problem document: ${(await response.text()).slice(0, 200)}`);
  return (await response.json()) as ProblemDocument;
}

/** Polls until a job has ended. */
export async function endOfJob(lake: ServedLake, id: string): Promise<Record<string, unknown>> {
  for (let i = 0; i < 600; i++) {
    const job = (await (await lake.request(`/score-jobs/${id}`)).json()) as Record<string, unknown>;
    if (job.status === "succeeded" || job.status === "failed") return job;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`Job ${id} does not end`);
}
