import type { FeatureMoments } from "../../domain/clustering/space/encode.ts";
import type { Transform } from "../../domain/clustering/types.ts";
import { momentsFromSums } from "../../domain/model/moments.ts";
import { ASINH_SCALE } from "../sql/statements.ts";
import type { Row } from "./parquet.ts";

/** Mean and variance of one feature under one transform, from a row of feature_moments. */
export function momentsOfRow(row: Row, name: string, transform: Transform): FeatureMoments {
  const n = Number(row.defined_rows);
  const { mean, variance } = momentsFromSums({ n, sum: String(row.sum), sumOfSquares: String(row.sum_of_squares) });
  return {
    name,
    transform,
    count: n,
    mean,
    variance,
    ...(transform === "asinh" ? { scale: Number(ASINH_SCALE) } : {}),
  };
}
