import { dayNumber } from "../../domain/dates.ts";
import type { SegmentRows } from "../../domain/rfm/segmentRows.ts";
import type { Columns } from "../../tables/contract.ts";
import { SEGMENT_FORECAST, type SegmentFigure } from "../../tables/forecasts.ts";
import { SEGMENTS } from "../../tables/segments.ts";
import { storedNumbers, tableToParquet } from "./writeTable.ts";

/**
 * Parquet bytes of segments. The run is not in them: that is the partition of the folder, and Hive allows it only once.
 */
export function segmentRowsToParquet(rows: SegmentRows): Uint8Array {
  const count = rows.customerId.length;
  const { cluster_probability: _, ...ofKMeans } = SEGMENTS.columns;
  const { probability } = rows;
  const columns = probability === undefined ? ofKMeans : SEGMENTS.columns;
  return tableToParquet<Columns>(
    { grain: SEGMENTS.grain, columns },
    {
      customer_id: [...rows.customerId],
      recency_days: Int32Array.from(rows.recencyDays),
      frequency: BigInt64Array.from(rows.frequency, BigInt),
      monetary: Array.from(rows.monetaryUnits, BigInt),
      r_score: Int32Array.from(rows.rScore),
      f_score: Int32Array.from(rows.fScore),
      m_score: Int32Array.from(rows.mScore),
      rfm_segment: [...rows.segment],
      cluster_id: Int32Array.from(rows.clusterId),
      cluster_label: [...rows.clusterLabel],
      distance: rows.distance,
      first_purchase: rows.firstPurchase.map(dayNumber),
      last_purchase: rows.lastPurchase.map(dayNumber),
      snapshot_date: new Array<number>(count).fill(dayNumber(rows.snapshotDate)),
      model_version: new Array<string>(count).fill(rows.modelVersion),
      ...(probability === undefined ? {} : { cluster_probability: probability }),
      ...Object.fromEntries(
        Object.entries(SEGMENT_FORECAST).map(([name, column]) => [
          name,
          storedNumbers(column, rows.forecast[name as SegmentFigure]),
        ]),
      ),
    },
  );
}
