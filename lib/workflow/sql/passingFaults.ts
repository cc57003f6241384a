import { SegmentationError } from "../../domain/errors.ts";
import { contentId } from "../../domain/text/hash.ts";
import type { ObjectStore } from "../../ports.ts";
import { statementName, unloadTarget } from "./statementText.ts";

/**
 * Faults of Athena that are over after a while, by the names that it gives them: a commit that another writer came
 * before, throttling by Athena or by S3, no room in the cluster, and trouble within.
 */
const PASSING: readonly RegExp[] = [
  /ICEBERG_COMMIT_ERROR/,
  /SlowDown|SLOW_DOWN|reduce your request rate/i,
  /Query exhausted resources at this scale factor/i,
  /GENERIC_INTERNAL_ERROR|INTERNAL_ERROR_QUERY_ENGINE/,
  /TooManyRequests|ThrottlingException|Rate exceeded/i,
  // Trino's own words for a worker that is gone or overrun: "please retry your query in a few minutes".
  /TOO_MANY_REQUESTS_FAILED|REMOTE_TASK_ERROR|REMOTE_HOST_GONE|PAGE_TRANSPORT_(ERROR|TIMEOUT)|NO_NODES_AVAILABLE/,
];

/** Whether Athena's reason is one that passes. */
export const isPassingReason = (reason: string): boolean => PASSING.some((pattern) => pattern.test(reason));

/** How often a statement is run again, whatever passed. */
export const MAX_REPEATS = 4;
const FIRST_WAIT_MS = 10_000;

/**
 * How long to wait before a repeat, 1 for the first: doubling, and not at the same moment as others that failed
 * together.
 */
export function waitBefore(statement: string, repeat: number): number {
  const share = Number.parseInt(contentId({ statement, repeat }, 8), 16) / 2 ** 32;
  return Math.round(FIRST_WAIT_MS * 2 ** (repeat - 1) * (1 + share / 2));
}

/** The target of an UNLOAD is outside of the lake. */
export class ForeignTargetError extends SegmentationError {
  constructor(statement: string, uri: string) {
    super("FOREIGN_TARGET", `The SQL statement ${statement} writes to ${uri}, which is not in the lake.`, {
      statement,
      uri,
    });
  }
}

/** Removes what a failed UNLOAD has left where it wrote: a repeat is refused unless that is empty. */
export async function emptyTarget(store: ObjectStore, statement: string): Promise<void> {
  const uri = unloadTarget(statement);
  if (uri === undefined) return;
  if (!uri.startsWith(`${store.uri}/`)) throw new ForeignTargetError(statementName(statement), uri);
  const left = await store.list(uri.slice(store.uri.length + 1));
  await store.remove(left.map(({ key }) => key));
}
