import { join } from "node:path";
import type { SegmentDatabase } from "../../ports.ts";
import { openPgDatabase } from "./pgDatabase.ts";
import { openPgliteDatabase } from "./pgliteDatabase.ts";

/** Folder of the lake's own database. */
export const databaseDirectory = (lakeDirectory: string): string => join(lakeDirectory, "postgres");

/** The PostgreSQL behind a URL, or PGlite in the lake. */
export async function openSegmentDatabase(lakeDirectory: string, databaseUrl?: string): Promise<SegmentDatabase> {
  return databaseUrl === undefined ? openPgliteDatabase(databaseDirectory(lakeDirectory)) : openPgDatabase(databaseUrl);
}
