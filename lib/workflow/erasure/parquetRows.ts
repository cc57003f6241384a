/** What one Parquet file has of a customer. */
export interface ParquetHit {
  /** Rows of the customer. */
  readonly customers: number;
  /** Sources of these rows, where the file has such a column. */
  readonly sources: readonly string[];
  /** Rows in which another column of text has the id as a word of its own. */
  readonly others: number;
}

/**
 * Finds and leaves out a customer's rows in Parquet files of this machine; column `customer_id`, in any spelling of raw
 * rows.
 */
export interface ParquetRows {
  /** Hits by path; files without any are not among them. */
  search(paths: readonly string[], customerId: string): Promise<ReadonlyMap<string, ParquetHit>>;
  /** Writes the rows of everybody else, with the same columns, to `target`. */
  writeWithout(path: string, target: string, customerId: string): Promise<void>;
}

/** Leaves out a customer's records in CSV files of this machine, of any size. */
export interface CsvRows {
  /** Writes the records of everybody else to `target`. @returns how many records were left out. */
  writeWithout(path: string, target: string, customerId: string): Promise<number>;
}
