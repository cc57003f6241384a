import type { ReadRequest, TransactionReader } from "../ports.ts";
import { readDrop } from "./readDelivery.ts";
import type { ColumnMapping } from "./types.ts";
import { leaveOutErased } from "./values/leaveOutErased.ts";

export interface ReaderOptions {
  readonly threads: number;
  /** As DuckDB writes it, `512MB`; by default DuckDB's own choice. */
  readonly memoryLimit?: string;
}

/** The port over `readDrop`; customers who were erased are left out of what it read. */
export function createTransactionReader(options: ReaderOptions): TransactionReader {
  return {
    async read({ erased, ...request }: ReadRequest) {
      const reading = await readDrop({ ...request, ...options, mapping: request.mapping as ColumnMapping });
      if (erased === undefined) return reading;
      const { outputPath: path, scratchDirectory } = request;
      const left = await leaveOutErased({ path, erased, scratchDirectory, threads: options.threads });
      const files = reading.files.map((file) => {
        const leftOut = left.get(file.source);
        if (leftOut === undefined) return file;
        const { rows: erasedRows, erasureIds } = leftOut;
        return { ...file, rows: file.rows - erasedRows, erasedRows, erasureIds };
      });
      return { ...reading, files, rows: files.reduce((sum, { rows }) => sum + rows, 0) };
    },
  };
}
