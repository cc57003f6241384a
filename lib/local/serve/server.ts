import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { createApi } from "../../api/app.ts";
import { isLoopback } from "../../api/callerGuard.ts";
import { openModelSource } from "../../api/scoring/modelSource.ts";
import { openCursorKey } from "../../api/segments/cursor.ts";
import type { SegmentReader } from "../../api/segments/segmentReader.ts";
import { openSqlSegments } from "../../api/segments/sqlSegments.ts";
import { type ApiEvent, DEFAULT_LIMITS } from "../../api/types.ts";
import { SegmentationError } from "../../domain/errors.ts";
import { openFolderStore } from "../lake/folderStore.ts";
import { openPgDatabase } from "../postgres/pgDatabase.ts";
import { openDocsViewer } from "./docs/docsViewer.ts";
import { openLakeSegments } from "./lakeSegments.ts";
import { namedQuery } from "./namedQuery.ts";
import { openScoreJobs } from "./scoreJobs.ts";

export interface ServeOptions {
  readonly lakeDirectory: string;
  /** Default 127.0.0.1: reachable from this machine only. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly bearerToken?: string;
  readonly allowedOrigins?: readonly string[];
  /**
   * Names beside localhost by which a service on the loopback address may be called; on other addresses any name may.
   */
  readonly allowedHosts?: readonly string[];
  /** Customers are read from this PostgreSQL; without it from the lake's files, which a run does not lock. */
  readonly databaseUrl?: string;
  /** How long the model aliases are taken as read, in milliseconds; default 1,000. */
  readonly refreshMs?: number;
  /** How long requests under way may take when the server closes, in milliseconds; default 10,000. */
  readonly graceMs?: number;
  readonly observe?: (event: ApiEvent) => void;
  readonly onFault?: (error: unknown, correlationId: string) => void;
}

export interface RunningServer {
  readonly url: string;
  /** Takes no new requests, answers those under way, then ends. Jobs under way go on at the next start. */
  close(): Promise<void>;
}

/** A client that is slower than this is cut off: 408, or a closed connection. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 5_000;
const GRACE_MS = 10_000;
const SWEEP_MS = 50;
const MAX_HEADER_BYTES = 16_384;

/** Serves the scoring API on this machine. @throws DatabaseConnectionError, PortError */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const lakeDirectory = resolve(options.lakeDirectory);
  const store = openFolderStore(lakeDirectory);
  const segments = await openSegments(options, lakeDirectory);
  const { databaseUrl } = options;
  const jobs = openScoreJobs(store, { lakeDirectory, databaseUrl }, (error) => options.onFault?.(error, "score-job"));
  const { bearerToken, allowedOrigins, observe, onFault, refreshMs } = options;
  const app = createApi({
    store,
    clock: { now: () => new Date() },
    models: openModelSource(store, {
      now: () => performance.now(),
      ...(refreshMs === undefined ? {} : { refreshMs }),
      onStale: (error) => onFault?.(error, "model-refresh"),
    }),
    segments,
    startScoreJob: jobs.start,
    hasPredictionTable: databaseUrl !== undefined,
    cursorKey: openCursorKey(store),
    limits: DEFAULT_LIMITS,
    docs: openDocsViewer(),
    ...(bearerToken === undefined ? {} : { bearerToken }),
    ...(allowedOrigins === undefined ? {} : { allowedOrigins }),
    ...(isLoopback(options.host ?? "127.0.0.1") ? { allowedHosts: options.allowedHosts ?? [] } : {}),
    ...(observe === undefined ? {} : { observe }),
    ...(onFault === undefined ? {} : { onFault }),
  });
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 1_000,
    },
  }) as Server;
  const release = async (): Promise<void> => {
    await jobs.close();
    await segments.close();
  };
  try {
    await listening(server, options);
  } catch (error) {
    await release();
    throw error;
  }
  await jobs.resume();
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    async close() {
      await closing(server, options.graceMs ?? GRACE_MS);
      await release();
    },
  };
}

/** Customers out of the database, if there is one; orders are in the lake alone. */
async function openSegments({ databaseUrl }: ServeOptions, lakeDirectory: string): Promise<SegmentReader> {
  const lake = await openLakeSegments(openFolderStore(lakeDirectory), lakeDirectory);
  if (databaseUrl === undefined) return lake;
  const database = await openPgDatabase(databaseUrl);
  await database.migrate();
  const { orders } = lake;
  const segments = openSqlSegments(namedQuery(database), async () => {
    await Promise.all([lake.close(), database.close()]);
  });
  return { ...segments, ...(orders === undefined ? {} : { orders }) };
}

/** The address or port cannot be listened on. */
export class PortError extends SegmentationError {
  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    const why: Readonly<Record<string, string>> = {
      EADDRINUSE:
        "is in use by another program: end that one, or take another with --port N (0 takes any that is free)",
      EACCES: "needs rights that this user does not have: take one from 1024 on with --port N",
      EADDRNOTAVAIL: "is no address of this machine: give one that is with --host",
      ENOTFOUND: "is no address of this machine: give one that is with --host",
    };
    super(
      "PORT",
      `Port ${port} of ${host} ${why[cause.code ?? ""] ?? `cannot be used (${cause.code})`}.`,
      { host, port },
      { cause },
    );
  }
}

function listening(server: Server, { host = "127.0.0.1", port }: ServeOptions): Promise<void> {
  return new Promise((done, failed) => {
    const refused = (error: Error): void => failed(new PortError(host, port, error));
    server.once("error", refused);
    server.listen(port, host, () => {
      server.off("error", refused);
      done();
    });
  });
}

function closing(server: Server, graceMs: number): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    // A connection becomes idle when its request has been answered; it is not kept for another one.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearTimeout(timer);
      clearInterval(sweep);
      done();
    });
    server.closeIdleConnections();
  });
}
