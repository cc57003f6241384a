import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { createRandom, randomInteger } from "../../lib/domain/clustering/fit/random.ts";
import { sqlLiteral } from "../../lib/domain/text/sqlLiteral.ts";
import { translateStatement } from "../../lib/local/duckdb/translate.ts";
import type { LocalPorts } from "../../lib/local/run/handlers.ts";

/**
 * Has every UNLOAD leave what Athena is documented to leave: several files with random names, each sorted as the
 * statement asks, none before the other. Tables that one statement parts by their names are in no order at all.
 */
export function splitUnloads(lakeDirectory: string, seed: number): (ports: LocalPorts) => LocalPorts {
  const random = createRandom(seed);
  const connected = DuckDBInstance.create(":memory:", { threads: "1" }).then((instance) => instance.connect());
  return (ports) => ({
    ...ports,
    // A getter of the ports: asked for when it is needed.
    get database() {
      return ports.database;
    },
    sql: {
      async run(statement) {
        const result = await ports.sql.run(statement);
        const local = translateStatement(statement);
        if (local.kind === "unload")
          await splitFolder(await connected, local, join(lakeDirectory, local.uri.replace("s3://lake/", "")), random);
        return result;
      },
    },
  });
}

async function splitFolder(
  connection: DuckDBConnection,
  { partitionedBy }: { readonly partitionedBy?: string },
  folder: string,
  random: () => number,
): Promise<void> {
  const files = 2 + randomInteger(random, 4);
  for (const { name, parentPath } of readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) =>
    entry.isFile(),
  )) {
    const from = join(parentPath, name);
    const salt = randomInteger(random, 1_000_000);
    for (let file = 0; file < files; file++) {
      const to = join(parentPath, `${randomInteger(random, 2 ** 31).toString(16)}-${file}.parquet`);
      await connection.run(`
        copy (
          select * exclude (file_row_number)
          from read_parquet(${sqlLiteral(from)}, file_row_number = true)
          where hash(file_row_number + ${salt}) % ${files} = ${file}
          order by ${partitionedBy === undefined ? "file_row_number" : `hash(file_row_number + ${salt + 1})`}
        ) to ${sqlLiteral(to)} (format parquet, compression snappy, row_group_size 2048)`);
    }
    rmSync(from);
  }
}
