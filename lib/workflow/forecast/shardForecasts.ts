import type { DecodedArray } from "hyparquet";
import { addDays, dayNumber, daysBetween } from "../../domain/dates.ts";
import {
  type CustomerForecasts,
  type ForecastCustomers,
  forecastCustomers,
  type Triple,
} from "../../domain/forecast/customerForecast.ts";
import { toTenThousandths } from "../../domain/money.ts";
import type { ObjectStore } from "../../ports.ts";
import { FORECAST_DAYS, FORECASTS } from "../../tables/forecasts.ts";
import { readJson } from "../lake/json.ts";
import { readColumns } from "../lake/parquet.ts";
import { tableToParquet } from "../lake/writeTable.ts";
import { type ClusteringPlan, rangesOf } from "../shards/clusteringPlan.ts";
import { customerOrder } from "../shards/customerOrder.ts";
import type { ForecastDocument } from "./forecastDocument.ts";

/**
 * The forecasts of a shard's customers as Parquet, in the order of their ids; without numbers where the run has none.
 */
export async function shardForecasts(store: ObjectStore, plan: ClusteringPlan, shard: number): Promise<Uint8Array> {
  const forecastDate = addDays(plan.run.snapshotDate, -1);
  const { ids, customers } = await readCustomers(store, plan, shard, forecastDate);
  const basis = plan.forecastKey === null ? null : (await readJson<ForecastDocument>(store, plan.forecastKey)).basis;
  const found = basis === null ? undefined : forecastCustomers(basis.fitted, basis.draws, customers);
  return tableToParquet(FORECASTS, {
    customer_id: ids,
    forecast_date: ids.map(() => dayNumber(forecastDate)),
    ...(found === undefined ? withoutNumbers(ids.length) : columnsOf(found, dayNumber(forecastDate))),
  });
}

/** Every column of numbers, empty. */
const withoutNumbers = (rows: number): Record<string, DecodedArray> =>
  Object.fromEntries(
    Object.keys(FORECASTS.columns)
      .slice(2)
      .map((name) => [name, new Array(rows).fill(null)]),
  );

type Cell = number | bigint | boolean | null;
const cells = (values: ArrayLike<number>, stored: (value: number) => Cell): Cell[] =>
  Array.from(values, (value) => (Number.isFinite(value) ? stored(value) : null));

/** As Parquet stores them: money in ten-thousandths, days as numbers. */
function columnsOf(found: CustomerForecasts, forecastDay: number): Record<string, DecodedArray> {
  const asIs = (value: number): Cell => value;
  const money = (value: number): Cell => BigInt(toTenThousandths(value));
  const date = (days: number): Cell => forecastDay + days;
  const { pAlive, nextOrderDays, isLate } = found;
  return Object.fromEntries([
    ["p_alive", cells(pAlive.expected, asIs)],
    ["p_alive_low", cells(pAlive.low, asIs)],
    ["p_alive_high", cells(pAlive.high, asIs)],
    ...FORECAST_DAYS.flatMap((days, h) => {
      const [orders, value] = [found.orders[h], found.values[h]] as [Triple, Triple];
      return [
        [`expected_orders_${days}d`, cells(orders.expected, asIs)],
        [`orders_${days}d_low`, cells(orders.low, BigInt)],
        [`orders_${days}d_high`, cells(orders.high, BigInt)],
        [`expected_value_${days}d`, cells(value.expected, money)],
        [`value_${days}d_low`, cells(value.low, money)],
        [`value_${days}d_high`, cells(value.high, money)],
      ] as const;
    }),
    ["next_order_date", cells(nextOrderDays.expected, date)],
    ["next_order_earliest", cells(nextOrderDays.low, date)],
    ["next_order_latest", cells(nextOrderDays.high, date)],
    ["is_late", Array.from(isLate, (late) => late === 1)],
  ]);
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
