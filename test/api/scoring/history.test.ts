import { describe, expect, it } from "vitest";
import { predictionsToCsv } from "../../../lib/api/scoring/csvBody.ts";
import { checkInstance, scoreInstances } from "../../../lib/api/scoring/score.ts";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { forecastCustomers } from "../../../lib/domain/forecast/customerForecast.ts";
import type { ForecastCard } from "../../../lib/domain/forecast/forecast.ts";
import { modelCardSchema } from "../../../lib/domain/model/modelCard.ts";
import { SEGMENT_FORECAST } from "../../../lib/tables/forecasts.ts";
import { smallCard } from "../../support/smallCard.ts";

const fit = { logLikelihood: -1, customers: 2357, cells: 1000, iterations: 9 };
/** Fader, Hardie and Lee (2005) in days; Gamma-Gamma of Hardie's note 025. */
const lifetime = { r: 0.2425945, alpha: 7 * 4.4136019, a: 0.7929199, b: 2.4258881 };
const spend = { p: 6.249571, q: 3.744225, gamma: 15.443525 };
const CDNOW: ForecastCard = {
  ...{ version: "f-cdnow", asOf: "2024-06-30", historyDays: 273, customers: 2357, repeatBuyers: 946, reason: null },
  lifetime: { model: "bg-nbd", timeUnit: "day", parameters: lifetime, standardErrors: lifetime, ...fit },
  spend: {
    ...{ model: "gamma-gamma", parameters: spend, standardErrors: spend, ...fit, meanSpend: 35.17 },
    independence: { correlation: 0, perDoubling: 0, z: 0, isDependent: false },
  },
  ...{ draws: [{ lifetime, spend }], check: null, warnings: [] },
};

const scored = (body: object, forecast: ForecastCard | null = CDNOW) => {
  const card = modelCardSchema.parse({ ...smallCard(), ...(forecast === null ? {} : { forecast }) });
  const models = { champion: { card, config: parseConfig({}) } } as unknown as Parameters<typeof scoreInstances>[0];
  return scoreInstances(models, [checkInstance(body, "")], () => "")[0];
};
const MEASURES = { recency: 2, frequency: 27, monetary: 2_700 };
/** Customer 1516: 26 repeat orders, the last after 30.857 weeks of 31; a run's forecast is made the day before its snapshot. */
const HISTORY = { tenure_days: 218, active_days: 27, repeat_monetary: 2_600 };

describe("an instance with its history", () => {
  it("is told what is to be expected, by the digits published", () => {
    const told = scored({ ...MEASURES, history: HISTORY });
    const { p_alive, expected_value_90d, value_90d_low, is_late, next_order_date } = told ?? {};
    const expected_orders_90d = told?.expected_orders_90d ?? 0;
    expect(Math.abs((p_alive ?? 0) - 0.9688523)).toBeLessThan(5e-6);
    // Of 25.75659 expected in 52 weeks, the first 90 days have more than their part.
    expect(expected_orders_90d).toBeGreaterThan((25.75659 * 90) / 364);
    const mean = (6.249571 * (15.443525 + 2_600)) / (6.249571 * 26 + 3.744225 - 1);
    expect(expected_value_90d).toBeCloseTo(expected_orders_90d * mean, 3);
    expect(value_90d_low).toBeGreaterThan(0);
    expect([is_late, next_order_date]).toEqual([false, "2024-07-07"]);
  });

  it("is told present values where the card has a rate, which are those of the batch", () => {
    const whole = scored({ ...MEASURES, history: HISTORY });
    const told = scored({ ...MEASURES, history: HISTORY }, { ...CDNOW, discountRate: 0.1 });
    const batch = forecastCustomers(
      { model: "bg-nbd", lifetime, spend },
      [{ lifetime, spend }],
      {
        ...{ repeatOrders: Float64Array.of(26), recencyDays: Float64Array.of(216) },
        ...{ ageDays: Float64Array.of(217), repeatSpend: Float64Array.of(2_600) },
      },
      0.1,
    );
    expect(told?.expected_value_365d).toBeCloseTo(batch.values[2].expected[0], 3);
    expect(told?.value_90d_low).toBeCloseTo(batch.values[1].low[0], 3);
    expect(told?.expected_orders_365d).toBe(whole?.expected_orders_365d);
    const share = (told?.expected_value_365d ?? 0) / (whole?.expected_value_365d ?? 1);
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThan(1);
  });

  it("is told the same by its transactions", () => {
    const day = (days: number): string => new Date(Date.UTC(2023, 10, 26 + days)).toISOString().slice(0, 10);
    const transactions = Array.from({ length: 27 }, (_, i) => ({ date: day(i === 26 ? 216 : i * 8), amount: 100 }));
    const { input_data, ...prediction } = scored({ transactions }) ?? {};
    expect(input_data).toEqual({ ...MEASURES, snapshot_date: "2024-07-01" });
    const { input_data: _, ...given } = scored({ ...MEASURES, history: HISTORY }) ?? {};
    expect(prediction).toEqual(given);
  });

  it("has no value where nobody knows the money after the first day, and nothing without history or forecast", () => {
    const { repeat_monetary: _, ...days } = HISTORY;
    const unknown = scored({ ...MEASURES, history: days });
    expect(unknown).toMatchObject({ p_alive: 0.968855, expected_value_90d: null, value_90d_low: null });
    const once = { recency: 30, frequency: 1, monetary: 10, history: { tenure_days: 30 } };
    expect(scored(once)?.expected_value_90d).toBeGreaterThan(0);
    for (const without of [scored(MEASURES), scored({ ...MEASURES, history: HISTORY }, null)])
      for (const name of Object.keys(SEGMENT_FORECAST)) expect(without).not.toHaveProperty(name);
    const none = { ...CDNOW, lifetime: null, spend: null, draws: [], reason: "too little" };
    expect(scored({ ...MEASURES, history: HISTORY }, none)).not.toHaveProperty("p_alive");
  });

  it("is refused where its days cannot be", () => {
    const refusal = (history: object, more = {}) => {
      try {
        scored({ ...MEASURES, ...more, history });
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refusal({ tenure_days: 1 })).toMatch(/history.tenure_days: 1 is less than recency, 2/);
    expect(refusal({ tenure_days: 10, active_days: 10 })).toMatch(/active_days: 10 do not fit into the 9 days/);
    expect(refusal({ tenure_days: 10 }, { frequency: 1 })).toMatch(/one day with a purchase/);
    expect(refusal({ tenure_days: 10, age: 3 })).not.toBe("");
  });

  it("has its figures in CSV, where any has", () => {
    const predictions = [scored({ ...MEASURES, history: HISTORY }), scored(MEASURES)].filter(
      (one) => one !== undefined,
    );
    const [header = "", first = "", second = ""] = predictionsToCsv(predictions).split("\n");
    expect(header.split(",").slice(-Object.keys(SEGMENT_FORECAST).length)).toEqual(Object.keys(SEGMENT_FORECAST));
    expect(first.split(",")[header.split(",").indexOf("p_alive")]).toBe("0.968855");
    expect(second.split(",")[header.split(",").indexOf("p_alive")]).toBe("");
  });
});
