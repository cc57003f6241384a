import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { type PgConnection, type PgSession, VALUE_PARSERS } from "../../postgres/connection.ts";
import { DatabaseConnectionError, namedError } from "../../postgres/errors.ts";
import { checkServerVersion } from "../../postgres/migrations.ts";
import {
  createSegmentDatabase,
  type PostgresSegmentDatabase,
  type SegmentDatabaseOptions,
} from "../../postgres/segmentDatabase.ts";

/** Parts are loaded in parallel on a few connections; a small server has few to give. */
const MAX_CONNECTIONS = 4;
const CONNECT_TIMEOUT_MS = 10_000;

interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** Where a URL leads, without the password. The driver's own reading, so that defaults and `PG…` variables count. */
function describeEndpoint(databaseUrl: string): Endpoint {
  try {
    const { host, port, database, user } = new pg.Client({ connectionString: databaseUrl });
    return { host, port, database: database ?? "", user: user ?? "" };
  } catch {
    // The parser's error quotes the URL with its password, so it must not travel as the cause.
    throw new DatabaseConnectionError(
      "DATABASE_URL",
      "The database URL cannot be read; expected postgresql://user:password@host:5432/database (percent-encode special characters).",
    );
  }
}

function adapt(client: pg.PoolClient): PgConnection {
  return {
    async query<Row extends object>(text: string, values: readonly unknown[] = []) {
      return (await client.query<Row>(text, [...values])).rows;
    },
    async execute(text) {
      await client.query(text);
    },
    async copyIn(target, options, chunks) {
      const sink = client.query(copyFrom(`copy ${target} from stdin with (${options})`));
      await pipeline(Readable.from(chunks), sink);
      return sink.rowCount;
    },
  };
}

function createSession(pool: pg.Pool): PgSession {
  return {
    vacuumsItself: true,
    async withConnection(use) {
      const client = await pool.connect();
      try {
        const result = await use(adapt(client));
        client.release();
        return result;
      } catch (error) {
        // A failed connection may still be inside a transaction or a COPY; closing it is the sure way out of both.
        client.release(true);
        throw error;
      }
    },
    close: () => pool.end(),
  };
}

const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "no server answers there",
  ENOTFOUND: "the host is unknown",
  "28P01": "the user or the password is wrong",
  "28000": "the server does not let this user in from here",
  "3D000": "there is no such database",
  "53300": "the server has no connection left",
};

function connectError(error: unknown, { host, port, database, user }: Endpoint): DatabaseConnectionError {
  const code = (error as { code?: string }).code ?? "";
  const reason = ADVICE[code] ?? namedError(error, "connecting").message;
  const text = `Cannot connect to PostgreSQL at ${host}:${port}, database "${database}", as user "${user}": ${reason}.`;
  return new DatabaseConnectionError("DATABASE_CONNECTION", text, { host, port, database, user, reason: code });
}

/**
 * Opens a PostgreSQL server (13 or later: Aurora, RDS, a local one), by URL or libpq's `PG…` variables.
 *
 * @throws DatabaseConnectionError (naming host, port, database and user, never the password) and
 * DatabaseVersionError.
 */
export async function openPgSession(databaseUrl: string): Promise<PgSession> {
  const endpoint = describeEndpoint(databaseUrl);
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: "rfm-segmentation",
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: { getTypeParser: (id, format) => VALUE_PARSERS[id] ?? pg.types.getTypeParser(id, format) },
  });
  // An idle connection that the server ends (a restart) leaves the pool by itself; the next query reports if none can
  // be made.
  pool.on("error", () => undefined);
  try {
    const { rows } = await pool.query<{ version: number }>(
      "select current_setting('server_version_num')::integer as version",
    );
    checkServerVersion(rows[0]?.version ?? 0);
  } catch (error) {
    await pool.end();
    throw error instanceof Error && error.name === "DatabaseVersionError" ? error : connectError(error, endpoint);
  }
  return createSession(pool);
}

/** The segments in a PostgreSQL server. @throws as `openPgSession` does. */
export async function openPgDatabase(
  databaseUrl: string,
  options: SegmentDatabaseOptions = {},
): Promise<PostgresSegmentDatabase> {
  return createSegmentDatabase(await openPgSession(databaseUrl), options);
}
