import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { SegmentationError } from "../../domain/errors.ts";
import { refuseIncompleteLake } from "../doctor/missingPieces.ts";
import { openDuckDbEngine } from "../duckdb/index.ts";
import { quoteLiteral } from "../duckdb/translate.ts";
import { CATALOG_KEY } from "./lakePaths.ts";

/** A folder that no run has written to yet. */
export class NoLakeError extends SegmentationError {
  constructor(directory: string) {
    // As a person would type it.
    const near = relative(process.cwd(), resolve(directory));
    const shown = near === "" || near.startsWith("..") ? directory : near;
    super("NO_LAKE", `There is no lake in ${shown} yet; \`rfm run FILE --lake ${shown}\` makes one.`, { directory });
  }
}

/** A lake to which no drop was committed: rejected rows belong to the history. */
export class EmptyHistoryError extends SegmentationError {
  constructor(directory: string) {
    super(
      "EMPTY_HISTORY",
      `The lake in ${directory} has no history yet: every drop failed or was refused as a whole, so no rows were dropped one by one.`,
      { directory },
    );
  }
}

export interface RejectsRequest {
  readonly reason?: string;
  readonly source?: string;
  readonly limit: number;
}

/** Questions to the catalog of a lake. */
export interface LakeQueries {
  rejects(
    request: RejectsRequest,
  ): Promise<{ reasons: { reason: string; rows: number }[]; rows: Record<string, unknown>[] }>;
  close(): void;
}

/** @throws NoLakeError, EmptyHistoryError, or LakeBusyError while a run is going on. */
export async function openLakeQueries(directory: string): Promise<LakeQueries> {
  const lakeDirectory = resolve(directory);
  refuseIncompleteLake(lakeDirectory);
  if (!existsSync(join(lakeDirectory, CATALOG_KEY))) throw new NoLakeError(directory);
  const engine = await openDuckDbEngine({ lakeDirectory, threads: 2, tempDirectory: join(lakeDirectory, ".tmp") });
  const views = await engine.query("select 1 from duckdb_views() where view_name = 'rejects'");
  if (views.length === 0) {
    engine.close();
    throw new EmptyHistoryError(directory);
  }
  return {
    rejects: async ({ reason, source, limit }) => {
      const ofSource = source === undefined ? "true" : `source = ${quoteLiteral(source)}`;
      const ofReason = reason === undefined ? "true" : `drop_reason = ${quoteLiteral(reason)}`;
      const counts = await engine.query(
        `select drop_reason as reason, count(*) as row_count from rejects where ${ofSource} group by drop_reason order by row_count desc, reason`,
      );
      const rows = await engine.query(
        `select * from rejects where ${ofSource} and ${ofReason} order by source, line_number limit ${Math.trunc(limit)}`,
      );
      return { reasons: counts.map((row) => ({ reason: String(row.reason), rows: Number(row.row_count) })), rows };
    },
    close: () => engine.close(),
  };
}
