import type { ObjectStore, PredictionPart, PredictionTable } from "../ports.ts";
import { inTransaction, type PgConnection, type PgSession } from "./connection.ts";
import { namedError, partError, RowCountError } from "./errors.ts";
import { COPY_OPTIONS } from "./segmentDatabase.ts";
import { readChunks } from "./segmentPart.ts";

/** The table that parts are copied into; its column of the job has a default. */
export const PREDICTIONS = "loaded_predictions";
/** Ids may be empty texts, which CSV tells from missing values by its options alone. */
export const NEVER_MISSING = ["customer_id"] as const;

/** The calls of `sql/postgres/0008_predictions.sql`. */
const STATEMENTS = {
  begin: "select rfm.begin_score_job($1, $2, $3::text::timestamptz) as gone",
  part: "select rfm.begin_score_part($1, $2, $3::bigint) as is_new",
  finish: "select rfm.finish_score_job($1, $2::bigint) as loaded",
} as const;

/** Predictions of score jobs over any PostgreSQL client. */
export function createPredictionTable(session: PgSession): PredictionTable {
  const query = (text: string, values: readonly unknown[], task: string): Promise<unknown> =>
    session
      .withConnection((connection) => connection.query(text, values))
      .catch((error) => Promise.reject(namedError(error, task)));
  return {
    async begin({ jobId, modelVersion, createdAt }) {
      await query(STATEMENTS.begin, [jobId, modelVersion, createdAt], `to begin score job '${jobId}'`);
    },
    loadPart: (jobId, part) =>
      inTransaction(session, (connection) => copyPart(connection, jobId, part)).catch((error) =>
        Promise.reject(partError(error, part.key, jobId)),
      ),
    async finish(jobId, customers) {
      await query(STATEMENTS.finish, [jobId, customers], `to finish score job '${jobId}'`);
    },
  };
}

async function copyPart(connection: PgConnection, jobId: string, part: PredictionPart): Promise<void> {
  const { store, key, columns, rows } = part;
  const [place] = await connection.query<{ is_new: boolean }>(STATEMENTS.part, [jobId, key, rows]);
  if (place?.is_new !== true) return;
  const options = `${COPY_OPTIONS}, force_not_null (${NEVER_MISSING.join(", ")})`;
  const target = `rfm.${PREDICTIONS} (${columns.join(", ")})`;
  checkRows(await connection.copyIn(target, options, bytesOf(store, key)), part);
}

async function* bytesOf(store: ObjectStore, key: string): AsyncGenerator<Uint8Array> {
  const object = await store.head(key);
  if (object !== undefined) yield* readChunks(store, object);
}

/** @throws RowCountError, which ends the part's transaction. */
export function checkRows(loaded: number, { key, rows }: Pick<PredictionPart, "key" | "rows">): void {
  if (loaded !== rows)
    throw new RowCountError("SEGMENT_ROW_COUNT", `${key} gave ${loaded} rows instead of ${rows}.`, { key });
}
