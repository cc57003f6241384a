import type { Column } from "../../tables/contract.ts";
import { SEGMENT_FORECAST, type SegmentFigure } from "../../tables/forecasts.ts";
import { MIXTURE_SEGMENT_COLUMNS, SEGMENT_COLUMNS } from "../../tables/segments.ts";
import { dateOfDayNumber } from "../dates.ts";
import type { ForecastColumns } from "../forecast/forecastColumns.ts";
import { formatTenThousandths } from "../money.ts";
import { csvField } from "../text/csv.ts";

/** Segments of a stretch of customers, a column each, in the order of SEGMENT_COLUMNS. */
export interface SegmentRows {
  readonly customerId: readonly string[];
  readonly recencyDays: Float64Array;
  readonly frequency: Float64Array;
  readonly monetaryUnits: Float64Array;
  readonly rScore: Uint8Array;
  readonly fScore: Uint8Array;
  readonly mScore: Uint8Array;
  readonly segment: readonly string[];
  readonly clusterId: Int32Array;
  readonly clusterLabel: readonly string[];
  /** Euclidean distance to the cluster's centroid in the scaled space. */
  readonly distance: Float64Array;
  /** Of a mixture: the probability of belonging to the cluster, 0..1. */
  readonly probability?: Float64Array | undefined;
  readonly firstPurchase: readonly string[];
  readonly lastPurchase: readonly string[];
  /** What each customer is expected to do. */
  readonly forecast: Pick<ForecastColumns, SegmentFigure>;
  readonly snapshotDate: string;
  readonly runId: string;
  readonly modelVersion: string;
}

/** Header line of segments.csv, which has one column more where the clusters are a mixture's. */
export const segmentsCsvHeader = (isMixture: boolean): string =>
  `${(isMixture ? MIXTURE_SEGMENT_COLUMNS : SEGMENT_COLUMNS).join(",")}\n`;

/** CSV text of rows [start, end), without a header. Real numbers have six decimals; a missing figure is empty. */
export function segmentRowsToCsv(rows: SegmentRows, start = 0, end: number = rows.customerId.length): string {
  const tail = `,${rows.snapshotDate},${csvField(rows.runId)},${csvField(rows.modelVersion)}`;
  const figures = Object.entries(SEGMENT_FORECAST).map(
    ([name, { holds }]) => [rows.forecast[name as SegmentFigure], FIGURE_TEXT[holds]] as const,
  );
  const lines = new Array<string>(end - start);
  for (let i = start; i < end; i++) {
    lines[i - start] =
      `${csvField(rows.customerId[i] as string)},${rows.recencyDays[i]},${rows.frequency[i]},` +
      `${formatTenThousandths(rows.monetaryUnits[i] as number)},${rows.rScore[i]},${rows.fScore[i]},${rows.mScore[i]},` +
      `${csvField(rows.segment[i] as string)},${rows.clusterId[i]},${csvField(rows.clusterLabel[i] as string)},` +
      `${(rows.distance[i] as number).toFixed(6)},${rows.firstPurchase[i]},${rows.lastPurchase[i]}${tail}` +
      (rows.probability === undefined ? "" : `,${(rows.probability[i] as number).toFixed(6)}`);
    for (const [column, textOf] of figures) {
      const value = column[i] as number;
      lines[i - start] += Number.isFinite(value) ? `,${textOf(value)}` : ",";
    }
    lines[i - start] += "\n";
  }
  return lines.join("");
}

type FigureHolds = (typeof SEGMENT_FORECAST)[SegmentFigure] extends Column<infer H> ? H : never;

/** Of a figure, by what its column holds: the text of its number in `ForecastColumns`. */
const FIGURE_TEXT: Readonly<Record<FigureHolds, (value: number) => string>> = {
  real: (value) => value.toFixed(6),
  money: formatTenThousandths,
  day: dateOfDayNumber,
  flag: (value) => String(value === 1),
};
