import type { ReadRequest, TransactionReader } from "../ports.ts";
import { readDrop } from "./readDrop.ts";
import type { ColumnMapping } from "./types.ts";

export interface ReaderOptions {
  readonly threads: number;
  /** As DuckDB writes it, `512MB`; by default DuckDB's own choice. */
  readonly memoryLimit?: string;
}

/** The port over `readDrop`. */
export function createTransactionReader({ threads, memoryLimit }: ReaderOptions): TransactionReader {
  return {
    read: (request: ReadRequest) =>
      readDrop({
        ...request,
        mapping: request.mapping as ColumnMapping,
        threads,
        ...(memoryLimit === undefined ? {} : { memoryLimit }),
      }),
  };
}
