import type { SegmentDatabase } from "../../ports.ts";
import { databaseDirectory } from "../lake/lakePaths.ts";
import { openPgDatabase } from "./pgDatabase.ts";
import { openPgliteDatabase } from "./pgliteDatabase.ts";

/** The PostgreSQL behind a URL, or PGlite in the lake. */
export async function openSegmentDatabase(lakeDirectory: string, databaseUrl?: string): Promise<SegmentDatabase> {
  return databaseUrl === undefined ? openPgliteDatabase(databaseDirectory(lakeDirectory)) : openPgDatabase(databaseUrl);
}
