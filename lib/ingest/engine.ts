import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";

/** A DuckDB that keeps to its memory limit by way of the scratch folder; lives for one drop. */
export interface ScratchEngine {
  run(statement: string): Promise<void>;
  rows(query: string): Promise<DuckDBValue[][]>;
  close(): void;
}

/**
 * Opens the engine. `memoryLimit` as DuckDB writes it. With a `databasePath` tables lie there, compressed, from the
 * start: tables that do not fit in memory are then written once, not spilled as they are.
 */
export async function openScratchEngine(options: {
  readonly threads: number;
  readonly temporaryDirectory: string;
  readonly memoryLimit?: string;
  readonly databasePath?: string;
}): Promise<ScratchEngine> {
  const instance = await DuckDBInstance.create(options.databasePath ?? ":memory:", {
    threads: String(options.threads),
    temp_directory: options.temporaryDirectory,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
  });
  const connection: DuckDBConnection = await instance.connect();
  return {
    run: async (statement) => {
      await connection.run(statement);
    },
    rows: async (query) => (await connection.runAndReadAll(query)).getRows(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
