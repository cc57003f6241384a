import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { readDrop } from "../../lib/ingest/readDelivery.ts";
import type { DropFile, DropReading, DropRequest } from "../../lib/ingest/types.ts";

export type Row = Record<string, string | null>;

/** A temporary folder with the means to drop files into it and to read what came out. */
export function openWorkbench() {
  const directory = mkdtempSync(join(tmpdir(), "ingest-test-"));
  const scratchDirectory = join(directory, "scratch");
  mkdirSync(scratchDirectory);
  let count = 0;
  const write = (content: string | Uint8Array, source = "drop.csv"): DropFile => {
    const path = join(directory, `${count++}-${source}`);
    writeFileSync(path, content);
    return { path, source };
  };
  const read = async (files: readonly DropFile[], options: Partial<DropRequest> = {}) => {
    const outputPath = join(directory, `${count++}.parquet`);
    const reading = await readDrop({ files, scratchDirectory, outputPath, threads: 1, ...options });
    return { reading, outputPath };
  };
  const rows = async (outputPath: string, query = "select * from rows"): Promise<Row[]> => {
    const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
    const connection = await instance.connect();
    try {
      await connection.run(`create view rows as select * from read_parquet('${outputPath}', file_row_number = false)`);
      return (await connection.runAndReadAll(query)).getRowObjectsJson() as Row[];
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  };
  return {
    directory,
    scratchDirectory,
    write,
    read,
    rows,
    /** Drops one text and returns the reading with its rows. */
    async drop(content: string | Uint8Array, options: Partial<DropRequest> = {}) {
      const { reading, outputPath } = await read([write(content)], options);
      return {
        reading: reading as DropReading,
        file: reading.files[0] as DropReading["files"][number],
        rows: await rows(outputPath),
      };
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export const columnOf = (rows: readonly Row[], column: string) => rows.map((row) => row[column]);
