import { expect, it } from "vitest";
import { checkSentence, keptMoney } from "../../lib/domain/dashboard/analysisTitles.ts";
import { createFormat } from "../../lib/domain/dashboard/format.ts";
import type { ForecastCheck } from "../../lib/domain/forecast/forecast.ts";

const format = createFormat({ locale: "en-US", currency: null });
const off = (meanAbsoluteError: number) => ({ expected: 400, bias: 0, meanAbsoluteError });

const check = (orders: readonly number[], value: readonly (number | null)[]): ForecastCheck =>
  ({
    ...{ days: 90, customers: 10, byRepeatOrders: [], coverage: null },
    orders: { actual: 410, model: off(orders[0]), lastYear: off(orders[1]), ownRate: off(orders[2]) },
    value: {
      ...{ actual: 9, model: value[0] == null ? null : off(value[0]) },
      ...{ lastYear: off(value[1] ?? 0), ownRate: off(value[2] ?? 0) },
    },
  }) as ForecastCheck;

it("tells of money apart from orders, for the model may win the one and lose the other", () => {
  const nearer = "the forecast was nearer than both";
  const care = "a forecast without a model was nearer, so take single customers' numbers with care";
  const said = (orders: readonly number[], value: readonly (number | null)[]) =>
    checkSentence(check(orders, value), format);
  expect(said([1.493, 1.581, 1.646], [637, 637.2, 613])).toBe(
    "Tried on the 90 days before: 400 orders were expected and 410 came. " +
      `Mean error of a customer's orders: forecast 1.493, last year's orders 1.581, own frequency 1.646: ${nearer}. ` +
      `Of a customer's money: forecast 637, last year's 637, average order × own frequency 613: ${care}.`,
  );
  expect(said([0.94, 0.96, 0.92], [600, 700, 650])).toMatch(
    new RegExp(`own frequency 0.92: ${care}. .+ 650: ${nearer}.$`),
  );
  expect(said([0.9, 1, 1], [null, 1, 1])).not.toMatch(/money/);
});

it("says why the money of the rows kept is not the revenue, where it is not", () => {
  const said = (kept: number, revenue: number, returns: string) =>
    keptMoney(
      {
        history: { ledger: [{ reason: "kept", rows: 1, amount: kept }] },
        totals: { revenue },
        policy: { returns },
      } as never,
      format,
    );
  expect(said(100, 100, "match")).toBeNull();
  expect(said(1300, 1100, "match")).toBe(
    "Rows are told with the money they came with: those kept have 200 more than the revenue: of some purchases a part came back, and is taken off their money.",
  );
  expect(said(900, 1100, "net")).toMatch(/have 200 less than the revenue: returns with an amount above zero/);
});
