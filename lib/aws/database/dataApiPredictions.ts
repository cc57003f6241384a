import type { PredictionPart, PredictionTable } from "../../ports.ts";
import { namedError, partError, SegmentPartError } from "../../postgres/errors.ts";
import { checkRows, NEVER_MISSING, PREDICTIONS } from "../../postgres/predictionTable.ts";
import { databaseFailure } from "./dataApiErrors.ts";
import { type ImportOptions, importPieces } from "./dataApiImport.ts";

/** The calls of `sql/postgres/0008_predictions.sql`, with named parameters. */
export const PREDICTION_STATEMENTS = {
  begin: "select rfm.begin_score_job(:jobId, :modelVersion, cast(:createdAt as timestamptz)) as gone",
  part: `select rfm.begin_score_part(:jobId, :part, cast(:rows as bigint)) as "isNew"`,
  finish: "select rfm.finish_score_job(:jobId, cast(:customers as bigint)) as loaded",
} as const;

/** Predictions of score jobs over the RDS Data API; rows come from the bucket by `aws_s3`, not through here. */
export function openDataApiPredictions(options: ImportOptions): PredictionTable {
  const { api } = options;
  const query = (sql: string, parameters: Parameters<typeof api.query>[1], task: string): Promise<unknown> =>
    api.query(sql, parameters).catch((error) => Promise.reject(namedError(databaseFailure(error), task)));
  return {
    async begin(job) {
      await query(PREDICTION_STATEMENTS.begin, { ...job }, `to begin score job '${job.jobId}'`);
    },
    loadPart: (jobId, part) =>
      importPart(options, jobId, part).catch((error) =>
        Promise.reject(partError(databaseFailure(error), part.key, jobId)),
      ),
    async finish(jobId, customers) {
      await query(PREDICTION_STATEMENTS.finish, { jobId, customers }, `to finish score job '${jobId}'`);
    },
  };
}

async function importPart(options: ImportOptions, jobId: string, part: PredictionPart): Promise<void> {
  const { store, key, columns, rows } = part;
  const object = await store.head(key);
  if (object === undefined) throw new SegmentPartError("SEGMENT_PART", `Part ${key} is missing.`, { key });
  await options.api.transaction(async (transactionId) => {
    const parameters = { jobId, part: key, rows };
    const [place] = await options.api.query<{ isNew: boolean }>(PREDICTION_STATEMENTS.part, parameters, {
      transactionId,
    });
    if (place?.isNew !== true) return;
    const target = { tableName: PREDICTIONS, columnList: columns.join(","), transactionId, notNull: NEVER_MISSING };
    checkRows(await importPieces(options, store, object, target), part);
  });
}
