/**
 * Thread that runs PGlite: its start compiles WASM and its queries are synchronous, both of which would stop the main
 * thread.
 */
import { parentPort } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { VALUE_PARSERS } from "../../postgres/connection.ts";
import type { PgErrorFields } from "../../postgres/errors.ts";
import { damagedError, ensureCluster } from "./pgliteDirectory.ts";
import type { PgliteAnswer, PgliteFailure, PgliteRequest } from "./pgliteProtocol.ts";

if (parentPort === null) throw new Error("pgliteWorker.ts runs as a worker thread only");
const port = parentPort;
let database: PGlite | undefined;

function open(directory: string): Promise<PGlite> {
  return PGlite.create({ dataDir: directory, parsers: { ...VALUE_PARSERS } }).catch((error: unknown) => {
    throw damagedError(directory, error instanceof Error ? error.message : String(error));
  });
}

async function answer(request: PgliteRequest): Promise<{ rows: object[]; rowCount: number }> {
  if (request.kind === "open") {
    await ensureCluster(request.directory);
    database = await open(request.directory);
    return { rows: [], rowCount: 0 };
  }
  if (database === undefined) throw new Error("the embedded database is not open");
  if (request.kind === "query") {
    const { rows } = await database.query<object>(request.text, [...request.values]);
    return { rows, rowCount: rows.length };
  }
  if (request.kind === "copy") {
    const { rowCount, affectedRows } = await database.query(request.text, [], { blob: new Blob([request.bytes]) });
    return { rows: [], rowCount: rowCount ?? affectedRows ?? 0 };
  }
  if (request.kind === "execute") await database.exec(request.text);
  else await database.close();
  return { rows: [], rowCount: 0 };
}

function describe(error: unknown): PgliteFailure {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { code, where, constraint } = error as PgErrorFields;
  return {
    name: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(where === undefined ? {} : { where }),
    ...(constraint === undefined ? {} : { constraint }),
  };
}

let previous: Promise<void> = Promise.resolve();
port.on("message", (request: PgliteRequest) => {
  const send = (message: PgliteAnswer) => port.postMessage(message);
  previous = previous.then(() =>
    answer(request).then(
      (result) => send({ id: request.id, ...result }),
      (error: unknown) => send({ id: request.id, failure: describe(error) }),
    ),
  );
});
