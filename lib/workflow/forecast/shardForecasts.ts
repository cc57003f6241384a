import type { DecodedArray } from "hyparquet";
import { addDays, dayNumber, daysBetween } from "../../domain/dates.ts";
import { type ForecastCustomers, forecastCustomers } from "../../domain/forecast/customerForecast.ts";
import { type ForecastColumns, forecastColumns } from "../../domain/forecast/forecastColumns.ts";
import { type WinBackSums, winBackSums } from "../../domain/forecast/winBack.ts";
import { toTenThousandths } from "../../domain/money.ts";
import type { ObjectStore } from "../../ports.ts";
import { FORECAST_FIGURES, FORECASTS, type ForecastFigure } from "../../tables/forecasts.ts";
import { readJson } from "../lake/json.ts";
import { readColumns } from "../lake/parquet.ts";
import { storedNumbers, tableToParquet } from "../lake/writeTable.ts";
import { type ClusteringPlan, rangesOf } from "../shards/clusteringPlan.ts";
import { customerOrder } from "../shards/customerOrder.ts";
import type { ForecastDocument } from "./forecastDocument.ts";

/** What a shard's customers are forecast to do, in the order of their ids. */
export interface ShardForecasts {
  readonly ids: readonly string[];
  /** ISO date: day up to which orders are known. */
  readonly forecastDate: string;
  readonly figures: ForecastColumns;
  /** By segment, if some of those who have left were won back; of customers in the same order. */
  winBack(segments: readonly string[]): WinBackSums[];
}

/** Where the shards leave their part of it. */
export const winBackPrefix = (prefix: string): string => `${prefix}win_back/`;

/** Forecasts a shard's customers; without numbers where the run has none. */
export async function shardForecasts(store: ObjectStore, plan: ClusteringPlan, shard: number): Promise<ShardForecasts> {
  const forecastDate = addDays(plan.run.snapshotDate, -1);
  const { ids, customers } = await readCustomers(store, plan, shard, forecastDate);
  const basis = plan.forecastKey === null ? null : (await readJson<ForecastDocument>(store, plan.forecastKey)).basis;
  const found =
    basis === null ? undefined : forecastCustomers(basis.fitted, basis.draws, customers, basis.discountRate);
  const figures = forecastColumns(found, { rows: ids.length, forecastDay: dayNumber(forecastDate) });
  const winBack = (segments: readonly string[]): WinBackSums[] =>
    basis === null ? [] : winBackSums(basis.fitted, basis.draws, customers, segments, basis.discountRate);
  return { ids, forecastDate, figures, winBack };
}

/** All figures as Parquet. */
export function forecastsToParquet({ ids, forecastDate, figures }: ShardForecasts): Uint8Array {
  const stored = FORECAST_FIGURES.map((name) => [name, storedNumbers(FORECASTS.columns[name], figures[name])]);
  return tableToParquet(FORECASTS, {
    customer_id: [...ids],
    forecast_date: new Array<number>(ids.length).fill(dayNumber(forecastDate)),
    ...(Object.fromEntries(stored) as Record<ForecastFigure, DecodedArray>),
  });
}

const COLUMNS = ["customer_id", "active_days", "repeat_monetary", "first_purchase", "last_purchase"] as const;

/** What the forecast sees of a shard's customers, in the order of their ids. */
async function readCustomers(
  store: ObjectStore,
  plan: ClusteringPlan,
  shard: number,
  forecastDate: string,
): Promise<{ readonly ids: string[]; readonly customers: ForecastCustomers }> {
  const rows: (readonly [id: string, days: number, repeatSpend: number, first: string, last: string])[] = [];
  const ranges = rangesOf(plan, shard);
  for (const range of ranges) {
    const read = await readColumns(store, range, COLUMNS);
    const [ids, days, repeatSpend, first, last] = COLUMNS.map((name) => read.get(name) as ArrayLike<unknown>);
    for (let at = 0; at < ids.length; at++) {
      // The reader multiplies by 0.0001, which is off by an ulp; a division rounds right.
      const spend = toTenThousandths(Number(repeatSpend[at])) / 10_000;
      rows.push([String(ids[at]), Number(days[at]), spend, String(first[at]), String(last[at])]);
    }
  }
  const order = customerOrder(
    rows.map(([id]) => id),
    ranges.map(({ key, start, end }) => ({ key, rows: end - start })),
  );
  const sorted = order === undefined ? rows : Array.from(order, (row) => rows[row]);
  return {
    ids: sorted.map(([id]) => id),
    customers: {
      repeatOrders: Float64Array.from(sorted, ([, days]) => days - 1),
      recencyDays: Float64Array.from(sorted, ([, , , first, last]) => daysBetween(first, last)),
      ageDays: Float64Array.from(sorted, ([, , , first]) => daysBetween(first, forecastDate)),
      repeatSpend: Float64Array.from(sorted, ([, , repeatSpend]) => repeatSpend),
    },
  };
}
