/** What the segments need of a PostgreSQL client, whichever it is. */
export interface PgConnection {
  /** One statement with parameters `$1, $2 …`. Dates come back as text, 64-bit integers as numbers. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** One or more statements without parameters. */
  execute(text: string): Promise<void>;
  /** `copy <target> from <the chunks' bytes> with (<options>)`; returns the number of rows. */
  copyIn(target: string, options: string, chunks: AsyncIterable<Uint8Array>): Promise<number>;
}

/** A source of connections. */
export interface PgSession {
  /** Lends a connection that nobody else uses until `use` has ended. */
  withConnection<Result>(use: (connection: PgConnection) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
  /** Whether the server reclaims the space of deleted rows by itself (autovacuum). */
  readonly vacuumsItself: boolean;
}

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export function inTransaction<Result>(
  session: PgSession,
  work: (connection: PgConnection) => Promise<Result>,
): Promise<Result> {
  return session.withConnection(async (connection) => {
    await connection.execute("begin");
    try {
      const result = await work(connection);
      await connection.execute("commit");
      return result;
    } catch (error) {
      // The first error is the one to report; a connection that cannot even roll back is thrown away by its session.
      await Promise.allSettled([connection.execute("rollback")]);
      throw error;
    }
  });
}

/**
 * PostgreSQL's type ids whose default JavaScript form loses something: `int8` (text or rounded) and `date` (a local
 * midnight).
 */
const INT8 = 20;
const DATE = 1082;

/** Parsers for both drivers: 64-bit integers as numbers (all of ours are counts below 2^53), dates as ISO text. */
export const VALUE_PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [INT8]: Number,
  [DATE]: (text) => text,
};
