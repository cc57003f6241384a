import { resolve } from "node:path";
import type { PgConnection, PgSession } from "../../postgres/connection.ts";
import {
  createSegmentDatabase,
  type PostgresSegmentDatabase,
  type SegmentDatabaseOptions,
} from "../../postgres/segmentDatabase.ts";
import { claimDirectory, releaseDirectory } from "./pgliteOwner.ts";
import { type PgliteThread, startPgliteThread } from "./pgliteThread.ts";

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const all: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    all.push(chunk);
    bytes += chunk.length;
  }
  // Not Buffer.concat: its memory may belong to Node's shared pool, which must not be handed to another thread.
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of all) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

function adapt(thread: PgliteThread): PgConnection {
  return {
    async query<Row extends object>(text: string, values: readonly unknown[] = []) {
      return (await thread.ask({ kind: "query", text, values })).rows as Row[];
    },
    async execute(text) {
      await thread.ask({ kind: "execute", text });
    },
    async copyIn(target, options, chunks) {
      const text = `copy ${target} from '/dev/blob' with (${options})`;
      return (await thread.ask({ kind: "copy", text, bytes: await collect(chunks) })).rowCount;
    },
  };
}

async function start(thread: PgliteThread, directory: string): Promise<void> {
  claimDirectory(directory);
  try {
    await thread.ask({ kind: "open", directory });
  } catch (error) {
    releaseDirectory(directory);
    throw error;
  }
}

/** PGlite is one connection, so borrowers wait for each other. */
function createSession(directory: string): PgSession {
  const thread = startPgliteThread(directory);
  const connection = adapt(thread);
  const started = start(thread, directory);
  // Reported by whoever borrows the connection first, not as an unhandled rejection before that.
  started.catch(() => undefined);
  let previous: Promise<unknown> = started;
  return {
    vacuumsItself: false,
    withConnection(use) {
      const turn = previous.then(
        () => started.then(() => use(connection)),
        () => started.then(() => use(connection)),
      );
      previous = turn;
      return turn;
    },
    async close() {
      await Promise.allSettled([previous]);
      const [opened] = await Promise.allSettled([started]);
      if (opened.status === "fulfilled") await thread.ask({ kind: "close" });
      await thread.end();
      if (opened.status === "fulfilled") releaseDirectory(directory);
    },
  };
}

/**
 * Opens the segments in an embedded PostgreSQL (PGlite) in a folder, created when missing. Returns at once: the start
 * (about half a second to create, a third to open) goes on in a thread of its own, and its errors come with the first
 * call. Open it early, close it always.
 *
 * Errors: `DatabaseDamagedError` (the folder is beyond opening), `DatabaseBusyError` (another process has it open).
 * A killed process loses nothing that was committed; PGlite does not force its files to the disk (fsync), so a power
 * cut may.
 */
export function openPgliteDatabase(directory: string, options: SegmentDatabaseOptions = {}): PostgresSegmentDatabase {
  return createSegmentDatabase(createSession(resolve(directory)), options);
}
