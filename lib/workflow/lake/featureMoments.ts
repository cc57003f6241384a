import type { FeatureMoments } from "../../domain/clustering/space/encode.ts";
import type { Transform } from "../../domain/clustering/types.ts";
import { momentsFromSums } from "../../domain/model/moments.ts";
import type { RowOf } from "../../tables/contract.ts";
import type { STAGES } from "../../tables/stages.ts";
import { ASINH_SCALE } from "../sql/statements.ts";

export type MomentsRow = RowOf<typeof STAGES.feature_moments.columns>;

/** Mean and variance of one feature under one transform, from a row of feature_moments. */
export function momentsOfRow(row: MomentsRow, name: string, transform: Transform): FeatureMoments {
  const n = row.defined_rows;
  const { mean, variance } = momentsFromSums({ n, sum: row.sum, sumOfSquares: row.sum_of_squares });
  return {
    name,
    transform,
    count: n,
    mean,
    variance,
    ...(transform === "asinh" ? { scale: Number(ASINH_SCALE) } : {}),
  };
}
