import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "../../domain/config/config.ts";
import type { Summary } from "../../domain/run/summary.ts";
import { messageOf } from "./message.ts";
import { webhookHeaders } from "./signature.ts";

/** What became of a message. Its address is a secret beyond the host. */
export interface NewsDelivery {
  readonly host: string;
  readonly attempts: number;
  /** Why it did not arrive; null where it did. */
  readonly failure: string | null;
}

/** How long to wait before each further attempt, and for an answer, in milliseconds. */
export interface NewsPatience {
  readonly delaysMs: readonly number[];
  readonly timeoutMs: number;
}
const PATIENCE: NewsPatience = { delaysMs: [500, 2_000, 5_000], timeoutMs: 10_000 };
/** A receiver that asks for more is not waited for. */
const MOST_WAIT_MS = 10_000;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Posts the headline of a published run where the settings say, again where that may help. Never throws for what the
 * receiver does: the run is published whatever becomes of it.
 * @returns undefined where the settings name nobody.
 */
export async function postNews(
  { notify, display }: Pick<Config, "notify" | "display">,
  summary: Summary,
  environment: Environment,
  patience: NewsPatience = PATIENCE,
): Promise<NewsDelivery | undefined> {
  if (notify.url === null) return undefined;
  const [address, secret] = [resolved(notify.url, environment), notify.secret && resolved(notify.secret, environment)];
  if (address === undefined || !URL.canParse(address)) {
    const failure = `the environment variable ${notify.url.slice(ENVIRONMENT.length)} holds no address`;
    return { host: "the webhook", attempts: 0, failure };
  }
  if (secret === undefined) {
    const name = (notify.secret ?? "").slice(ENVIRONMENT.length);
    return { host: new URL(address).host, attempts: 0, failure: `the environment variable ${name} holds no secret` };
  }
  const { host, hostname } = new URL(address);
  const body = messageOf(summary, display.shopName, notify, hostname);
  const message = { id: `msg_${summary.runId}`, body };
  for (let attempt = 1; ; attempt++) {
    const { failure, retryAfterMs } = await post(address, message, secret, patience.timeoutMs);
    const delayMs = patience.delaysMs[attempt - 1];
    const isOver = retryAfterMs === undefined || delayMs === undefined || retryAfterMs > MOST_WAIT_MS;
    if (failure === null || isOver) return { host, attempts: attempt, failure };
    await wait(Math.max(delayMs, retryAfterMs));
  }
}

const ENVIRONMENT = "env:";
const resolved = (setting: string, environment: Environment): string | undefined =>
  setting.startsWith(ENVIRONMENT) ? environment[setting.slice(ENVIRONMENT.length)] || undefined : setting;

interface Answer {
  readonly failure: string | null;
  /** Least time before it may help to try again; undefined: it does not. */
  readonly retryAfterMs?: number;
}

async function post(
  address: string,
  { id, body }: { readonly id: string; readonly body: string },
  secret: string | null,
  timeoutMs: number,
): Promise<Answer> {
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = { "content-type": "application/json", ...webhookHeaders({ id, timestamp, body }, secret) };
  try {
    // A redirect would carry the message to somebody whom nobody named.
    const request = {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    } as const;
    const response = await fetch(address, request);
    await response.body?.cancel();
    if (response.ok) return { failure: null };
    const isPassing = response.status === 408 || response.status === 429 || response.status >= 500;
    const seconds = Number(response.headers.get("retry-after") ?? 0);
    const failure = `it answered ${response.status}`;
    return isPassing ? { failure, retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : 0 } : { failure };
  } catch (error) {
    return { failure: reasonOf(error), retryAfterMs: 0 };
  }
}

/** Texts of network errors may hold the address. */
function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") return "it did not answer in time";
  const cause = (error as { cause?: { code?: unknown } }).cause;
  return `it cannot be reached${typeof cause?.code === "string" ? ` (${cause.code})` : ""}`;
}
