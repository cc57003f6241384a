import type { ScoredColumns } from "../../domain/rfm/scoreFeatures.ts";
import { csvField } from "../../domain/text/csv.ts";

const COLUMNS =
  "customer_id,recency,frequency,monetary,r_score,f_score,m_score,segment,cluster,label,distance,confidence,model_version".split(
    ",",
  );

/** Columns of a part; a mixture's predictions have one more. */
export const columnsOf = ({ probability }: ScoredColumns): readonly string[] =>
  probability === undefined ? COLUMNS : [...COLUMNS, "probability"];

/** Predictions as CSV with a header, in the order of the customers; numbers in full precision. */
export function scoredCsv(ids: readonly string[], scored: ScoredColumns, modelVersion: string): string {
  const lines = ids.map((id, i) =>
    [
      csvField(id),
      scored.recencyDays[i],
      scored.frequency[i],
      scored.monetary[i],
      scored.rScore[i],
      scored.fScore[i],
      scored.mScore[i],
      csvField(scored.segment[i] as string),
      scored.clusterId[i],
      csvField(scored.clusterLabel[i] as string),
      scored.distance[i],
      scored.confidence[i],
      modelVersion,
      ...(scored.probability === undefined ? [] : [scored.probability[i]]),
    ].join(","),
  );
  return `${columnsOf(scored).join(",")}\n${lines.map((line) => `${line}\n`).join("")}`;
}
