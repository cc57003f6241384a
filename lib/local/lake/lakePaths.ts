import { join } from "node:path";

/** Tables of the history, beside the lake's files. */
export const CATALOG_KEY = "processed/catalog.duckdb";

/** Folder of the lake's own database. */
export const databaseDirectory = (lakeDirectory: string): string => join(lakeDirectory, "postgres");
