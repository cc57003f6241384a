import type { ErasureFiles } from "../../workflow/erasure/types.ts";
import { csvRows } from "./csvRows.ts";
import { droppedFileSearch } from "./droppedFile.ts";
import { duckDbParquetRows, type Questions } from "./parquetRows.ts";
import { countInDelivered } from "./proof/searchDelivered.ts";
import { searchOwn } from "./proof/searchOwn.ts";

/** What erases from files of this machine, and what searches them afterwards. */
export const erasureFiles = (engine: Questions): ErasureFiles => ({
  parquet: duckDbParquetRows(engine),
  csv: csvRows,
  countInDropped: droppedFileSearch(engine),
  search: { own: searchOwn, delivered: countInDelivered },
});
